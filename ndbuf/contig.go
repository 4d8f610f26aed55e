package ndbuf

import (
	"slices"

	"github.com/strided-go/strided/strides"
)

// checkOrder refuses what is none of C, F and A.
func checkOrder(order strides.Order) error {
	if order != strides.C && order != strides.F && order != strides.A {
		return fail(ErrValue, "order %q: want 'C', 'F' or 'A'", rune(order))
	}
	return nil
}

// concrete resolves order A for a copy of m: F if m's memory is in that order and not in C's, else C.
func (m *MemoryView) concrete(order strides.Order) strides.Order {
	if order != strides.A {
		return order
	}
	if m.f && !m.c {
		return strides.F
	}
	return strides.C
}

// GetContiguous returns the memory of obj, anything that FromObject takes, in the order asked for
// (PyMemoryView_GetContiguous). If the items already lie in that order, the result is a view of the original memory,
// as writable as obj is. Otherwise, by access:
//
//   - Read: a read-only copy;
//   - Write: ErrBuffer, for what is written to a copy would be lost;
//   - Shadow: a writable copy whose items are stored back into obj when it is released. Until then obj's buffer is held,
//     so that it cannot be released first.
//
// Shape: obj's. Order A takes either order, and copies to C.
// Errors: ErrBuffer as above, with ErrReadOnly for Write or Shadow of read-only memory; ErrValue for an unknown order or
// access; ErrType if obj exports no buffer.
func GetContiguous(obj any, access Access, order strides.Order) (*MemoryView, error) {
	if access != Read && access != Write && access != Shadow {
		return nil, fail(ErrValue, "access %#x: want Read, Write or Shadow", int(access))
	}
	if err := checkOrder(order); err != nil {
		return nil, err
	}
	if m, ok := obj.(*MemoryView); ok {
		return m.getContiguous(access, order, m)
	}
	m, err := FromObject(obj)
	if err != nil {
		return nil, err
	}
	defer m.Release() // the result has a share of its own
	return m.getContiguous(access, order, nil)
}

// getContiguous is GetContiguous of a view. A shadow holds named, unless it is nil, for as long as it lasts.
func (m *MemoryView) getContiguous(access Access, order strides.Order, named *MemoryView) (*MemoryView, error) {
	if m.lies(order) && (access == Read || !m.readOnly) {
		return m.again()
	}
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	switch {
	case access != Read && m.readOnly:
		return nil, failReadOnly(ErrBuffer, "underlying buffer is not writable")
	case access == Write:
		return nil, fail(ErrBuffer, "writable contiguous buffer requested for a non-contiguous object")
	case access == Shadow:
		return m.shadowCopy(order, named)
	}
	v, err := m.clone(order)
	if err != nil {
		return nil, err
	}
	v.readOnly = true
	return v, nil
}

// Contiguous returns m in the order asked for: a view of the same memory if it lies so, else a writable copy.
//
// Errors: ErrValue for an unknown order; ErrOverflow if a copy does not fit in memory. As numpy.ascontiguousarray.
func (m *MemoryView) Contiguous(order strides.Order) (*MemoryView, error) {
	if err := checkOrder(order); err != nil {
		return nil, err
	}
	if m.lies(order) {
		return m.again()
	}
	return m.Clone(order)
}

// lies reports whether m's items lie in the order asked for. The caller need not hold m, which may be nil or released.
func (m *MemoryView) lies(order strides.Order) bool {
	return m != nil && m.description != nil && m.contiguous(order)
}

// Clone returns a writable copy in the order asked for; A is m's own order if it is contiguous, else C.
//
// Errors: ErrValue for an unknown order; ErrOverflow if the copy does not fit in memory. As numpy.ndarray.copy.
func (m *MemoryView) Clone(order strides.Order) (*MemoryView, error) {
	if err := checkOrder(order); err != nil {
		return nil, err
	}
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	return m.clone(order)
}

// clone is Clone for callers that hold m and have checked order.
func (m *MemoryView) clone(order strides.Order) (*MemoryView, error) {
	v, err := newArray(m.format, m.kind, m.layout.ItemSize, m.concrete(order), m.layout.Shape, freshBytes)
	if err != nil {
		return nil, err
	}
	var d, s operand
	d.set(v)
	s.set(m)
	if err := transfer(&d, &s, m.layout.ItemSize, nil, false); err != nil {
		return nil, err
	}
	v.bools, v.reg.goBools = m.bools, m.bools // copies of Go bools are bools that As can hand out
	return v, nil
}

// PlanCopy decides how items are copied from a layout src to a layout dst of the same shape, both without pointers, once
// for many runs. It touches no memory. format is that of both sides; "" means bytes of the layouts' item size.
//
// Errors: ErrValue for invalid layouts, different shapes or item sizes, or a format of another size;
// ErrNotImplemented for layouts with suboffsets.
func PlanCopy(dst, src strides.Layout, format string) (*Plan, error) {
	for _, l := range []strides.Layout{dst, src} {
		if err := l.Validate(); err != nil {
			return nil, wrap(err)
		}
		if l.SubOffsets != nil {
			return nil, fail(ErrNotImplemented, "plans are for layouts without suboffsets")
		}
	}
	if !slices.Equal(dst.Shape, src.Shape) || dst.ItemSize != src.ItemSize {
		return nil, fail(ErrValue, "cannot plan a copy of shape %v, items of %d bytes, to shape %v, items of %d bytes",
			src.Shape, src.ItemSize, dst.Shape, dst.ItemSize)
	}
	if format != "" {
		k := kindOf(format)
		if k.err != nil {
			return nil, fail(ErrValue, "format %q: %w", format, k.err)
		}
		if k.typ.Size() != dst.ItemSize {
			return nil, fail(ErrValue, "format %q has %d bytes, the items have %d", format, k.typ.Size(), dst.ItemSize)
		}
	}
	p := &Plan{dst: dst.Clone(), src: src.Clone(), format: format}
	ordered := dst.SelfOverlap(overlapBudget) != strides.No
	p.plan.Init(p.dst.Shape, p.dst.Strides, p.src.Strides, p.dst.ItemSize, nil, ordered)
	return p, nil
}

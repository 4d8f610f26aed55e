package strides

import (
	"math"
	"slices"
	"unsafe"
)

// MaxDims is the largest number of axes, as in CPython (PyBUF_MAX_NDIM) and NumPy 2.
const MaxDims = 64

// ptrSize is the number of bytes that following a suboffset reads.
const ptrSize = int(unsafe.Sizeof(uintptr(0)))

// A Layout says where the items of an N-dimensional array lie in memory. See
// the package comment for the model. Shape, Strides and SubOffsets belong to
// the layout: no method changes them, and no result shares them.
type Layout struct {
	Shape      []int // items along each axis; empty: a scalar
	Strides    []int // bytes from one item to the next along each axis, any sign
	SubOffsets []int // nil, or as in Py_buffer: >= 0 means "follow the pointer, then add"
	Offset     int   // bytes from the start of memory to item [0, ..., 0]
	ItemSize   int   // bytes
}

// makeLayout returns a layout of ndim axes to be filled in, whose slices lie in one
// allocation.
func makeLayout(ndim, itemSize, offset int, indirect bool) Layout {
	k := 2
	if indirect {
		k = 3
	}
	buf := make([]int, k*ndim)
	l := Layout{
		Shape:    buf[:ndim:ndim],
		Strides:  buf[ndim : 2*ndim : 2*ndim],
		Offset:   offset,
		ItemSize: itemSize,
	}
	if indirect {
		l.SubOffsets = buf[2*ndim:]
	}
	return l
}

// Clone returns the same layout with slices of its own.
func (l Layout) Clone() Layout {
	l.Shape = slices.Clone(l.Shape)
	l.Strides = slices.Clone(l.Strides)
	l.SubOffsets = slices.Clone(l.SubOffsets)
	return l
}

// NDim returns the number of axes; 0 is a scalar.
func (l Layout) NDim() int { return len(l.Shape) }

// Len returns the number of items: 1 for a scalar, 0 if an axis has length 0.
// For a layout that Validate refuses it is at most math.MaxInt.
func (l Layout) Len() int {
	if l.empty() {
		return 0
	}
	return saturated(1, l.Shape)
}

// NBytes returns Len times ItemSize: the bytes of a contiguous copy.
func (l Layout) NBytes() int {
	if l.empty() || l.ItemSize <= 0 {
		return 0
	}
	return saturated(l.ItemSize, l.Shape)
}

// saturated returns p times the product of shape, or math.MaxInt if that is less.
func saturated(p int, shape []int) int {
	for _, n := range shape {
		var ok bool
		if p, ok = mul(p, n); !ok {
			return math.MaxInt
		}
	}
	return p
}

// empty reports whether an axis has no items.
func (l Layout) empty() bool {
	for _, n := range l.Shape {
		if n <= 0 {
			return true
		}
	}
	return false
}

// Indirect reports whether reaching an item follows a pointer: whether a
// suboffset is not negative. SubOffsets may be present and all negative.
func (l Layout) Indirect() bool {
	for _, s := range l.SubOffsets {
		if s >= 0 {
			return true
		}
	}
	return false
}

// indirectAt reports whether a pointer is followed after axis k.
func (l Layout) indirectAt(k int) bool { return l.SubOffsets != nil && l.SubOffsets[k] >= 0 }

// Validate reports whether the layout makes sense by itself, whatever the
// memory: Strides (and SubOffsets unless nil) have one entry an axis, there are
// at most MaxDims axes, no length is negative, neither is ItemSize, NBytes and
// the position of every byte touched fit in an int. Strides of an empty layout
// and of axes of length 1 are free.
//
// Errors: ErrValue, naming the axis; also ErrOverflow where a number does not
// fit.
func (l Layout) Validate() error { return l.validate("Validate") }

// validate is Validate on behalf of the method op.
func (l Layout) validate(op string) error {
	nd := len(l.Shape)
	switch {
	case nd > MaxDims:
		return fail(op, nil, ErrValue, "%d axes, more than %d", nd, MaxDims)
	case len(l.Strides) != nd:
		return fail(op, l.Shape, ErrValue, "%d strides for the %d axes of shape %s", len(l.Strides), nd, tuple(l.Shape))
	case l.SubOffsets != nil && len(l.SubOffsets) != nd:
		return fail(op, l.Shape, ErrValue, "%d suboffsets for the %d axes of shape %s", len(l.SubOffsets), nd, tuple(l.Shape))
	case l.ItemSize < 0:
		return fail(op, l.Shape, ErrValue, "item size %d is negative", l.ItemSize)
	}
	empty := false
	for k, n := range l.Shape {
		if n < 0 {
			return fail(op, l.Shape, ErrValue, "length %d of axis %d is negative", n, k)
		}
		empty = empty || n == 0
	}
	if empty {
		return nil
	}
	items, size := 1, l.ItemSize
	for k, n := range l.Shape {
		var ok1, ok2 bool
		items, ok1 = mul(items, n)
		size, ok2 = mul(size, n)
		if !ok1 || !ok2 {
			return fail(op, l.Shape, errTooBig, "axis %d: %d-byte items of shape %s have more than %d bytes in all", k, l.ItemSize, tuple(l.Shape), math.MaxInt)
		}
	}
	lo, hi := l.Offset, l.Offset
	for k := range l.Shape {
		var ok bool
		if lo, hi, ok = l.reach(lo, hi, k); !ok {
			return fail(op, l.Shape, errTooBig, "axis %d: length %d with stride %d from offset %d reaches beyond an int", k, l.Shape[k], l.Strides[k], l.Offset)
		}
		if l.indirectAt(k) {
			if _, ok = add(hi, ptrSize); !ok {
				return fail(op, l.Shape, errTooBig, "axis %d: pointers at offset %d reach beyond an int", k, hi)
			}
			lo, hi = l.SubOffsets[k], l.SubOffsets[k]
		}
	}
	if _, ok := add(hi, l.ItemSize); !ok {
		return fail(op, l.Shape, errTooBig, "items of %d bytes at offset %d reach beyond an int", l.ItemSize, hi)
	}
	return nil
}

// reach widens the positions lo..hi by those that axis k, not empty, adds.
func (l Layout) reach(lo, hi, k int) (int, int, bool) {
	d, ok := mul(l.Shape[k]-1, l.Strides[k])
	if !ok || d == math.MinInt { // which could not be flipped
		return 0, 0, false
	}
	if d < 0 {
		lo, ok = add(lo, d)
	} else {
		hi, ok = add(hi, d)
	}
	return lo, hi, ok
}

// Extent returns the lowest byte touched and one past the highest, from the
// start of memory; 0, 0 if the layout touches nothing, because an axis has
// length 0 or the items have no bytes. With suboffsets it is the extent of the
// pointers that are followed first: where those lead is not the layout's to
// know. For a layout that Validate refuses it is math.MinInt, math.MaxInt.
func (l Layout) Extent() (lo, hi int) {
	if l.Validate() != nil {
		return math.MinInt, math.MaxInt
	}
	return l.extent()
}

// extent is Extent of a valid layout.
func (l Layout) extent() (lo, hi int) {
	if l.touchesNothing() {
		return 0, 0
	}
	lo, hi = l.Offset, l.Offset
	for k := range l.Shape {
		lo, hi, _ = l.reach(lo, hi, k)
		if l.indirectAt(k) {
			return lo, hi + ptrSize
		}
	}
	return lo, hi + l.ItemSize
}

// touchesNothing reports whether a valid layout has no byte of memory to itself.
func (l Layout) touchesNothing() bool {
	return l.empty() || l.ItemSize == 0 && !l.Indirect()
}

// CheckBounds reports whether the layout is valid and every byte it touches
// lies in a memory of memLen bytes; with suboffsets, every byte of the pointers
// that are followed first. A layout that touches nothing lies in any memory,
// whatever its Offset: slicing may leave the start of an empty view anywhere.
//
// Errors: ErrValue, also ErrOverflow where a number does not fit in an int.
func (l Layout) CheckBounds(memLen int) error {
	if err := l.validate("CheckBounds"); err != nil {
		return err
	}
	if lo, hi := l.extent(); lo < 0 || hi > max(memLen, 0) {
		return fail("CheckBounds", l.Shape, ErrValue, "shape %s, strides %s, offset %d and item size %d touch bytes %d to %d of a memory of %d bytes",
			tuple(l.Shape), tuple(l.Strides), l.Offset, l.ItemSize, lo, hi, memLen)
	}
	return nil
}

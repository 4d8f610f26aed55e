package ndbuf

import (
	"errors"
	"slices"

	"github.com/strided-go/strided/strides"
)

// New headers over the same memory: no byte moves. Each result is a view of its own, to be released like any other;
// none is writable where its source is not.

// reshaped makes a view of a direct layout that l's own method has made.
func (m *MemoryView) reshaped(l strides.Layout, err error) (*MemoryView, error) {
	if err != nil {
		return nil, wrap(err)
	}
	if len(l.Shape) > strides.MaxDims {
		return nil, fail(ErrValue, "%d dimensions, more than %d", len(l.Shape), strides.MaxDims)
	}
	d := *m.description
	d.layout = l
	return m.derive(&d), nil
}

// rerowed makes a view of other rows of the same blocks. nominal is what CPython would report, or the zero Layout for
// the canonical one.
func (m *MemoryView) rerowed(r *indirection, nominal strides.Layout) (*MemoryView, error) {
	if len(r.outer.Shape)+len(r.inner.Shape) > strides.MaxDims {
		return nil, fail(ErrValue, "%d dimensions, more than %d", len(r.outer.Shape)+len(r.inner.Shape), strides.MaxDims)
	}
	d := *m.description
	if len(r.outer.Shape) > 0 {
		if nominal.SubOffsets == nil || lastIndirect(nominal.SubOffsets) != len(r.outer.Shape)-1 {
			nominal = r.canonical()
		}
		nominal.Offset = 0
		d.rows, d.layout = r, nominal
		return m.derive(&d), nil
	}
	// Every pointer has been followed: a direct view of one block.
	d.rows, d.layout = nil, r.inner
	d.mem = r.blocks[0][:0]
	d.layout.Offset = 0
	if r.outer.Offset < len(r.entries) && r.inner.Len() > 0 {
		e := r.entries[r.outer.Offset]
		d.mem, d.layout.Offset = r.blocks[e.block], e.off+r.inner.Offset
	}
	return m.derive(&d), nil
}

// wrap gives an error of package strides this package's prefix and keeps what it answers to.
func wrap(err error) error {
	for _, class := range []error{ErrCopyNeeded, ErrIndex, ErrOverflow, ErrNotImplemented, ErrType, ErrBuffer} {
		if errors.Is(err, class) {
			return fail(class, "%w", err)
		}
	}
	return fail(ErrValue, "%w", err)
}

// Slice is Index with NumPy's notation: "::-1, 2:5", "..., 0", "None, 3".
//
// Errors: ErrValue for a malformed expression; as Index.
func (m *MemoryView) Slice(expr string) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	ix, err := strides.ParseIndex(expr)
	if err != nil {
		return nil, wrap(err)
	}
	return m.Index(ix...)
}

// Index selects by basic indexing, any number of axes at once: [strides.At], [strides.Range], [strides.All],
// [strides.Ellipsis], [strides.NewAxis]. Axes without an index are taken whole.
//
// Shape: an axis less for each At, one more for each NewAxis; with At for every axis a scalar.
// Shares the memory; pointers that an At selects are followed.
// Errors: ErrIndex for an At out of range or too many indices; ErrValue for a step of 0. As numpy basic indexing.
func (m *MemoryView) Index(ix ...strides.Index) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	if m.rows == nil {
		return m.reshaped(m.layout.Index(ix...))
	}
	return m.indexRows(ix)
}

// indexRows is Index for a view with pointers: the indices of outer axes act on the table, the others on the inner
// layout.
func (m *MemoryView) indexRows(ix []strides.Index) (*MemoryView, error) {
	ix, err := strides.Expand(len(m.layout.Shape), ix)
	if err != nil {
		return nil, wrap(err)
	}
	outerAxes, split := len(m.rows.outer.Shape), 0
	for axis := 0; axis < outerAxes; split++ {
		if !ix[split].IsNewAxis() {
			axis++
		}
	}
	r := *m.rows
	if r.outer, err = r.outer.Index(ix[:split]...); err != nil {
		return nil, wrap(err)
	}
	if r.inner, err = r.inner.Index(ix[split:]...); err != nil {
		return nil, wrap(err)
	}
	if len(r.outer.Shape) > 0 && r.outer.Len() == 0 {
		r.outer.Offset = 0
	}
	return m.rerowed(&r, m.nominal(ix))
}

// nominal is the layout that _testbuffer.ndarray reports for m indexed by ix, or the zero Layout if it has none. A
// leading At follows a pointer and leaves the layout of the other axes as it is.
func (m *MemoryView) nominal(ix []strides.Index) strides.Layout {
	l := m.layout
	for len(ix) > 0 {
		if _, ok := ix[0].IsAt(); !ok {
			break
		}
		l = strides.Layout{Shape: l.Shape[1:], Strides: l.Strides[1:], SubOffsets: l.SubOffsets[1:], ItemSize: l.ItemSize}
		ix = ix[1:]
	}
	l, err := l.Index(ix...)
	if err != nil {
		return strides.Layout{}
	}
	return l
}

// Transpose permutes the axes: axis i of the result is axis axes[i]; none reverses them all.
//
// Errors: ErrValue if axes is not a permutation. As numpy.transpose.
func (m *MemoryView) Transpose(axes ...int) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	if m.rows == nil {
		return m.reshaped(m.layout.Transpose(axes...))
	}
	n := len(m.layout.Shape)
	numbered, err := m.axisNumbers(func(l strides.Layout) (strides.Layout, error) { return l.Transpose(axes...) })
	if err != nil {
		return nil, err
	}
	perm := numbered.Strides
	r := m.rows
	outerAxes := len(r.outer.Shape)
	depth := outerAxes // how many axes the table needs: up to the last that was an outer one
	for i, k := range perm {
		if k < outerAxes {
			depth = max(depth, i+1)
		}
	}
	if depth > outerAxes {
		if r, err = r.expand(perm, depth); err != nil {
			return nil, wrap(err)
		}
		return m.rerowed(r, strides.Layout{})
	}
	t := *r
	if t.outer, err = r.outer.Transpose(perm[:outerAxes]...); err != nil {
		return nil, wrap(err)
	}
	inner := make([]int, 0, n)
	for _, k := range perm[outerAxes:] {
		inner = append(inner, k-outerAxes)
	}
	if len(inner) > 0 {
		if t.inner, err = r.inner.Transpose(inner...); err != nil {
			return nil, wrap(err)
		}
	}
	nominal, err := m.layout.Transpose(perm...)
	if err != nil {
		nominal = strides.Layout{}
	}
	return m.rerowed(&t, nominal)
}

// Reshape gives the items, in C order, another shape. One length may be -1: it is inferred.
//
// Errors: ErrValue if the number of items differs; ErrCopyNeeded, which answers ErrValue too, if no view of the memory
// has that shape: Clone first. As numpy.reshape, without its silent copy.
func (m *MemoryView) Reshape(shape ...int) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	if m.rows == nil {
		return m.reshaped(m.layout.Reshape(shape...))
	}
	// The whole table in C order, one entry an item, has every shape.
	n := len(m.layout.Shape)
	r, err := m.rows.expand(identity(n), n)
	if err != nil {
		return nil, wrap(err)
	}
	if r.outer, err = r.outer.Reshape(shape...); err != nil {
		return nil, wrap(err)
	}
	return m.rerowed(r, strides.Layout{})
}

// BroadcastTo repeats the view along new leading axes and along axes of length 1, without a copy.
//
// Shares the memory, read-only: several indices lead to one item.
// Errors: ErrValue if shape is not one that the view broadcasts to. As numpy.broadcast_to.
func (m *MemoryView) BroadcastTo(shape ...int) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	v, err := m.broadcastTo(shape)
	if err != nil {
		return nil, err
	}
	v.readOnly = true
	return v, nil
}

// broadcastTo is BroadcastTo for callers that hold m and do not write.
func (m *MemoryView) broadcastTo(shape []int) (*MemoryView, error) {
	if m.rows == nil {
		return m.reshaped(m.layout.BroadcastTo(shape...))
	}
	whole := strides.Layout{Shape: shape, Strides: make([]int, len(shape)), ItemSize: m.layout.ItemSize}
	if err := whole.Validate(); err != nil {
		return nil, wrap(err)
	}
	r := *m.rows
	outerAxes := len(shape) - len(r.inner.Shape)
	if outerAxes < len(r.outer.Shape) {
		return nil, fail(ErrValue, "shape %v cannot be broadcast to %v", m.layout.Shape, shape)
	}
	var err error
	if r.outer, err = r.outer.BroadcastTo(shape[:outerAxes]...); err != nil {
		return nil, wrap(err)
	}
	if r.inner, err = r.inner.BroadcastTo(shape[outerAxes:]...); err != nil {
		return nil, wrap(err)
	}
	nominal, err := m.layout.BroadcastTo(shape...)
	if err != nil {
		nominal = strides.Layout{}
	}
	return m.rerowed(&r, nominal)
}

// byLayout makes a view by a Layout method. On a view with pointers the method is applied to a table with one entry an
// item.
func (m *MemoryView) byLayout(op func(strides.Layout) (strides.Layout, error)) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	if m.rows == nil {
		return m.reshaped(op(m.layout))
	}
	r, err := m.rows.expand(identity(len(m.layout.Shape)), len(m.layout.Shape))
	if err != nil {
		return nil, wrap(err)
	}
	if r.outer, err = op(r.outer); err != nil {
		return nil, wrap(err)
	}
	return m.rerowed(r, strides.Layout{})
}

// identity returns 0, 1, ..., n-1.
func identity(n int) []int {
	p := make([]int, n)
	for k := range p {
		p[k] = k
	}
	return p
}

// axisNumbers applies op, which permutes or drops axes, to a layout whose strides are the axis numbers.
func (m *MemoryView) axisNumbers(op func(strides.Layout) (strides.Layout, error)) (strides.Layout, error) {
	shape := clone(m.layout.Shape)
	if _, err := op(strides.Layout{Shape: shape, Strides: make([]int, len(shape)), ItemSize: 1}); err != nil {
		return strides.Layout{}, wrap(err)
	}
	for k := range shape {
		shape[k] = min(shape[k], 2) // longer ones could reach beyond an int
	}
	l, err := op(strides.Layout{Shape: shape, Strides: identity(len(shape)), ItemSize: 1})
	if err != nil {
		return strides.Layout{}, wrap(err)
	}
	return l, nil
}

// permuted applies a Layout method that only permutes axes.
func (m *MemoryView) permuted(op func(strides.Layout) (strides.Layout, error)) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	numbered, err := m.axisNumbers(op)
	if err != nil {
		return nil, err
	}
	return m.Transpose(numbered.Strides...)
}

// MoveAxis moves axis src to position dst; the others keep their order. Negative numbers count from the last axis.
//
// Errors: ErrIndex for an axis that does not exist. As numpy.moveaxis.
func (m *MemoryView) MoveAxis(src, dst int) (*MemoryView, error) {
	return m.permuted(func(l strides.Layout) (strides.Layout, error) { return l.MoveAxis(src, dst) })
}

// SwapAxes exchanges two axes.
//
// Errors: ErrIndex for an axis that does not exist. As numpy.swapaxes.
func (m *MemoryView) SwapAxes(a, b int) (*MemoryView, error) {
	return m.permuted(func(l strides.Layout) (strides.Layout, error) { return l.SwapAxes(a, b) })
}

// Flip reverses the axes; none reverses all.
//
// Errors: ErrIndex for an axis that does not exist. As numpy.flip.
func (m *MemoryView) Flip(axes ...int) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	ix := make([]strides.Index, len(m.layout.Shape))
	for k := range ix {
		ix[k] = strides.All
	}
	reverse := strides.Range(strides.None, strides.None, -1)
	if len(axes) == 0 {
		for k := range ix {
			ix[k] = reverse
		}
	}
	for _, a := range axes {
		k := a
		if k < 0 {
			k += len(ix)
		}
		if k < 0 || k >= len(ix) {
			return nil, fail(ErrIndex, "axis %d of a view with %d dimensions", a, len(ix))
		}
		ix[k] = reverse
	}
	return m.Index(ix...)
}

// Squeeze drops axes of length 1: those named, or all of them.
//
// Errors: ErrValue if a named axis is longer; ErrIndex if it does not exist. As numpy.squeeze.
func (m *MemoryView) Squeeze(axes ...int) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	numbered, err := m.axisNumbers(func(l strides.Layout) (strides.Layout, error) { return l.Squeeze(axes...) })
	if err != nil {
		return nil, err
	}
	ix := make([]strides.Index, len(m.layout.Shape))
	for k := range ix {
		ix[k] = strides.At(0)
	}
	for _, kept := range numbered.Strides {
		ix[kept] = strides.All
	}
	return m.Index(ix...)
}

// Diagonal selects the items whose indices along axis2 and axis1 differ by offset.
//
// Shape: the other axes, then the diagonal. Read-only, as in NumPy.
// Errors: as Layout.Diagonal. As numpy.diagonal.
func (m *MemoryView) Diagonal(offset, axis1, axis2 int) (*MemoryView, error) {
	v, err := m.byLayout(func(l strides.Layout) (strides.Layout, error) { return l.Diagonal(offset, axis1, axis2) })
	if err != nil {
		return nil, err
	}
	v.readOnly = true
	return v, nil
}

// SlidingWindow views every window of the given lengths along the axes (none: the first len(window) axes).
//
// Shape: the positions of the windows, then the window. Read-only: windows share items.
// Errors: as Layout.SlidingWindow. As numpy.lib.stride_tricks.sliding_window_view.
func (m *MemoryView) SlidingWindow(window []int, axes ...int) (*MemoryView, error) {
	v, err := m.byLayout(func(l strides.Layout) (strides.Layout, error) { return l.SlidingWindow(window, axes...) })
	if err != nil {
		return nil, err
	}
	v.readOnly = true
	return v, nil
}

// ToReadOnly makes a read-only view of the same memory (memoryview.toreadonly).
func (m *MemoryView) ToReadOnly() (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	d := *m.description
	d.readOnly = true
	return m.derive(&d), nil
}

// Field views one member of each item of a structured format.
//
// Shape: the view's, then the member's own if it is a sub-array. Shares the memory.
// Errors: ErrIndex if the format has no member of that name; ErrNotImplemented if the format cannot be read.
// As numpy indexing with a field name.
func (m *MemoryView) Field(name string) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	typ, err := m.itemType()
	if err != nil {
		return nil, err
	}
	f, ok := typ.Field(name)
	if !ok {
		return nil, fail(ErrIndex, "format %q has no member %q", m.format, name)
	}
	size := f.Type.Size()
	sub, err := strides.ContiguousStrides(strides.C, size, f.Shape...)
	if err != nil {
		return nil, wrap(err)
	}
	if len(m.layout.Shape)+len(f.Shape) > strides.MaxDims {
		return nil, fail(ErrValue, "%d dimensions, more than %d", len(m.layout.Shape)+len(f.Shape), strides.MaxDims)
	}
	d := *m.description
	d.format = f.Type.String()
	d.kind = kindOf(d.format)
	d.bools = m.bools && len(d.kind.bools) > 0
	narrow := func(l strides.Layout) strides.Layout {
		l.Shape = append(slices.Clip(clone(l.Shape)), f.Shape...)
		l.Strides = append(slices.Clip(clone(l.Strides)), sub...)
		l.ItemSize = size
		return l
	}
	d.layout = narrow(d.layout)
	if m.rows == nil {
		d.layout.Offset += f.Offset
		return m.derive(&d), nil
	}
	r := *m.rows
	r.inner = narrow(r.inner)
	r.inner.Offset += f.Offset
	d.rows = &r
	d.layout.SubOffsets = slices.Clone(d.layout.SubOffsets)
	for range f.Shape {
		d.layout.SubOffsets = append(d.layout.SubOffsets, -1)
	}
	d.layout.SubOffsets[len(r.outer.Shape)-1] += f.Offset
	return m.derive(&d), nil
}

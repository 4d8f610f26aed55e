package strides

// An Order says which axis runs fastest in memory, spelled as CPython and NumPy do.
type Order byte

// The orders.
const (
	C Order = 'C' // the last axis
	F Order = 'F' // the first axis
	A Order = 'A' // either will do; C where one has to be chosen
)

// String returns the letter.
func (o Order) String() string { return string(rune(o)) }

// Contiguous returns the layout of items of itemSize bytes without gaps,
// starting at offset 0. Order A means C.
//
// Errors: ErrValue for an unknown order, a negative length or item size, more
// than MaxDims axes; also ErrOverflow if the bytes do not fit in an int.
func Contiguous(order Order, itemSize int, shape ...int) (Layout, error) {
	l := makeLayout(len(shape), itemSize, 0, false)
	copy(l.Shape, shape)
	if err := l.validate("Contiguous"); err != nil { // strides are still 0
		return Layout{}, err
	}
	if err := fillStrides("Contiguous", l.Strides, order, itemSize, shape); err != nil {
		return Layout{}, err
	}
	return l, nil
}

// ContiguousStrides returns the strides of items without gaps. Order A means C.
// The stride of an axis that is slower than one of length 0 is 0.
//
// Errors: ErrValue for an unknown order or a negative number; also ErrOverflow
// if a stride does not fit in an int (if an axis has length 0, that stride is 0).
//
// As PyBuffer_FillContiguousStrides, which does not check anything.
func ContiguousStrides(order Order, itemSize int, shape ...int) ([]int, error) {
	strides := make([]int, len(shape))
	if err := fillStrides("ContiguousStrides", strides, order, itemSize, shape); err != nil {
		return nil, err
	}
	return strides, nil
}

// fillStrides sets strides to those of contiguous items.
func fillStrides(op string, strides []int, order Order, itemSize int, shape []int) error {
	if order != C && order != F && order != A {
		return fail(op, shape, ErrValue, "order %q is not C, F or A", byte(order))
	}
	if itemSize < 0 {
		return fail(op, shape, ErrValue, "item size %d is negative", itemSize)
	}
	empty := false
	for k, n := range shape {
		if n < 0 {
			return fail(op, shape, ErrValue, "length %d of axis %d is negative", n, k)
		}
		empty = empty || n == 0
	}
	step := itemSize
	for i := range shape {
		k := fastest(order, i, len(shape))
		strides[k] = step
		var ok bool
		if step, ok = mul(step, shape[k]); !ok && i < len(shape)-1 {
			if !empty {
				return fail(op, shape, errTooBig, "axis %d: the stride after %d-byte items of shape %s does not fit in an int", k, itemSize, tuple(shape))
			}
			step = 0
		}
	}
	return nil
}

// fastest returns the axis that is the i-th fastest of n: counted from the
// first axis for F, from the last otherwise.
func fastest(order Order, i, n int) int {
	if order == F {
		return i
	}
	return n - 1 - i
}

// IsContiguous reports whether the items lie without gaps in the given order;
// for A, in C or in F order. Strides of axes of length 1 do not count. A layout
// with an axis of length 0, or items without bytes, is contiguous in both
// orders whatever its strides. A layout with SubOffsets, even all negative, is
// not contiguous, and neither is an invalid one or any for an unknown order.
//
// As PyBuffer_IsContiguous, and NumPy's flags. The attributes c_contiguous and
// f_contiguous of CPython's memoryview differ on one point, 1-d views of length 0
// whose stride is not the item size; PyBuffer_IsContiguous is followed because
// tobytes and PyMemoryView_GetContiguous follow it too.
func (l Layout) IsContiguous(order Order) bool {
	if l.SubOffsets != nil || len(l.Strides) != len(l.Shape) || l.ItemSize < 0 {
		return false
	}
	switch order {
	case C, F:
		return l.empty() || l.ItemSize == 0 || l.adjacent(order)
	case A:
		return l.IsContiguous(C) || l.IsContiguous(F)
	}
	return false
}

// adjacent reports whether each axis steps over exactly what the faster axes hold.
func (l Layout) adjacent(order Order) bool {
	step, ok := l.ItemSize, true
	for i := range l.Shape {
		k := fastest(order, i, len(l.Shape))
		if l.Shape[k] == 1 {
			continue
		}
		if !ok || l.Strides[k] != step {
			return false
		}
		step, ok = mul(step, l.Shape[k])
	}
	return true
}

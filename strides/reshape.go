package strides

// Reshape returns the items, taken in C order, under another shape, without
// moving any. One length may be -1: what is left for it.
//
// The idea: axes of length 1 say nothing. Cut the rest of the old shape and the
// new one, from the front, into the shortest groups with equal numbers of items.
// C order runs through the groups independently, so a view exists if and only if
// in each group the old axes are one run of evenly spaced items (the step of
// each is the whole of the next), or the group is a single old axis; the new
// strides follow from the last old one.
//
// An empty layout gets contiguous strides.
//
// Errors: ErrValue if the number of items differs or shape is not a shape;
// ErrCopyNeeded (also ErrValue) if no view exists; ErrNotImplemented if the
// layout has suboffsets that are not negative.
//
// As numpy.reshape with copy=False.
func (l Layout) Reshape(shape ...int) (Layout, error) {
	const op = "Reshape"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	if err := l.direct(op, 0); err != nil {
		return Layout{}, err
	}
	if len(shape) > MaxDims {
		return Layout{}, fail2(op, l.Shape, nil, ErrValue, "%d axes, more than %d", len(shape), MaxDims)
	}
	out := makeLayout(len(shape), l.ItemSize, l.Offset, false)
	copy(out.Shape, shape)
	if err := l.inferLength(op, out.Shape); err != nil {
		return Layout{}, err
	}
	if l.empty() {
		if err := fillStrides(op, out.Strides, C, l.ItemSize, out.Shape); err != nil {
			return Layout{}, err
		}
		return out, nil
	}
	var lens, steps [MaxDims]int // the old axes that matter
	n := 0
	for k, size := range l.Shape {
		if size != 1 {
			lens[n], steps[n] = size, l.Strides[k]
			n++
		}
	}
	if !regroup(lens[:n], steps[:n], &out) {
		return Layout{}, fail2(op, l.Shape, shape, ErrCopyNeeded, "shape %s with strides %s cannot become shape %s without a copy",
			tuple(l.Shape), tuple(l.Strides), tuple(shape))
	}
	return out, nil
}

// inferLength replaces the -1 in shape, and checks that it has as many items as l.
func (l Layout) inferLength(op string, shape []int) error {
	unknown, items, fits, empty := -1, 1, true, false
	for k, n := range shape {
		switch {
		case n == -1 && unknown < 0:
			unknown = k
		case n == -1:
			return fail2(op, l.Shape, shape, ErrValue, "shape %s has more than one -1", tuple(shape))
		case n < 0:
			return fail2(op, l.Shape, shape, ErrValue, "length %d of axis %d is negative", n, k)
		default:
			empty = empty || n == 0
			if fits {
				items, fits = mul(items, n)
			}
		}
	}
	if empty {
		items, fits = 0, true
	}
	have := l.Len()
	switch {
	case unknown >= 0 && fits && items > 0 && have%items == 0:
		shape[unknown] = have / items
		return nil
	case unknown < 0 && fits && items == have:
		return nil
	}
	return fail2(op, l.Shape, shape, ErrValue, "the %d items of shape %s do not fit shape %s", have, tuple(l.Shape), tuple(shape))
}

// regroup finds the strides of out, whose shape has as many items as the axes of
// lens and steps, all longer than 1. It reports whether there are any.
func regroup(lens, steps []int, out *Layout) bool {
	i, j := 0, 0
	for i < len(lens) && j < len(out.Shape) {
		have, want, i1, j1 := lens[i], out.Shape[j], i+1, j+1
		for have != want {
			if want < have {
				want *= out.Shape[j1]
				j1++
			} else {
				have *= lens[i1]
				i1++
			}
		}
		for k := i; k < i1-1; k++ {
			if whole, ok := mul(lens[k+1], steps[k+1]); !ok || steps[k] != whole {
				return false
			}
		}
		stride := steps[i1-1]
		for k := j1 - 1; k >= j; k-- {
			out.Strides[k] = stride
			stride = mulOrZero(stride, out.Shape[k])
		}
		i, j = i1, j1
	}
	stride := out.ItemSize
	if j > 0 {
		stride = out.Strides[j-1]
	}
	for ; j < len(out.Shape); j++ { // lengths of 1
		out.Strides[j] = stride
	}
	return true
}

package strides

import (
	"math"
	"slices"
)

// axis returns k counted from the front, if it is one of ndim axes.
func (l Layout) axis(op string, k int) (int, error) {
	n := len(l.Shape)
	if k < -n || k >= n {
		return 0, fail(op, l.Shape, errAxis, "axis %d out of range for the %d axes of shape %s", k, n, tuple(l.Shape))
	}
	if k < 0 {
		k += n
	}
	return k, nil
}

// axes returns a mark for each axis that is listed, which none may be twice.
func (l Layout) axes(op string, list []int) ([]bool, error) {
	marks := make([]bool, len(l.Shape))
	for _, a := range list {
		k, err := l.axis(op, a)
		if err != nil {
			return nil, err
		}
		if marks[k] {
			return nil, fail(op, l.Shape, ErrValue, "axis %d is listed twice in %s", k, tuple(list))
		}
		marks[k] = true
	}
	return marks, nil
}

// Transpose permutes the axes: axis k of the result is axis axes[k] of l,
// counted from the end if negative. Without axes it reverses them.
//
// Errors: ErrValue if axes is no permutation, also ErrIndex for an axis out of
// range; ErrNotImplemented if an axis would move across one with a suboffset.
//
// As numpy.transpose.
func (l Layout) Transpose(axes ...int) (Layout, error) {
	const op = "Transpose"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	perm := make([]int, len(l.Shape))
	if len(axes) == 0 {
		for k := range perm {
			perm[k] = len(perm) - 1 - k
		}
		return l.permute(op, perm)
	}
	if len(axes) != len(perm) {
		return Layout{}, fail(op, l.Shape, ErrValue, "%d axes given for the %d of shape %s", len(axes), len(perm), tuple(l.Shape))
	}
	if _, err := l.axes(op, axes); err != nil {
		return Layout{}, err
	}
	for k, a := range axes {
		perm[k], _ = l.axis(op, a)
	}
	return l.permute(op, perm)
}

// permute makes axis perm[k] axis k.
func (l Layout) permute(op string, perm []int) (Layout, error) {
	if err := l.crossesPointer(op, perm); err != nil {
		return Layout{}, err
	}
	out := makeLayout(len(perm), l.ItemSize, l.Offset, l.SubOffsets != nil)
	for k, a := range perm {
		out.set(k, l.Shape[a], l.Strides[a], l.subOffset(a))
	}
	return out, nil
}

// crossesPointer returns an error unless every axis with a suboffset keeps its
// place, with the same axes before it.
func (l Layout) crossesPointer(op string, perm []int) error {
	furthest := -1 // of the axes so far
	for k, a := range perm {
		if l.indirectAt(k) && (a != k || furthest > k) || l.indirectAt(a) && a != k {
			return fail(op, l.Shape, ErrNotImplemented, "axis %d cannot change sides with axis %d across a pointer (suboffsets %s)", a, k, tuple(l.SubOffsets))
		}
		furthest = max(furthest, a)
	}
	return nil
}

// subOffset returns the suboffset of axis k, negative if it has none.
func (l Layout) subOffset(k int) int {
	if l.SubOffsets == nil {
		return -1
	}
	return l.SubOffsets[k]
}

// SwapAxes exchanges two axes.
//
// Errors: as Transpose.
//
// As numpy.swapaxes.
func (l Layout) SwapAxes(a, b int) (Layout, error) {
	const op = "SwapAxes"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	a, err := l.axis(op, a)
	if err != nil {
		return Layout{}, err
	}
	b, err = l.axis(op, b)
	if err != nil {
		return Layout{}, err
	}
	perm := identity(len(l.Shape))
	perm[a], perm[b] = b, a
	return l.permute(op, perm)
}

// MoveAxis makes axis src axis dst; the others keep their order.
//
// Errors: as Transpose.
//
// As numpy.moveaxis for one axis.
func (l Layout) MoveAxis(src, dst int) (Layout, error) {
	const op = "MoveAxis"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	src, err := l.axis(op, src)
	if err != nil {
		return Layout{}, err
	}
	dst, err = l.axis(op, dst)
	if err != nil {
		return Layout{}, err
	}
	perm := identity(len(l.Shape))
	perm = slices.Delete(perm, src, src+1)
	perm = slices.Insert(perm, dst, src)
	return l.permute(op, perm)
}

func identity(n int) []int {
	perm := make([]int, n)
	for k := range perm {
		perm[k] = k
	}
	return perm
}

// Flip reverses the order of the items along the axes; without any, along all.
//
// Errors: ErrValue for an axis listed twice or out of range, then also ErrIndex;
// ErrNotImplemented if a suboffset would become negative.
//
// As numpy.flip.
func (l Layout) Flip(axes ...int) (Layout, error) {
	const op = "Flip"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	marks, err := l.axes(op, axes)
	if err != nil {
		return Layout{}, err
	}
	ix := make([]Index, len(l.Shape))
	for k := range ix {
		if marks[k] || len(axes) == 0 {
			ix[k] = Range(None, None, -1)
		}
	}
	return l.index(op, ix)
}

// Squeeze drops the axes, which must have length 1; without any, all of length 1.
//
// Errors: ErrValue for an axis of another length, listed twice or out of range,
// then also ErrIndex; ErrNotImplemented for an axis with a suboffset.
//
// As numpy.squeeze.
func (l Layout) Squeeze(axes ...int) (Layout, error) {
	const op = "Squeeze"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	marks, err := l.axes(op, axes)
	if err != nil {
		return Layout{}, err
	}
	ix := make([]Index, len(l.Shape))
	for k, n := range l.Shape {
		switch {
		case marks[k] && n != 1:
			return Layout{}, fail(op, l.Shape, ErrValue, "axis %d has length %d, not 1", k, n)
		case marks[k] || len(axes) == 0 && n == 1:
			if l.indirectAt(k) {
				return Layout{}, fail(op, l.Shape, ErrNotImplemented, "axis %d has suboffset %d and cannot be dropped", k, l.SubOffsets[k])
			}
			ix[k] = At(0)
		}
	}
	return l.index(op, ix)
}

// BroadcastTo repeats items without moving any: axes are matched from the last,
// those of length 1 take the length asked for with stride 0, and new ones are
// added in front. An axis of another length has to match.
//
// Errors: ErrValue, also ErrOverflow if the result has more than math.MaxInt bytes.
//
// As numpy.broadcast_to. The result visits bytes many times: not for writing.
func (l Layout) BroadcastTo(shape ...int) (Layout, error) {
	const op = "BroadcastTo"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	added := len(shape) - len(l.Shape)
	if added < 0 {
		return Layout{}, fail2(op, l.Shape, shape, ErrValue, "shape %s has more axes than %s", tuple(l.Shape), tuple(shape))
	}
	out := makeLayout(len(shape), l.ItemSize, l.Offset, l.SubOffsets != nil)
	for k, n := range shape {
		if k < added {
			out.set(k, n, 0, -1)
			continue
		}
		stride := l.Strides[k-added]
		if l.Shape[k-added] != n {
			if l.Shape[k-added] != 1 {
				return Layout{}, fail2(op, l.Shape, shape, ErrValue, "axis %d of shape %s has length %d, not 1 or the %d of shape %s",
					k-added, tuple(l.Shape), l.Shape[k-added], n, tuple(shape))
			}
			stride = 0
		}
		out.set(k, n, stride, l.subOffset(k-added))
	}
	if err := out.validate(op); err != nil {
		return Layout{}, err
	}
	return out, nil
}

// Diagonal returns the items whose index along axis2 is offset more than that
// along axis1: a last axis takes the place of the two, with both strides at once.
//
// Errors: ErrValue if the axes are the same or out of range, then also ErrIndex;
// ErrNotImplemented if one of them, or one behind them, has a suboffset.
//
// As numpy.diagonal.
func (l Layout) Diagonal(offset, axis1, axis2 int) (Layout, error) {
	const op = "Diagonal"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	marks, err := l.axes(op, []int{axis1, axis2})
	if err != nil {
		return Layout{}, err
	}
	axis1, _ = l.axis(op, axis1)
	axis2, _ = l.axis(op, axis2)
	if err := l.direct(op, min(axis1, axis2)); err != nil {
		return Layout{}, err
	}
	start1, start2 := 0, 0 // the first items that have a partner
	if offset < 0 {
		start1 = min(l.Shape[axis1], -max(offset, -math.MaxInt))
	} else {
		start2 = min(l.Shape[axis2], offset)
	}
	count := min(l.Shape[axis1]-start1, l.Shape[axis2]-start2)
	out := makeLayout(len(l.Shape)-1, l.ItemSize, l.Offset, l.SubOffsets != nil)
	d := 0
	for k, n := range l.Shape {
		if !marks[k] {
			out.set(d, n, l.Strides[k], l.subOffset(k))
			d++
		}
	}
	stride, ok := add(l.Strides[axis1], l.Strides[axis2])
	if !ok {
		stride = 0 // the length is 0 or 1
	}
	out.set(d, count, stride, -1)
	empty := out.empty()
	if err := out.shift(op, d, start1, l.Strides[axis1], empty); err != nil {
		return Layout{}, err
	}
	if err := out.shift(op, d, start2, l.Strides[axis2], empty); err != nil {
		return Layout{}, err
	}
	return out, nil
}

// direct returns an error if axis first or one after it has a suboffset.
func (l Layout) direct(op string, first int) error {
	for k := first; k < len(l.Shape); k++ {
		if l.indirectAt(k) {
			return fail(op, l.Shape, ErrNotImplemented, "axis %d has suboffset %d", k, l.SubOffsets[k])
		}
	}
	return nil
}

// SlidingWindow returns every run of window[i] items along axes[i]: that axis
// keeps the window[i]-1 fewer places where a run can start, and a last axis for
// each window, in the order given, counts the items in it. Without axes there
// is one window for each axis. An axis may be listed twice.
//
// Errors: ErrValue for a negative window, one longer than its axis, a number of
// windows that is not that of the axes, more than MaxDims axes, or an axis out
// of range (also ErrIndex); also ErrOverflow if the result has more than
// math.MaxInt bytes; ErrNotImplemented if an axis, or one behind it, has a
// suboffset.
//
// As numpy.lib.stride_tricks.sliding_window_view. The result visits bytes many
// times: not for writing.
func (l Layout) SlidingWindow(window []int, axes ...int) (Layout, error) {
	const op = "SlidingWindow"
	if err := l.validate(op); err != nil {
		return Layout{}, err
	}
	if len(axes) == 0 {
		axes = identity(len(l.Shape))
	}
	nd := len(l.Shape)
	switch {
	case len(window) != len(axes):
		return Layout{}, fail2(op, l.Shape, window, ErrValue, "%d windows for %d axes", len(window), len(axes))
	case nd+len(window) > MaxDims:
		return Layout{}, fail2(op, l.Shape, window, ErrValue, "the result would have %d axes, more than %d", nd+len(window), MaxDims)
	}
	out := makeLayout(nd+len(window), l.ItemSize, l.Offset, l.SubOffsets != nil)
	for k, n := range l.Shape {
		out.set(k, n, l.Strides[k], l.subOffset(k))
	}
	for i, w := range window {
		k, err := l.axis(op, axes[i])
		if err != nil {
			return Layout{}, err
		}
		if err := l.direct(op, k); err != nil {
			return Layout{}, err
		}
		if w < 0 || w-1 > out.Shape[k]-1 {
			return Layout{}, fail2(op, l.Shape, window, ErrValue, "window %d is not within 0 and %d, the length left of axis %d", w, out.Shape[k], k)
		}
		places, ok := add(out.Shape[k]-w, 1)
		if !ok {
			return Layout{}, fail2(op, l.Shape, window, errTooBig, "axis %d of length %d has too many places for a window of 0", k, out.Shape[k])
		}
		out.Shape[k] = places
		out.set(nd+i, w, l.Strides[k], -1)
	}
	if err := out.validate(op); err != nil {
		return Layout{}, err
	}
	return out, nil
}

// Split cuts an axis before each of the items at: the parts are [:at[0]],
// [at[0]:at[1]] and so on to the end, where numbers count as in a Range.
//
// Errors: ErrValue for an axis out of range, also ErrIndex; ErrNotImplemented if
// a suboffset would become negative.
//
// As numpy.split with a list.
func (l Layout) Split(axis int, at ...int) ([]Layout, error) {
	const op = "Split"
	if err := l.validate(op); err != nil {
		return nil, err
	}
	axis, err := l.axis(op, axis)
	if err != nil {
		return nil, err
	}
	ix := make([]Index, axis+1)
	parts := make([]Layout, 0, len(at)+1)
	start := 0
	for i := range len(at) + 1 {
		stop := None // the end
		if i < len(at) {
			stop = max(at[i], -math.MaxInt)
		}
		ix[axis] = Range(start, stop, 1)
		part, err := l.index(op, ix)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		start = stop
	}
	return parts, nil
}

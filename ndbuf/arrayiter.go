package ndbuf

import (
	"iter"
	"slices"
	"unsafe"
)

// held holds the view for an operation on the whole Array.
//
// Errors: ErrReleased.
func (s *arrayState) held() (*MemoryView, error) {
	if s == nil || s.hold.over.Load() {
		return nil, ErrReleased
	}
	m := s.hold.view
	return m, m.acquire()
}

// A lane is n items that begin at p, step bytes apart: what the last axis has for one index of the others, or one item.
type lane struct {
	p       unsafe.Pointer
	n, step int
}

// scan calls f with the lanes of the array in C order, and the index of their first item, until it answers false. It
// panics if the Array is released; a Release meanwhile does not take the memory away.
func (s *arrayState) scan(f func(index []int, l lane) bool) {
	m, err := s.held()
	if err != nil {
		panic(err)
	}
	defer m.done()
	if m.layout.Len() == 0 {
		return
	}
	shape, index := s.op.shape, make([]int, len(s.op.shape))
	last := len(shape) - 1
	if last < 0 || s.op.depth() > last || m.layout.ItemSize == 0 {
		for f(index, lane{s.address(index), 1, 0}) && next(index, shape) {
		}
		return
	}
	l := lane{n: shape[last], step: s.op.innerStrides(last)[0]}
	for {
		l.p = s.op.at(index)
		if !f(index, l) || !next(index[:last], shape) {
			return
		}
	}
}

// All yields every index and its item in C order. The index slice is reused.
//
// Panics: after Release.
func (a Array[T]) All() iter.Seq2[[]int, T] {
	return func(yield func([]int, T) bool) {
		given := make([]int, a.NDim()) // a caller that changes it does not change the walk
		a.s.scan(func(index []int, l lane) bool {
			for j := range l.n {
				copy(given, index)
				if l.n > 1 {
					given[len(given)-1] = j
				}
				if !yield(given, *(*T)(unsafe.Add(l.p, j*l.step))) {
					return false
				}
			}
			return true
		})
	}
}

// Values yields every item in C order.
//
// Panics: after Release.
func (a Array[T]) Values() iter.Seq[T] {
	return func(yield func(T) bool) {
		a.s.scan(func(_ []int, l lane) bool {
			for j := range l.n {
				if !yield(*(*T)(unsafe.Add(l.p, j*l.step))) {
					return false
				}
			}
			return true
		})
	}
}

// Data returns all items as a Go slice.
//
// Shares the memory: the slice is valid until Release, and while the Array or its view is reachable.
// Errors: ErrReadOnly, also ErrBuffer, for read-only memory; ErrValue if the items are not C-contiguous; ErrReleased.
func (a Array[T]) Data() ([]T, error) {
	m, err := a.s.held()
	if err != nil {
		return nil, err
	}
	defer m.done()
	if m.readOnly {
		return nil, failReadOnly(ErrBuffer, "a slice of read-only memory would be writable")
	}
	if !m.c {
		return nil, fail(ErrValue, "items of shape %v with strides %v are not C-contiguous", m.layout.Shape, m.layout.Strides)
	}
	if m.layout.Len() == 0 {
		return []T{}, nil
	}
	return unsafe.Slice((*T)(a.s.op.base), m.layout.Len()), nil
}

// Lane returns the items along one axis as a Go slice, without allocating for up to 8 axes. index has the place along the
// other axes, in order; a negative axis counts from the last.
//
// Shares the memory: the slice is valid until Release, and while the Array or its view is reachable.
// Errors: ErrReadOnly, also ErrBuffer, for read-only memory; ErrValue if the items of the lane are not adjacent; ErrIndex
// for an axis or index out of range; ErrType for a wrong number of indices; ErrReleased.
func (a Array[T]) Lane(axis int, index ...int) ([]T, error) {
	p, n, err := a.s.contiguousLane(axis, index)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*T)(p), n), nil
}

// contiguousLane returns the first item and the length of a lane that can be a Go slice.
func (s *arrayState) contiguousLane(axis int, index []int) (unsafe.Pointer, int, error) {
	m, err := s.held()
	if err != nil {
		return nil, 0, err
	}
	defer m.done()
	shape := s.op.shape
	if axis < 0 {
		axis += len(shape)
	}
	if axis < 0 || axis >= len(shape) {
		return nil, 0, fail(ErrIndex, "axis %d of an array with %d axes", axis, len(shape))
	}
	if len(index) != len(shape)-1 {
		return nil, 0, fail(ErrType, "%d indices for the %d other axes of a lane", len(index), len(shape)-1)
	}
	var room [8]int
	full := append(append(append(room[:0], index[:axis]...), 0), index[axis:]...)
	for k, i := range full {
		if k != axis && uint(i) >= uint(shape[k]) {
			return nil, 0, fail(ErrIndex, "index %d out of range for axis %d of length %d", i, k, shape[k])
		}
	}
	if err := s.laneFits(m, axis); err != nil {
		return nil, 0, err
	}
	if shape[axis] == 0 {
		return unsafe.Pointer(&noItem), 0, nil
	}
	return s.address(full), shape[axis], nil
}

// laneFits reports why lanes along an axis cannot be Go slices.
func (s *arrayState) laneFits(m *MemoryView, axis int) error {
	if m.readOnly {
		return failReadOnly(ErrBuffer, "a slice of read-only memory would be writable")
	}
	if s.op.shape[axis] <= 1 {
		return nil
	}
	if axis < s.op.depth() {
		return fail(ErrValue, "items along axis %d lie in different memory", axis)
	}
	if step, size := s.op.innerStrides(axis)[0], m.layout.ItemSize; step != size {
		return fail(ErrValue, "items along axis %d are not adjacent: stride %d, item size %d", axis, step, size)
	}
	return nil
}

// Rows yields the lanes along the last axis as Go slices, in C order, each with its index along the other axes. The index
// slice is reused. A Release meanwhile does not end the walk, here as in All and Values.
//
// Shares the memory, as Lane; a walk keeps it until it ends.
// Errors: as Lane; ErrValue for a scalar.
// Panics: a walk that begins after Release.
func (a Array[T]) Rows() (iter.Seq2[[]int, []T], error) {
	m, err := a.s.held()
	if err != nil {
		return nil, err
	}
	defer m.done()
	last := m.NDim() - 1
	if last < 0 {
		return nil, fail(ErrValue, "a scalar has no rows")
	}
	if err := a.s.laneFits(m, last); err != nil {
		return nil, err
	}
	return func(yield func([]int, []T) bool) {
		m, err := a.s.held()
		if err != nil {
			panic(err)
		}
		defer m.done()
		n, outer := a.s.op.shape[last], a.s.op.shape[:last]
		if slices.Contains(outer, 0) {
			return
		}
		index := make([]int, last+1)
		given := make([]int, last) // a caller that changes it does not change the walk
		for {
			copy(given, index)
			p := unsafe.Pointer(&noItem)
			if n > 0 {
				p = a.s.address(index)
			}
			if !yield(given, unsafe.Slice((*T)(p), n)) || !next(index[:last], outer) {
				return
			}
		}
	}, nil
}

package ndbuf

import (
	"iter"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// Iteration. Reading an item can fail: the view may be released, the format unreadable, a mapped file made shorter. So
// every sequence yields pairs of a result and an error; the error, if there is one, comes once and last, with a zero
// result. While a loop runs the view is held: Release meanwhile is ErrBuffer. A sequence can be run again.

// An Item is a step of [MemoryView.Items].
type Item struct {
	Index []int // the same slice in every step
	Value any   // as Get returns it
}

// Items is a sequence of all items with their indices, in C order. The index slice is reused: clone it to keep it.
//
// Errors, as the last step: ErrReleased; as Get.
func (m *MemoryView) Items() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		typ, err := m.startReading()
		if err != nil {
			yield(Item{}, err)
			return
		}
		defer m.done()
		if hasZero(m.layout.Shape) {
			return
		}
		index := make([]int, len(m.layout.Shape))
		shown := make([]int, len(index)) // what the caller sees, who may change it
		for {
			v, err := m.read(typ, m.place(index))
			if err != nil {
				yield(Item{}, err)
				return
			}
			copy(shown, index)
			if !yield(Item{shown, v}, nil) || !next(index, m.layout.Shape) {
				return
			}
		}
	}
}

// startReading holds the view for a loop over its items.
func (m *MemoryView) startReading() (*format.Type, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	typ, err := m.itemType()
	if err != nil {
		m.done()
		return nil, err
	}
	return typ, nil
}

// Values is a sequence of all items in C order, whatever the number of axes.
//
// Errors, as the last step: ErrReleased; as Get.
// As iter(memoryview), which takes one axis; see Rows for N-dimensional views.
func (m *MemoryView) Values() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for item, err := range m.Items() {
			if !yield(item.Value, err) {
				return
			}
		}
	}
}

// Backward is a sequence of all items from the last to the first in C order.
//
// Errors, as the last step: ErrReleased; as Get.
// As reversed(memoryview), which takes one axis.
func (m *MemoryView) Backward() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if err := m.acquire(); err != nil {
			yield(nil, err)
			return
		}
		defer m.done()
		v, err := m.Flip()
		if err != nil {
			yield(nil, err)
			return
		}
		defer v.Release()
		for value, err := range v.Values() {
			if !yield(value, err) {
				return
			}
		}
	}
}

// Rows is a sequence of the views m[0], m[1], ... along the first axis; of a 1-dimensional view they are scalars. Each is
// a view of its own, the caller's to release.
//
// Errors, as the last step: ErrType for a scalar; ErrReleased.
// As iter(numpy.ndarray).
func (m *MemoryView) Rows() iter.Seq2[*MemoryView, error] {
	return func(yield func(*MemoryView, error) bool) {
		if err := m.acquire(); err != nil {
			yield(nil, err)
			return
		}
		defer m.done()
		if len(m.layout.Shape) == 0 {
			yield(nil, fail(ErrType, "a 0-dimensional view has no rows"))
			return
		}
		for i := range m.layout.Shape[0] {
			if row, err := m.Index(strides.At(i)); !yield(row, err) || err != nil {
				return
			}
		}
	}
}

package ndbuf

import (
	"math"
	"unsafe"

	"github.com/strided-go/strided/format"
)

// matcher returns a function that reports whether the item at an address equals v, as Equal compares values.
func matcher(typ *format.Type, v any) func(p unsafe.Pointer) (bool, error) {
	v = plain(v)
	if read := numberReader(typ); read != nil {
		re, im, ok := complexOf(v)
		if !ok || !im.equal(uintNumber(0)) {
			return func(unsafe.Pointer) (bool, error) { return false, nil }
		}
		return func(p unsafe.Pointer) (bool, error) { return read(p).equal(re), nil }
	}
	return func(p unsafe.Pointer) (bool, error) {
		item, err := typ.Decode(itemBytes(p, typ.Size()))
		return err == nil && equalValues(item, v), err
	}
}

// lookup calls found with the number, in C order, of each item from start to stop that equals v, until it returns false.
// Bounds are those of a Python slice.
func (m *MemoryView) lookup(v any, start, stop int, found func(at int) bool) error {
	if err := m.acquire(); err != nil {
		return err
	}
	defer m.done()
	shape := m.layout.Shape
	if len(shape) == 0 {
		return fail(ErrType, "invalid lookup in a 0-dimensional view")
	}
	typ, err := m.itemType()
	if err != nil {
		return err
	}
	if hasZero(shape) {
		return nil
	}
	n := m.layout.Len()
	start, stop = clampBound(start, n), clampBound(stop, n)
	match := matcher(typ, v)
	var o operand
	o.set(m)
	index := make([]int, len(shape))
	for k, rest := len(shape)-1, start; k >= 0; k-- {
		index[k] = rest % shape[k]
		rest /= shape[k]
	}
	if fault := m.guarded(func() {
		for at := start; at < stop; at++ {
			var p unsafe.Pointer
			if m.layout.ItemSize > 0 {
				p = o.at(index)
			}
			var ok bool
			if ok, err = match(p); err != nil || ok && !found(at) {
				return
			}
			next(index, shape)
		}
	}); fault != nil {
		return fault
	}
	if err != nil {
		return fromFormat(m.format, err)
	}
	return nil
}

// clampBound turns a bound that may count from the end into one in [0, n].
func clampBound(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}

// Count returns how many items equal v: any Go number, bool, string, bytes, or Record, compared as Equal does. Of an
// N-dimensional view every item counts.
//
// Errors: ErrType for a scalar; ErrReleased; as Get.
// As memoryview.count (3.14), which takes one axis.
func (m *MemoryView) Count(v any) (int, error) {
	n := 0
	err := m.lookup(v, 0, math.MaxInt, func(int) bool { n++; return true })
	if err != nil {
		return 0, err
	}
	return n, nil
}

// IndexOf returns the index of the first item that equals v, compared as Equal does: of a view with more than one axis its
// number in C order. bounds are a start and a stop, as in a slice; negative ones count from the end.
//
// Errors: ErrValue if no item does; ErrType for a scalar, or for more than two bounds; ErrReleased; as Get.
// As memoryview.index (3.14), which takes one axis.
func (m *MemoryView) IndexOf(v any, bounds ...int) (int, error) {
	if len(bounds) > 2 {
		return 0, fail(ErrType, "IndexOf takes a start and a stop, not %d bounds", len(bounds))
	}
	limits := [2]int{0, math.MaxInt}
	copy(limits[:], bounds)
	at := -1
	err := m.lookup(v, limits[0], limits[1], func(i int) bool { at = i; return false })
	if err != nil {
		return 0, err
	}
	if at < 0 {
		return 0, fail(ErrValue, "no such item")
	}
	return at, nil
}

// Contains reports whether an item equals v, compared as Equal does. Of an N-dimensional view every item counts.
//
// Errors: ErrType for a scalar; ErrReleased; as Get.
// As the in operator on a memoryview, which takes one axis.
func (m *MemoryView) Contains(v any) (bool, error) {
	yes := false
	err := m.lookup(v, 0, math.MaxInt, func(int) bool { yes = true; return false })
	return yes && err == nil, err
}

package ndbuf

import (
	"slices"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/convert"
	"github.com/strided-go/strided/internal/pick"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// Items chosen by a mask: a view of bools, of which every byte but 0 is true. Masks of numbers become one by
// AsType("?", CastUnsafe, order).

// checkMask says why m is no mask. The caller holds m.
func checkMask(m *MemoryView) error {
	typ, err := m.itemType()
	if err != nil {
		return fail(ErrType, "mask: %w", err)
	}
	if typ.Kind() != format.Bool {
		return fail(ErrType, `mask has format %q, want "?" (hint: AsType)`, m.format)
	}
	return nil
}

// maskPart describes a mask for a sweep.
var maskPart = blocks.Operand{Size: 1}

// CopyWhere copies the items of src to dst where mask is true; src and mask are broadcast to dst's shape (numpy.copyto with
// where). Overlap is allowed among all three: the result is as if src and mask had been copied first. A dst that visits an
// item twice is written in C order. Other goroutines must not write the items of dst meanwhile, even those not chosen.
//
// Errors: ErrType with ErrReadOnly for a read-only dst; ErrType if the formats of dst and src differ in more than byte
// order, or mask is not of bools; ErrValue if a shape does not broadcast. dst is then as it was.
func CopyWhere(dst, src, mask *MemoryView) error {
	release, err := acquireAll(dst, src, mask)
	if err != nil {
		return err
	}
	defer release()
	if dst.readOnly {
		return errReadOnlyStore()
	}
	fixes, err := itemFixes(dst, src)
	if err != nil {
		return err
	}
	if err := checkMask(mask); err != nil {
		return err
	}
	src, releaseSrc, err := src.broadcastOf(dst.layout.Shape)
	if err != nil {
		return err
	}
	defer releaseSrc()
	mask, releaseMask, err := mask.broadcastOf(dst.layout.Shape)
	if err != nil {
		return err
	}
	defer releaseMask()
	size := dst.layout.ItemSize
	if size == 0 {
		return nil
	}
	for _, m := range []**MemoryView{&src, &mask} {
		if overlaps(dst.description, (*m).description) {
			if *m, err = (*m).snapshot(); err != nil {
				return err
			}
		}
	}
	var d, s, w operand
	d.set(dst)
	s.set(src)
	w.set(mask)
	parts := []blocks.Operand{{Size: size, InPlace: true}, {Size: size, Fixes: fixes}, maskPart}
	masked := pick.Masked(size)
	return sweep([]*operand{&d, &s, &w}, parts, dst.visitsTwice(), func(p blocks.Pointers, step blocks.Steps, n int) {
		masked(p[0], p[1], p[2], n, step[0], step[1], step[2], size)
	})
}

// PutMask repeats values of which there are fewer, so that they are copied in long runs: up to so many items, and so many
// bytes of them. Chosen.
const (
	repeated      = 512
	repeatedBytes = 16 << 10
)

// PutMask stores values in the items of dst where mask is true, both in C order: item number i of dst gets value number i,
// counted from the start again after the last (numpy.putmask). Overlap is allowed, as in CopyWhere.
//
// Shape: mask has as many items as dst, values any number.
// Errors: ErrType with ErrReadOnly for a read-only dst; ErrType if the formats of dst and values differ in more than byte
// order, or mask is not of bools; ErrValue if mask has another number of items, or values has none and dst has some. dst
// is then as it was.
func PutMask(dst, mask, values *MemoryView) error {
	release, err := acquireAll(dst, mask, values)
	if err != nil {
		return err
	}
	defer release()
	if dst.readOnly {
		return errReadOnlyStore()
	}
	fixes, err := itemFixes(dst, values)
	if err != nil {
		return err
	}
	if err := checkMask(mask); err != nil {
		return err
	}
	items, count := dst.layout.Len(), values.layout.Len()
	if mask.layout.Len() != items {
		return fail(ErrValue, "mask of shape %v has another number of items than dst of shape %v", mask.layout.Shape, dst.layout.Shape)
	}
	size := dst.layout.ItemSize
	if items == 0 || size == 0 {
		return nil
	}
	if count == 0 {
		return fail(ErrValue, "no values for a dst of shape %v", dst.layout.Shape)
	}
	list, err := values.repeat(fixes, min(count, items), min(items, repeated, max(repeatedBytes/size, 1)))
	if err != nil {
		return err
	}
	if overlaps(dst.description, mask.description) || !slices.Equal(mask.layout.Shape, dst.layout.Shape) {
		if mask, err = mask.snapshot(); err != nil {
			return err
		}
		if mask, err = mask.Reshape(dst.layout.Shape...); err != nil {
			return err
		}
	}
	var d, w operand
	d.set(dst)
	w.set(mask)
	masked := pick.Masked(size)
	at, period := 0, len(list)/size
	parts := []blocks.Operand{{Size: size, InPlace: true}, maskPart}
	return sweep([]*operand{&d, &w}, parts, true, func(p blocks.Pointers, step blocks.Steps, n int) {
		for i := 0; i < n; {
			k := min(n-i, period-at)
			masked(unsafe.Add(p[0], i*step[0]), unsafe.Pointer(&list[at*size]), unsafe.Add(p[1], i*step[1]), k, step[0], size, step[1], size)
			i += k
			if at += k; at == period {
				at = 0
			}
		}
	})
}

// repeat returns the bytes of the first count items in C order, fixed, and all of them again until there are enough.
func (m *MemoryView) repeat(fixes []plan.Fix, count, enough int) ([]byte, error) {
	size := m.layout.ItemSize
	times := (enough + count - 1) / count
	mem, err := alignedBytes(max(m.nbytes, count*size*times))
	if err != nil {
		return nil, err
	}
	var d, s operand
	s.set(m)
	d.setRun(mem, strides.C, size, s.shape)
	if err := transfer(&d, &s, size, fixes, false); err != nil {
		return nil, err
	}
	mem = mem[:count*times*size]
	for n := count * size; n < len(mem); n *= 2 {
		copy(mem[n:], mem[:n])
	}
	return mem, nil
}

// Compress returns the items of src along an axis where mask is true, as a new array in C order (numpy.compress). With
// Flat they are those of src in C order, and mask may also have src's shape (a[mask]).
//
// Shape: mask has one axis, of at most the length of src's axis, or with Flat of at most its items; what it does not reach
// is left out. The result has as many items along the axis as mask has true ones; with Flat it has one axis.
// Errors: ErrType if mask is not of bools; ErrIndex for an axis that does not exist, or a mask that is true beyond the end;
// ErrValue for a mask of a wrong shape; ErrOverflow if the result does not fit in memory.
func Compress(src, mask *MemoryView, axis int) (*MemoryView, error) {
	release, err := acquireAll(src, mask)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := checkMask(mask); err != nil {
		return nil, err
	}
	shape := src.layout.Shape
	whole := axis == Flat && slices.Equal(mask.layout.Shape, shape)
	if len(mask.layout.Shape) != 1 && !whole {
		return nil, fail(ErrValue, "mask has shape %v, want one axis, or with Flat that of src, %v", mask.layout.Shape, shape)
	}
	if axis != Flat {
		nd := len(shape)
		if axis < -nd || axis >= nd {
			return nil, fail(ErrIndex, "axis %d of a view with %d dimensions", axis, nd)
		}
		if axis < 0 {
			axis += nd
		}
		whole = nd == 1 && slices.Equal(mask.layout.Shape, shape)
		if nd > 1 || !whole {
			return src.compressAxis(mask, axis)
		}
	}
	if !whole && (len(shape) != 1 || mask.layout.Shape[0] > shape[0]) {
		return src.compressAxis(mask, Flat)
	}
	if !whole {
		if src, err = src.Index(strides.Range(0, mask.layout.Shape[0], 1)); err != nil {
			return nil, err
		}
		defer src.Release()
	}
	return src.compress(mask)
}

// compressAxis is Compress by way of indices.
func (m *MemoryView) compressAxis(mask *MemoryView, axis int) (*MemoryView, error) {
	indices, err := mask.flatNonzero()
	if err != nil {
		return nil, err
	}
	shape := indices.layout.Shape
	if axis != Flat {
		shape = slices.Clone(m.layout.Shape)
		shape[axis] = indices.layout.Shape[0]
	}
	v, err := newArray(m.format, m.kind, m.layout.ItemSize, strides.C, shape, alignedBytes)
	if err != nil {
		return nil, err
	}
	if err := Take(v, m, indices, axis, ModeRaise); err != nil {
		return nil, err
	}
	return v, nil
}

// compress is Compress for a mask of m's shape, both taken as one axis.
func (m *MemoryView) compress(mask *MemoryView) (*MemoryView, error) {
	total, err := mask.countNonzero()
	if err != nil {
		return nil, err
	}
	size := m.layout.ItemSize
	v, err := newArray(m.format, m.kind, size, strides.C, []int{total}, freshBytes)
	if err != nil || size == 0 || total == 0 {
		return v, err
	}
	var s, w operand
	s.set(m)
	w.set(mask)
	dst := unsafe.Pointer(unsafe.SliceData(v.mem))
	compress := pick.Compress(size)
	done := 0
	err = sweep([]*operand{&s, &w}, []blocks.Operand{{Size: size}, maskPart}, true, func(p blocks.Pointers, step blocks.Steps, n int) {
		if done < total {
			done += compress(unsafe.Add(dst, done*size), p[0], p[1], n, step[0], step[1], size, total-done)
		}
	})
	if err != nil {
		return nil, err
	}
	clear(v.mem[done*size : total*size]) // fewer only if somebody changed the mask meanwhile
	return v, nil
}

// truths calls f with a mask of m's items, a run at a time in C order. The items are numbers.
//
// Errors: ErrType if they are none.
func (m *MemoryView) truths(f func(mask unsafe.Pointer, n, stride int)) error {
	typ, err := m.itemType()
	if err != nil {
		return err
	}
	kind, ok := numberKind(typ)
	if !ok {
		return fail(ErrType, "items of format %q are no numbers", m.format)
	}
	var o operand
	o.set(m)
	if kind == convert.Bool {
		return sweep([]*operand{&o}, []blocks.Operand{maskPart}, true, func(p blocks.Pointers, step blocks.Steps, n int) {
			f(p[0], n, step[0])
		})
	}
	const some = 4096 // bytes, which stay in the first-level cache; chosen
	mask := make([]byte, some)
	loop := convert.Of(convert.Bool, kind)
	return sweep([]*operand{&o}, []blocks.Operand{part(typ)}, true, func(p blocks.Pointers, step blocks.Steps, n int) {
		for i := 0; i < n; i += some {
			k := min(some, n-i)
			loop(unsafe.Pointer(&mask[0]), unsafe.Add(p[0], i*step[0]), k, 1, step[0])
			f(unsafe.Pointer(&mask[0]), k, 1)
		}
	})
}

// countNonzero returns how many items are not zero. The caller holds m.
func (m *MemoryView) countNonzero() (total int, err error) {
	err = m.truths(func(mask unsafe.Pointer, n, stride int) { total += pick.Count(mask, n, stride) })
	return total, err
}

// FlatNonzero returns the numbers, in C order, of the items that are not zero, as an array of int64 with one axis
// (numpy.flatnonzero). NaN is not zero, -0 is.
//
// Errors: ErrType for items that are no numbers; ErrOverflow if the result does not fit in memory.
func FlatNonzero(m *MemoryView) (*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	return m.flatNonzero()
}

func (m *MemoryView) flatNonzero() (*MemoryView, error) {
	total, err := m.countNonzero()
	if err != nil {
		return nil, err
	}
	v, err := newArray("q", kindOf("q"), 8, strides.C, []int{total}, freshBytes)
	if err != nil {
		return nil, err
	}
	list := int64s(v)
	done, seen := 0, 0
	err = m.truths(func(mask unsafe.Pointer, n, stride int) {
		done += pick.Nonzero(list[done:], mask, n, stride, int64(seen))
		seen += n
	})
	if err != nil {
		return nil, err
	}
	clear(list[done:]) // fewer only if somebody changed m meanwhile
	return v, nil
}

// Nonzero returns the indices of the items that are not zero, in C order: for each axis of m an array of int64 with as many
// items as there are such (numpy.nonzero). NaN is not zero, -0 is.
//
// Errors: ErrValue for a scalar, which has no axes; as FlatNonzero.
func Nonzero(m *MemoryView) ([]*MemoryView, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	nd := len(m.layout.Shape)
	if nd == 0 {
		return nil, fail(ErrValue, "a 0-dimensional view has no indices")
	}
	flat, err := m.flatNonzero()
	if err != nil {
		return nil, err
	}
	out := make([]*MemoryView, nd)
	lists := make([][]int64, nd)
	for k := range nd - 1 {
		if out[k], err = newArray("q", kindOf("q"), 8, strides.C, flat.layout.Shape, freshBytes); err != nil {
			return nil, err
		}
		lists[k] = int64s(out[k])
	}
	out[nd-1], lists[nd-1] = flat, int64s(flat)
	unravelAll(lists, m.layout.Shape)
	return out, nil
}

// unravelAll turns ascending item numbers, in the last list, into indices along each axis. Numbers of one row share all
// indices but the last.
func unravelAll(lists [][]int64, shape []int) {
	last := len(lists) - 1
	if last == 0 {
		return
	}
	row := int64(shape[last])
	index := make([]int64, last)
	begin, end := int64(0), int64(0) // the numbers of the row at hand
	for j, number := range lists[last] {
		if number >= end {
			begin = number / row * row
			end = begin + row
			rest := number / row
			for k := last - 1; k >= 0; k-- {
				index[k], rest = rest%int64(shape[k]), rest/int64(shape[k])
			}
		}
		for k, i := range index {
			lists[k][j] = i
		}
		lists[last][j] = number - begin
	}
}

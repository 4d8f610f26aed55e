package ndbuf

import (
	"math"
	"slices"
	"strconv"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// Take and Put: items chosen by a list of indices.
//
// Both move, for each place before the axis (pre) and each number j of the list of indices, the items behind the axis
// (post) between place idx[j] along the axis of one operand, the table, and place j of the other, the list. Only who writes
// differs. Indices are copied and checked before anything is written, so an overlap with them cannot do harm. What moves
// them is in choose.go.

// Flat as the axis of Take and Put stands for all items in C order.
const Flat = strides.None

// A Mode says what Take and Put do with an index out of range.
type Mode int

const (
	ModeRaise Mode = iota // an error; negative indices count from the end
	ModeClip              // the nearest index in range; negative ones are 0
	ModeWrap              // the index modulo the length of the axis
)

// Take copies the items of src at the given indices along an axis to dst (numpy.take with out). Overlap is allowed among
// all three: the result is as if src and indices had been copied first. A dst that visits an item twice is written in C
// order.
//
// Shape: dst is src.shape[:axis] + indices.shape + src.shape[axis+1:]; with Flat it is that of indices. A negative axis
// counts from the last. indices has any integer format, shape, strides and byte order.
// Formats of dst and src may differ in byte order, as in Copy.
// Errors: ErrIndex, with ModeRaise, for an index out of range, naming its position and value, and in every mode for an
// index into an axis of length 0, or an axis that does not exist; ErrType with ErrReadOnly for a read-only dst; ErrType if
// formats differ or indices are no integers; ErrValue for a wrong shape of dst or an unknown mode. dst is then as it was.
func Take(dst, src, indices *MemoryView, axis int, mode Mode) error {
	return choose(dst, src, indices, axis, mode, false)
}

// Put copies src to the items of dst at the given indices along an axis: the reverse of Take. If an index occurs twice the
// last one wins. Overlap is allowed, as in Take.
//
// Shape: src is broadcast to dst.shape[:axis] + indices.shape + dst.shape[axis+1:]; with Flat to that of indices.
// (numpy.put repeats a shorter src instead: only a single item does the same in both.)
// Errors: as Take.
func Put(dst, indices, src *MemoryView, axis int, mode Mode) error {
	return choose(dst, src, indices, axis, mode, true)
}

// choose is Take and, with put, Put.
func choose(dst, src, indices *MemoryView, axis int, mode Mode, put bool) error {
	if err := acquire2(dst, src); err != nil {
		return err
	}
	defer dst.done()
	defer src.done()
	if err := indices.acquire(); err != nil {
		return err
	}
	defer indices.done()
	if mode != ModeRaise && mode != ModeClip && mode != ModeWrap {
		return fail(ErrValue, "mode %d: want ModeRaise, ModeClip or ModeWrap", int(mode))
	}
	if dst.readOnly {
		return errReadOnlyStore()
	}
	fixes, err := itemFixes(dst, src)
	if err != nil {
		return err
	}
	table := src.layout
	if put {
		table = dst.layout
	}
	var pre, post []int
	n := table.Len()
	if axis != Flat {
		nd := len(table.Shape)
		if axis < -nd || axis >= nd {
			return fail(ErrIndex, "axis %d of a view with %d dimensions", axis, nd)
		}
		if axis < 0 {
			axis += nd
		}
		pre, n, post = table.Shape[:axis], table.Shape[axis], table.Shape[axis+1:]
	}
	want := slices.Concat(pre, indices.layout.Shape, post)
	if len(want) > strides.MaxDims {
		return fail(ErrValue, "%d dimensions, more than %d", len(want), strides.MaxDims)
	}
	if put {
		wide, err := src.broadcastTo(want)
		if err != nil {
			return err
		}
		defer wide.reg.drop()
		src = wide
	} else if !slices.Equal(dst.layout.Shape, want) {
		return fail(ErrValue, "dst has shape %v, the items taken have %v", dst.layout.Shape, want)
	}
	if n == 0 && mode != ModeRaise && indices.layout.Len() > 0 && !slices.Contains(want, 0) {
		return fail(ErrIndex, "no index is in range for an axis of length 0")
	}
	idx, err := readIndices(indices, axis, n, mode)
	if err != nil {
		return err
	}
	if slices.Contains(want, 0) || dst.layout.ItemSize == 0 {
		return nil
	}
	if overlaps(dst.description, src.description) {
		if src, err = src.snapshot(); err != nil {
			return err
		}
	}
	c := chooser{
		put: put, idx: idx, itemSize: dst.layout.ItemSize, fixes: fixes,
		ordered: dst.visitsTwice(), flat: axis == Flat, pre: len(pre), list: len(indices.layout.Shape),
	}
	c.dst.set(dst)
	c.src.set(src)
	if dst.reg.isMapped() || src.reg.isMapped() {
		return survivingFaults(c.run, dst.reg, src.reg)
	}
	c.run()
	return nil
}

// integer is what an index may be.
type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// readIndices copies the items of an integer view, in C order, as indices into an axis of n items.
//
// Errors: ErrType if the items are no integers; ErrIndex as Take.
func readIndices(m *MemoryView, axis, n int, mode Mode) ([]int, error) {
	typ, err := m.itemType()
	if err != nil {
		return nil, fail(ErrType, "indices: %w", err)
	}
	if k := typ.Kind(); k != format.Int && k != format.Uint || typ.Size() != m.layout.ItemSize {
		return nil, fail(ErrType, "indices have format %q, want an integer one", m.format)
	}
	if m.layout.Len() > math.MaxInt/8 {
		return nil, fail(ErrOverflow, "%d indices do not fit in memory", m.layout.Len())
	}
	size := typ.Size()
	raw, err := alignedBytes(m.nbytes)
	if err != nil {
		return nil, err
	}
	var fixes []plan.Fix
	for _, s := range typ.WithOrder('=').Swaps(typ) {
		fixes = append(fixes, plan.Fix{Offset: s.Offset, Size: s.Size, Count: s.Count})
	}
	var dst, src operand
	dst.setRun(raw, strides.C, size, m.layout.Shape)
	src.set(m)
	if err := transfer(&dst, &src, size, fixes, false); err != nil {
		return nil, err
	}
	l := indexList{raw: raw, shape: src.shape, axis: axis, n: n, mode: mode}
	signed := typ.Kind() == format.Int
	switch {
	case size == 1 && signed:
		return inRange[int8](l)
	case size == 1:
		return inRange[uint8](l)
	case size == 2 && signed:
		return inRange[int16](l)
	case size == 2:
		return inRange[uint16](l)
	case size == 4 && signed:
		return inRange[int32](l)
	case size == 4:
		return inRange[uint32](l)
	case signed:
		return inRange[int64](l)
	}
	return inRange[uint64](l)
}

// An indexList is a copy of indices in native order, and what they count.
type indexList struct {
	raw   []byte
	shape []int
	axis  int
	n     int
	mode  Mode
}

// inRange applies the mode to every index.
//
// Errors: ErrIndex for the first that is out of range.
func inRange[I integer](l indexList) ([]int, error) {
	var zero I
	given := unsafe.Slice((*I)(unsafe.Pointer(unsafe.SliceData(l.raw))), len(l.raw)/int(unsafe.Sizeof(zero)))
	idx := make([]int, len(given))
	for j, v := range given {
		switch {
		case v >= 0 && uint64(v) < uint64(l.n):
			idx[j] = int(v)
		case l.n == 0 && l.mode != ModeRaise: // nothing is moved
		case l.mode == ModeClip && v < 0:
			idx[j] = 0
		case l.mode == ModeClip:
			idx[j] = l.n - 1
		case l.mode == ModeWrap && v < 0:
			if r := int64(v) % int64(l.n); r < 0 {
				idx[j] = int(r) + l.n
			}
		case l.mode == ModeWrap:
			idx[j] = int(uint64(v) % uint64(l.n))
		case v < 0 && int64(v) >= -int64(l.n):
			idx[j] = int(v) + l.n
		default:
			what := "axis " + strconv.Itoa(l.axis)
			if l.axis == Flat {
				what = "all items"
			}
			return nil, fail(ErrIndex, "index %d at position %v is out of range for %s of length %d", v, unravel(j, l.shape), what, l.n)
		}
	}
	return idx, nil
}

// unravel is the place that number j has in C order.
func unravel(j int, shape []int) []int {
	index := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		index[k] = j % shape[k]
		j /= shape[k]
	}
	return index
}

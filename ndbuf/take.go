package ndbuf

import (
	"errors"
	"slices"
	"strconv"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/pick"
	"github.com/strided-go/strided/strides"
)

// Take and Put: items chosen by a list of indices.
//
// Both move, for each place before the axis (pre) and each number j of the list of indices, the items behind the axis
// (post) between place idx[j] along the axis of one operand, the table, and place j of the other, the list. Only who writes
// differs. All indices are checked before anything is written, and copied if they lie where something will be. They are
// read again, and checked again, when items move, so that another goroutine that changes them meanwhile can spoil the
// result and nothing else. What moves the items is in choose.go.

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
	if overlaps(dst.description, indices.description) || indices.rows != nil {
		if indices, err = indices.snapshot(); err != nil {
			return err
		}
	}
	c := chooser{
		put: put, axis: axis, n: n, mode: pick.Mode(mode), itemSize: dst.layout.ItemSize, fixes: fixes,
		pre: len(pre), list: len(indices.layout.Shape),
	}
	if err := c.setIndices(indices); err != nil {
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
	c.dst.set(dst)
	c.src.set(src)
	c.ordered = dst.visitsTwice()
	run := c.run
	if dst.reg.isMapped() || src.reg.isMapped() || indices.reg.isMapped() {
		run = func() (err error) {
			fault := survivingFaults(func() { err = c.run() }, dst.reg, src.reg, indices.reg)
			return errors.Join(fault, err)
		}
	}
	return run()
}

// setIndices checks indices, which the caller holds, and remembers where they are.
//
// Errors: ErrType if they are no integers; ErrIndex, with ModeRaise, for the first that is out of range.
func (c *chooser) setIndices(m *MemoryView) error {
	typ, err := m.itemType()
	if err != nil {
		return fail(ErrType, "indices: %w", err)
	}
	if k := typ.Kind(); k != format.Int && k != format.Uint || typ.Size() != m.layout.ItemSize {
		return fail(ErrType, "indices have format %q, want an integer one", m.format)
	}
	c.indices.set(m)
	c.number, c.signed = part(typ), typ.Kind() == format.Int
	c.loops = pick.IndicesOf(typ.Size(), c.signed)
	if c.mode != pick.Raise {
		return nil
	}
	seen, bad := 0, -1
	err = sweep([]*operand{&c.indices}, []blocks.Operand{c.number}, true, func(p blocks.Pointers, step blocks.Steps, n int) {
		if bad >= 0 {
			return
		}
		if i := c.loops.Check(p[0], step[0], n, c.n); i >= 0 {
			bad = seen + i
		}
		seen += n
	})
	if err != nil || bad < 0 {
		return err
	}
	position := unravel(bad, m.layout.Shape)
	value, err := m.read(typ, m.place(position))
	if err != nil {
		return err
	}
	what := "axis " + strconv.Itoa(c.axis)
	if c.axis == Flat {
		what = "all items"
	}
	return fail(ErrIndex, "index %v at position %v is out of range for %s of length %d", value, position, what, c.n)
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

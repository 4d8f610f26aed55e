package ndbuf

import (
	"unsafe"

	"github.com/strided-go/strided/internal/plan"
)

// A chooser moves the items of one Take or Put whose arguments are checked.
type chooser struct {
	dst, src operand
	put      bool  // dst is the table; otherwise src
	idx      []int // places along the axis, in C order of the list's shape
	itemSize int
	fixes    []plan.Fix
	ordered  bool // dst visits some byte twice
	flat     bool // the table is taken as one axis
	pre      int  // axes before the axis
	list     int  // axes of the index list
}

// sides returns the table and the list.
func (c *chooser) sides() (table, list *operand) {
	if c.put {
		return &c.dst, &c.src
	}
	return &c.src, &c.dst
}

// run moves everything, in C order of the list's side.
func (c *chooser) run() {
	table, list := c.sides()
	if table.rows != nil || list.rows != nil {
		c.items()
		return
	}
	offsets := c.offsets()
	behind := c.pre + 1
	if c.flat {
		behind = len(table.shape)
	}
	slab := c.slab(list.shape[c.pre+c.list:], table.strides[behind:], list.strides[c.pre+c.list:])
	// The list's axes, as one if their strides allow.
	places, steps := list.shape[c.pre:c.pre+c.list], list.strides[c.pre:c.pre+c.list]
	run, step := len(offsets), 0
	if c.list > 0 {
		step = steps[c.list-1]
		for k := c.list - 1; k > 0; k-- {
			if steps[k-1] != steps[k]*places[k] {
				run = places[c.list-1]
				break
			}
		}
	}
	pre := make([]int, c.pre)
	outer := make([]int, max(c.list-1, 0))
	for {
		t, l := c.base(table, pre), c.base(list, pre)
		for at := 0; at < len(offsets); at += run {
			place := 0
			if run < len(offsets) {
				for k, i := range outer {
					place += i * steps[k]
				}
				next(outer, places)
			}
			slab(t, unsafe.Add(l, place), step, offsets[at:at+run])
		}
		if !next(pre, list.shape) {
			return
		}
	}
}

// base is where the items with leading indices pre begin.
func (c *chooser) base(o *operand, pre []int) unsafe.Pointer {
	off := 0
	for k, i := range pre {
		off += i * o.strides[k]
	}
	return unsafe.Add(o.base, off)
}

// offsets are the bytes from the start of the table's axis to each place.
func (c *chooser) offsets() []int {
	table, _ := c.sides()
	offsets := make([]int, len(c.idx))
	if !c.flat {
		for j, i := range c.idx {
			offsets[j] = i * table.strides[c.pre]
		}
		return offsets
	}
	for j, i := range c.idx {
		for k := len(table.shape) - 1; k >= 0; k-- {
			n := table.shape[k]
			offsets[j] += i % n * table.strides[k]
			i /= n
		}
	}
	return offsets
}

// A slabFunc moves one slab for each offset from table: the j-th lies at list + j*step.
type slabFunc func(table, list unsafe.Pointer, step int, offsets []int)

// slab decides how the items behind the axis move.
func (c *chooser) slab(shape, tableStrides, listStrides []int) slabFunc {
	size := c.itemSize
	whole := len(c.fixes) == 0
	for k := len(shape) - 1; k >= 0 && whole; k-- {
		whole = shape[k] == 1 || tableStrides[k] == size && listStrides[k] == size
		size *= shape[k]
	}
	switch {
	case !whole:
		return c.planned(shape, tableStrides, listStrides)
	case size == 1:
		return slabOf[[1]byte](c.put)
	case size == 2:
		return slabOf[[2]byte](c.put)
	case size == 4:
		return slabOf[[4]byte](c.put)
	case size == 8:
		return slabOf[[8]byte](c.put)
	case size == 16:
		return slabOf[[16]byte](c.put)
	case c.put:
		return func(table, list unsafe.Pointer, step int, offsets []int) {
			for j, off := range offsets {
				copy(unsafe.Slice((*byte)(unsafe.Add(table, off)), size), unsafe.Slice((*byte)(unsafe.Add(list, j*step)), size))
			}
		}
	}
	return func(table, list unsafe.Pointer, step int, offsets []int) {
		for j, off := range offsets {
			copy(unsafe.Slice((*byte)(unsafe.Add(list, j*step)), size), unsafe.Slice((*byte)(unsafe.Add(table, off)), size))
		}
	}
}

// slabOf moves slabs that are a T, of bytes, so that nothing is assumed aligned.
func slabOf[T any](put bool) slabFunc {
	if put {
		return func(table, list unsafe.Pointer, step int, offsets []int) {
			for j, off := range offsets {
				*(*T)(unsafe.Add(table, off)) = *(*T)(unsafe.Add(list, j*step))
			}
		}
	}
	return func(table, list unsafe.Pointer, step int, offsets []int) {
		for j, off := range offsets {
			*(*T)(unsafe.Add(list, j*step)) = *(*T)(unsafe.Add(table, off))
		}
	}
}

// planned moves slabs of any layout, and items that need fixes.
func (c *chooser) planned(shape, tableStrides, listStrides []int) slabFunc {
	p := new(plan.Plan)
	if c.put {
		p.Init(shape, tableStrides, listStrides, c.itemSize, c.fixes, c.ordered)
		return func(table, list unsafe.Pointer, step int, offsets []int) {
			for j, off := range offsets {
				p.Run(unsafe.Add(table, off), unsafe.Add(list, j*step))
			}
		}
	}
	p.Init(shape, listStrides, tableStrides, c.itemSize, c.fixes, c.ordered)
	return func(table, list unsafe.Pointer, step int, offsets []int) {
		for j, off := range offsets {
			p.Run(unsafe.Add(list, j*step), unsafe.Add(table, off))
		}
	}
}

// items moves one item at a time: the way for views with pointers.
func (c *chooser) items() {
	table, list := c.sides()
	p := new(plan.Plan)
	p.Init(nil, nil, nil, c.itemSize, c.fixes, c.ordered)
	index := make([]int, len(list.shape))
	place := make([]int, 0, len(table.shape))
	for {
		j := 0
		for k := c.pre; k < c.pre+c.list; k++ {
			j = j*list.shape[k] + index[k]
		}
		if c.flat {
			place = unravel(c.idx[j], table.shape)
		} else {
			place = append(append(append(place[:0], index[:c.pre]...), c.idx[j]), index[c.pre+c.list:]...)
		}
		if t, l := table.at(place), list.at(index); c.put {
			p.Run(t, l)
		} else {
			p.Run(l, t)
		}
		if !next(index, list.shape) {
			return
		}
	}
}

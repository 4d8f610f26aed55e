package ndbuf

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/internal/pick"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/strides"
)

// A chooser moves the items of one Take or Put whose arguments are checked.
type chooser struct {
	dst, src operand
	put      bool // dst is the table; otherwise src
	axis     int  // for messages
	n        int  // items along the table's axis
	mode     pick.Mode
	itemSize int
	fixes    []plan.Fix
	stream   bool // the list is written past the caches
	ordered  bool // dst visits some byte twice
	pre      int  // axes before the axis
	list     int  // axes of the indices

	indices operand
	number  blocks.Operand // how an index is read
	loops   pick.Indices
	signed  bool
	changed atomic.Bool // an index was out of range at the second look
}

// sides returns the table and the list.
func (c *chooser) sides() (table, list *operand) {
	if c.put {
		return &c.dst, &c.src
	}
	return &c.src, &c.dst
}

// directTable is the size of table up to which items are gathered by the loop that reads the indices itself: beyond, most
// are in memory, and the two short loops have more of them on their way at once. docs/tuning.md, "Gathering".
const directTable = 8 << 20

// What is gathered is stored past the caches from streamList bytes on, if it comes from a table of at most streamTable
// bytes or in lines. docs/tuning.md, "Gathering".
const (
	streamList  = 4 << 20
	streamTable = 8 << 20
)

// offsetsAtOnce is how many indices are turned into offsets before items move: a few kilobytes. Chosen.
const offsetsAtOnce = 512

var offsetLists = sync.Pool{New: func() any { return new([offsetsAtOnce]int) }}

// run moves everything. If dst visits a byte twice that is in C order of the list's side; Put of several items to one
// place is in the order of the indices.
//
// Errors: ErrIndex if somebody changes the indices meanwhile.
func (c *chooser) run() error {
	table, list := c.sides()
	if table.rows != nil || list.rows != nil {
		c.items()
		return c.unchanged()
	}
	tableSteps, listSteps := table.steps(), list.steps()
	behind := c.pre + 1
	scale, flat := 0, c.axis == Flat
	if flat {
		behind = len(table.shape)
		scale, flat = oneStep(table.shape, tableSteps, c.itemSize)
		flat = !flat
	} else {
		scale = tableSteps[c.pre]
	}
	bytes := c.itemSize
	for _, n := range list.shape {
		bytes *= n
	}
	run := c.itemSize
	for _, n := range list.shape[c.pre+c.list:] {
		run *= n
	}
	c.stream = !c.put && bytes >= streamList && (run >= pick.Line || c.n <= streamTable/run)
	move, direct := c.mover(list.shape[c.pre+c.list:], tableSteps[behind:], listSteps[c.pre+c.list:])
	if c.pre > 0 || flat || c.mode != pick.Raise || !c.put && scale != 0 && c.n > directTable/max(scale, -scale) {
		direct = nil // offsets serve all places before the axis, and let the processor look further ahead
	}
	lines := !c.put && c.loops.Size == 8 && pick.HasLines(c.itemSize, scale)
	places := []blocks.Operand{
		{Strides: listSteps[c.pre : c.pre+c.list], Size: c.itemSize, InPlace: true},
		c.number,
	}
	places[1].Strides = c.indices.steps()
	loop := blocks.New(list.shape[c.pre:c.pre+c.list], places, c.put || c.ordered)

	// rows moves the items of places [from, to) before the axis.
	rows := func(from, to, threads int) {
		loop.Run(blocks.Pointers{list.base, c.indices.base}, func(p blocks.Pointers, step blocks.Steps, n int) {
			if direct != nil && !(lines && step[0] == c.itemSize && step[1] == 8) {
				if direct(table.base, p[0], p[1], n, c.n, scale, step[0], step[1]) < n {
					c.changed.Store(true)
				}
				return
			}
			if c.stream {
				defer pick.Fence()
			}
			offsets := offsetLists.Get().(*[offsetsAtOnce]int)
			defer offsetLists.Put(offsets)
			for i := 0; i < n; i += offsetsAtOnce {
				some := offsets[:min(n-i, offsetsAtOnce)]
				if flat {
					c.flatOffsets(some, unsafe.Add(p[1], i*step[1]), step[1])
				} else if c.loops.Offsets(some, unsafe.Add(p[1], i*step[1]), step[1], c.n, scale, c.mode) >= 0 {
					c.changed.Store(true)
				}
				if c.changed.Load() {
					return
				}
				at := unsafe.Add(p[0], i*step[0])
				if c.pre == 0 {
					move(table.base, at, step[0], some)
					continue
				}
				index := unravel(from, list.shape[:c.pre])
				for range to - from {
					t, l := 0, 0
					for k, i := range index {
						t += i * tableSteps[k]
						l += i * listSteps[k]
					}
					move(unsafe.Add(table.base, t), unsafe.Add(at, l), step[0], some)
					next(index, list.shape[:c.pre])
				}
			}
		}, threads)
	}

	count, total := 1, c.itemSize
	for k, n := range list.shape {
		if k < c.pre {
			count *= n
		}
		total *= n
	}
	threads := min(resolveThreads(threads.Load()), total/blocks.ThreadBytes)
	switch {
	case c.ordered:
		for i := range count {
			rows(i, i+1, 1)
		}
	case threads > 1 && count >= threads:
		blocks.Parallel(threads, func(i int) {
			rows(count/threads*i+count%threads*i/threads, count/threads*(i+1)+count%threads*(i+1)/threads, 1)
		})
	default:
		rows(0, count, max(threads, 1))
	}
	return c.unchanged()
}

// unchanged reports whether somebody changed the indices.
func (c *chooser) unchanged() error {
	if c.changed.Load() {
		return fail(ErrIndex, "indices were changed while they were used")
	}
	return nil
}

// oneStep reports whether items in C order are a constant number of bytes apart, and how many.
func oneStep(shape, steps []int, itemSize int) (step int, ok bool) {
	step, next, first := itemSize, 0, true
	for k := len(shape) - 1; k >= 0; k-- {
		switch {
		case shape[k] == 1:
		case first:
			step, next, first = steps[k], steps[k]*shape[k], false
		case steps[k] != next:
			return 0, false
		default:
			next *= shape[k]
		}
	}
	return step, true
}

// flatOffsets turns indices into all items of a table into bytes.
func (c *chooser) flatOffsets(out []int, src unsafe.Pointer, stride int) {
	table, _ := c.sides()
	if c.loops.Offsets(out, src, stride, c.n, 1, c.mode) >= 0 {
		c.changed.Store(true)
		return
	}
	steps := table.steps()
	for j, i := range out {
		at := 0
		for k := len(table.shape) - 1; k > 0; k-- {
			n := table.shape[k]
			at += i % n * steps[k]
			i /= n
		}
		out[j] = at + i*steps[0]
	}
}

// A mover moves one run of items for each offset from table: the j-th lies at list + j*step.
type mover func(table, list unsafe.Pointer, step int, offsets []int)

// throughScratch is how many bytes a run may have that goes through scratch memory rather than by a copy of its own.
// Chosen: that is where the start of a copy is no longer felt.
const throughScratch = 1 << 10

// mover decides how the items behind the axis move. direct, where there is such a loop, reads the indices itself.
func (c *chooser) mover(shape, tableSteps, listSteps []int) (move mover, direct pick.DirectFunc) {
	tableRun, listRun := c.itemSize, len(c.fixes) == 0
	size := c.itemSize
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] != 1 {
			listRun = listRun && listSteps[k] == size
			if tableSteps[k] != size {
				tableRun = 0
			}
		}
		size *= shape[k]
	}
	switch {
	case tableRun > 0 && listRun:
		each := pick.Gather(size, c.stream)
		gather, scatter := pick.Direct(size, c.loops.Size, c.signed)
		direct = gather
		if c.put {
			each, direct = pick.Scatter(size), scatter
		}
		return func(table, list unsafe.Pointer, step int, offsets []int) { each(table, list, step, offsets, size) }, direct
	case tableRun > 0 && size <= throughScratch && !c.ordered:
		return c.byBlocks(shape, listSteps, size), nil
	}
	return c.planned(shape, tableSteps, listSteps), nil
}

// A block is memory for runs of items on their way, and the copy between it and the list.
type block struct {
	mem  [16 << 10]byte
	plan plan.Plan
}

var blockPool = sync.Pool{New: func() any { return new(block) }}

// byBlocks moves runs of size bytes that are adjacent in the table and not so, or of another byte order, in the list: some
// of them at a time between the table and scratch memory, then all of these by one copy.
func (c *chooser) byBlocks(shape, listSteps []int, size int) mover {
	var inner operand
	inner.setRun(nil, strides.C, c.itemSize, shape)
	dims := append([]int{0}, shape...)
	here, there := append([]int{size}, inner.steps()...), append([]int{0}, listSteps...)
	gather, scatter := pick.Gather(size, false), pick.Scatter(size)
	return func(table, list unsafe.Pointer, step int, offsets []int) {
		b := blockPool.Get().(*block)
		defer blockPool.Put(b)
		mem := unsafe.Pointer(&b.mem)
		var room [2][8]int
		dims, there := append(room[0][:0], dims...), append(room[1][:0], there...)
		there[0] = step
		for most := len(b.mem) / size; len(offsets) > 0; {
			n := min(most, len(offsets))
			if dims[0] != n {
				dims[0] = n
				if c.put {
					b.plan.Init(dims, here, there, c.itemSize, c.fixes, false)
				} else {
					b.plan.Init(dims, there, here, c.itemSize, c.fixes, false)
				}
			}
			if c.put {
				b.plan.Run(mem, list)
				scatter(table, mem, size, offsets[:n], size)
			} else {
				gather(table, mem, size, offsets[:n], size)
				b.plan.Run(list, mem)
			}
			if offsets = offsets[n:]; len(offsets) > 0 {
				list = unsafe.Add(list, n*step)
			}
		}
	}
}

// planned moves runs of any layout, each by a copy.
func (c *chooser) planned(shape, tableSteps, listSteps []int) mover {
	p := new(plan.Plan)
	if c.put {
		p.Init(shape, tableSteps, listSteps, c.itemSize, c.fixes, c.ordered)
		return func(table, list unsafe.Pointer, step int, offsets []int) {
			for j, off := range offsets {
				p.Run(unsafe.Add(table, off), unsafe.Add(list, j*step))
			}
		}
	}
	p.Init(shape, listSteps, tableSteps, c.itemSize, c.fixes, c.ordered)
	return func(table, list unsafe.Pointer, step int, offsets []int) {
		for j, off := range offsets {
			p.Run(unsafe.Add(list, j*step), unsafe.Add(table, off))
		}
	}
}

// items moves one item at a time: the way for views with pointers.
func (c *chooser) items() {
	table, list := c.sides()
	idx := make([]int, 0, 64)
	parts := []blocks.Operand{c.number}
	sweepChecked([]*operand{&c.indices}, parts, true, func(p blocks.Pointers, step blocks.Steps, n int) {
		idx = append(idx, make([]int, n)...)
		if c.loops.Offsets(idx[len(idx)-n:], p[0], step[0], c.n, 1, c.mode) >= 0 {
			c.changed.Store(true)
		}
	})
	if c.changed.Load() {
		return
	}
	p := new(plan.Plan)
	p.Init(nil, nil, nil, c.itemSize, c.fixes, c.ordered)
	index := make([]int, len(list.shape))
	place := make([]int, 0, len(table.shape))
	for {
		j := 0
		for k := c.pre; k < c.pre+c.list; k++ {
			j = j*list.shape[k] + index[k]
		}
		if c.axis == Flat {
			place = unravel(idx[j], table.shape)
		} else {
			place = append(append(append(place[:0], index[:c.pre]...), idx[j]), index[c.pre+c.list:]...)
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

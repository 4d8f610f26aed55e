package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// Arrays in files, read and written in boxes of items.
//
// A box is a range along each axis. In one file its items may be a single run of bytes, in another many short ones, and
// each run costs a system call: a box that is a row here is a column there. The easy case is two files in the same order,
// where every box that is a run in one is a run in the other. The hard one is a transposition, where for a box of a given
// size the product of the two runs is fixed: the number of calls is least when they are equally long. grow therefore
// starts at one item and lengthens the shorter of the runs until the memory is used up.

// An array is the items of an array in a file, or of a part of it.
type array struct {
	format string
	layout strides.Layout // Offset counts from the start of the file
	gap    int            // how many unwanted bytes are read to join two runs; 0 where items are written
}

// maxReadGap is the gap of files that are read: less than what a page costs to bring in, and about what can be copied
// in the time of one system call.
const maxReadGap = 1024

// A runs says where the bytes of a box lie: one run for each index of the outer axes.
type runs struct {
	inner, outer []int // axes within a run; axes over runs, slowest first
	size         int   // bytes from the lowest to the highest of a run, gaps included
	lead         int   // bytes of a run before item [0, ..., 0] of it
	count        int
}

// bytes is the memory that the box takes when each run is kept as it is.
func (r runs) bytes() int { return r.size * r.count }

// ascending returns the axes of l in the order of their distance, nearest first. Axes of length 1 come last.
func ascending(l strides.Layout) []int {
	axes := make([]int, len(l.Shape))
	for k := range axes {
		axes[k] = len(axes) - 1 - k
	}
	distance := func(k int) int {
		if l.Shape[k] <= 1 {
			return int(^uint(0) >> 1)
		}
		return max(l.Strides[k], -l.Strides[k])
	}
	slices.SortStableFunc(axes, func(a, b int) int {
		da, db := distance(a), distance(b)
		switch {
		case da < db:
			return -1
		case da > db:
			return 1
		}
		return 0
	})
	return axes
}

// runs returns how a box of the given lengths lies in the file.
func (a *array) runs(box []int) runs {
	r := runs{size: a.layout.ItemSize, count: 1}
	joined := true
	for _, k := range ascending(a.layout) {
		if box[k] == 1 {
			continue
		}
		step := max(a.layout.Strides[k], -a.layout.Strides[k])
		if joined = joined && step-r.size <= a.gap; joined {
			if a.layout.Strides[k] < 0 {
				r.lead += (box[k] - 1) * step
			}
			r.size += (box[k] - 1) * step
			r.inner = append(r.inner, k)
			continue
		}
		r.outer = append(r.outer, k)
		r.count *= box[k]
	}
	slices.Reverse(r.outer)
	return r
}

// growth returns the box with one of the axes that limit a's run made longer, and whether that makes the run longer.
func (a *array) growth(box []int) (bigger []int, longer bool) {
	for _, k := range ascending(a.layout) {
		if n := a.layout.Shape[k]; box[k] < n {
			bigger = slices.Clone(box)
			bigger[k] = min(2*box[k], n)
			return bigger, a.runs(bigger).size > a.runs(box).size
		}
	}
	return nil, false
}

// grow returns the lengths of the largest useful box: one whose bytes in both arrays, which have one shape, fit in
// budget, and whose runs are about as long in the one as in the other.
//
// Errors: one item of each does not fit.
func grow(a, b *array, budget int) ([]int, error) {
	box := make([]int, len(a.layout.Shape))
	for k := range box {
		box[k] = 1
	}
	fits := func(box []int) bool {
		x, y := a.runs(box), b.runs(box)
		return x.count <= budget/max(x.size, 1) && y.count <= budget/max(y.size, 1) && x.bytes() <= budget-y.bytes()
	}
	if !fits(box) {
		return nil, fmt.Errorf("one item has %d bytes: more than --max-mem allows", max(a.layout.ItemSize, b.layout.ItemSize))
	}
	for {
		first, second := a, b
		if b.runs(box).size < a.runs(box).size {
			first, second = b, a
		}
		var next []int
		for _, needLonger := range []bool{true, false} {
			for _, side := range []*array{first, second} {
				bigger, longer := side.growth(box)
				if next == nil && bigger != nil && (longer || !needLonger) && fits(bigger) {
					next = bigger
				}
			}
		}
		if next == nil {
			break
		}
		box = next
	}
	for k, n := range a.layout.Shape { // boxes of about the same length instead of a short last one
		if n > 0 {
			parts := (n + box[k] - 1) / box[k]
			box[k] = (n + parts - 1) / parts
		}
	}
	return box, nil
}

// boxes calls f for every box of a grid over shape, in C order, with the index of its first item and its lengths, which
// at the end of an axis are shorter than box. f must not keep its arguments.
func boxes(shape, box []int, f func(origin, lens []int) error) error {
	if slices.Contains(shape, 0) {
		return nil
	}
	origin, lens := make([]int, len(shape)), make([]int, len(shape))
	for {
		for k := range shape {
			lens[k] = min(box[k], shape[k]-origin[k])
		}
		if err := f(origin, lens); err != nil {
			return err
		}
		k := len(shape) - 1
		for ; k >= 0; k-- {
			if origin[k] += box[k]; origin[k] < shape[k] {
				break
			}
			origin[k] = 0
		}
		if k < 0 {
			return nil
		}
	}
}

// view lays the runs of a box out in mem, one after the other, and returns the box as a view of it.
func (a *array) view(mem []byte, r runs, lens []int) (*ndbuf.MemoryView, error) {
	l := strides.Layout{
		Shape: slices.Clone(lens), Strides: make([]int, len(lens)), Offset: r.lead, ItemSize: a.layout.ItemSize,
	}
	for _, k := range r.inner {
		l.Strides[k] = a.layout.Strides[k]
	}
	step := r.size
	for _, k := range slices.Backward(r.outer) {
		l.Strides[k] = step
		step *= lens[k]
	}
	return ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem[:r.bytes()], Format: a.format, Layout: l})
}

// each calls f with the place in the file of each run of a box, in the order in which view lays them out in memory.
func (a *array) each(r runs, origin, lens []int, f func(run int, offset int64) error) error {
	at := a.layout.Offset - r.lead
	for k, i := range origin {
		at += i * a.layout.Strides[k]
	}
	index := make([]int, len(r.outer))
	for run := range r.count {
		if err := f(run, int64(at)); err != nil {
			return err
		}
		for i := len(index) - 1; i >= 0; i-- {
			k := r.outer[i]
			at += a.layout.Strides[k]
			if index[i]++; index[i] < lens[k] {
				break
			}
			at -= lens[k] * a.layout.Strides[k]
			index[i] = 0
		}
	}
	return nil
}

// read brings a box into mem and returns it as a view.
func (a *array) read(from io.ReaderAt, mem []byte, origin, lens []int) (*ndbuf.MemoryView, error) {
	r := a.runs(lens)
	err := a.each(r, origin, lens, func(run int, offset int64) error {
		n, err := from.ReadAt(mem[run*r.size:(run+1)*r.size], offset)
		switch {
		case n == r.size:
			return nil
		case err == io.EOF:
			return fmt.Errorf("the file ends at byte %d, within its items", offset+int64(n))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.view(mem, r, lens)
}

// write stores a box that view has laid out in mem.
func (a *array) write(to io.WriterAt, mem []byte, origin, lens []int) error {
	r := a.runs(lens)
	return a.each(r, origin, lens, func(run int, offset int64) error {
		_, err := to.WriteAt(mem[run*r.size:(run+1)*r.size], offset)
		return err
	})
}

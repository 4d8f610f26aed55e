package main

import (
	"cmp"
	"slices"

	"github.com/strided-go/strided/strides"
)

const cacheLine = 64

// limit is the ratio to copy that the memory permits when nothing is in a cache: the bytes that the figure counts over the
// bytes of the cache lines that have to move, those that src touches once in and those that dst touches once out. It says
// nothing of work within the caches, and is generous where dst touches parts of lines: these have to be read as well.
func (j *job) limit() float64 {
	moved := lines(j.src) + lines(j.dst)
	if j.written {
		moved = lines(j.dst)
	}
	return float64(j.counted()) / float64(cacheLine*moved)
}

// lines counts the cache lines that a layout touches, its memory beginning at one.
func lines(l strides.Layout) int {
	if l.Len() == 0 || l.ItemSize == 0 {
		return 0
	}
	type axis struct{ n, stride int }
	var axes []axis
	lo := l.Offset // the lowest byte
	for k, n := range l.Shape {
		if s := l.Strides[k]; n > 1 && s < 0 {
			lo += (n - 1) * s
			axes = append(axes, axis{n, -s})
		} else if n > 1 && s > 0 {
			axes = append(axes, axis{n, s})
		}
	}
	slices.SortFunc(axes, func(a, b axis) int { return cmp.Compare(a.stride, b.stride) })

	// A run is bytes of which every line is touched. The repetitions of one along an axis are one run if no whole line
	// fits between them.
	run := l.ItemSize
	for len(axes) > 0 && axes[0].stride-run < cacheLine {
		run += (axes[0].n - 1) * axes[0].stride
		axes = axes[1:]
	}
	slices.Reverse(axes)
	inside := run
	nested := true // each repetition along an axis begins after the one before has ended
	for _, a := range slices.Backward(axes) {
		nested = nested && a.stride >= inside
		inside += (a.n - 1) * a.stride
	}
	count, last := 0, -1 // last line counted
	seen := map[int]bool{}
	var visit func(at int, axes []axis)
	visit = func(at int, axes []axis) {
		if len(axes) > 0 {
			for i := range axes[0].n {
				visit(at+i*axes[0].stride, axes[1:])
			}
			return
		}
		first, end := at/cacheLine, (at+run-1)/cacheLine
		if nested {
			count += max(0, end-max(first, last+1)+1)
			last = max(last, end)
			return
		}
		for line := first; line <= end; line++ {
			seen[line] = true
		}
	}
	visit(lo, axes)
	return count + len(seen)
}

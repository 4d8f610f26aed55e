package main

import (
	"cmp"
	"slices"

	"github.com/strided-go/strided/strides"
)

const cacheLine = 64

// limit is the ratio to copy that the memory permits when nothing is in a cache: the bytes that the figure counts over the
// bytes of the cache lines that have to move, those that src touches once in and those that dst touches once out. It says
// nothing of work within the caches, and is generous where dst touches parts of lines: these have to be read as well. Of the
// table of a Take or Put each line counts once too, as if there were a cache for it.
func (j *job) limit() float64 {
	var moved int
	switch {
	case j.written:
		moved = lines(j.dst)
	case j.call == "Take":
		moved = j.pickedLines(j.src) + lines(j.dst) + (8*j.picks.n+cacheLine-1)/cacheLine
	case j.call == "Put":
		moved = j.pickedLines(j.dst) + lines(j.src) + (8*j.picks.n+cacheLine-1)/cacheLine
	default:
		moved = lines(j.src) + lines(j.dst)
	}
	return float64(j.counted()) / float64(cacheLine*moved)
}

// pickedLines counts the lines that are touched of the table that a Take reads or a Put writes.
func (j *job) pickedLines(table strides.Layout) int {
	touched := make([]bool, memory(table)/cacheLine+1)
	j.each(func(dst, src strides.Layout) {
		picked := src
		if j.call == "Put" {
			picked = dst
		}
		eachRun(picked, func(first, end int) {
			for line := first; line <= end; line++ {
				touched[line] = true
			}
		})
	})
	count := 0
	for _, t := range touched {
		if t {
			count++
		}
	}
	return count
}

// lines counts the cache lines that a layout touches, its memory beginning at one.
func lines(l strides.Layout) int {
	count, next := 0, 0 // next is one past the last line counted
	ascending := true
	eachRun(l, func(first, end int) {
		ascending = ascending && first >= next-1
		count += max(0, end+1-max(first, next))
		next = max(next, end+1)
	})
	if ascending {
		return count
	}
	seen := map[int]bool{}
	eachRun(l, func(first, end int) {
		for line := first; line <= end; line++ {
			seen[line] = true
		}
	})
	return len(seen)
}

// eachRun calls f with the first and the last line of each run of a layout: of bytes of which every line is touched. Unless
// axes are interleaved runs come in ascending order.
func eachRun(l strides.Layout, f func(first, end int)) {
	if l.ItemSize == 0 || slices.Contains(l.Shape, 0) {
		return
	}
	if len(l.Shape) == 0 {
		f(l.Offset/cacheLine, (l.Offset+l.ItemSize-1)/cacheLine)
		return
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
	// The repetitions of a run along an axis are one run if no whole line fits between them.
	run := l.ItemSize
	for len(axes) > 0 && axes[0].stride-run < cacheLine {
		run += (axes[0].n - 1) * axes[0].stride
		axes = axes[1:]
	}
	var visit func(at, k int)
	visit = func(at, k int) {
		if k < 0 {
			f(at/cacheLine, (at+run-1)/cacheLine)
			return
		}
		for i := range axes[k].n {
			visit(at+i*axes[k].stride, k-1)
		}
	}
	visit(lo, len(axes)-1)
}

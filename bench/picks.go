package main

import "github.com/strided-go/strided/strides"

// Picks are the indices of a Take or Put: n of them, along an axis with limit items. In its layouts such a job differs from a
// copy in that axis: that of dst (Take) or src (Put) has n items.
type picks struct{ axis, n, limit int }

// indices are the same numbers on every machine and in peers.py: the position, mixed as Steele, Lea and
// Flood's SplitMix64 ends ("Fast splittable pseudorandom number generators", OOPSLA 2014).
func (p *picks) indices() []int64 {
	all := make([]int64, p.n)
	for i := range all {
		x := uint64(i) * 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		all[i] = int64((x ^ x>>31) % uint64(p.limit))
	}
	return all
}

// each calls f with the layouts of dst and src at each index in turn.
func (j *job) each(f func(dst, src strides.Layout)) {
	axis := j.picks.axis
	dst, src := without(j.dst, axis), without(j.src, axis)
	dst0, src0 := dst.Offset, src.Offset
	for i, at := range j.picks.indices() {
		if j.call == "Put" {
			dst.Offset, src.Offset = dst0+int(at)*j.dst.Strides[axis], src0+i*j.src.Strides[axis]
		} else {
			dst.Offset, src.Offset = dst0+i*j.dst.Strides[axis], src0+int(at)*j.src.Strides[axis]
		}
		f(dst, src)
	}
}

// without is the layout at index 0 of an axis.
func without(l strides.Layout, axis int) strides.Layout {
	l = l.Clone()
	l.Shape = append(l.Shape[:axis], l.Shape[axis+1:]...)
	l.Strides = append(l.Strides[:axis], l.Strides[axis+1:]...)
	return l
}

// answer does the job with the plain loop.
func (j *job) answer(dst, src []byte) {
	if j.picks != nil {
		j.each(func(d, s strides.Layout) { plain(dst, d, src, s) })
		return
	}
	plain(dst, j.dst, src, j.src)
	if j.swap {
		unit := min(j.dst.ItemSize, 8)
		for b := dst[:j.n()]; len(b) > 0; b = b[unit:] {
			for i := range unit / 2 {
				b[i], b[unit-1-i] = b[unit-1-i], b[i]
			}
		}
	}
}

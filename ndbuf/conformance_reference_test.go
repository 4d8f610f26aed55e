package ndbuf_test

import (
	"math/big"
	"slices"
)

// The independent computations that stand where our answer is meant to differ from CPython's. They use nothing of the
// library.

// pySlice is slice.indices: where a slice of n items starts, its step and how many items it has. ok is false for step 0.
func pySlice(s [3]*num, n int) (start, step, count int, ok bool) {
	size := big.NewInt(int64(n))
	by := big.NewInt(1)
	if s[2] != nil {
		by = &s[2].Int
	}
	if by.Sign() == 0 {
		return 0, 0, 0, false
	}
	lo, hi := big.NewInt(0), size
	if by.Sign() < 0 {
		lo, hi = big.NewInt(-1), new(big.Int).Sub(size, big.NewInt(1))
	}
	bound := func(p *num, omitted *big.Int) *big.Int {
		if p == nil {
			return omitted
		}
		v := new(big.Int).Set(&p.Int)
		if v.Sign() < 0 {
			v.Add(v, size)
		}
		switch {
		case v.Cmp(lo) < 0:
			return lo
		case v.Cmp(hi) > 0:
			return hi
		}
		return v
	}
	first, last := bound(s[0], lo), bound(s[1], hi)
	if by.Sign() < 0 {
		first, last = bound(s[0], hi), bound(s[1], lo)
	}
	span := new(big.Int).Sub(last, first)
	if span.Sign() == 0 || span.Sign() != by.Sign() {
		count = 0
	} else {
		span.Sub(span, big.NewInt(int64(by.Sign())))
		count = int(new(big.Int).Quo(span, by).Int64()) + 1
	}
	step = 0
	if by.IsInt64() {
		step = int(by.Int64())
	}
	return int(first.Int64()), step, count, true
}

// A selection is the result of indexing: the items, and their layout if the exporter is direct.
type selection struct {
	layout
	at  []place
	err string // an exception instead
}

// pick indexes items as NumPy does: integers, slices, ellipses and new axes in any number.
func (x *exporter) pick(keys []key) selection {
	axes := 0
	for _, k := range keys {
		if k.kind == keyInt || k.kind == keySlice {
			axes++
		}
	}
	if axes > len(x.shape) {
		return selection{err: "TypeError"}
	}
	var full []key
	ellipsis := false
	for _, k := range keys {
		if k.kind != keyEllipsis {
			full = append(full, k)
			continue
		}
		if ellipsis {
			return selection{err: "IndexError"}
		}
		ellipsis = true
		for range len(x.shape) - axes {
			full = append(full, key{kind: keySlice})
		}
	}
	for !ellipsis && axes < len(x.shape) {
		full = append(full, key{kind: keySlice})
		axes++
	}
	s := selection{layout: layout{isz: x.isz, shape: []int{}, strides: []int{}, start: x.start}}
	type axis struct{ first, step, count int }
	var sel []axis
	for _, k := range full {
		d := len(sel)
		switch k.kind {
		case keyInt:
			n := new(big.Int).Set(&k.n.Int)
			if n.Sign() < 0 {
				n.Add(n, big.NewInt(int64(x.shape[d])))
			}
			if n.Sign() < 0 || n.Cmp(big.NewInt(int64(x.shape[d]))) >= 0 {
				return selection{err: "IndexError"}
			}
			sel = append(sel, axis{int(n.Int64()), 0, 1})
			s.start.off += int(n.Int64()) * x.strides[d]
		case keySlice:
			first, step, count, ok := pySlice(k.slice, x.shape[d])
			if !ok {
				return selection{err: "ValueError"}
			}
			sel = append(sel, axis{first, step, count})
			s.start.off += first * x.strides[d]
			s.shape, s.strides = append(s.shape, count), append(s.strides, step*x.strides[d])
		case keyOther:
			s.shape, s.strides = append(s.shape, 1), append(s.strides, 0)
		}
	}
	counts := make([]int, len(sel))
	for d := range sel {
		counts[d] = sel[d].count
	}
	s.at = []place{}
	walkShape(counts, false, func(index []int) {
		from := make([]int, len(index))
		for d, i := range index {
			from[d] = sel[d].first + i*sel[d].step
		}
		s.at = append(s.at, x.at(&x.layout, from))
	})
	return s
}

// bytesAt are the recorded bytes of items.
func (x *exporter) bytesAt(at []place) (out []byte) {
	for _, p := range at {
		out = append(out, x.block(p.block)[p.off:p.off+x.isz]...)
	}
	return out
}

// contiguousBy tells whether strides leave no gap, the axes taken from the fastest to the slowest.
func contiguousBy(l *layout, fortran bool) bool {
	step := l.isz
	for i := range l.shape {
		d := i
		if !fortran {
			d = len(l.shape) - 1 - i
		}
		if l.shape[d] != 1 && l.strides[d] != step {
			return false
		}
		step *= l.shape[d]
	}
	return true
}

// cfa is PyBuffer_IsContiguous of a layout; followed: it has pointers to follow.
func cfa(l *layout, followed bool) string {
	if followed {
		return "000"
	}
	empty := slices.Contains(l.shape, 0)
	c, f := empty || contiguousBy(l, false), empty || contiguousBy(l, true)
	return flags(c, f, c || f)
}

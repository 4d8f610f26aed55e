package plan

import "math"

// The axes of a copy come in the caller's order, with lengths of one, with
// strides of any sign, and often in more pieces than memory has: a transposed
// view of a transposed array is one run of bytes. Here they become the few loops
// that are really there. Each step keeps the set of pairs (dst item, src item):
//
//	drop   an axis of length 1 is no loop
//	flip   an axis that dst walks downwards is walked upwards instead
//	sort   the larger the stride in dst, the further out
//	merge  two neighbours that are one run in every operand are one axis
//	fold   an innermost axis that is contiguous in every operand makes the item
//	       larger
//
// In an ordered plan items must be written in C order, so flip and sort are left
// out; the others change no order.

// setAxes makes p's axes from the caller's. Items are words of p.size bytes;
// with words > 1 one more innermost axis runs over the words of a caller's item.
func (p *Plan) setAxes(shape, dstStrides, srcStrides []int, words int) {
	p.nd = 0
	if words == 1 && p.setTwo(shape, dstStrides, srcStrides) {
		return
	}
	if len(shape) >= smallAxes && p.moreAxes == nil {
		n := min(words, 2) - 1
		for _, l := range shape {
			n += min(l, 2) - 1
		}
		if n > smallAxes {
			p.moreAxes = make([]axis, n)
		}
	}
	for i, n := range shape {
		p.addAxis(axis{n: n, stride: [operands]int{dstStrides[i], srcStrides[i]}})
	}
	p.addAxis(axis{n: words, stride: [operands]int{p.size, p.size}})
	p.merge()
}

// setTwo does the work of setAxes for up to two axes longer than 1, the most usual ones, in a fraction of the time. It
// answers false, having done nothing, for others.
func (p *Plan) setTwo(shape, dstStrides, srcStrides []int) bool {
	nd := 0
	for i, n := range shape {
		if n == 1 {
			continue
		}
		if nd == 2 {
			return false
		}
		p.axes0[nd] = axis{n: n, stride: [operands]int{dstStrides[i], srcStrides[i]}}
		nd++
	}
	p.nd = nd
	outer, inner := &p.axes0[0], &p.axes0[1]
	if !p.ordered {
		if nd > 0 && outer.stride[dstOp] < 0 {
			p.flip(0)
		}
		if nd == 2 && inner.stride[dstOp] < 0 {
			p.flip(1)
		}
		if nd == 2 && outer.stride[dstOp] < inner.stride[dstOp] {
			*outer, *inner = *inner, *outer
		}
	}
	if nd == 2 && oneRun(outer, inner) {
		*outer = axis{n: outer.n * inner.n, stride: inner.stride}
		p.nd = 1
	}
	return true
}

// addAxis drops an axis or puts it where it belongs: an insertion sort.
func (p *Plan) addAxis(a axis) {
	if a.n == 1 {
		return
	}
	p.nd++
	axes := p.axes()
	i := p.nd - 1
	axes[i] = a
	if p.ordered {
		return
	}
	if a.stride[dstOp] < 0 {
		p.flip(i)
	}
	for ; i > 0 && axes[i-1].stride[dstOp] < axes[i].stride[dstOp]; i-- {
		axes[i-1], axes[i] = axes[i], axes[i-1]
	}
}

// flip walks an axis from its other end, in every operand.
func (p *Plan) flip(i int) {
	a := &p.axes()[i]
	for op := range a.stride {
		p.base[op] += (a.n - 1) * a.stride[op]
		a.stride[op] = -a.stride[op]
	}
}

// merge joins neighbours that are one run in every operand.
func (p *Plan) merge() {
	axes := p.axes()
	k := 0 // axes[:k+1] are merged
	for i := 1; i < len(axes); i++ {
		if oneRun(&axes[k], &axes[i]) {
			axes[k] = axis{n: axes[k].n * axes[i].n, stride: axes[i].stride}
		} else {
			k++
			axes[k] = axes[i]
		}
	}
	p.nd = min(k+1, p.nd)
}

// oneRun reports whether a step of the outer axis is, in every operand, where
// one step more of the inner axis would lead, by products that did not wrap around.
func oneRun(outer, inner *axis) bool {
	// By index: to range over the values copies the array with wide loads, which wait for the narrow stores before them.
	for op := range inner.stride {
		if outer.stride[op] != inner.stride[op]*inner.n {
			return false
		}
	}
	for op := range inner.stride {
		if saturatingMul(abs(inner.stride[op]), inner.n) == math.MaxInt {
			return false
		}
	}
	return saturatingMul(outer.n, inner.n) == outer.n*inner.n
}

// fold makes an innermost axis that is contiguous in every operand a part of
// the item.
func (p *Plan) fold() {
	if p.nd == 0 {
		return
	}
	inner := &p.axes()[p.nd-1]
	for op := range inner.stride {
		if inner.stride[op] != p.size {
			return
		}
	}
	p.size *= inner.n
	p.nd--
}

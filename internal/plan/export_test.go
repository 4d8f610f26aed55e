package plan

import (
	"sync"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// RunParts is RunThreads for a plan of any size.
func (p *Plan) RunParts(dst, src unsafe.Pointer, n int) {
	if p.kind == kindNothing || p.ordered {
		p.Run(dst, src)
		return
	}
	var wg sync.WaitGroup
	for _, part := range p.split(n) {
		wg.Go(func() { part.Run(dst, src) })
	}
	wg.Wait()
}

// StreamAnyway makes a plan that could be streamed, were it larger, one that is.
func (p *Plan) StreamAnyway() { p.large, p.stream = true, p.geometry(new(geometry)) }

// StreamCols returns how many items of a row a tile has if src begins at an address.
func (p *Plan) StreamCols(src uintptr) int {
	s := new(tiles)
	p.geometry(&s.geometry)
	s.start()
	s.alignSrc(src)
	return s.cols
}

// Table returns what a table has of n steps of fused loops, from first on.
func Table(lens, strides []int, first, n int) []int {
	var f fused
	for i, l := range lens {
		f.add(loop{l, [operands]int{strides[i], 0}})
	}
	tab := make([]int, n)
	f.table(tab, first, dstOp)
	return tab
}

// SetCaches plans for caches of other sizes until restore is called.
func SetCaches(c simd.CacheSizes) (restore func()) {
	old := tuned
	tuned = tuningFor(c)
	return func() { tuned = old }
}

// StreamFrom has copies of n bytes and more be planned as large ones until restore is
// called.
func StreamFrom(n int) (restore func()) {
	old := tuned
	tuned.streamBytes = n
	return func() { tuned = old }
}

// Divisible returns the length and the src stride of the loop that goroutines share.
func (p *Plan) Divisible(n int) (length, src int) {
	i, _ := p.divisible(n)
	return p.axes()[i].n, p.axes()[i].stride[srcOp]
}

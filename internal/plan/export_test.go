package plan

import (
	"sync"
	"unsafe"
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

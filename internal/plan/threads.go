package plan

import (
	"runtime/debug"
	"sync"
	"unsafe"
)

// RunThreads is Run on up to n goroutines, the caller's among them; all have
// ended when it returns. It starts none if n is 1, if the plan is ordered, or if
// each would have less than a threshold to do (docs/tuning.md, "Goroutines").
//
// The plan is cut along one loop of dst, so no two goroutines write the same
// byte. A memory fault that the caller has asked to become a panic
// (debug.SetPanicOnFault) panics here, whichever goroutine met it.
func (p *Plan) RunThreads(dst, src unsafe.Pointer, n int) {
	n = min(n, saturatingMul(p.items, p.size)/threadBytes)
	if n <= 1 || p.ordered || p.kind == kindCopy && overlap(dst, src, p.size) {
		p.Run(dst, src)
		return
	}
	parts := p.split(n)
	onFault := debug.SetPanicOnFault(false)
	debug.SetPanicOnFault(onFault)
	var wg sync.WaitGroup
	faults := make([]any, len(parts))
	for i := range parts[1:] {
		wg.Go(func() {
			if onFault {
				debug.SetPanicOnFault(true)
				defer func() { faults[i+1] = recover() }()
			}
			parts[i+1].Run(dst, src)
		})
	}
	func() {
		defer wg.Wait()
		parts[0].Run(dst, src)
	}()
	for _, f := range faults {
		if f != nil {
			panic(f)
		}
	}
}

// ForThreads reports whether RunThreads could use more than one goroutine.
func (p *Plan) ForThreads() bool {
	return !p.ordered && saturatingMul(p.items, p.size) >= 2*threadBytes
}

// overlap reports whether two runs of n bytes share a byte.
func overlap(a, b unsafe.Pointer, n int) bool {
	x, y := uintptr(a), uintptr(b)
	return x-y < uintptr(n) || y-x < uintptr(n)
}

// split cuts a plan into at most n that do the same together and may run at the
// same time.
func (p *Plan) split(n int) []Plan {
	if p.kind == kindCopy {
		return p.splitRun(n)
	}
	axes := p.axes()
	best, most := p.divisible(n)
	if best < 0 {
		return []Plan{*p}
	}
	n = min(n, most)
	unit := 1
	if axes[best].tile < axes[best].n {
		unit = axes[best].tile
	}
	parts := make([]Plan, n)
	for i := range parts {
		// Units from most*i/n on, without forming that product.
		from := (most/n*i + most%n*i/n) * unit
		to := (most/n*(i+1) + most%n*(i+1)/n) * unit
		parts[i] = p.part(best, from, min(to, axes[best].n))
	}
	return parts
}

// divisible returns the axis to cut for n goroutines, and how many units it has:
// the outermost loop that gives all about as much, as its pieces lie furthest
// apart, or the one with the most units. A streamed plan is cut through rows or
// runs only if the loops around its tiles do not do, and then through the outermost
// loop of those, so that what is left is as long as can be. The axis is -1 if there
// is nothing to cut.
func (p *Plan) divisible(n int) (best, most int) {
	const enough = 6 // chosen: nobody gets more than a sixth more
	best, most = -1, 1
	var g geometry
	streamed := p.stream && p.geometry(&g)
	for _, r := range []role{roleOuter, roleRow, roleRun} {
		for i := range p.axes() {
			if streamed && (g.roles[i] != r || r != roleOuter && i != g.tops[r]) {
				continue
			}
			units := p.units(i)
			if units > most {
				best, most = i, units
			}
			if units >= n && (units%n == 0 || units/n >= enough) {
				return i, units
			}
		}
	}
	return best, most
}

// units returns how many pieces an axis can be cut into. Planes stay together: their
// kernel takes all of them.
func (p *Plan) units(i int) int {
	a := p.axes()[i]
	if p.planes && (i == p.row || i == p.col) && a.n <= mostPlanes {
		return 1
	}
	if a.tile == a.n {
		return a.n
	}
	return (a.n-1)/a.tile + 1
}

// part returns the plan of the items [from, to) along an axis.
func (p *Plan) part(i, from, to int) Plan {
	q := *p
	q.moreAxes = append([]axis(nil), p.moreAxes...)
	a := &q.axes()[i]
	for op, s := range a.stride {
		q.base[op] += from * s
	}
	a.n = to - from
	a.tile = min(a.tile, a.n)
	return q
}

// splitRun cuts a single run of bytes, at multiples of a page.
func (p *Plan) splitRun(n int) []Plan {
	const page = 4096
	step := (p.size/n/page + 1) * page
	var parts []Plan
	for from := 0; from < p.size; from += step {
		q := *p
		for op := range q.base {
			q.base[op] += from
		}
		q.size = min(step, p.size-from)
		parts = append(parts, q)
		if p.size-from <= step {
			break
		}
	}
	return parts
}

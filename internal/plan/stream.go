package plan

import (
	"github.com/strided-go/strided/simd"
)

// streamAxes is how many axes a streamed plan may have.
const streamAxes = 16

// A loop is an axis as a streamed run sees it.
type loop struct{ n, dst, src int }

// A fused is one or more loops seen as one, the innermost first.
type fused struct {
	loops [streamAxes]loop
	k     int // of them
	n     int // steps in all
	inner int // steps of all loops but the outermost
}

func (f *fused) add(l loop) {
	f.inner = max(f.n, 1)
	f.loops[f.k] = l
	f.k++
	f.n = f.inner * l.n
}

// at returns the offsets of a step.
func (f *fused) at(i int) (dst, src int) {
	for _, l := range f.loops[:f.k] {
		j := i % l.n
		i /= l.n
		dst += j * l.dst
		src += j * l.src
	}
	return dst, src
}

// table sets tab to the offsets in one operand of the steps from first on, from
// that of the first.
func (f *fused) table(tab []int, first, op int) {
	var index [streamAxes]int
	i := first
	for k, l := range f.loops[:f.k] {
		index[k] = i % l.n
		i /= l.n
	}
	inner := f.loops[0].stride(op)
	off := 0
	for {
		n := min(len(tab), f.loops[0].n-index[0])
		for i := range tab[:n] {
			tab[i] = off
			off += inner
		}
		if tab = tab[n:]; len(tab) == 0 {
			return
		}
		index[0] = 0
		off -= f.loops[0].n * inner
		for k := 1; k < f.k; k++ {
			s := f.loops[k].stride(op)
			off += s
			if index[k]++; index[k] < f.loops[k].n {
				break
			}
			index[k] = 0
			off -= f.loops[k].n * s
		}
	}
}

func (l *loop) stride(op int) int {
	if op == dstOp {
		return l.dst
	}
	return l.src
}

// A geometry is how a plan is cut into tiles.
type geometry struct {
	row, run   fused            // one row of src, one run of dst
	outer      [streamAxes]loop // innermost first
	outers     int
	base       [operands]int // what turning loops round has moved
	cols, rows int           // of a tile at most
	lines      bool          // all strides of dst but the innermost are whole lines
}

// geometry decides the tiles; ok is false if the plan's shape has none.
func (p *Plan) geometry(g *geometry) (ok bool) {
	if p.kind != kindTranspose || len(p.fixes()) > 0 || p.nd > streamAxes {
		return false
	}
	var taken [streamAxes]bool
	axes := p.axes()
	take := func(i int, f *fused) {
		taken[i] = true
		if f == &g.run {
			f.add(loop{axes[i].n, axes[i].stride[dstOp], axes[i].stride[srcOp]})
		} else {
			f.add(g.turn(&axes[i]))
		}
	}
	take(p.row, &g.row)
	take(p.col, &g.run)
	next := func(op, dense int) int {
		for i := range axes {
			if !taken[i] && abs(axes[i].stride[op]) == dense {
				return i
			}
		}
		return -1
	}
	for grown := true; grown; {
		grown = false
		if b := g.run.n * p.size; b < WantRun {
			if i := next(dstOp, b); i >= 0 {
				take(i, &g.run)
				grown = true
			}
		}
		if b := g.row.n * p.size; b < WantRow {
			if i := next(srcOp, b); i >= 0 {
				take(i, &g.row)
				grown = true
			}
		}
	}
	for {
		b := g.run.n * p.size
		i := next(dstOp, b)
		if i < 0 || b*axes[i].n > ClosedMax {
			break
		}
		take(i, &g.run)
	}
	if g.row.n*p.size < 32 || g.run.n*p.size < 32 {
		return false
	}
	g.lines = true
	for i := range axes {
		if i != p.col && axes[i].stride[dstOp]%simd.StreamLine != 0 {
			g.lines = false
		}
		if !taken[i] {
			g.outer[g.outers] = g.turn(&axes[i])
			g.outers++
		}
	}
	for i := range g.outers { // an insertion sort
		for j := i; j > 0 && g.outer[j-1].src > g.outer[j].src; j-- {
			g.outer[j-1], g.outer[j] = g.outer[j], g.outer[j-1]
		}
	}
	const line = simd.StreamLine
	g.cols = g.row.n
	if b := g.row.n * p.size; b > simd.StreamWidth {
		g.cols = streamWidth / p.size
		k := (g.row.n + g.cols - 1) / g.cols
		g.cols = min(((b+k-1)/k+line-1)/line*line/p.size, g.cols)
	}
	g.rows = g.run.n
	if g.run.n*p.size > ClosedMax || g.run.n > maxRows {
		unit := simd.StreamUnit(p.size)
		h := max(RunTile/p.size, unit)
		k := (g.run.n + h - 1) / h
		g.rows = ((g.run.n+k-1)/k + unit - 1) / unit * unit
	}
	return true
}

// turn makes a loop of an axis that src does not walk downwards.
func (g *geometry) turn(a *axis) loop {
	l := loop{a.n, a.stride[dstOp], a.stride[srcOp]}
	if l.src < 0 {
		g.base[dstOp] += (a.n - 1) * l.dst
		g.base[srcOp] += (a.n - 1) * l.src
		l.dst, l.src = -l.dst, -l.src
	}
	return l
}

var (
	WantRun   = 256
	WantRow   = 256
	ClosedMax = 2048
	RunTile   = 128
	Touch     = 1
	DstMajor  = 0
	Direct    = 1
)

const (
	streamWidth = 256
	maxRows     = 512
)

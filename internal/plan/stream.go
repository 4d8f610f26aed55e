package plan

import (
	"math"

	"github.com/strided-go/strided/simd"
)

// A large permutation is limited by the speed at which memory is read, and gets
// near it only while reading never pauses, while whole cache lines are used at
// once and pages while they are open. So it is cut into tiles, each of them a
// matrix, whatever the number of axes. While one tile is transposed, the next is
// packed into scratch memory and the one after is prefetched. Packing also makes
// nothing of strides that are powers of two. Results leave in whole cache lines
// that are not read first.
//
// An axis that is contiguous in src, and those that continue it without a gap,
// are fused into rows; one that is contiguous in dst, and those that continue it
// there, into runs. What is left loops around. The reversal of 4×3×2 items:
//
//	src  i j k                         dst  k j i
//	       └─┴─ fused: a row                  └─┴─ no: j belongs to rows
//
//	            j k →  00 01 10 11 20 21
//	    i  0           ·  ·  ·  ·  ·  ·     a tile: some columns of each row,
//	    ↓  1           ·  ·  ·  ·  ·  ·     contiguous in src; a column of it is
//	       2           ·  ·  ·  ·  ·  ·     (a part of) a run, contiguous in dst
//	       3           ·  ·  ·  ·  ·  ·
//
// Where rows begin in src and runs in dst need not be regular, so the kernel is
// given tables of offsets: rows may well be those of two or three short axes, and
// a loop that src or dst walks backwards is only a table that descends.
//
// Tiles have whole runs where these are short. Then those that share rows follow
// one another, so that pages of src are used up. Long runs are cut into tiles that
// follow one another along the run, and the line that one tile leaves unfinished
// in a run is carried to the next.
//
// Items whose size is no power of two go the same way, with kernels that move them
// one by one or a few together; an item that is a whole vector or more does not
// (rows.go).
//
// Source: the choice of axes is the blocking of Springer, Su, Bientinesi, "HPTT",
// ARRAY 2017, arXiv:1704.04374, with fused axes; tables and pipeline are our own.

// streamAxes is how many axes a streamed plan may have.
const streamAxes = 16

// A loop is an axis as a streamed run sees it.
type loop struct {
	n      int
	stride [operands]int
}

// A fused is one or more loops seen as one.
type fused struct {
	loops [streamAxes]loop // the innermost first
	k     int              // of them
	n     int              // steps in all
	inner int              // steps of all loops but the outermost: what repeats
}

// add puts a loop around the others.
func (f *fused) add(l loop) {
	f.inner = max(f.n, 1)
	f.loops[f.k] = l
	f.k++
	f.n = f.inner * l.n
}

// at returns the offset of a step in each operand.
func (f *fused) at(i int) (off [operands]int) {
	for _, l := range f.loops[:f.k] {
		for op, s := range l.stride {
			off[op] += i % l.n * s
		}
		i /= l.n
	}
	return off
}

// table fills tab with the offsets in one operand of the steps from first on, as
// seen from that one.
func (f *fused) table(tab []int, first, op int) {
	var index [streamAxes]int
	for k, l := range f.loops[:f.k] {
		index[k] = first % l.n
		first /= l.n
	}
	n, s := f.loops[0].n, f.loops[0].stride[op]
	off := 0
	for {
		m := min(len(tab), n-index[0])
		for i := range tab[:m] {
			tab[i] = off
			off += s
		}
		if tab = tab[m:]; len(tab) == 0 {
			return
		}
		index[0] = 0
		off -= n * s
		for k := 1; k < f.k; k++ {
			l := &f.loops[k]
			off += l.stride[op]
			if index[k]++; index[k] < l.n {
				break
			}
			index[k] = 0
			off -= l.n * l.stride[op]
		}
	}
}

// A role is what an axis is in a streamed plan.
type role uint8

const (
	roleOuter role = iota
	roleRow
	roleRun
)

// A geometry is how a plan is cut into tiles.
type geometry struct {
	size       int // of an item
	row, run   fused
	outer      [streamAxes]loop // the innermost first
	outers     int
	roles      [streamAxes]role // of the plan's axes
	tops       [3]int           // by role, the axis of the outermost loop of rows and of runs
	base       [operands]int    // where the loops start
	rows, cols int              // of a tile
	lines      [operands]bool   // all runs, or rows, begin at the same place in a line, as far as known
}

// geometry cuts a plan into tiles. ok is false if streaming does not suit it.
func (p *Plan) geometry(g *geometry) (ok bool) {
	if p.kind != kindTranspose && p.kind != kindItems || p.ordered || p.planes ||
		len(p.fixes()) > 0 && p.packedSwap() == 0 || p.nd > streamAxes || p.size > simd.StreamItem || !p.adjacent() {
		return false
	}
	g.size = p.size
	g.fuse(p, p.row, roleRow)
	g.fuse(p, p.col, roleRun)
	// Both are made worth their while in turns, since an axis may be wanted by both.
	const least = 256 // bytes; chosen: what a tile is wide
	for grown := true; grown; {
		run := g.run.n*g.size < least && g.grow(p, roleRun, math.MaxInt)
		row := g.row.n*g.size < least && g.grow(p, roleRow, math.MaxInt)
		grown = run || row
	}
	for g.grow(p, roleRun, streamClosed) {
	}
	if g.row.n*g.size < streamLeastRow || g.run.n*g.size < streamLeastRun {
		return false
	}
	g.lines = [operands]bool{true, true}
	for i, a := range p.axes() {
		for op, r := range [operands]role{dstOp: roleRun, srcOp: roleRow} {
			if g.roles[i] != r && a.stride[op]%simd.StreamLine != 0 {
				g.lines[op] = false
			}
		}
		if g.roles[i] == roleOuter {
			g.addOuter(g.upwards(a))
		}
	}
	g.cut()
	return true
}

// packedSwap returns the size of the words that make up an item and are reversed,
// which can be done as rows are packed; 0 if the plan has other fixes, or none.
func (p *Plan) packedSwap() int {
	if len(p.fixes()) != 1 || simd.Slot(p.size) < 0 {
		return 0
	}
	f := p.fixes()[0]
	if f.Bool || f.Size < 2 || f.Size*f.Count != p.size {
		return 0
	}
	return f.Size
}

// fuse gives an axis its role.
func (g *geometry) fuse(p *Plan, i int, r role) {
	g.roles[i], g.tops[r] = r, i
	if a := p.axes()[i]; r == roleRun {
		g.run.add(loop{a.n, a.stride})
	} else {
		g.row.add(g.upwards(a))
	}
}

// grow fuses the axis that continues rows in src, or runs in dst, unless they
// would be longer than most bytes. It reports whether there is one.
func (g *geometry) grow(p *Plan, r role, most int) bool {
	f, op := &g.row, srcOp
	if r == roleRun {
		f, op = &g.run, dstOp
	}
	n := f.n * g.size
	for i, a := range p.axes() {
		if g.roles[i] == roleOuter && abs(a.stride[op]) == n && saturatingMul(n, a.n) <= most {
			g.fuse(p, i, r)
			return true
		}
	}
	return false
}

// upwards makes a loop of an axis, so that it walks src upwards.
func (g *geometry) upwards(a axis) loop {
	l := loop{a.n, a.stride}
	if a.stride[srcOp] < 0 {
		for op, s := range a.stride {
			g.base[op] += (a.n - 1) * s
			l.stride[op] = -s
		}
	}
	return l
}

// addOuter sorts a loop in among the outer ones, so that src is used up in order.
func (g *geometry) addOuter(l loop) {
	i := g.outers
	g.outers++
	for ; i > 0 && g.outer[i-1].stride[srcOp] > l.stride[srcOp]; i-- {
		g.outer[i] = g.outer[i-1]
	}
	g.outer[i] = l
}

// cut chooses the size of tiles; how high they are does not depend on lines.
func (g *geometry) cut() {
	const line = simd.StreamLine
	row, run := g.row.n*g.size, simd.StreamRows(g.run.n, g.size)*g.size
	width := row
	if row > simd.StreamWidth {
		width = streamWidth
		if g.size&-g.size*3 == g.size {
			width = itemsWidth
		}
	}
	g.rows = g.run.n
	if run <= streamClosed && g.rows <= tileRows && g.rows*min(width, streamNarrow) <= streamTile {
		// Whole runs, with narrower tiles where these would be too large.
		if g.rows*width > streamTile/2 {
			width = min(width, streamNarrow)
		}
	} else {
		unit := simd.StreamUnit(g.size)
		rows := max(streamRows, streamRun/g.size)
		if simd.Slot(g.size) < 0 {
			rows = max(itemsRun/g.size, unit)
		}
		tiles := (g.run.n + rows - 1) / rows
		g.rows = ((g.run.n+tiles-1)/tiles + unit - 1) / unit * unit
		if width == streamWidth && !g.lines[srcOp] {
			width = skewWidth
		}
	}
	// Tiles of one width, but for the last, that begin at lines if rows do.
	tiles := (row + width - 1) / width
	g.cols = g.row.n
	if tiles > 1 {
		g.cols = ((row+tiles-1)/tiles + line - 1) / line * line / g.size
	}
}

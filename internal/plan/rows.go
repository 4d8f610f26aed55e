package plan

import (
	"sync"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// Long items are copied as they are: there is nothing to shuffle, and what
// counts is the order. A large copy of them is made of blocks of about rowBlock
// bytes, in which dst is written in runs of rowRun bytes or more. The blocks follow
// src as it lies in memory, and while one is copied the next one is prefetched.
//
//	 dst           c items           src      c rows apart
//	r rows  [  run  |  run  ]       [item] [item] ..   r items along
//	        [  run  |  run  ]         :      :
//
// Streaming stores write whole lines. Where items are whole lines of dst that is
// all. Where they are not, but lie next to each other in dst, a run is put together
// first; and if runs begin and end within lines, blocks follow dst instead, so
// that the line that one block has begun is finished by the next.

// setLong has the kernel run over the innermost axis of dst and over the axis near
// along which items of src are nearest to each other, for large copies. Items are
// streamed that have whole lines of dst or can be put together to some.
func (p *Plan) setLong(near int) {
	axes := p.axes()
	p.col, p.row = len(axes)-1, near
	if near == p.col {
		p.row--
	}
	for i := range axes {
		axes[i].tile = 1
	}
	col := &axes[p.col]
	want := tuned.rowBlock / p.size
	if near != p.col {
		want = (rowRun-1)/p.size + 1
		if lines := joinLines(p.size); lines*p.size <= rowRun {
			want = (want-1)/lines*lines + lines
		}
	}
	col.grow(want)
	if p.size <= joinItem {
		col.tile = min(col.tile, simd.JoinMax/p.size)
	}
	if p.row >= 0 {
		row := &axes[p.row]
		row.grow(tuned.rowBlock / (p.size * col.tile))
		row.tile = min(row.tile, simd.JoinRows)
	}
	p.sortBySource()
	step := axes[p.col].stride[dstOp]
	p.long = p.size > joinItem || step == p.size || p.size%simd.StreamLine == 0 && step%simd.StreamLine == 0 && p.wholeLines()
}

// joinLines returns how many items make whole lines.
func joinLines(size int) int {
	n := 1
	for n*size%simd.StreamLine != 0 {
		n *= 2
	}
	return n
}

// sortBySource puts the axes in the order of their strides in src, the largest one
// outermost.
func (p *Plan) sortBySource() {
	axes := p.axes()
	for i := range axes {
		for j := i; j > 0 && abs(axes[j-1].stride[srcOp]) < abs(axes[j].stride[srcOp]); j-- {
			axes[j-1], axes[j] = axes[j], axes[j-1]
			p.row, p.col = moved(p.row, j), moved(p.col, j)
		}
	}
}

// moved returns where axis i is after axes j-1 and j have changed places.
func moved(i, j int) int {
	switch i {
	case j:
		return j - 1
	case j - 1:
		return j
	}
	return i
}

// A walk goes through the blocks of a plan.
type walk struct {
	order    [smallAxes]int // the axes, the outermost first
	index    [smallAxes]int
	dst, src int
	over     bool
}

// A piece is a block: where it lies, how many items it has along the kernel's axes,
// and which ends of runs it has.
type piece struct {
	dst, src   int
	rows, cols int
	ends       int
}

// here returns the block that w is at.
func (w *walk) here(p *Plan) piece {
	b := piece{dst: w.dst, src: w.src, rows: 1, cols: 1}
	axes := p.axes()
	if p.row >= 0 {
		a, i := &axes[p.row], w.index[p.row]
		b.rows = min(a.tile, a.n-i)
	}
	a, i := &axes[p.col], w.index[p.col]
	b.cols = min(a.tile, a.n-i)
	if i == 0 {
		b.ends = simd.JoinFirst
	}
	if b.cols == a.n-i {
		b.ends |= simd.JoinLast
	}
	return b
}

// advance moves w to the next block, or sets over.
func (w *walk) advance(p *Plan) {
	for k := p.nd - 1; k >= 0; k-- {
		i := w.order[k]
		a := &p.axes()[i]
		step := a.tile
		if a.n-w.index[i] <= step {
			step = -w.index[i]
		}
		w.index[i] += step
		w.dst += step * a.stride[dstOp]
		w.src += step * a.stride[srcOp]
		if step > 0 {
			return
		}
	}
	w.over = true
}

// A joint is the work area of a simd.JoinFunc, wherever it begins in a line.
type joint [simd.JoinWork + simd.StreamLine]byte

var jointPool = sync.Pool{New: func() any { return new(joint) }}

// wholeLines reports whether all items of dst along the axes but col are whole lines
// apart.
func (p *Plan) wholeLines() bool {
	for i, a := range p.axes() {
		if i != p.col && a.stride[dstOp]%simd.StreamLine != 0 {
			return false
		}
	}
	return true
}

// long copies long items with streaming stores, if the level has them.
func (e *exec) long(p *Plan, t *simd.Kernels) bool {
	if t.Rows == nil {
		return false
	}
	const line = simd.StreamLine
	var w walk
	for i := range p.nd {
		w.order[i] = i
	}
	var row axis
	if p.row >= 0 {
		row = p.axes()[p.row]
	}
	col := p.axes()[p.col]
	rows := t.Rows
	var work unsafe.Pointer
	aligned, closed := uintptr(e.dst)%line == 0 && p.wholeLines(), true
	switch {
	case p.size > joinItem || aligned && p.size%line == 0 && col.stride[dstOp]%line == 0:
		// Item by item.
	case col.stride[dstOp] != p.size:
		return false // they would be whole lines, but for where dst begins
	case aligned && p.size == line/2 && col.n%2 == 0 && col.tile%2 == 0:
		rows = t.Pairs
	default:
		if closed = col.tile == col.n || aligned && col.tile*p.size%line == 0; !closed {
			// Along a run first.
			copy(w.order[p.col:], w.order[p.col+1:p.nd])
			w.order[p.nd-1] = p.col
		}
		scratch := jointPool.Get().(*joint)
		defer jointPool.Put(scratch)
		work = unsafe.Pointer(&scratch[int(-uintptr(unsafe.Pointer(scratch))%line)])
	}
	for at := w.here(p); !w.over; {
		w.advance(p)
		next := at
		if !w.over {
			next = w.here(p)
		}
		if closed {
			at.ends = simd.JoinFirst | simd.JoinLast
		}
		dst, src, ahead := unsafe.Add(e.dst, at.dst), unsafe.Add(e.src, at.src), next.src-at.src
		switch {
		case work != nil:
			t.Join(dst, src, work, at.rows, at.cols, row.stride[dstOp], row.stride[srcOp], col.stride[srcOp], p.size, ahead, at.ends)
		case p.size <= rowMax:
			rows(dst, src, at.rows, at.cols, row.stride[dstOp], col.stride[dstOp], row.stride[srcOp], col.stride[srcOp], p.size, ahead)
		default: // a block of one item
			for off := 0; off < p.size; off += rowMax {
				n := min(rowMax, p.size-off)
				rows(unsafe.Add(dst, off), unsafe.Add(src, off), 1, 1, 0, 0, 0, 0, n, n)
			}
		}
		at = next
	}
	simd.StreamFence()
	return true
}

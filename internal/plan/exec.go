package plan

import (
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// An exec is one run of a plan. Both live on the stack of whoever runs them:
// exec's methods are called directly, and kernels, which are called through func
// values, are handed pointers into the operands only. What an exec points to
// escapes with those, so the plan is handed along beside it.
type exec struct {
	dst, src unsafe.Pointer
	strided  simd.StridedFunc
	trans    simd.TransposeFunc
	lines    simd.TransposeFunc // for blocks of whole lines of a large dst, else nil
	swaps    *[simd.Sizes]simd.StridedFunc
	bools    simd.StridedFunc

	cur0    [smallAxes]int // how much of each axis the block at hand takes
	curMore []int
}

func (e *exec) cur() []int {
	if e.curMore != nil {
		return e.curMore
	}
	return e.cur0[:]
}

// Run copies src to dst, on the calling goroutine. The pointers are to item
// [0, ..., 0] of each operand; with no items they are not used.
//
// Requires, unchecked: all items lie in memory; dst and src do not overlap,
// unless the plan is a single run without fixes, which may.
func (p *Plan) Run(dst, src unsafe.Pointer) {
	if p.kind == kindNothing {
		return
	}
	dst, src = unsafe.Add(dst, p.base[dstOp]), unsafe.Add(src, p.base[srcOp])
	if p.kind == kindCopy {
		copy(unsafe.Slice((*byte)(dst), p.size), unsafe.Slice((*byte)(src), p.size))
		return
	}
	e := exec{dst: dst, src: src}
	if p.nd > smallAxes {
		e.curMore = make([]int, p.nd)
	}
	t := simd.Table()
	e.kernels(p, t)
	if p.stream && e.stream(p, t) || p.long && e.long(p, t) {
		return
	}
	e.blocks(p, 0, 0, 0)
	if e.lines != nil {
		simd.StreamFence()
	}
}

// kernels picks what the plan needs from a table.
func (e *exec) kernels(p *Plan, t *simd.Kernels) {
	slot := simd.Slot(p.size)
	switch p.kind {
	case kindFill:
		e.strided = t.Fill
		if p.fillStreams(t) {
			e.strided = t.FillStream
		}
	case kindTranspose:
		e.trans = t.Transpose[slot]
		if p.planes && t.Planes[slot] != nil {
			e.trans = t.Planes[slot]
			break
		}
		if p.large && len(p.fixes()) == 0 {
			e.lines = t.TransposeLines[slot]
		}
	case kindSwap:
		e.strided = t.Swap[slot]
	case kindBool:
		e.strided = t.Bool
	default:
		e.strided = t.Items
		if slot >= 0 {
			e.strided = t.Strided[slot]
		}
	}
	e.swaps, e.bools = &t.Swap, t.Bool
}

// fillStreams reports whether a fill is done with streaming stores, which is for rows
// long enough. What is to be fixed afterwards has to stay in the cache.
func (p *Plan) fillStreams(t *simd.Kernels) bool {
	return t.FillStream != nil && p.large && p.nfix == 0 && p.size < longFill && p.axes()[p.col].n >= fillStreamRow/p.size
}

// blocks walks the blocks of the axes from d on; offsets are to the first item.
func (e *exec) blocks(p *Plan, d, dst, src int) {
	axes := p.axes()
	for d < len(axes) && axes[d].tile == axes[d].n {
		e.cur()[d] = axes[d].n
		d++
	}
	if d == len(axes) {
		e.inside(p, 0, dst, src)
		return
	}
	a := &axes[d]
	for i := 0; i < a.n; i += a.tile {
		e.cur()[d] = min(a.tile, a.n-i)
		e.blocks(p, d+1, dst+i*a.stride[dstOp], src+i*a.stride[srcOp])
		if a.n-i <= a.tile {
			break // i would wrap around where a.n is near the largest int
		}
	}
}

// inside walks the axes of a block from d on, other than the kernel's.
func (e *exec) inside(p *Plan, d, dst, src int) {
	if p.inside > 0 {
		for ; d < p.nd; d++ {
			if d != p.row && d != p.col && e.cur()[d] > 1 {
				a := &p.axes()[d]
				for i := range e.cur()[d] {
					e.inside(p, d+1, dst+i*a.stride[dstOp], src+i*a.stride[srcOp])
				}
				return
			}
		}
	}
	e.kernel(p, dst, src)
}

// kernel moves the items along the axes row and col and applies the fixes.
func (e *exec) kernel(p *Plan, dstOff, srcOff int) {
	rows, cols := 1, 1
	var r, c axis
	if p.row >= 0 {
		rows, r = e.cur()[p.row], p.axes()[p.row]
	}
	if p.col >= 0 {
		cols, c = e.cur()[p.col], p.axes()[p.col]
	}
	dst, src := unsafe.Add(e.dst, dstOff), unsafe.Add(e.src, srcOff)
	if p.nfix > 0 {
		// Deferred, for src may be a mapped file that has shrunk: if
		// reading it panics, what has arrived still becomes bools.
		defer e.fix(p, dst, rows, cols, r.stride[dstOp], c.stride[dstOp])
	}
	if p.kind == kindTranspose {
		fn := e.trans
		const line = simd.StreamLine
		if e.lines != nil && cols*p.size%line == 0 && rows >= line/p.size && uintptr(dst)%line == 0 && r.stride[dstOp]%line == 0 {
			fn = e.lines
		}
		fn(dst, src, cols, rows, r.stride[dstOp], c.stride[srcOp])
		return
	}
	e.strided(dst, src, rows, cols, r.stride[dstOp], c.stride[dstOp], r.stride[srcOp], c.stride[srcOp], p.size)
}

// fix applies the fixes to a block of dst, in place.
func (e *exec) fix(p *Plan, dst unsafe.Pointer, rows, cols, rowStride, colStride int) {
	fixes := p.fixes()
	for i := range fixes {
		f := &fixes[i]
		kernel := e.bools
		if !f.Bool {
			kernel = e.swaps[simd.Slot(f.Size)]
		}
		for w := range f.Count {
			at := unsafe.Add(dst, f.Offset+w*f.Size)
			kernel(at, at, rows, cols, rowStride, colStride, rowStride, colStride, f.Size)
		}
	}
}

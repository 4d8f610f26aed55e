package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The scratch memory of the streaming kernels; simd/stream.go has the same.
const (
	streamRow   = 256 // bytes of a row of a tile
	streamPitch = 320 // bytes from one row of a packed tile to the next
	stagePitch  = 640 // bytes from one row of the stage to the next: a line and up to eight
	stageRows   = 16
	line        = 64
)

const streamSignature = "func(dst, tile, next, nextTile, work unsafe.Pointer, rows, dstStride, srcStride, ahead int)"

func streams(a *asm) {
	for _, size := range []int{4, 8, 1, 2, 16} {
		for _, w := range []width{64, 32} {
			s := shape{w: w, size: size}
			s.rows = max(16, s.pieceRows())
			if w == 64 {
				a.stream(s, false)
			}
			a.stream(s, true)
		}
	}
	a.function("streamFence", "func()", "streamFence orders streaming stores before whatever is stored after it.")
	a.SFENCE()
	a.RET()
}

// stream writes a kernel that transposes a packed tile, 16 bytes of its rows at
// a time. After every 16 rows of those it packs one row of the next tile and
// prefetches a row further on, so that memory is read without a pause.
func (a *asm) stream(s shape, carry bool) {
	name := fmt.Sprintf("stream%dLines%d", s.size, 8*s.w)
	what := "a StreamFunc for a dst whose rows begin at multiples of 64 bytes; work is not used."
	if carry {
		name = fmt.Sprintf("stream%dCarry%d", s.size, 8*s.w)
		what = "a StreamFunc."
	}
	a.function(name, streamSignature, name+" is "+what)
	dst, d := a.param("dst"), a.param("dstStride")
	in := a.param("tile")
	next, nextTile, r, ahead := a.param("next"), a.param("nextTile"), a.param("srcStride"), a.param("ahead")
	var d3, carried reg.GPVirtual
	if carry {
		carried = a.param("work")
		a.ADDQ(operand.I32(stageRows*stagePitch), carried)
	} else {
		d3 = a.triple(d)
	}
	groups := a.GP64()
	a.MOVQ(operand.I32(streamRow/16), groups)

	group, rows := a.label("group"), a.label("rows")
	a.Label(group)
	stage := a.GP64()
	if carry {
		a.loadParam("work", stage)
		a.Comment("What is left over of these rows of dst.")
		for i := range s.n() {
			a.copyLine(s.w, mem(carried, i*line), mem(stage, i*stagePitch))
		}
	}
	p, out, left := a.GP64(), a.GP64(), a.GP64()
	a.MOVQ(in, p)
	if carry {
		a.LEAQ(mem(stage, line), out)
	} else {
		a.MOVQ(dst, out)
	}
	a.loadParam("rows", left)
	a.Label(rows)
	for range s.rows / 16 {
		a.packRow(next, nextTile, ahead)
		a.ADDQ(r, next)
		a.ADDQ(operand.I32(streamPitch), nextTile)
	}
	var to *walk
	if !carry {
		to = a.newWalk(out, d, d3)
	}
	for row := 0; row < s.rows; row += s.pieceRows() {
		a.piece(s, func(i int) operand.Mem { return mem(p, (row+i)*streamPitch) },
			func(i int) operand.Mem {
				if carry {
					return mem(out, i*stagePitch+row*s.size)
				}
				return to.row(i, row*s.size)
			}, !carry)
	}
	a.ADDQ(operand.I32(s.rows*streamPitch), p)
	a.ADDQ(operand.I32(s.rows*s.size), out)
	a.SUBQ(operand.I32(s.rows), left)
	a.JNZ(ref(rows))

	if carry {
		a.flushStage(s, dst, d, carried)
	} else {
		n := a.GP64()
		a.MOVQ(d, n)
		a.IMUL3Q(operand.I32(s.n()), n, n)
		a.ADDQ(n, dst)
	}
	a.ADDQ(operand.I32(16), in)
	a.DECQ(groups)
	a.JNZ(ref(group))
	a.VZEROUPPER()
	a.RET()
}

// copyLine copies 64 bytes through the last registers.
func (a *asm) copyLine(w width, from, to operand.Mem) {
	for off := 0; off < line; off += int(w) {
		v := 15 - off/32
		a.load(w, from.Offset(off), v)
		a.store(w, v, to.Offset(off))
	}
}

// packRow copies a row of the next tile and prefetches the row ahead of it.
// Halves of lines were faster than whole ones in most runs.
func (a *asm) packRow(next, nextTile, ahead reg.Register) {
	for _, off := range []int{0, line, 2 * line, 3 * line, streamRow - 1} {
		a.PREFETCHT1(memIndex(next, ahead, 1, off))
	}
	for off := 0; off < streamRow; off += line {
		a.copyLine(32, mem(next, off), mem(nextTile, off))
	}
}

// flushStage writes the lines that are complete, of n rows, and keeps what comes
// after them. A row of the stage has the 64 bytes of dst before the tile, then
// those of the tile. With m the place in its line where the tile begins in dst,
// the m bytes before it are the rest of that line, so lines begin m bytes before
// the tile; and the last m bytes of the tile are left for the next one.
func (a *asm) flushStage(s shape, dst, d, carried reg.Register) {
	rows, lines := a.label("flush"), a.label("lines")
	row, count := a.GP64(), a.GP64()
	a.loadParam("work", row)
	a.MOVQ(operand.I32(s.n()), count)
	a.Label(rows)
	p, q, end := a.GP64(), a.GP64(), a.GP64()
	a.MOVQ(dst, p)
	a.ANDQ(operand.I32(line-1), p)
	a.MOVQ(dst, q)
	a.SUBQ(p, q)
	a.NEGQ(p)
	a.ADDQ(row, p)
	a.loadParam("rows", end)
	a.IMUL3Q(operand.I32(s.size), end, end)
	a.Comment("From here on q is relative to p.")
	a.SUBQ(p, q)
	a.ADDQ(p, end)
	a.Label(lines)
	for off := 0; off < line; off += int(s.w) {
		a.load(s.w, mem(p, line+off), 14+off/32)
	}
	for off := 0; off < line; off += int(s.w) {
		a.VMOVNTDQ(s.w.v(14+off/32), memIndex(p, q, 1, off))
	}
	a.ADDQ(operand.I32(line), p)
	a.CMPQ(p, end)
	a.JNE(ref(lines))
	a.loadParam("rows", end)
	a.IMUL3Q(operand.I32(s.size), end, end)
	a.ADDQ(row, end)
	a.copyLine(s.w, mem(end, 0), mem(carried, 0))
	a.ADDQ(operand.I32(line), carried)
	a.ADDQ(operand.I32(stagePitch), row)
	a.ADDQ(d, dst)
	a.DECQ(count)
	a.JNZ(ref(rows))
}

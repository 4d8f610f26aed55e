package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	itemsSignature = "func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size int)"
	rowsSignature  = "func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size, ahead int)"
	joinSignature  = "func(dst, src, work unsafe.Pointer, rows, cols, dstRowStride, srcRowStride, srcStride, size, ahead, ends int)"
	fillSignature  = "func(dst, pattern unsafe.Pointer, n, period int)"

	joinStage = 64 * line // where in the work of a JoinFunc the stage is, behind what is carried
)

func rows(a *asm) {
	for _, w := range []width{64, 32} {
		a.rowsKernel(w)
		a.joinKernel(w)
		a.fillKernel(w)
		a.pairs(w)
		a.itemsKernel(w)
	}
}

// exact copies n bytes, less than a line, from p to q with ordinary stores, each
// byte once: one move for each bit of n. It moves p and q on.
func (a *asm) exact(p, q, n reg.GPVirtual) {
	t := a.GP64()
	for _, size := range []int{32, 16, 8, 4, 2, 1} {
		skip := a.label("skip")
		a.TESTQ(operand.I32(size), n)
		a.JZ(ref(skip))
		switch size {
		case 32:
			a.VMOVDQU(mem(p, 0), ys[0])
			a.VMOVDQU(ys[0], mem(q, 0))
		case 16:
			a.VMOVDQU(mem(p, 0), xs[0])
			a.VMOVDQU(xs[0], mem(q, 0))
		case 8:
			a.MOVQ(mem(p, 0), t)
			a.MOVQ(t, mem(q, 0))
		case 4:
			a.MOVL(mem(p, 0), t.As32())
			a.MOVL(t.As32(), mem(q, 0))
		case 2:
			a.MOVW(mem(p, 0), t.As16())
			a.MOVW(t.As16(), mem(q, 0))
		case 1:
			a.MOVB(mem(p, 0), t.As8())
			a.MOVB(t.As8(), mem(q, 0))
		}
		a.ADDQ(operand.I32(size), p)
		a.ADDQ(operand.I32(size), q)
		a.Label(skip)
	}
}

// streamLines copies lines, from off behind p to off behind q, with streaming
// stores, after all of them have been loaded.
func (a *asm) streamLines(w width, n int, p, q reg.Register) {
	for off := 0; off < n*line; off += int(w) {
		a.load(w, mem(p, off), off/int(w))
	}
	for off := 0; off < n*line; off += int(w) {
		a.VMOVNTDQ(w.v(off/int(w)), mem(q, off))
	}
}

// moveLine copies a line with ordinary stores, after all of it has been loaded.
func (a *asm) moveLine(w width, from, to operand.Mem) {
	for off := 0; off < line; off += int(w) {
		a.load(w, from.Offset(off), off/int(w))
	}
	for off := 0; off < line; off += int(w) {
		a.store(w, off/int(w), to.Offset(off))
	}
}

// rowsKernel writes a kernel that copies each item for itself: what comes before the
// first whole line of dst, the lines, the rest.
func (a *asm) rowsKernel(w width) {
	name := fmt.Sprintf("rows%d", 8*w)
	a.function(name, rowsSignature, name+" is a RowsFunc.")
	dst, src, ahead := a.param("dst"), a.param("src"), a.param("ahead")
	rows, row := a.param("rows"), a.label("row")
	a.Label(row)
	d, s, cols, item := a.GP64(), a.GP64(), a.GP64(), a.label("item")
	a.MOVQ(dst, d)
	a.MOVQ(src, s)
	a.loadParam("cols", cols)
	a.Label(item)
	p, q, n, head := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	a.MOVQ(s, p)
	a.MOVQ(d, q)
	a.loadParam("size", n)
	first, whole, four, one, tail, next := a.label("first"), a.label("whole"), a.label("four"), a.label("one"), a.label("tail"), a.label("next")
	a.MOVQ(d, head)
	a.NEGQ(head)
	a.ANDQ(operand.I32(line-1), head)
	a.JZ(ref(whole))
	a.CMPQ(head, n)
	a.JLE(ref(first))
	a.MOVQ(n, head)
	a.Label(first)
	a.SUBQ(head, n)
	a.PREFETCHT0(memIndex(p, ahead, 1, 0))
	a.exact(p, q, head)
	a.Label(whole)
	a.SUBQ(operand.I32(4*line), n)
	a.JLT(ref(one))
	a.Label(four)
	for k := range 4 {
		a.PREFETCHT0(memIndex(p, ahead, 1, k*line))
	}
	a.streamLines(w, 4, p, q)
	a.ADDQ(operand.I32(4*line), p)
	a.ADDQ(operand.I32(4*line), q)
	a.SUBQ(operand.I32(4*line), n)
	a.JGE(ref(four))
	a.Label(one)
	a.ADDQ(operand.I32(3*line), n)
	a.JLT(ref(tail))
	last := a.label("last")
	a.Label(last)
	a.PREFETCHT0(memIndex(p, ahead, 1, 0))
	a.streamLines(w, 1, p, q)
	a.ADDQ(operand.I32(line), p)
	a.ADDQ(operand.I32(line), q)
	a.SUBQ(operand.I32(line), n)
	a.JGE(ref(last))
	a.Label(tail)
	a.PREFETCHT0(memIndex(p, ahead, 1, -1))
	a.ADDQ(operand.I32(line), n)
	a.JZ(ref(next))
	a.exact(p, q, n)
	a.PREFETCHT0(memIndex(p, ahead, 1, -1))
	a.Label(next)
	step := a.GP64()
	a.loadParam("dstStride", step)
	a.ADDQ(step, d)
	a.loadParam("srcStride", step)
	a.ADDQ(step, s)
	a.DECQ(cols)
	a.JNZ(ref(item))
	a.loadParam("dstRowStride", step)
	a.ADDQ(step, dst)
	a.loadParam("srcRowStride", step)
	a.ADDQ(step, src)
	a.DECQ(rows)
	a.JNZ(ref(row))
	a.VZEROUPPER()
	a.RET()
}

// joinKernel writes a kernel that puts the items of a row of dst together in a
// stage and copies the stage to dst, line by line.
func (a *asm) joinKernel(w width) {
	name := fmt.Sprintf("join%d", 8*w)
	a.function(name, joinSignature, name+" is a JoinFunc.")
	dst, src, carried := a.param("dst"), a.param("src"), a.param("work")
	rows, row := a.param("rows"), a.label("row")
	a.Label(row)
	a.Comment("The stage begins with the line that dst is in: what is carried, then the items.")
	q, at := a.GP64(), a.GP64()
	a.loadParam("work", q)
	a.moveLine(w, mem(carried, 0), mem(q, joinStage))
	a.MOVQ(dst, at)
	a.ANDQ(operand.I32(line-1), at)
	a.LEAQ(memIndex(q, at, 1, joinStage), q)
	s, ahead, last, cols := a.GP64(), a.param("ahead"), a.param("size"), a.param("cols")
	a.MOVQ(src, s)
	short, packed := a.label("short"), a.label("packed")
	a.CMPQ(last, operand.I32(line))
	a.JLT(ref(short))
	a.packItems(line, func(from, to operand.Mem) { a.moveLine(w, from, to) }, q, s, ahead, last, cols)
	a.JMP(ref(packed))
	a.Label(short)
	a.packItems(line/2, func(from, to operand.Mem) {
		a.load(32, from, 0)
		a.store(32, 0, to)
	}, q, s, ahead, last, cols)
	a.Label(packed)
	a.flushRun(w, dst, carried, q)
	step := a.GP64()
	a.ADDQ(operand.I32(line), carried)
	a.loadParam("dstRowStride", step)
	a.ADDQ(step, dst)
	a.loadParam("srcRowStride", step)
	a.ADDQ(step, src)
	a.DECQ(rows)
	a.JNZ(ref(row))
	a.VZEROUPPER()
	a.RET()
}

// packItems copies cols items of last bytes from s on to q on, one behind the other.
// move moves unit bytes, a line or half of one, which an item has at least: the last
// ones of an item may begin within those before. Every line is prefetched, whatever
// it begins with.
func (a *asm) packItems(unit int, move func(from, to operand.Mem), q, s, ahead, last, cols reg.GPVirtual) {
	item, body, tail := a.label("item"), a.label("body"), a.label("tail")
	p, left, step := a.GP64(), a.GP64(), a.param("srcStride")
	a.SUBQ(operand.I32(unit), last)
	a.Label(item)
	a.MOVQ(s, p)
	a.MOVQ(last, left)
	a.TESTQ(left, left)
	a.JZ(ref(tail))
	a.Label(body)
	a.PREFETCHT0(memIndex(p, ahead, 1, 0))
	move(mem(p, 0), mem(q, 0))
	a.ADDQ(operand.I32(unit), p)
	a.ADDQ(operand.I32(unit), q)
	a.SUBQ(operand.I32(unit), left)
	a.JGT(ref(body))
	a.PREFETCHT0(memIndex(p, ahead, 1, 0))
	a.ADDQ(left, p)
	a.ADDQ(left, q)
	a.Label(tail)
	a.PREFETCHT0(memIndex(p, ahead, 1, unit-1))
	move(mem(p, 0), mem(q, 0))
	a.ADDQ(operand.I32(unit), q)
	a.ADDQ(step, s)
	a.DECQ(cols)
	a.JNZ(ref(item))
}

// flushRun copies the stage to dst, up to end.
func (a *asm) flushRun(w width, dst, carried, end reg.GPVirtual) {
	whole, lines, tail, keep, done := a.label("whole"), a.label("lines"), a.label("tail"), a.label("keep"), a.label("done")
	p, q, n, ends := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	a.loadParam("work", p)
	a.ADDQ(operand.I32(joinStage), p)
	a.MOVQ(dst, q)
	a.MOVQ(dst, n)
	a.ANDQ(operand.I32(line-1), n)
	a.SUBQ(n, q)
	a.SUBQ(p, end)
	a.loadParam("ends", ends)
	a.BTQ(operand.U8(0), ends)
	a.JCC(ref(whole))
	a.TESTQ(n, n)
	a.JZ(ref(whole))
	a.Comment("The run begins here: the line before it is not ours.")
	a.ADDQ(n, p)
	a.ADDQ(n, q)
	a.SUBQ(n, end)
	a.NEGQ(n)
	a.ADDQ(operand.I32(line), n)
	few := a.label("few")
	a.CMPQ(n, end)
	a.JLE(ref(few))
	a.MOVQ(end, n)
	a.Label(few)
	a.SUBQ(n, end)
	a.exact(p, q, n)
	a.Label(whole)
	a.SUBQ(operand.I32(line), end)
	a.JLT(ref(tail))
	a.Label(lines)
	a.streamLines(w, 1, p, q)
	a.ADDQ(operand.I32(line), p)
	a.ADDQ(operand.I32(line), q)
	a.SUBQ(operand.I32(line), end)
	a.JGE(ref(lines))
	a.Label(tail)
	a.ADDQ(operand.I32(line), end)
	a.JZ(ref(done))
	a.BTQ(operand.U8(1), ends)
	a.JCC(ref(keep))
	a.exact(p, q, end)
	a.JMP(ref(done))
	a.Label(keep)
	a.moveLine(w, mem(p, 0), mem(carried, 0))
	a.Label(done)
}

// fillKernel writes a kernel that stores a pattern of whole lines again and again.
func (a *asm) fillKernel(w width) {
	name := fmt.Sprintf("fill%d", 8*w)
	a.function(name, fillSignature, name+" is a fillFunc.")
	q, p, n, period, head := a.param("dst"), a.param("pattern"), a.param("n"), a.param("period"), a.GP64()
	first, whole, again, lines, tail := a.label("first"), a.label("whole"), a.label("again"), a.label("lines"), a.label("tail")
	a.MOVQ(q, head)
	a.NEGQ(head)
	a.ANDQ(operand.I32(line-1), head)
	a.JZ(ref(whole))
	a.CMPQ(head, n)
	a.JLE(ref(first))
	a.MOVQ(n, head)
	a.Label(first)
	a.SUBQ(head, n)
	a.exact(p, q, head)
	a.Label(whole)
	a.Comment("The last line is fetched now, if it is to be written in part.")
	a.PREFETCHT0(memIndex(q, n, 1, -1))
	start := a.GP64()
	a.MOVQ(p, start)
	a.ADDQ(p, period)
	a.SUBQ(operand.I32(line), n)
	a.JLT(ref(tail))
	a.Label(lines)
	a.streamLines(w, 1, p, q)
	a.ADDQ(operand.I32(line), q)
	a.ADDQ(operand.I32(line), p)
	a.CMPQ(p, period)
	a.JNE(ref(again))
	a.MOVQ(start, p)
	a.Label(again)
	a.SUBQ(operand.I32(line), n)
	a.JGE(ref(lines))
	a.Label(tail)
	a.ADDQ(operand.I32(line), n)
	a.exact(p, q, n)
	a.VZEROUPPER()
	a.RET()
}

// pairs writes a kernel for items of half a line, two of which make one of dst.
func (a *asm) pairs(w width) {
	name := fmt.Sprintf("pairs%d", 8*w)
	a.function(name, rowsSignature, name+" is a RowsFunc for an even number of columns of adjacent items of 32 bytes, and a dst whose rows begin at multiples of 64 bytes.")
	dst, src, rows, ahead := a.param("dst"), a.param("src"), a.param("rows"), a.param("ahead")
	step, row := a.param("srcStride"), a.label("row")
	a.Label(row)
	q, p, cols, pair := a.GP64(), a.GP64(), a.GP64(), a.label("pair")
	a.MOVQ(dst, q)
	a.MOVQ(src, p)
	a.loadParam("cols", cols)
	a.Label(pair)
	far := a.GP64()
	a.LEAQ(memIndex(p, ahead, 1, 0), far)
	a.PREFETCHT0(mem(far, 0))
	a.PREFETCHT0(memIndex(far, step, 1, 0))
	a.VMOVDQU(mem(p, 0), ys[0])
	if w == 64 {
		a.VINSERTI64X4(operand.U8(1), memIndex(p, step, 1, 0), zs[0], zs[0])
		a.VMOVNTDQ(zs[0], mem(q, 0))
	} else {
		a.VMOVDQU(memIndex(p, step, 1, 0), ys[1])
		a.VMOVNTDQ(ys[0], mem(q, 0))
		a.VMOVNTDQ(ys[1], mem(q, 32))
	}
	a.LEAQ(memIndex(p, step, 2, 0), p)
	a.ADDQ(operand.I32(line), q)
	a.SUBQ(operand.I32(2), cols)
	a.JNZ(ref(pair))
	by := a.GP64()
	a.loadParam("dstRowStride", by)
	a.ADDQ(by, dst)
	a.loadParam("srcRowStride", by)
	a.ADDQ(by, src)
	a.DECQ(rows)
	a.JNZ(ref(row))
	a.VZEROUPPER()
	a.RET()
}

// itemsKernel writes a kernel that copies items of 32 bytes and more with ordinary
// stores. The last vector of an item may begin within the one before.
func (a *asm) itemsKernel(w width) {
	name := fmt.Sprintf("items%d", 8*w)
	a.function(name, itemsSignature, name+" is a StridedFunc for items of 32 bytes at least, and one item at least.")
	dst, src, rows, row := a.param("dst"), a.param("src"), a.param("rows"), a.label("row")
	a.Label(row)
	d, s, cols, last, step := a.GP64(), a.GP64(), a.param("cols"), a.param("size"), a.GP64()
	a.MOVQ(dst, d)
	a.MOVQ(src, s)
	short, done := a.label("short"), a.label("done")
	if w > 32 {
		a.CMPQ(last, operand.I32(w))
		a.JLT(ref(short))
		a.itemsLoop(w, d, s, cols, last)
		a.JMP(ref(done))
		a.Label(short)
	}
	a.itemsLoop(32, d, s, cols, last)
	a.Label(done)
	a.loadParam("dstRowStride", step)
	a.ADDQ(step, dst)
	a.loadParam("srcRowStride", step)
	a.ADDQ(step, src)
	a.DECQ(rows)
	a.JNZ(ref(row))
	a.VZEROUPPER()
	a.RET()
}

func (a *asm) itemsLoop(w width, d, s, cols, last reg.GPVirtual) {
	item, body, tail := a.label("item"), a.label("body"), a.label("tail")
	p, q, left, dstStep, srcStep := a.GP64(), a.GP64(), a.GP64(), a.param("dstStride"), a.param("srcStride")
	move := func() {
		a.load(w, mem(p, 0), 0)
		a.store(w, 0, mem(q, 0))
	}
	a.SUBQ(operand.I32(w), last)
	a.Label(item)
	a.MOVQ(s, p)
	a.MOVQ(d, q)
	a.MOVQ(last, left)
	a.TESTQ(left, left)
	a.JZ(ref(tail))
	a.Label(body)
	move()
	a.ADDQ(operand.I32(w), p)
	a.ADDQ(operand.I32(w), q)
	a.SUBQ(operand.I32(w), left)
	a.JGT(ref(body))
	a.ADDQ(left, p)
	a.ADDQ(left, q)
	a.Label(tail)
	move()
	a.ADDQ(dstStep, d)
	a.ADDQ(srcStep, s)
	a.DECQ(cols)
	a.JNZ(ref(item))
}

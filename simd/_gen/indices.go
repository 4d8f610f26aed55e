package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	// group is how many indices the kernels look at at a time.
	group = 16

	// indicesAhead is how many bytes before they are needed indices are prefetched
	// (docs/tuning.md, "Gathering").
	indicesAhead = 4 << 10
)

// indices writes the kernels that check indices and move items at offsets.
func indices(a *asm) {
	for _, w := range []width{64, 32} {
		a.offsets(w, false)
		a.offsets(w, true)
		for _, size := range []int{4, 8} {
			a.gather(w, size, false)
			a.gather(w, size, true)
		}
		a.gatherRows(w, false)
		a.gatherRows(w, true)
	}
}

// offsets writes an OffsetsFunc or, without store, a CheckFunc: a group of
// indices is in range if all of them are, as numbers without a sign, less than
// the length, after it has been added to negative ones.
func (a *asm) offsets(w width, store bool) {
	per := int(w) / 8
	const length, limit, sign, zeros, scale = 15, 14, 13, 12, 11
	name, result := fmt.Sprintf("check%d", 8*w), "good"
	if store {
		name, result = fmt.Sprintf("offsets%d", 8*w), "done"
		a.function(name, "func(dst, src unsafe.Pointer, n, length, shift int) (done int)", name+" is an OffsetsFunc.")
	} else {
		a.function(name, "func(src unsafe.Pointer, n, length int) (good int)", name+" is a CheckFunc.")
	}
	src, n, t := a.param("src"), a.param("n"), a.param("length")
	var dst reg.GPVirtual
	if w == 64 {
		a.VPBROADCASTQ(t, zs[length])
	} else {
		a.VMOVQ(t, xs[length])
		a.VPBROADCASTQ(xs[length], ys[length])
		a.VPXOR(ys[zeros], ys[zeros], ys[zeros])
		a.VPCMPEQQ(ys[sign], ys[sign], ys[sign])
		a.VPADDQ(ys[sign], ys[length], ys[limit]) // the last index in range
	}
	if store {
		dst = a.param("dst")
		t = a.param("shift")
		a.VMOVQ(t, xs[scale])
	}
	loop, done, p := a.label("loop"), a.label("done"), a.GP64()
	a.MOVQ(src, p)
	a.SUBQ(operand.I32(group), n)
	a.JL(ref(done))
	a.Label(loop)
	for i := range 8 * group / line {
		a.PREFETCHT0(mem(p, indicesAhead+line*i))
	}
	for i := range group / per {
		v, bad := w.v(i), w.v(4+i)
		if w == 64 {
			a.VMOVDQU64(mem(p, 64*i), v)
			a.VPMOVQ2M(v, reg.K1)
			a.VPADDQ(zs[length], v, reg.K1, v)
			a.VPCMPUQ(operand.U8(5), zs[length], v, []reg.Register{reg.K2, reg.K3}[i]) // not less
			continue
		}
		a.VMOVDQU(mem(p, 32*i), v)
		a.VPCMPGTQ(v, ys[zeros], bad)
		a.VPAND(ys[length], bad, bad)
		a.VPADDQ(bad, v, v)
		a.VPCMPGTQ(ys[limit], v, bad) // beyond, or still negative: the sign of either
		a.VPOR(v, bad, bad)
		if i > 0 {
			a.VPOR(bad, ys[4], ys[4])
		}
	}
	if w == 64 {
		a.KORTESTB(reg.K2, reg.K3)
		a.JNZ(ref(done))
	} else {
		a.VMOVMSKPD(ys[4], t.As32())
		a.TESTL(t.As32(), t.As32())
		a.JNZ(ref(done))
	}
	if store {
		for i := range group / per {
			a.VPSLLQ(xs[scale], w.v(i), w.v(i))
			a.store(w, i, mem(dst, int(w)*i))
		}
		a.ADDQ(operand.I32(8*group), dst)
	}
	a.ADDQ(operand.I32(8*group), p)
	a.SUBQ(operand.I32(group), n)
	a.JGE(ref(loop))
	a.Label(done)
	a.SUBQ(src, p)
	a.SHRQ(operand.U8(3), p)
	a.result(result, p)
	a.end(w)
}

// gather writes a GatherFunc: items are loaded one by one, put together to a
// line, and stored at once.
func (a *asm) gather(w width, size int, stream bool) {
	name := fmt.Sprintf("gather%dLines%d", size, 8*w)
	if stream {
		name = fmt.Sprintf("gather%dStream%d", size, 8*w)
	}
	a.function(name, "func(dst, table, offsets unsafe.Pointer, n int)", name+" is a GatherFunc.")
	q, table, offsets, n := a.param("dst"), a.param("table"), a.param("offsets"), a.param("n")
	loop, done := a.label("loop"), a.label("done")
	per, lane := line/size, 16/size
	a.Label(loop)
	a.SUBQ(operand.I32(per), n)
	a.JL(ref(done))
	for l := range 4 {
		for i := range lane {
			t := a.GP64()
			a.MOVQ(mem(offsets, 8*(l*lane+i)), t)
			from := memIndex(table, t, 1, 0)
			switch {
			case i > 0 && size == 8:
				a.VMOVHPS(from, xs[l], xs[l])
			case i > 0:
				a.VPINSRD(operand.U8(i), from, xs[l], xs[l])
			case size == 8:
				a.VMOVQ(from, xs[l])
			default:
				a.VMOVD(from, xs[l])
			}
		}
	}
	store := func(v int, m operand.Mem) {
		if stream {
			a.VMOVNTDQ(w.v(v), m)
		} else {
			a.store(w, v, m)
		}
	}
	a.VINSERTI128(operand.U8(1), xs[1], ys[0], ys[0])
	a.VINSERTI128(operand.U8(1), xs[3], ys[2], ys[2])
	if w == 64 {
		a.VINSERTI64X4(operand.U8(1), ys[2], zs[0], zs[0])
		store(0, mem(q, 0))
	} else {
		store(0, mem(q, 0))
		store(2, mem(q, 32))
	}
	a.ADDQ(operand.I32(line), q)
	a.ADDQ(operand.I32(8*per), offsets)
	a.JMP(ref(loop))
	a.Label(done)
	a.end(w)
}

// gatherRows writes a GatherRowsFunc: the row ahead is prefetched, line by line,
// then a row is copied. Unless it streams, the last register of a row lies as far
// back as it must to be whole.
func (a *asm) gatherRows(w width, stream bool) {
	name := fmt.Sprintf("gatherRows%d", 8*w)
	if stream {
		name = fmt.Sprintf("gatherRowsStream%d", 8*w)
	}
	a.function(name, "func(dst, table, offsets unsafe.Pointer, n, known, ahead, step, size int)", name+" is a GatherRowsFunc.")
	q, table, offsets, n := a.param("dst"), a.param("table"), a.param("offsets"), a.param("n")
	size := a.param("size")
	last, next, t := a.GP64(), a.GP64(), a.GP64()
	a.loadParam("known", last)
	a.LEAQ(memIndex(offsets, last, 8, -8), last)
	a.loadParam("ahead", next)
	a.LEAQ(memIndex(offsets, next, 8, 0), next)
	row, done, prefetch, copyLine, end := a.label("row"), a.label("done"), a.label("prefetch"), a.label("copy"), a.label("end")
	a.TESTQ(n, n)
	a.JLE(ref(done))
	a.Label(row)
	a.CMPQ(next, last)
	a.CMOVQHI(last, next)
	p, off := a.GP64(), a.GP64()
	a.MOVQ(mem(next, 0), p)
	a.ADDQ(table, p)
	a.zero(off)
	a.Label(prefetch)
	a.PREFETCHT0(memIndex(p, off, 1, 0))
	a.ADDQ(operand.I32(line), off)
	a.CMPQ(off, size)
	a.JL(ref(prefetch))
	a.PREFETCHT0(memIndex(p, size, 1, -1))
	a.MOVQ(mem(offsets, 0), p)
	a.ADDQ(table, p)
	a.zero(off)
	a.LEAQ(mem(size, -line), t)
	whole := func() {
		for i := 0; i < line; i += int(w) {
			a.load(w, memIndex(p, off, 1, i), i/int(w))
		}
		for i := 0; i < line; i += int(w) {
			if stream {
				a.VMOVNTDQ(w.v(i/int(w)), memIndex(q, off, 1, i))
			} else {
				a.store(w, i/int(w), memIndex(q, off, 1, i))
			}
		}
	}
	a.Label(copyLine)
	a.CMPQ(off, t)
	a.JG(ref(end))
	whole()
	a.ADDQ(operand.I32(line), off)
	a.JMP(ref(copyLine))
	a.Label(end)
	if !stream {
		a.MOVQ(t, off)
		whole()
	}
	a.loadParam("step", t)
	a.ADDQ(t, q)
	a.ADDQ(operand.I32(8), offsets)
	a.ADDQ(operand.I32(8), next)
	a.DECQ(n)
	a.JNZ(ref(row))
	a.Label(done)
	a.end(w)
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A conversion is a pair of kernels that change the kind of adjacent numbers. make
// leaves in register v what becomes of a vector of src, or, if items of dst are
// larger, a vector of dst; if they are half as large, it is half a vector. It may
// use the registers v+4 and v+8, K1, K2, and the constants.
type conversion struct {
	name     string
	dst, src int      // bytes of an item
	widths   []width  // of the levels that have it
	consts   []uint64 // constants, each repeated in a register from firstConst on
	unit     int      // their bytes
	make     func(a *asm, w width, from operand.Mem, v int)
}

const firstConst = 12

// convertAhead is how far ahead src is prefetched where dst is streamed.
const convertAhead = 4 << 10

var both, only512 = []width{64, 32}, []width{64}

// half is register i at half the width, where a conversion that narrows puts its
// result and one that widens finds its numbers.
func (w width) half(i int) reg.VecPhysical { return (w / 2).v(i) }

// extended are conversions of integers by way of those of 32 bits.
func extended(name string, src int, extend func(a *asm) func(...operand.Op)) []conversion {
	return []conversion{
		{name: name + "ToFloat32", dst: 4, src: src, widths: both, make: func(a *asm, w width, from operand.Mem, v int) {
			extend(a)(from, w.v(v))
			a.VCVTDQ2PS(w.v(v), w.v(v))
		}},
		{name: name + "ToFloat64", dst: 8, src: src, widths: both, make: func(a *asm, w width, from operand.Mem, v int) {
			extend(a)(from, w.half(v))
			a.VCVTDQ2PD(w.half(v), w.v(v))
		}},
	}
}

// direct is a conversion that is one instruction.
func direct(name string, dst, src int, widths []width, op func(a *asm, w width) func(...operand.Op)) conversion {
	return conversion{name: name, dst: dst, src: src, widths: widths, make: func(a *asm, w width, from operand.Mem, v int) {
		op(a, w)(from, w.v(v))
	}}
}

func allConversions() []conversion {
	list := []conversion{
		{name: "float16ToFloat32", dst: 4, src: 2, widths: both, make: func(a *asm, w width, from operand.Mem, v int) {
			a.VCVTPH2PS(from, w.v(v))
		}},
		{name: "float16ToFloat64", dst: 8, src: 2, widths: both, make: func(a *asm, w width, from operand.Mem, v int) {
			a.VCVTPH2PS(from, w.half(v))
			a.VCVTPS2PD(w.half(v), w.v(v))
		}},
		// The product with 1 is the number itself, and a quiet NaN of any other.
		{name: "bfloat16ToFloat32", dst: 4, src: 2, widths: both, unit: 4, consts: []uint64{0x3f800000}, make: func(a *asm, w width, from operand.Mem, v int) {
			a.VPMOVZXWD(from, w.v(v))
			a.VPSLLD(operand.U8(16), w.v(v), w.v(v))
			a.VMULPS(w.v(firstConst), w.v(v), w.v(v))
		}},
		{name: "float32ToFloat16", dst: 2, src: 4, widths: both, make: func(a *asm, w width, from operand.Mem, v int) {
			a.load(w, from, v)
			a.VCVTPS2PH(operand.U8(0), w.v(v), w.half(v))
		}},
		{name: "float32ToBFloat16", dst: 2, src: 4, widths: both, unit: 4, consts: []uint64{0x7fff, 1, 0x400000}, make: (*asm).toBrain},
		direct("float32ToFloat64", 8, 4, both, func(a *asm, w width) func(...operand.Op) { return a.VCVTPS2PD }),
		{name: "float64ToFloat32", dst: 4, src: 8, widths: both, make: func(a *asm, w width, from operand.Mem, v int) {
			if w == 64 {
				a.VCVTPD2PS(from, ys[v])
			} else {
				a.VCVTPD2PSY(from, xs[v])
			}
		}},
		{name: "float64ToInt32", dst: 4, src: 8, widths: both, unit: 8, consts: []uint64{0x41dfffffffc00000}, make: (*asm).toInt32},
		{name: "float32ToInt32", dst: 4, src: 4, widths: both, unit: 4, consts: []uint64{0x4f000000, 0x7fffffff}, make: (*asm).truncate32},
		{name: "float64ToInt64", dst: 8, src: 8, widths: only512, unit: 8, consts: []uint64{0x43e0000000000000, 1<<63 - 1}, make: (*asm).truncate64},
		{name: "int32ToFloat32", dst: 4, src: 4, widths: both, make: func(a *asm, w width, from operand.Mem, v int) { a.VCVTDQ2PS(from, w.v(v)) }},
		{name: "int32ToFloat64", dst: 8, src: 4, widths: both, make: func(a *asm, w width, from operand.Mem, v int) { a.VCVTDQ2PD(from, w.v(v)) }},
		direct("uint32ToFloat32", 4, 4, only512, func(a *asm, _ width) func(...operand.Op) { return a.VCVTUDQ2PS }),
		direct("uint32ToFloat64", 8, 4, only512, func(a *asm, _ width) func(...operand.Op) { return a.VCVTUDQ2PD }),
		direct("int64ToFloat64", 8, 8, only512, func(a *asm, _ width) func(...operand.Op) { return a.VCVTQQ2PD }),
		direct("uint64ToFloat64", 8, 8, only512, func(a *asm, _ width) func(...operand.Op) { return a.VCVTUQQ2PD }),
	}
	list = append(list, extended("int8", 1, func(a *asm) func(...operand.Op) { return a.VPMOVSXBD })...)
	list = append(list, extended("uint8", 1, func(a *asm) func(...operand.Op) { return a.VPMOVZXBD })...)
	list = append(list, extended("int16", 2, func(a *asm) func(...operand.Op) { return a.VPMOVSXWD })...)
	list = append(list, extended("uint16", 2, func(a *asm) func(...operand.Op) { return a.VPMOVZXWD })...)
	return list
}

// ordered and notBelow are the predicates of comparisons: neither is a NaN; the
// second operand is not less than the first, nor a NaN.
const ordered, notBelow = operand.U8(0x07), operand.U8(0x1D)

// toInt32 makes NaN 0 and what is too large the largest integer; what is too
// small is converted to the smallest, as the processor does what does not fit.
func (a *asm) toInt32(w width, from operand.Mem, v int) {
	a.load(w, from, v)
	if w == 64 {
		a.VCMPPD(ordered, zs[v], zs[v], reg.K1)
		a.VMINPD_Z(zs[firstConst], zs[v], reg.K1, zs[v])
		a.VCVTTPD2DQ(zs[v], ys[v])
		return
	}
	a.VCMPPD(ordered, ys[v], ys[v], ys[v+4])
	a.VANDPD(ys[v+4], ys[v], ys[v])
	a.VMINPD(ys[firstConst], ys[v], ys[v])
	a.VCVTTPD2DQY(ys[v], xs[v])
}

// truncate32 is toInt32 where the largest integer is none of the floats: what is
// not below the one after it is told apart.
func (a *asm) truncate32(w width, from operand.Mem, v int) {
	a.load(w, from, v)
	if w == 64 {
		a.VCMPPS(ordered, zs[v], zs[v], reg.K1)
		a.VCMPPS(notBelow, zs[firstConst], zs[v], reg.K2)
		a.VCVTTPS2DQ_Z(zs[v], reg.K1, zs[v])
		a.VMOVDQA32(zs[firstConst+1], reg.K2, zs[v])
		return
	}
	a.VCMPPS(notBelow, ys[firstConst], ys[v], ys[v+4])
	a.VCMPPS(ordered, ys[v], ys[v], ys[v+8])
	a.VANDPS(ys[v+8], ys[v], ys[v])
	a.VCVTTPS2DQ(ys[v], ys[v])
	a.VPXOR(ys[v+4], ys[v], ys[v])
}

// truncate64 is truncate32 for items of 64 bits.
func (a *asm) truncate64(_ width, from operand.Mem, v int) {
	a.load(64, from, v)
	a.VCMPPD(ordered, zs[v], zs[v], reg.K1)
	a.VCMPPD(notBelow, zs[firstConst], zs[v], reg.K2)
	a.VCVTTPD2QQ_Z(zs[v], reg.K1, zs[v])
	a.VMOVDQA64(zs[firstConst+1], reg.K2, zs[v])
}

// toBrain adds half of the last bit that stays, less one if that bit is even, and
// cuts; a NaN is made quiet instead.
func (a *asm) toBrain(w width, from operand.Mem, v int) {
	x, t, u := w.v(v), w.v(v+4), w.v(v+8)
	a.load(w, from, v)
	a.VPSRLD(operand.U8(16), x, t)
	if w == 64 {
		a.VPANDD(zs[firstConst+1], t, t)
		a.VCMPPS(ordered, x, x, reg.K1)
		a.VPADDD(zs[firstConst], t, t)
		a.VPORD(zs[firstConst+2], x, u)
		a.VPADDD(x, t, reg.K1, u)
		a.VPSRLD(operand.U8(16), u, u)
		a.VPMOVDW(u, ys[v])
		return
	}
	a.VPAND(ys[firstConst+1], t, t)
	a.VPADDD(ys[firstConst], t, t)
	a.VPADDD(x, t, t)
	a.VPOR(ys[firstConst+2], x, u)
	a.VCMPPS(ordered, x, x, x)
	a.VBLENDVPS(x, t, u, u)
	a.VPSRLD(operand.U8(16), u, u)
	a.VPACKUSDW(u, u, u)
	a.VPERMQ(operand.U8(0xD8), u, x)
}

func conversions(a *asm) {
	for _, c := range allConversions() {
		var table operand.Mem
		if len(c.consts) > 0 {
			table = a.StaticGlobal(c.name + "Table")
			a.DataAttributes(attr.RODATA | attr.NOPTR)
			for i, x := range c.consts {
				a.AddDatum(8*i, operand.U64(x))
			}
		}
		for _, w := range c.widths {
			for _, stream := range []bool{false, true} {
				a.conversion(c, w, table, stream)
			}
		}
	}
}

// conversion writes a kernel that goes on by lines of dst. One with ordinary
// stores moves the last line back, so that it ends with the last item.
func (a *asm) conversion(c conversion, w width, table operand.Mem, stream bool) {
	items := line / c.dst
	name, args := fmt.Sprintf("%sLane%d", c.name, 8*w), "n int"
	doc := fmt.Sprintf("%s is a ConvertFunc for at least %d items.", name, items)
	if stream {
		name = fmt.Sprintf("%sLines%d", c.name, 8*w)
		doc = name + " is a ConvertFunc for whole lines of dst, with streaming stores."
	}
	a.function(name, "func(dst, src unsafe.Pointer, "+args+")", doc)
	q, p, n := a.param("dst"), a.param("src"), a.param("n")
	for i := range c.consts {
		at := table.Offset(8 * i)
		if c.unit == 4 {
			a.VPBROADCASTD(at, w.v(firstConst+i))
		} else {
			a.VPBROADCASTQ(at, w.v(firstConst+i))
		}
	}
	loop, done := a.label("loop"), a.label("done")
	from := items * c.src // bytes of src that make a line
	a.SUBQ(operand.I32(items), n)
	if !stream {
		a.JLE(ref(done))
	}
	a.Label(loop)
	if stream {
		for off := 0; off < from; off += line {
			a.PREFETCHT0(mem(p, convertAhead+off))
		}
	}
	a.convertLine(c, w, p, q, stream)
	a.ADDQ(operand.I32(from), p)
	a.ADDQ(operand.I32(line), q)
	a.SUBQ(operand.I32(items), n)
	if stream {
		a.JGE(ref(loop))
		a.end(w)
		return
	}
	a.JGT(ref(loop))
	a.Label(done)
	a.Comment("n is the items of the last line that are left, less those of a line.")
	t := a.GP64()
	a.IMUL3Q(operand.I32(c.src), n, t)
	a.ADDQ(t, p)
	a.IMUL3Q(operand.I32(c.dst), n, t)
	a.ADDQ(t, q)
	a.convertLine(c, w, p, q, false)
	a.end(w)
}

// convertLine makes a line at q of what is at p.
func (a *asm) convertLine(c conversion, w width, p, q reg.Register, stream bool) {
	var made []int // registers, each to be stored
	at := w        // their width
	parts := line / int(w)
	step := int(w) / c.dst * c.src // bytes of src
	if c.dst < c.src {
		parts, step = 2*parts, int(w)
	}
	for v := range parts {
		c.make(a, w, mem(p, v*step), v)
		switch {
		case c.dst >= c.src:
			made = append(made, v)
		case w == 64:
			made, at = append(made, v), 32
		case v%2 == 1:
			a.VINSERTI128(operand.U8(1), xs[v], ys[v-1], ys[v-1])
			made = append(made, v-1)
		}
	}
	for i, v := range made {
		if m := mem(q, i*int(at)); stream {
			a.VMOVNTDQ(at.v(v), m)
		} else {
			a.store(at, v, m)
		}
	}
}

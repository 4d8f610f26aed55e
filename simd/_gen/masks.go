package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// block is how many bytes of a mask the kernels take at a time.
const block = 64

// masks writes the kernels for items chosen by a mask, a block of it at a time.
func masks(a *asm) {
	spread := make([]operand.Mem, 8)
	for i := range spread {
		spread[i] = a.StaticGlobal(fmt.Sprintf("bytes%d", i))
		a.DataAttributes(attr.RODATA | attr.NOPTR)
		for j := range 8 {
			a.AddDatum(8*j, operand.U64(8*i+j))
		}
	}
	numbers := a.StaticGlobal("numbers")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range block {
		a.AddDatum(i, operand.U8(i))
	}
	// chosen has, for each byte of bits, the numbers of those that are set; pairs,
	// for four bits, the numbers of the halves of what they choose.
	chosen := a.StaticGlobal("chosen")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for bits := range 256 {
		at := 8 * bits
		for i := range 8 {
			if bits>>i&1 != 0 {
				a.AddDatum(at, operand.U8(i))
				at++
			}
		}
		for ; at < 8*bits+8; at++ {
			a.AddDatum(at, operand.U8(0))
		}
	}
	pairs := a.StaticGlobal("pairs")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for bits := range 16 {
		at := 8 * bits
		for i := range 4 {
			if bits>>i&1 != 0 {
				a.AddDatum(at, operand.U8(2*i))
				a.AddDatum(at+1, operand.U8(2*i+1))
				at += 2
			}
		}
		for ; at < 8*bits+8; at++ {
			a.AddDatum(at, operand.U8(0))
		}
	}
	a.count512()
	a.count256()
	a.nonzero512(spread, numbers)
	a.nonzero256(chosen)
	for _, size := range []int{4, 8} {
		a.compress512(size)
		a.compress256(size, map[int]operand.Mem{4: chosen, 8: pairs}[size])
	}
	for _, size := range []int{1, 2, 4, 8} {
		a.masked512(size)
	}
	for _, size := range []int{4, 8} {
		a.masked256(size)
	}
}

func (a *asm) result(name string, r reg.GPVirtual) { a.Store(r, a.Return(name)) }

func (a *asm) zero(r reg.GPVirtual) { a.XORQ(r, r) }

// bits puts one bit for each byte of a block of mask into to. It uses the first
// two vector registers and, with AVX2, expects zeros in that with number zeros.
func (a *asm) bits(w width, mask reg.Register, zeros int, to reg.GPVirtual) {
	if w == 64 {
		a.VMOVDQU8(mem(mask, 0), zs[0])
		a.VPTESTMB(zs[0], zs[0], reg.K1)
		a.KMOVQ(reg.K1, to)
		return
	}
	high := a.GP64()
	a.VPCMPEQB(mem(mask, 0), ys[zeros], ys[0])
	a.VPCMPEQB(mem(mask, 32), ys[zeros], ys[1])
	a.VPMOVMSKB(ys[0], to.As32())
	a.VPMOVMSKB(ys[1], high.As32())
	a.SHLQ(operand.U8(32), high)
	a.ORQ(high, to)
	a.NOTQ(to)
}

// count512 writes a CountFunc.
func (a *asm) count512() {
	a.function("count512", "func(mask unsafe.Pointer, n int) (count int)", "count512 is a CountFunc.")
	p, n, sum, t := a.param("mask"), a.param("n"), a.GP64(), a.GP64()
	loop, done := a.label("loop"), a.label("done")
	a.zero(sum)
	a.Label(loop)
	a.SUBQ(operand.I32(block), n)
	a.JL(ref(done))
	a.bits(64, p, 0, t)
	a.POPCNTQ(t, t)
	a.ADDQ(t, sum)
	a.ADDQ(operand.I32(block), p)
	a.JMP(ref(loop))
	a.Label(done)
	a.result("count", sum)
	a.end(64)
}

// count256 writes a CountFunc.
func (a *asm) count256() {
	a.function("count256", "func(mask unsafe.Pointer, n int) (count int)", "count256 is a CountFunc.")
	p, n, sum, t := a.param("mask"), a.param("n"), a.GP64(), a.GP64()
	loop, done := a.label("loop"), a.label("done")
	const zeros = 15
	a.VPXOR(ys[zeros], ys[zeros], ys[zeros])
	a.zero(sum)
	a.Label(loop)
	a.SUBQ(operand.I32(block), n)
	a.JL(ref(done))
	a.bits(32, p, zeros, t)
	a.POPCNTQ(t, t)
	a.ADDQ(t, sum)
	a.ADDQ(operand.I32(block), p)
	a.JMP(ref(loop))
	a.Label(done)
	a.result("count", sum)
	a.end(32)
}

// A pack is the loop of a kernel that moves what a mask chooses to adjacent
// places: it goes on while there is a whole block of mask and dst has room for as
// many items.
type pack struct {
	q, mask, n, room reg.GPVirtual
	loop, done       string
}

func (a *asm) beginPack() (k pack) {
	k = pack{a.param("dst"), a.param("mask"), a.param("n"), a.param("room"), a.label("loop"), a.label("done")}
	a.SUBQ(operand.I32(block), k.n)
	a.JL(ref(k.done))
	a.SUBQ(operand.I32(block), k.room)
	a.JL(ref(k.done))
	a.Label(k.loop)
	return k
}

// next goes on after count items.
func (k pack) next(a *asm, count reg.GPVirtual) {
	a.ADDQ(operand.I32(block), k.mask)
	a.SUBQ(count, k.room)
	a.SUBQ(operand.I32(block), k.n)
	a.JL(ref(k.done))
	a.CMPQ(k.room, operand.I32(0))
	a.JGE(ref(k.loop))
	a.Label(k.done)
}

// end returns how many bytes of mask were seen and how many items stored, from
// where the pointers are.
func (k pack) end(a *asm, w width, size int) {
	from, shift := a.param("mask"), map[int]uint64{4: 2, 8: 3}[size]
	a.SUBQ(from, k.mask)
	a.result("seen", k.mask)
	from = a.param("dst")
	a.SUBQ(from, k.q)
	a.SHRQ(operand.U8(shift), k.q)
	a.result("stored", k.q)
	a.end(w)
}

const (
	nonzeroSignature  = "func(dst, mask unsafe.Pointer, n, room int, first int64) (seen, stored int)"
	compressSignature = "func(dst, src, mask unsafe.Pointer, n, room, ahead int) (seen, stored int)"
)

// nonzero512 writes a NonzeroFunc that packs the bytes 0 to 63 and then widens
// them, all at once: two registers of them if that is enough, which it is for
// sparse masks and not for others, so that the branch is foreseen.
func (a *asm) nonzero512(spread []operand.Mem, numbers operand.Mem) {
	a.function("nonzero512", nonzeroSignature, "nonzero512 is a NonzeroFunc.")
	const few, base, step, order, low = 2, 16, 17, 18, 20
	t := a.GP64()
	a.MOVQ(operand.U64(0x0101010101010101), t)
	a.KMOVQ(t, reg.K2)
	first := a.param("first")
	a.VPBROADCASTQ(first, zs[base])
	a.MOVQ(operand.I32(block), t)
	a.VPBROADCASTQ(t, zs[step])
	a.VMOVDQU8(numbers, zs[order])
	for i, m := range spread {
		a.VMOVDQU64(m, zs[low+i])
	}
	k := a.beginPack()
	more, next, count := a.label("more"), a.label("next"), a.GP64()
	a.bits(64, k.mask, 0, count)
	a.POPCNTQ(count, count)
	a.VPCOMPRESSB_Z(zs[order], reg.K1, zs[1])
	widen := func(i int) {
		a.VPERMB_Z(zs[1], zs[low+i], reg.K2, zs[2+i])
		a.VPADDQ(zs[base], zs[2+i], zs[2+i])
		a.VMOVDQU64(zs[2+i], mem(k.q, 64*i))
	}
	for i := range few {
		widen(i)
	}
	a.CMPQ(count, operand.I32(8*few))
	a.JG(ref(more))
	a.Label(next)
	a.VPADDQ(zs[step], zs[base], zs[base])
	a.LEAQ(memIndex(k.q, count, 8, 0), k.q)
	k.next(a, count)
	k.end(a, 64, 8)
	a.Label(more)
	for i := few; i < len(spread); i++ {
		widen(i)
	}
	a.JMP(ref(next))
}

// nonzero256 writes a NonzeroFunc that looks up what each eight bytes choose.
func (a *asm) nonzero256(chosen operand.Mem) {
	a.function("nonzero256", nonzeroSignature, "nonzero256 is a NonzeroFunc.")
	const base, step, zeros = 13, 14, 15
	table, t := a.GP64(), a.GP64()
	a.LEAQ(chosen, table)
	a.VPXOR(ys[zeros], ys[zeros], ys[zeros])
	first := a.param("first")
	a.VMOVQ(first, xs[base])
	a.VPBROADCASTQ(xs[base], ys[base])
	a.MOVQ(operand.I32(8), t)
	a.VMOVQ(t, xs[step])
	a.VPBROADCASTQ(xs[step], ys[step])
	k := a.beginPack()
	bits, count, some := a.GP64(), a.GP64(), a.GP64()
	a.bits(32, k.mask, zeros, bits)
	a.POPCNTQ(bits, count)
	for g := range block / 8 {
		a.MOVBLZX(bits.As8(), t.As32())
		for h := range 2 {
			a.VPMOVZXBQ(memIndex(table, t, 8, 4*h), ys[2+h])
			a.VPADDQ(ys[base], ys[2+h], ys[2+h])
			a.VMOVDQU(ys[2+h], mem(k.q, 32*h))
		}
		a.POPCNTQ(t, some)
		a.LEAQ(memIndex(k.q, some, 8, 0), k.q)
		a.VPADDQ(ys[step], ys[base], ys[base])
		if g+1 < block/8 {
			a.SHRQ(operand.U8(8), bits)
		}
	}
	k.next(a, count)
	k.end(a, 32, 8)
}

// compress512 writes a CompressFunc: a register of items is compressed and stored
// as a whole; what is stored next begins behind the chosen ones.
func (a *asm) compress512(size int) {
	name := fmt.Sprintf("compress%dMask512", size)
	a.function(name, compressSignature, name+" is a CompressFunc.")
	per := line / size
	src, ahead := a.param("src"), a.param("ahead")
	k := a.beginPack()
	bits, count, t := a.GP64(), a.GP64(), a.GP64()
	a.bits(64, k.mask, 0, bits)
	a.POPCNTQ(bits, count)
	for g := range block / per {
		a.PREFETCHT0(memIndex(src, ahead, 1, g*line))
		a.KMOVQ(bits, reg.K1)
		if size == 8 {
			a.MOVBLZX(bits.As8(), t.As32())
			a.VMOVDQU64(mem(src, g*line), zs[0])
			a.VPCOMPRESSQ_Z(zs[0], reg.K1, zs[0])
		} else {
			a.MOVWLZX(bits.As16(), t.As32())
			a.VMOVDQU32(mem(src, g*line), zs[0])
			a.VPCOMPRESSD_Z(zs[0], reg.K1, zs[0])
		}
		a.VMOVDQU64(zs[0], mem(k.q, 0))
		a.POPCNTQ(t, t)
		a.LEAQ(memIndex(k.q, t, uint8(size), 0), k.q)
		if g+1 < block/per {
			a.SHRQ(operand.U8(per), bits)
		}
	}
	a.ADDQ(operand.I32(block*size), src)
	k.next(a, count)
	k.end(a, 64, size)
}

// compress256 writes a CompressFunc that looks up the permutation of a register.
func (a *asm) compress256(size int, order operand.Mem) {
	name := fmt.Sprintf("compress%dMask256", size)
	a.function(name, compressSignature, name+" is a CompressFunc.")
	const zeros = 15
	per := 32 / size
	table := a.GP64()
	a.LEAQ(order, table)
	a.VPXOR(ys[zeros], ys[zeros], ys[zeros])
	src, ahead := a.param("src"), a.param("ahead")
	k := a.beginPack()
	bits, count, t := a.GP64(), a.GP64(), a.GP64()
	a.bits(32, k.mask, zeros, bits)
	a.POPCNTQ(bits, count)
	for g := range block / per {
		if g%2 == 0 {
			a.PREFETCHT0(memIndex(src, ahead, 1, g*32))
		}
		if size == 8 {
			a.MOVL(bits.As32(), t.As32())
			a.ANDL(operand.U32(15), t.As32())
		} else {
			a.MOVBLZX(bits.As8(), t.As32())
		}
		a.VPMOVZXBD(memIndex(table, t, 8, 0), ys[0])
		a.VPERMD(mem(src, g*32), ys[0], ys[0])
		a.VMOVDQU(ys[0], mem(k.q, 0))
		a.POPCNTQ(t, t)
		a.LEAQ(memIndex(k.q, t, uint8(size), 0), k.q)
		if g+1 < block/per {
			a.SHRQ(operand.U8(per), bits)
		}
	}
	a.ADDQ(operand.I32(block*size), src)
	k.next(a, count)
	k.end(a, 32, size)
}

// maskedLoop writes a MaskedFunc that calls body for each block.
func (a *asm) maskedLoop(w width, size int, begin func(), body func(dst, src, mask reg.Register)) {
	name := fmt.Sprintf("masked%dItems%d", size, 8*w)
	a.function(name, "func(dst, src, mask unsafe.Pointer, n int)", name+" is a MaskedFunc.")
	begin()
	q, p, mask, n := a.param("dst"), a.param("src"), a.param("mask"), a.param("n")
	loop, done := a.label("loop"), a.label("done")
	a.Label(loop)
	a.SUBQ(operand.I32(block), n)
	a.JL(ref(done))
	body(q, p, mask)
	a.ADDQ(operand.I32(block*size), q)
	a.ADDQ(operand.I32(block*size), p)
	a.ADDQ(operand.I32(block), mask)
	a.JMP(ref(loop))
	a.Label(done)
	a.end(w)
}

// masked512 writes a MaskedFunc with masked stores of a line. To prefetch dst and
// src is of no use.
func (a *asm) masked512(size int) {
	store := map[int]func(...operand.Op){1: a.VMOVDQU8, 2: a.VMOVDQU16, 4: a.VMOVDQU32, 8: a.VMOVDQU64}[size]
	a.maskedLoop(64, size, func() {}, func(q, p, mask reg.Register) {
		a.VMOVDQU8(mem(mask, 0), zs[0])
		a.VPTESTMB(zs[0], zs[0], reg.K1)
		for off := 0; off < block*size; off += line {
			a.VMOVDQU64(mem(p, off), zs[1])
			store(zs[1], reg.K1, mem(q, off))
			if off+line < block*size {
				a.KSHIFTRQ(operand.U8(line/size), reg.K1, reg.K1)
			}
		}
	})
}

// masked256 writes a MaskedFunc with masked stores of half a line. What stores an
// item is its sign: that of minus the byte.
func (a *asm) masked256(size int) {
	const zeros = 15
	per := 32 / size
	a.maskedLoop(32, size, func() { a.VPXOR(ys[zeros], ys[zeros], ys[zeros]) }, func(q, p, mask reg.Register) {
		for g := range block / per {
			if size == 8 {
				a.VPMOVZXBQ(mem(mask, g*per), ys[0])
				a.VPSUBQ(ys[0], ys[zeros], ys[0])
			} else {
				a.VPMOVZXBD(mem(mask, g*per), ys[0])
				a.VPSUBD(ys[0], ys[zeros], ys[0])
			}
			a.VMOVDQU(mem(p, 32*g), ys[1])
			if size == 8 {
				a.VPMASKMOVQ(ys[1], ys[0], mem(q, 32*g))
			} else {
				a.VPMASKMOVD(ys[1], ys[0], mem(q, 32*g))
			}
		}
	})
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// scatters writes the kernels that copy adjacent items to every second place of
// dst. What lies between is not written: stores are masked.
func scatters(a *asm) {
	spread := a.StaticGlobal("spread")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 8 {
		a.AddDatum(8*i, operand.U64(i/2))
	}
	every := map[int]operand.Mem{}
	for _, size := range []int{4, 8} {
		every[size] = a.StaticGlobal(fmt.Sprintf("every%d", size))
		a.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 32 {
			a.AddDatum(i, operand.U8(0xFF*(1-i/size%2)))
		}
	}
	for _, size := range []int{1, 2, 4, 8} {
		a.scatter(64, size, spread, every)
		if size >= 4 { // of shorter items AVX2 has no masked stores
			a.scatter(32, size, spread, every)
		}
	}
}

// scatter writes a kernel for 64 bytes of dst at a time:
//
//	widen  a b c d  to  a . b . c . d .
//	store  what is an item
//
// The last block lies as far back as it must to be whole. every has the masks of
// AVX2.
func (a *asm) scatter(w width, size int, spread operand.Mem, every map[int]operand.Mem) {
	name := fmt.Sprintf("scatter%dLane%d", size, 8*w)
	n := line / (2 * size)
	a.function(name, "func(dst, src unsafe.Pointer, n, ahead int)",
		fmt.Sprintf("%s copies n adjacent items, at least %d, to every second place of dst and prefetches ahead bytes further on there.", name, n))
	const mask, order, unroll = 15, 31, 2
	t := a.GP64()
	if w == 64 {
		if size == 8 {
			a.VMOVDQU64(spread, zs[order])
		}
		a.MOVQ(operand.U64(uint64(0x5555555555555555)>>(64-line/size)), t)
		a.KMOVQ(t, reg.K1)
	} else {
		a.VMOVDQU(every[size], ys[mask])
	}
	q, p, left, ahead := a.param("dst"), a.param("src"), a.param("n"), a.param("ahead")
	widen := map[int]func(...operand.Op){1: a.VPMOVZXBW, 2: a.VPMOVZXWD, 4: a.VPMOVZXDQ}[size]
	store := map[int]func(...operand.Op){1: a.VMOVDQU8, 2: a.VMOVDQU16, 4: a.VMOVDQU32, 8: a.VMOVDQU64}[size]
	block := func(i int) {
		if w == 32 {
			for h := range 2 {
				from, to := mem(p, i*line/2+h*16), mem(q, i*line+h*32)
				v := ys[2*i+h]
				if size == 8 {
					a.VPERMQ(operand.U8([]int{0x50, 0xFA}[h]), mem(p, i*line/2), v)
					a.VPMASKMOVQ(v, ys[mask], to)
				} else {
					a.VPMOVZXDQ(from, v)
					a.VPMASKMOVD(v, ys[mask], to)
				}
			}
			return
		}
		from := mem(p, i*line/2)
		if size == 8 {
			a.VMOVDQU(from, ys[i])
			a.VPERMQ(zs[i], zs[order], zs[i])
		} else {
			widen(from, zs[i])
		}
		store(zs[i], reg.K1, mem(q, i*line))
	}
	loop, rest, done := a.label("loop"), a.label("rest"), a.label("done")
	a.Label(loop)
	a.SUBQ(operand.I32(unroll*n), left)
	a.JL(ref(rest))
	for i := range unroll {
		a.PREFETCHT0(memIndex(q, ahead, 1, i*line))
	}
	for i := range unroll {
		block(i)
	}
	a.ADDQ(operand.I32(unroll*line/2), p)
	a.ADDQ(operand.I32(unroll*line), q)
	a.JMP(ref(loop))
	a.Label(rest)
	a.ADDQ(operand.I32(unroll*n), left)
	a.JZ(ref(done))
	a.CMPQ(left, operand.I32(n))
	a.JLE(ref("last" + name))
	block(0)
	a.ADDQ(operand.I32(line/2), p)
	a.ADDQ(operand.I32(line), q)
	a.SUBQ(operand.I32(n), left)
	a.Label("last" + name)
	a.SUBQ(operand.I32(n), left)
	a.IMUL3Q(operand.I32(size), left, left)
	a.ADDQ(left, p)
	a.ADDQ(left, q)
	a.ADDQ(left, q)
	block(0)
	a.Label(done)
	a.VZEROUPPER()
	a.RET()
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// planes writes the kernels that take three or four interleaved planes apart and
// put them together, with AVX2. A group is what fills one 16-byte lane of each
// plane; two groups are done at a time, one in each lane of the registers.
func planes(a *asm) {
	for _, size := range []int{1, 2, 4, 8} {
		a.planes3(size, true)
		a.planes3(size, false)
	}
	spread := a.StaticGlobal("spread4")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 16 {
		a.AddDatum(i, operand.U8(i%4*4+i/4))
	}
	a.planes4(spread, true)
	a.planes4(spread, false)
}

// begin begins a kernel of planes.
func (a *asm) begin(name string, count, size int, split bool) {
	what := "puts %d planes together"
	if split {
		what = "takes %d planes apart"
	}
	a.function(name, "func(planes, items unsafe.Pointer, n, stride int)",
		fmt.Sprintf("%s "+what+": n items of %d bytes in each, at least %d, stride bytes from plane to plane.", name, count, size, 32/size))
}

// blocks writes the loop of a kernel of planes. block does 32 bytes of each of
// the planes, the first of which is at p, and the interleaved items at q. The
// last block is moved back so that it is whole.
func (a *asm) blocks(size, count int, block func(p, stride, q reg.Register)) {
	const n = 32
	p, q, left, stride, by := a.param("planes"), a.param("items"), a.param("n"), a.param("stride"), a.GP64()
	loop, whole, done := a.label("loop"), a.label("whole"), a.label("done")
	a.IMUL3Q(operand.I32(size), left, left)
	a.Label(loop)
	block(p, stride, q)
	a.SUBQ(operand.I32(n), left)
	a.JZ(ref(done))
	a.MOVQ(operand.I32(n), by)
	a.CMPQ(left, by)
	a.JGE(ref(whole))
	a.MOVQ(left, by)
	a.MOVQ(operand.I32(n), left)
	a.Label(whole)
	a.ADDQ(by, p)
	a.IMUL3Q(operand.I32(count), by, by)
	a.ADDQ(by, q)
	a.JMP(ref(loop))
	a.Label(done)
	a.VZEROUPPER()
	a.RET()
}

// planes3 writes a kernel for three planes. A group is three lanes of
// interleaved items; as three is odd, the items of one plane have different
// places in each of the three, together every place in a lane:
//
//	lane 0  a0 b0 c0 a1      plane a  a0 a3 a2 a1
//	lane 1  b1 c1 a2 b2      plane b  b1 b0 b3 b2
//	lane 2  c2 a3 b3 c3      plane c  c2 c1 c0 c3
//
// So two blends pick the items of a plane, or of a lane, and a shuffle orders
// those of a plane.
func (a *asm) planes3(size int, split bool) {
	name := fmt.Sprintf("join3Planes%d", size)
	if split {
		name = fmt.Sprintf("split3Planes%d", size)
	}
	table := a.StaticGlobal(name + "Table")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, b := range planes3Table(size, split) {
		a.AddDatum(i, operand.U8(b))
	}
	a.begin(name, 3, size, split)
	for i := range 9 {
		a.VBROADCASTI128(table.Offset(16*i), ys[i])
	}
	y := ys[9:]
	a.blocks(size, 3, func(p, stride, q reg.Register) {
		plane := []operand.Mem{mem(p, 0), memIndex(p, stride, 1, 0), memIndex(p, stride, 2, 0)}
		for k := range 3 {
			if split {
				a.loadLane(32, 0, mem(q, 16*k), 9+k)
				a.loadLane(32, 1, mem(q, 48+16*k), 9+k)
			} else {
				a.VMOVDQU(plane[k], y[k])
				a.VPSHUFB(ys[order+k], y[k], y[k])
			}
		}
		for c := range 3 {
			a.VPBLENDVB(ys[blend1+c], y[1], y[0], y[3])
			a.VPBLENDVB(ys[blend2+c], y[2], y[3], y[3])
			if split {
				a.VPSHUFB(ys[order+c], y[3], y[3])
				a.VMOVDQU(y[3], plane[c])
			} else {
				a.VMOVDQU(xs[12], mem(q, 16*c))
				a.VEXTRACTI128(operand.U8(1), y[3], mem(q, 48+16*c))
			}
		}
	})
}

// What planes3Table has for plane c, 16 bytes each: the mask of its places in
// lanes 1 and 2, and where its items are, or go.
const blend1, blend2, order = 0, 3, 6

// planes3Table returns the constants of planes3.
func planes3Table(size int, split bool) []int {
	n := 16 / size
	bytes := make([]int, 9*16)
	for c := range 3 {
		lane, from := [16]int{}, [16]int{}
		for i := range n {
			at := 3*i + c
			for b := range size {
				place := at%n*size + b
				lane[place] = at / n
				if split {
					from[i*size+b] = place
				} else {
					from[place] = i*size + b
				}
			}
		}
		for i := range 16 {
			for k := 1; k <= 2; k++ {
				mask := 0
				if split && lane[i] == k {
					mask = 0xFF
				}
				// Joining: lane c takes from plane k what has its place there.
				if !split {
					for j := range n {
						if at := 3*j + k; at/n == c && at%n == i/size {
							mask = 0xFF
						}
					}
				}
				bytes[16*(blend1+3*(k-1)+c)+i] = mask
			}
			bytes[16*(order+c)+i] = from[i]
		}
	}
	return bytes
}

// planes4 writes a kernel for four planes of bytes:
//
//	shuffle  a0 b0 c0 d0 a1 b1 ..  and  a0 a1 a2 a3 b0 b1 ..
//	network  a lane of four bytes of each plane and 16 bytes of one
func (a *asm) planes4(spread operand.Mem, split bool) {
	name := "join4Planes1"
	if split {
		name = "split4Planes1"
	}
	a.begin(name, 4, 1, split)
	const order = 5
	a.VBROADCASTI128(spread, ys[order])
	a.blocks(1, 4, func(p, stride, q reg.Register) {
		t := a.GP64()
		a.LEAQ(memIndex(p, stride, 2, 0), t)
		plane := []operand.Mem{mem(p, 0), memIndex(p, stride, 1, 0), mem(t, 0), memIndex(t, stride, 1, 0)}
		v := []int{0, 1, 2, 3}
		for k := range v {
			if split {
				a.loadLane(32, 0, mem(q, 16*k), k)
				a.loadLane(32, 1, mem(q, 64+16*k), k)
				a.VPSHUFB(ys[order], ys[k], ys[k])
			} else {
				a.VMOVDQU(plane[k], ys[k])
			}
		}
		v, _ = a.network(32, 4, v, 4)
		for k, r := range v {
			if split {
				a.VMOVDQU(ys[r], plane[k])
			} else {
				a.VPSHUFB(ys[order], ys[r], ys[r])
				a.VMOVDQU(xs[r], mem(q, 16*k))
				a.VEXTRACTI128(operand.U8(1), ys[r], mem(q, 64+16*k))
			}
		}
	})
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// planeStreams writes the kernels that take three planes apart and put them
// together with streaming stores. With AVX-512 they were no faster than with
// AVX2, nor with prefetching or four lines of a plane at a time.
func planeStreams(a *asm) {
	for _, size := range []int{1, 2, 4, 8} {
		a.splitStream(size)
		a.joinStream(size)
	}
}

// splitStream writes a kernel that makes lines of three planes, each from its own
// place in the interleaved items: planes need not begin at the same place in a
// line.
func (a *asm) splitStream(size int) {
	table := a.thirds(size)
	name := fmt.Sprintf("split3Stream%d", size)
	a.function(name, "func(plane0, plane1, plane2, items0, items1, items2 unsafe.Pointer, lines int)",
		name+fmt.Sprintf(" makes lines of each of three planes, every third item of %d bytes from where its items begin; another item follows the last.", size))
	a.loadThirds(size, table)
	var plane, items [3]reg.GPVirtual
	for k := range 3 {
		plane[k], items[k] = a.param(fmt.Sprint("plane", k)), a.param(fmt.Sprint("items", k))
	}
	left, loop := a.param("lines"), a.label("loop")
	a.Label(loop)
	for k := range 3 {
		v, w := a.thirdBlock(size, 0, items[k], 0, false), a.thirdBlock(size, 1, items[k], 3*32, false)
		a.VMOVNTDQ(ys[v], mem(plane[k], 0))
		a.VMOVNTDQ(ys[w], mem(plane[k], 32))
		a.ADDQ(operand.I32(line), plane[k])
		a.ADDQ(operand.I32(3*line), items[k])
	}
	a.DECQ(left)
	a.JNZ(ref(loop))
	a.VZEROUPPER()
	a.RET()
}

// joinStream writes a kernel that makes lines of interleaved items. Each plane is
// permuted so that its items are at their places in a vector, whichever of three
// that is, and blends make the three:
//
//	permute  a0 a3 a2 a1   b1 b0 b3 b2   c2 c1 c0 c3
//	blend    a0 b0 c0 a1   b1 c1 a2 b2   c2 a3 b3 c3
//
// Bytes and words do that within lanes, as in planes3, and then their lanes are
// put in order.
func (a *asm) joinStream(size int) {
	name := fmt.Sprintf("join3Stream%d", size)
	n := 32 / size
	place := make([][]int, 3) // from where in plane k the item at each place comes
	for k := range place {
		place[k] = make([]int, n)
		for i := range n {
			place[k][(3*i+k)%n] = i
		}
	}
	var bytes []int
	switch {
	case size < 4:
		bytes = planes3Table(size, false)
	case size == 4:
		for _, at := range place {
			for _, i := range at {
				bytes = appendNumber(bytes, i, size)
			}
		}
	}
	var table operand.Mem
	if len(bytes) > 0 {
		table = a.StaticGlobal(name + "Table")
		a.DataAttributes(attr.RODATA | attr.NOPTR)
		for i, b := range bytes {
			a.AddDatum(i, operand.U8(b))
		}
	}
	a.function(name, "func(planes, items unsafe.Pointer, groups, stride int)",
		name+fmt.Sprintf(" puts three planes of items of %d bytes together, stride bytes from plane to plane: groups of three lines.", size))
	const consts = 7
	for i := range len(bytes) / 32 {
		if size == 4 {
			a.VMOVDQU(table.Offset(32*i), ys[consts+i])
		}
	}
	for i := range 9 {
		if size < 4 {
			a.VBROADCASTI128(table.Offset(16*i), ys[consts+i])
		}
	}
	p, q, left, stride := a.param("planes"), a.param("items"), a.param("groups"), a.param("stride")
	plane := []operand.Mem{mem(p, 0), memIndex(p, stride, 1, 0), memIndex(p, stride, 2, 0)}
	// half makes three vectors of 32 bytes of each plane.
	half := func(off int) []int {
		for k := range 3 {
			from := plane[k].Offset(off)
			switch size {
			case 8:
				a.VPERMQ(orderQuads(place[k]), from, ys[k])
			case 4:
				a.VPERMD(from, ys[consts+k], ys[k])
			default:
				a.VMOVDQU(from, ys[k])
				a.VPSHUFB(ys[consts+order+k], ys[k], ys[k])
			}
		}
		for j := range 3 {
			x := 0
			for k := 1; k < 3; k++ {
				if size < 4 {
					a.VPBLENDVB(ys[consts+3*(k-1)+j], ys[k], ys[x], ys[3+j])
				} else {
					a.VPBLENDD(operand.U8(blendJoined(size, j, k)), ys[k], ys[x], ys[3+j])
				}
				x = 3 + j
			}
		}
		if size >= 4 {
			return []int{3, 4, 5}
		}
		a.VPERM2I128(operand.U8(0x20), ys[4], ys[3], ys[0])
		a.VPERM2I128(operand.U8(0x30), ys[3], ys[5], ys[1])
		a.VPERM2I128(operand.U8(0x31), ys[5], ys[4], ys[2])
		return []int{0, 1, 2}
	}
	loop := a.label("loop")
	a.Label(loop)
	v := half(0)
	a.VMOVNTDQ(ys[v[0]], mem(q, 0))
	a.VMOVNTDQ(ys[v[1]], mem(q, 32))
	a.VMOVDQA(ys[v[2]], ys[6])
	v = half(32)
	for i, r := range []int{6, v[0], v[1], v[2]} {
		a.VMOVNTDQ(ys[r], mem(q, 64+32*i))
	}
	a.ADDQ(operand.I32(line), p)
	a.ADDQ(operand.I32(3*line), q)
	a.DECQ(left)
	a.JNZ(ref(loop))
	a.VZEROUPPER()
	a.RET()
}

// blendJoined returns the doublewords of vector j, of three of 32 bytes of joined
// planes, that belong to plane k.
func blendJoined(size, j, k int) (mask int) {
	n := 32 / size
	for i := range n {
		if at := 3*i + k; at/n == j {
			mask |= (1<<(size/4) - 1) << (at % n * size / 4)
		}
	}
	return mask
}

// appendNumber appends the bytes of a number, of size bytes.
func appendNumber(bytes []int, i, size int) []int {
	for b := range size {
		bytes = append(bytes, i>>(8*b)&0xFF)
	}
	return bytes
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bytePlanes writes the kernels that take the bytes of items of 2, 4, 8 and 16
// bytes apart and put them together, with streaming stores. They are transposes of
// which each lane of a register does its own; which lanes come together is a matter
// of where they are loaded from, or of the order in which they are stored.
func bytePlanes(a *asm) {
	for _, count := range []int{2, 4, 8, 16} {
		for _, w := range []width{64, 32} {
			a.splitBytes(w, count)
			a.joinBytes(w, count)
		}
	}
}

// fourColumns transposes within lanes, as network does, but makes only columns 4g to
// 4g+3 of many: of each exchange before the last ones only one half is wanted. load
// loads a row. It uses seven registers from v on and returns those of the columns.
func (a *asm) fourColumns(w width, size, rows, g, v int, load func(row, v int)) []int {
	var row func(i, bit, v int)
	row = func(i, bit, v int) { // as it is after the exchanges of bit and those above
		if bit >= rows {
			load(i, v)
			return
		}
		row(i, 2*bit, v)
		row(i|bit, 2*bit, v+1)
		a.unpack(w, size, 4*g&bit != 0, v, v+1, v)
	}
	var list []int
	for i := range min(rows, 4) {
		row(i, 4, v+i)
		list = append(list, v+i)
	}
	list, _ = a.network(w, size, list, v+6)
	return list
}

// splitBytes writes a kernel that makes lines of planes. A lane of items is ordered
// by planes; its part of each is then an item of the transpose.
func (a *asm) splitBytes(w width, count int) {
	size := 16 / count // bytes of a plane in a lane
	name := fmt.Sprintf("split%dBytes%d", count, 8*w)
	table := a.StaticGlobal(name + "Table")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 16 {
		a.AddDatum(i, operand.U8(i%size*count+i/size))
	}
	a.function(name, "func(planes, items unsafe.Pointer, lines, stride int)",
		fmt.Sprintf("%s makes lines of each of %d planes, stride bytes apart, of the bytes of items.", name, count))
	p, q, left, stride, stride3 := a.param("planes"), a.param("items"), a.param("lines"), a.param("stride"), a.GP64()
	a.LEAQ(memIndex(stride, stride, 2, 0), stride3)
	const order = 15
	mask := order
	if w == 64 {
		mask = 31
		a.VBROADCASTI32X4(table, zs[mask])
	} else {
		a.VBROADCASTI128(table, ys[mask])
	}
	loop := a.label("loop")
	a.Label(loop)
	plane := a.newWalk(p, stride, stride3)
	load := func(off int) func(row, v int) {
		return func(row, v int) {
			for lane := range w.lanes() {
				a.loadLane(w, lane, mem(q, off+16*(count*lane+row)), v)
			}
			if size > 1 {
				a.VPSHUFB(w.v(mask), w.v(v), w.v(v))
			}
		}
	}
	if w == 64 {
		var rows []int
		for i := range count {
			load(0)(i, i)
			rows = append(rows, i)
		}
		rows, _ = a.network(w, size, rows, count)
		for k, v := range rows {
			a.VMOVNTDQ(zs[v], plane.row(k, 0))
		}
	} else {
		for g := range (count + 3) / 4 {
			low := a.fourColumns(w, size, count, g, 0, load(0))
			high := a.fourColumns(w, size, count, g, 7, load(32*count))
			for k := range low {
				to := plane.row(4*g+k, 0)
				a.VMOVNTDQ(ys[low[k]], to)
				a.VMOVNTDQ(ys[high[k]], to.Offset(32))
			}
		}
	}
	a.ADDQ(operand.I32(line), p)
	a.ADDQ(operand.I32(count*line), q)
	a.DECQ(left)
	a.JNZ(ref(loop))
	a.end(w)
}

// joinBytes writes a kernel that makes lines of items. A lane of a register then has
// those next to the lane in the register before.
func (a *asm) joinBytes(w width, count int) {
	name := fmt.Sprintf("join%dBytes%d", count, 8*w)
	a.function(name, "func(planes, items unsafe.Pointer, lines, stride int)",
		fmt.Sprintf("%s makes items of lines of each of %d planes, stride bytes apart: so many lines each.", name, count))
	p, q, left, stride, stride3 := a.param("planes"), a.param("items"), a.param("lines"), a.param("stride"), a.GP64()
	a.LEAQ(memIndex(stride, stride, 2, 0), stride3)
	loop := a.label("loop")
	a.Label(loop)
	plane := a.newWalk(p, stride, stride3)
	if w == 64 {
		var rows []int
		for i := range count {
			a.load(w, plane.row(i, 0), i)
			rows = append(rows, i)
		}
		rows, _ = a.network(w, 1, rows, count)
		a.storeLanes(q, rows)
	} else {
		for half := range 2 {
			for g := range (count + 3) / 4 {
				v := a.fourColumns(w, 1, count, g, 0, func(row, v int) { a.load(w, plane.row(row, 32*half), v) })
				for lane := range 2 {
					for k := 0; k < len(v); k += 2 {
						a.VPERM2I128(operand.U8(0x20+0x11*lane), ys[v[k+1]], ys[v[k]], ys[8+k])
					}
					for k := 0; k < len(v); k += 2 {
						a.VMOVNTDQ(ys[8+k], mem(q, 32*half*count+16*(count*lane+4*g+k)))
					}
				}
			}
		}
	}
	a.ADDQ(operand.I32(line), p)
	a.ADDQ(operand.I32(count*line), q)
	a.DECQ(left)
	a.JNZ(ref(loop))
	a.end(w)
}

// storeLanes streams the lanes of 2, 4, 8 or 16 AVX-512 registers to q: the first
// lanes of all, then the second ones, and so on.
func (a *asm) storeLanes(q reg.Register, v []int) {
	if len(v) == 2 {
		for i, imm := range []uint64{0x44, 0xEE} {
			a.VSHUFI32X4(operand.U8(imm), zs[v[1]], zs[v[0]], zs[20])
			a.VSHUFI32X4(operand.U8(0xD8), zs[20], zs[20], zs[20])
			a.VMOVNTDQ(zs[20], mem(q, i*line))
		}
		return
	}
	for k := 0; k < len(v); k += 4 {
		a.lanes4(v[k:k+4], []int{20, 21, 22, 23})
		for lane := range 4 {
			a.VMOVNTDQ(zs[v[k+lane]], mem(q, 16*(len(v)*lane+k)))
		}
	}
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// swaps writes the kernels that reverse the bytes of adjacent items.
func swaps(a *asm) {
	for _, size := range []int{2, 4, 8, 16} {
		order := a.StaticGlobal(fmt.Sprintf("swap%d", size))
		a.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 16 {
			a.AddDatum(i, operand.U8(i/size*size+size-1-i%size))
		}
		for _, w := range []width{64, 32, 16} {
			for _, stream := range []bool{false, true} {
				a.swap(w, size, order, stream)
			}
		}
	}
}

// swap writes a kernel that goes over the items a register at a time. It may
// work in place, so the last register, which may share items with the one
// before, is loaded ahead of everything.
func (a *asm) swap(w width, size int, order operand.Mem, stream bool) {
	doc := "with the bytes of each reversed."
	if !stream {
		doc = "with the bytes of each reversed; dst may be src."
	}
	a.beginLane("swap", w, size, stream, doc)
	const orderAt = 15
	switch w {
	case 64:
		a.VBROADCASTI32X4(order, zs[orderAt])
	case 32:
		a.VBROADCASTI128(order, ys[orderAt])
	}
	a.lane(lane{w: w, size: size, pace: 1, inPlace: !stream, block: func(k int, p reg.Register, off int, _ bool) int {
		a.load(w, mem(p, off), k)
		if w == 16 {
			a.turn(1, size, k, 4+k)
		} else {
			a.VPSHUFB(w.v(orderAt), w.v(k), w.v(k))
		}
		return k
	}}, stream)
}

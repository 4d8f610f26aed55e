package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanesSSE2 writes the kernels of lanes for SSE2, which has no VPSHUFB.
func lanesSSE2(a *asm) {
	for _, size := range []int{1, 2, 4, 8} {
		for _, stream := range []bool{false, true} {
			a.beginLane("reverse", 16, size, stream, fmt.Sprintf("from src on downwards, each %d bytes before the last.", size))
			a.lane(lane{w: 16, size: size, pace: -1, block: func(k int, p reg.Register, off int, _ bool) int {
				a.load(16, mem(p, off), 4*k)
				a.turn(size, 16, 4*k, 4*k+1)
				return 4 * k
			}}, stream)
			a.alternate128(size, stream)
		}
	}
}

// turn reverses the items of size bytes in each group of so many bytes of a
// register. spare is used for single bytes.
func (a *asm) turn(size, group, v, spare int) {
	x := xs[v]
	if size == 1 {
		a.MOVOA(x, xs[spare])
		a.PSLLW(operand.U8(8), x)
		a.PSRLW(operand.U8(8), xs[spare])
		a.POR(xs[spare], x)
	}
	if size <= 2 && group > 2 {
		order := operand.U8(0x1B)
		if group == 4 {
			order = 0xB1
		}
		a.PSHUFLW(order, x, x)
		a.PSHUFHW(order, x, x)
	}
	switch {
	case group == 16 && size == 4:
		a.PSHUFD(operand.U8(0x1B), x, x)
	case group == 16:
		a.PSHUFD(operand.U8(0x4E), x, x)
	}
}

// alternate128 is alternate with SSE2, where a lane is a whole register and so
// needs no permutation, and words are packed as signed ones.
func (a *asm) alternate128(size int, stream bool) {
	a.beginLane("alternate", 16, size, stream, fmt.Sprintf("from src on, each %d bytes after the last.", 2*size))
	a.lane(lane{w: 16, size: size, pace: 2, block: func(k int, p reg.Register, off int, last bool) int {
		x, y := xs[4*k], xs[4*k+1]
		a.load(16, mem(p, off), 4*k)
		odd := uint64(0)
		if last {
			off, odd = off-size, 1
		}
		a.load(16, mem(p, off+16), 4*k+1)
		switch size {
		case 1:
			a.PSLLW(operand.U8(8), x)
			a.PSRLW(operand.U8(8), x)
			if !last {
				a.PSLLW(operand.U8(8), y)
			}
			a.PSRLW(operand.U8(8), y)
			a.PACKUSWB(y, x)
		case 2:
			a.PSLLL(operand.U8(16), x)
			a.PSRAL(operand.U8(16), x)
			if !last {
				a.PSLLL(operand.U8(16), y)
			}
			a.PSRAL(operand.U8(16), y)
			a.PACKSSLW(y, x)
		case 4:
			a.SHUFPS(operand.U8(0x88|odd*0x50), y, x)
		case 8:
			a.SHUFPD(operand.U8(odd*2), y, x)
		}
		return 4 * k
	}}, stream)
}

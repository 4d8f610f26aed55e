package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A lane is a kernel that makes adjacent items of dst from a lane of src.
type lane struct {
	w    width
	size int
	pace int // bytes that src moves on for each byte of dst
	// block makes w bytes of dst from what lies off bytes behind p in a register
	// from 4k on, which it returns. If last is set it reads nothing behind the
	// last item; else another item follows.
	block func(k int, p reg.Register, off int, last bool) int
	// dst may be src: the last register is then made before anything is stored.
	// Only for pace 1.
	inPlace bool
}

const laneSignature = "func(dst, src unsafe.Pointer, n int)"

func lanes(a *asm) {
	reverse := a.reversals()
	halves := a.StaticGlobal("halves")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, q := range []uint64{0, 2, 4, 6, 1, 3, 5, 7} {
		a.AddDatum(8*i, operand.U64(q))
	}
	for _, size := range []int{1, 2, 4, 8} {
		for _, w := range []width{64, 32} {
			for _, stream := range []bool{false, true} {
				suffix := fmt.Sprint(8 * w)
				if stream {
					suffix = "Stream" + suffix
				}
				a.reverse(w, size, reverse[size], stream, fmt.Sprintf("reverse%dLane%s", size, suffix))
				a.alternate(w, size, halves, stream, fmt.Sprintf("alternate%dLane%s", size, suffix))
			}
		}
	}
}

// reversals are, by item size, the places that VPSHUFB takes the bytes of a lane
// from to reverse the items in it.
func (a *asm) reversals() map[int]operand.Mem {
	masks := map[int]operand.Mem{}
	for _, size := range []int{1, 2, 4, 8} {
		masks[size] = a.StaticGlobal(fmt.Sprintf("reverse%d", size))
		a.DataAttributes(attr.RODATA | attr.NOPTR)
		for i := range 16 {
			a.AddDatum(i, operand.U8((16/size-1-i/size)*size+i%size))
		}
	}
	return masks
}

// reverse writes a kernel for a lane of src that runs backwards:
//
//	load     the last items of src not yet copied
//	shuffle  the items of each 16-byte lane
//	permute  the lanes
func (a *asm) reverse(w width, size int, mask operand.Mem, stream bool, name string) {
	a.function(name, laneSignature, fmt.Sprintf("%s copies n items, at least %d, from src on downwards, each %d bytes before the last.", name, int(w)/size, size))
	const order = 15
	if w == 64 {
		a.VBROADCASTI32X4(mask, zs[order])
	} else {
		a.VBROADCASTI128(mask, ys[order])
	}
	a.lane(lane{w: w, size: size, pace: -1, block: func(k int, p reg.Register, off int, _ bool) int {
		a.load(w, mem(p, off), k)
		a.VPSHUFB(w.v(order), w.v(k), w.v(k))
		if w == 64 {
			a.VSHUFI64X2(operand.U8(0x1B), zs[k], zs[k], zs[k])
		} else {
			a.VPERMQ(operand.U8(0x4E), ys[k], ys[k])
		}
		return k
	}}, stream)
}

// alternate writes a kernel for a lane of src that is every second item:
//
//	load     a0 .. a1 .. a2 ..   and   b0 .. b1 .. b2 ..
//	pack     a0 a1 b0 b1 within each lane
//	permute  all a before all b
//
// At the end the second load begins one item early, so that it ends with the last
// item; of its items the odd ones are wanted.
func (a *asm) alternate(w width, size int, halves operand.Mem, stream bool, name string) {
	a.function(name, laneSignature, fmt.Sprintf("%s copies n items, at least %d, from src on, each %d bytes after the last.", name, int(w)/size, 2*size))
	const order = 31
	if w == 64 {
		a.VMOVDQU64(halves, zs[order])
	}
	a.lane(lane{w: w, size: size, pace: 2, block: func(k int, p reg.Register, off int, last bool) int {
		x, y := w.v(4*k), w.v(4*k+1)
		a.load(w, mem(p, off), 4*k)
		odd := uint64(0)
		if last {
			off, odd = off-size, 1
		}
		a.load(w, mem(p, off+int(w)), 4*k+1)
		switch size {
		case 1:
			a.VPSLLW(operand.U8(8), x, x)
			a.VPSRLW(operand.U8(8), x, x)
			if !last {
				a.VPSLLW(operand.U8(8), y, y)
			}
			a.VPSRLW(operand.U8(8), y, y)
			a.VPACKUSWB(y, x, x)
		case 2:
			a.VPSLLD(operand.U8(16), x, x)
			a.VPSRLD(operand.U8(16), x, x)
			if !last {
				a.VPSLLD(operand.U8(16), y, y)
			}
			a.VPSRLD(operand.U8(16), y, y)
			a.VPACKUSDW(y, x, x)
		case 4:
			a.VSHUFPS(operand.U8(0x88|odd*0x50), y, x, x)
		case 8:
			a.VSHUFPD(operand.U8(odd*0xAA), y, x, x)
		}
		if w == 64 {
			a.VPERMQ(zs[4*k], zs[order], zs[4*k])
		} else {
			a.VPERMQ(operand.U8(0xD8), ys[4*k], ys[4*k])
		}
		return 4 * k
	}}, stream)
}

// lane writes the body of a kernel: whole vectors, then one that ends with the
// last item, whatever it shares with the one before. A streaming kernel, which is
// for 64 bytes at least, writes so many, goes on at the next whole line, and
// leaves what is less than a line to the others.
func (a *asm) lane(l lane, stream bool) {
	q, p, end, t := a.param("dst"), a.param("src"), a.param("n"), a.GP64()
	a.IMUL3Q(operand.I32(l.size), end, end)
	a.ADDQ(q, end)
	if l.pace < 0 {
		a.ADDQ(operand.I32(l.size-int(l.w)), p)
	}
	move := func(op func(imr, r operand.Op), by operand.Op) { // p by pace times as much
		for range max(l.pace, -l.pace) {
			op(by, p)
		}
	}
	forth, back := a.ADDQ, a.SUBQ
	if l.pace < 0 {
		forth, back = back, forth
	}
	blocks := func(n int, store func(v int, m operand.Mem)) {
		loop, done := a.label("loop"), a.label("done")
		a.Label(loop)
		a.LEAQ(mem(q, n*int(l.w)), t)
		a.CMPQ(t, end)
		a.JCC(ref(done)) // not below: something is left
		v := make([]int, n)
		for k := range v {
			v[k] = l.block(k, p, k*int(l.w)*l.pace, false)
		}
		for k := range v {
			store(v[k], mem(q, k*int(l.w)))
		}
		a.MOVQ(t, q)
		move(forth, operand.I32(n*int(l.w)))
		a.JMP(ref(loop))
		a.Label(done)
	}
	plain := func(v int, m operand.Mem) { a.store(l.w, v, m) }
	const held = 8 // the register that holds what is made ahead
	if l.inPlace {
		a.MOVQ(end, t)
		a.SUBQ(q, t)
		a.ADDQ(p, t)
		l.block(held, t, -int(l.w), true)
	}
	if stream {
		for k := range line / int(l.w) {
			plain(l.block(k, p, k*int(l.w)*l.pace, true), mem(q, k*int(l.w)))
		}
		a.MOVQ(q, t)
		a.ADDQ(operand.I32(line), q)
		a.ANDQ(operand.I32(-line), q)
		a.SUBQ(q, t)
		move(back, t)
		blocks(line/int(l.w), func(v int, m operand.Mem) { a.storeStream(l.w, v, m) })
	} else {
		blocks(4, plain)
	}
	blocks(1, plain)
	if l.inPlace {
		plain(held, mem(end, -int(l.w)))
		a.end(l.w)
		return
	}
	a.MOVQ(q, t)
	a.SUBQ(end, t)
	a.ADDQ(operand.I32(int(l.w)), t)
	a.SUBQ(t, q)
	move(back, t)
	plain(l.block(0, p, 0, true), mem(q, 0))
	a.end(l.w)
}

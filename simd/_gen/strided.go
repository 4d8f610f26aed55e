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
	// last item; else another item follows. With a pace of 3 an item precedes the
	// last block, and it may read what lies between.
	block func(k int, p reg.Register, off int, last bool) int
	// dst may be src: the last register is then made before anything is stored.
	// Only for pace 1.
	inPlace bool
}

// beginLane begins a kernel, which is named for what it does, its item size, and the
// width of its vectors.
func (a *asm) beginLane(what string, w width, size int, stream bool, doc string) {
	name, args := fmt.Sprintf("%s%dLane%d", what, size, 8*w), "n int"
	least := fmt.Sprintf("at least %d", int(w)/size)
	if stream {
		name, args = fmt.Sprintf("%s%dLaneStream%d", what, size, 8*w), "n, ahead int"
		least = fmt.Sprintf("more than %d", line/size)
	}
	a.function(name, "func(dst, src unsafe.Pointer, "+args+")", fmt.Sprintf("%s copies n items, %s, "+doc, name, least))
}

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
				a.reverse(w, size, reverse[size], stream)
				a.alternate(w, size, halves, stream)
				if w == 32 {
					a.third(size, stream)
				}
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
func (a *asm) reverse(w width, size int, mask operand.Mem, stream bool) {
	a.beginLane("reverse", w, size, stream, fmt.Sprintf("from src on downwards, each %d bytes before the last.", size))
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
func (a *asm) alternate(w width, size int, halves operand.Mem, stream bool) {
	a.beginLane("alternate", w, size, stream, fmt.Sprintf("from src on, each %d bytes after the last.", 2*size))
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

// third writes a kernel for a lane of src that is every third item. Of three
// vectors one after the other, the items that are wanted have different places,
// together every place in a vector:
//
//	load     a0 .. .. a1   .. .. a2 ..   .. a3 .. ..
//	blend    a0 a3 a2 a1
//	permute  a0 a1 a2 a3
//
// Bytes and words are done within lanes, as by planes3. At the end, the loads
// begin two items early, so that they end with the last item. Permutations of two
// AVX-512 registers were no faster, and slower where loads cross lines.
func (a *asm) third(size int, stream bool) {
	table := a.thirds(size)
	a.beginLane("third", 32, size, stream, fmt.Sprintf("from src on, each %d bytes after the last; one more than that at least.", 3*size))
	a.loadThirds(size, table)
	a.lane(lane{w: 32, size: size, pace: 3, block: func(k int, p reg.Register, off int, last bool) int { return a.thirdBlock(size, k, p, off, last) }}, stream)
}

// thirdConst is the first of the registers of what is constant, in two phases.
const thirdConst = 8

// loadThirds loads what thirdBlock needs.
func (a *asm) loadThirds(size int, table operand.Mem) {
	switch {
	case size == 4:
		a.VMOVDQU(table, ys[thirdConst])
		a.VMOVDQU(table.Offset(32), ys[thirdConst+1])
	case size < 4:
		for i := range 6 {
			a.VBROADCASTI128(table.Offset(16*(3*(i%3)+i/3*2)), ys[thirdConst+i])
		}
	}
}

// thirdBlock makes one vector of every third item, as a lane's block. It uses the
// registers 2k and 2k+1.
func (a *asm) thirdBlock(size, k int, p reg.Register, off int, last bool) int {
	phase, v := 0, 2*k
	if last {
		off, phase = off-2*size, 1
	}
	if size < 4 {
		for i := range 3 {
			a.loadLane(32, 0, mem(p, off+16*i), v+min(i, 1))
			a.loadLane(32, 1, mem(p, off+48+16*i), v+min(i, 1))
			if i > 0 {
				a.VPBLENDVB(ys[thirdConst+3*phase+i-1], ys[v+1], ys[v], ys[v])
			}
		}
		a.VPSHUFB(ys[thirdConst+3*phase+2], ys[v], ys[v])
		return v
	}
	a.load(32, mem(p, off), v)
	for i := range 2 {
		a.VPBLENDD(operand.U8(blendThirds(size, 2*phase, i+1)), mem(p, off+32*(i+1)), ys[v], ys[v])
	}
	if size == 4 {
		a.VPERMD(ys[v], ys[thirdConst+phase], ys[v])
	} else {
		a.VPERMQ(orderQuads(placeThirds(4, 2*phase)), ys[v], ys[v])
	}
	return v
}

// orderQuads is the immediate operand of VPERMQ that takes item i from place
// at[i].
func orderQuads(at []int) operand.U8 {
	return operand.U8(at[0] | at[1]<<2 | at[2]<<4 | at[3]<<6)
}

// placeThirds returns the places, in vectors of n items, of every third item
// from the one at phase on.
func placeThirds(n, phase int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = (3*i + phase) % n
	}
	return at
}

// blendThirds returns the doublewords of vector k, of three of 32 bytes, that
// are, or belong to, items wanted.
func blendThirds(size, phase, k int) int {
	n, mask := 32/size, 0
	for i, at := range placeThirds(n, phase) {
		if (3*i+phase)/n == k {
			mask |= (1<<(size/4) - 1) << (at * size / 4)
		}
	}
	return mask
}

// thirds returns the table of kernels for every third item, in the same file the
// same one: the places of the items after blending, in each of two phases, or
// what planes3 has.
func (a *asm) thirds(size int) operand.Mem {
	name := fmt.Sprintf("third%dTable", size)
	if t, ok := a.tables[name]; ok || size == 8 { // there they are part of the instruction
		return t
	}
	var bytes []int
	if size < 4 {
		bytes = planes3Table(size, true)
	} else {
		for _, phase := range []int{0, 2} {
			for _, at := range placeThirds(32/size, phase) {
				bytes = appendNumber(bytes, at, size)
			}
		}
	}
	t := a.StaticGlobal(name)
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, b := range bytes {
		a.AddDatum(i, operand.U8(b))
	}
	a.tables[name] = t
	return t
}

// lane writes the body of a kernel: whole vectors, then one that ends with the
// last item, whatever it shares with the one before. A streaming kernel, which is
// for more than 64 bytes, writes so many, goes on at the next whole line, and
// leaves what is less than a line to the others. With each line it prefetches
// those of src that lie ahead bytes further on.
func (a *asm) lane(l lane, stream bool) {
	q, p, end, t := a.param("dst"), a.param("src"), a.param("n"), a.GP64()
	a.IMUL3Q(operand.I32(l.size), end, end)
	a.ADDQ(q, end)
	if l.pace < 0 {
		a.ADDQ(operand.I32(l.size-int(l.w)), p)
	}
	var ahead reg.Register
	if stream {
		ahead = a.param("ahead")
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
		if ahead != nil && n*int(l.w) == line {
			for k := range max(l.pace, 1) {
				off := k * line
				if l.pace < 0 {
					off = int(l.w) - line
				}
				a.PREFETCHT0(memIndex(p, ahead, 1, off))
			}
		}
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
			plain(l.block(k, p, k*int(l.w)*l.pace, false), mem(q, k*int(l.w)))
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

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// itemColumns is how many columns streamItems does at a time.
const itemColumns = 4

// itemStreams writes the streaming kernels for items whose size is no power of
// two. An item is read with what follows it, and written so that the item of the
// next row covers that; only runs leave the stage.
func itemStreams(a *asm) {
	for _, width := range []int{4, 8, 16, 32} {
		a.streamItems(fmt.Sprintf("streamItems%d", width), 32, fmt.Sprintf("items of at most %d bytes", width),
			nil, func(k *streamer, p, out reg.Register) { k.moveItems(width, p, out) })
	}
	merge := a.mergeTable()
	for _, width := range []int{16, 32} {
		a.streamItems(fmt.Sprintf("mergeItems%d", width), 64, fmt.Sprintf("items of an even size from %d to %d bytes", width/2+2, width-2),
			func(k *streamer) { k.loadMerge(merge) }, func(k *streamer, p, out reg.Register) { k.mergeItems(width, p, out) })
	}
	spread, compress, join := a.threeTables()
	for _, w := range []width{64, 32} {
		a.streamItems(fmt.Sprintf("stream3Items%d", 8*w), w, "items of 3 bytes", func(k *streamer) {
			for i, t := range []operand.Mem{spread, compress} {
				if w == 64 {
					k.VBROADCASTI32X4(t, zs[threeConst+i])
				} else {
					k.VBROADCASTI128(t, ys[threeConst+i])
				}
			}
			k.load(w, join, threeConst+2)
		}, func(k *streamer, p, out reg.Register) { k.threeItems(p, out) })
	}
}

// streamItems writes a streaming kernel for four columns at a time. setup loads
// constants; block moves 16 rows of the four columns from p on into the rows of
// the stage from out on.
func (a *asm) streamItems(name string, w width, what string, setup func(*streamer), block func(k *streamer, p, out reg.Register)) {
	a.function(name, streamSignature, name+" is a StreamFunc for "+what+".")
	// But for block, columns are as those of 4-byte items: four at a time.
	k := &streamer{asm: a, s: shape{w: w, size: 16 / itemColumns, rows: 16}, stage: true, t: a.param("t"), items: block}
	if setup != nil {
		setup(k)
	}
	k.body()
}

// moveItems moves items one by one.
func (k *streamer) moveItems(width int, p, out reg.Register) {
	k.eachColumn(p, out, func(from, to, size, size3 reg.Register) {
		for row := range 16 {
			at := []operand.Mem{mem(to, 0), memIndex(to, size, 1, 0), memIndex(to, size, 2, 0), memIndex(to, size3, 1, 0)}[row%4]
			k.moveItem(width, mem(from, row*streamPitch), at, row%4)
			if row%4 == 3 && row < 15 {
				k.LEAQ(memIndex(to, size, 4, 0), to)
			}
		}
	})
}

// eachColumn has column called for the first row of each of four columns.
func (k *streamer) eachColumn(p, out reg.Register, column func(from, to, size, size3 reg.Register)) {
	size, to := k.get("Size"), k.GP64()
	size3 := k.triple(size)
	for c := range itemColumns {
		from := p
		if c > 0 {
			from = k.GP64()
			k.LEAQ([]operand.Mem{1: memIndex(p, size, 1, 0), 2: memIndex(p, size, 2, 0), 3: memIndex(p, size3, 1, 0)}[c], from)
		}
		k.LEAQ(mem(out, c*stagePitch), to)
		column(from, to, size, size3)
	}
}

func (k *streamer) moveItem(width int, from, to operand.Mem, v int) {
	switch width {
	case 4:
		k.VMOVD(from, xs[v])
		k.VMOVD(xs[v], to)
	case 8:
		k.VMOVQ(from, xs[v])
		k.VMOVQ(xs[v], to)
	case 16:
		k.VMOVDQU(from, xs[v])
		k.VMOVDQU(xs[v], to)
	case 32:
		k.VMOVDQU(from, ys[v])
		k.VMOVDQU(ys[v], to)
	}
}

// mergeConst is the register of the permutation that merges items.
const mergeConst = 31

// mergeTable has, for each even size from 10 on, the permutation of words that
// puts what four lanes, or two halves of a register, begin with together.
func (a *asm) mergeTable() operand.Mem {
	t := a.StaticGlobal("mergeTable")
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	at := 0
	for size := 10; size <= 30; size += 2 {
		width := 16
		if size > 16 {
			width = 32
		}
		for i := range 32 { // words
			item, word := i/(size/2)%(64/width), i%(size/2)
			a.AddDatum(at, operand.U16(item*width/2+word))
			at += 2
		}
	}
	return t
}

// loadMerge loads the permutation for the size at hand.
func (k *streamer) loadMerge(table operand.Mem) {
	at, size := k.GP64(), k.get("Size")
	k.LEAQ(table, at)
	k.SUBQ(operand.I8(10), size)
	k.SHLQ(operand.U8(5), size) // 64 bytes for each second size
	k.VMOVDQU64(memIndex(at, size, 1, 0), zs[mergeConst])
}

// mergeItems merges items of as many rows as a register has room for, with what
// follows them, and stores them at once:
//
//	load     a a a . b b b . c c c . d d d .
//	permute  a a a b b b c c c d d d . . . .
func (k *streamer) mergeItems(width int, p, out reg.Register) {
	k.eachColumn(p, out, func(from, to, size, _ reg.Register) {
		n := 64 / width
		for row := 0; row < 16; row += n {
			v := row / n % 4
			for i := range n {
				m := mem(from, (row+i)*streamPitch)
				switch {
				case width == 16:
					k.loadLane(64, i, m, v)
				case i == 0:
					k.VMOVDQU(m, ys[v])
				default:
					k.VINSERTI64X4(operand.U8(1), m, zs[v], zs[v])
				}
			}
			k.VPERMW(zs[v], zs[mergeConst], zs[v])
			k.store(64, v, mem(to, 0))
			if row+n < 16 {
				k.LEAQ(memIndex(to, size, uint8(n), 0), to)
			}
		}
	})
}

// threeConst is the first of the registers with the constants of threeItems.
const threeConst = 11

// threeTables are the constants of threeItems.
func (a *asm) threeTables() (spread, compress, join operand.Mem) {
	table := func(name string, bytes []int) operand.Mem {
		t := a.StaticGlobal(name)
		a.DataAttributes(attr.RODATA | attr.NOPTR)
		for i, b := range bytes {
			a.AddDatum(i, operand.U8(b))
		}
		return t
	}
	const none = 0x80
	wide, narrow := make([]int, 16), make([]int, 16)
	for i := range 16 {
		wide[i], narrow[i] = i/4*3+i%4, i/3*4+i%3
		if i%4 == 3 {
			wide[i] = none
		}
		if i >= 12 {
			narrow[i] = none
		}
	}
	var order []int
	for i := range 16 { // doublewords: three of each lane
		order = appendNumber(order, i/3*4%16+i%3, 4)
	}
	return table("spread3", wide), table("compress3", narrow), table("join3", order)
}

// threeItems transposes items of three bytes as if they were of four:
//
//	spread    a a a b b b c c c d d d . .   to   a a a . b b b . c c c . d d d .
//	network   of doublewords: a lane has four rows of one column
//	compress  the other way round
//	join      what the lanes begin with
func (k *streamer) threeItems(p, out reg.Register) {
	w := k.s.w
	n := 4 * w.lanes() // rows
	for row := 0; row < 16; row += n {
		v := []int{0, 1, 2, 3}
		for i := range v {
			for l := range w.lanes() {
				k.loadLane(w, l, mem(p, (row+4*l+i)*streamPitch), v[i])
			}
			k.VPSHUFB(w.v(threeConst), w.v(v[i]), w.v(v[i]))
		}
		v, _ = k.network(w, 4, v, 4)
		for c, r := range v {
			k.VPSHUFB(w.v(threeConst+1), w.v(r), w.v(r))
			k.VPERMD(w.v(r), w.v(threeConst+2), w.v(r))
			k.store(w, r, mem(out, c*stagePitch+row*3))
		}
	}
}

package gen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A shape is the block that a kernel transposes at a time.
type shape struct {
	w          width
	size       int
	rows, cols int  // of src
	stream     bool // dst is written with streaming stores
}

// n is how many items a lane has.
func (s shape) n() int { return 16 / s.size }

// pieceRows and pieceCols are how many rows and columns of src a piece has.
func (s shape) pieceRows() int {
	if s.w == 32 && s.size == 1 && !s.narrow() {
		return 16
	}
	return s.n() * s.w.lanes()
}

func (s shape) pieceCols() int {
	if s.narrow() {
		return 8
	}
	return s.n()
}

// pairs reports whether blocks are done two at a time, side by side in src.
func (s shape) pairs() bool {
	return s.w > 16 && !s.stream && s.rows*s.size >= line && (s.size == 4 || s.size == 8)
}

// narrow reports whether pieces of bytes have 8 columns and more rows: with SSE2, and
// with AVX2 where whole lines are put together.
func (s shape) narrow() bool { return s.size == 1 && (s.w == 16 || s.w == 32 && s.stream) }

func transposes(a *asm) {
	for _, s := range []shape{
		{64, 4, 16, 16, false}, {64, 8, 8, 8, false}, {64, 1, 64, 64, false}, {64, 2, 32, 32, false}, {64, 16, 4, 4, false},
		{64, 4, 16, 16, true}, {64, 8, 8, 8, true}, {64, 1, 64, 64, true}, {64, 2, 32, 32, true}, {64, 16, 4, 4, true},
		{32, 4, 16, 16, false}, {32, 8, 8, 8, false}, {32, 1, 64, 64, false}, {32, 2, 32, 32, false}, {32, 16, 4, 4, false},
		{32, 4, 8, 8, false}, {32, 8, 4, 4, false}, {32, 1, 16, 16, false}, {32, 2, 16, 8, false},
	} {
		a.transpose(s)
	}
}

// transposesSSE2 writes those for SSE2. At that level nothing is streamed, so that
// copies in memory get here: blocks of 1 and 2 bytes are narrower, which leaves
// fewer rows of dst open (docs/tuning.md, "SSE2").
func transposesSSE2(a *asm) {
	for _, s := range []shape{
		{16, 1, 64, 16, false}, {16, 2, 32, 16, false}, {16, 4, 16, 16, false}, {16, 8, 8, 8, false}, {16, 16, 4, 4, false},
		{16, 1, 16, 8, false}, {16, 2, 8, 8, false}, {16, 4, 4, 4, false}, {16, 8, 2, 2, false},
	} {
		a.transpose(s)
	}
}

// transpose writes a kernel that walks the blocks of src, each of which becomes
// a block of dst, down the rows of src. The last block of a row of blocks, and the
// last row of blocks, lies as far back as it must to be whole: items that two
// blocks share are written twice, with the same bytes.
//
// In pairs, a block and its neighbour are done before what is below them: that is
// two lines of each row of src, one behind the other. Where rows are a power of two
// apart few lines of one column of lines fit into the first-level cache, and
// a neighbour that the processor has fetched of its own accord would be gone
// before its turn.
func (a *asm) transpose(s shape) {
	name := fmt.Sprintf("transpose%dLines%d", s.size, 8*s.w)
	if s.rows*s.size < line {
		name = fmt.Sprintf("transpose%dBlocks%d", s.size, 8*s.w)
	}
	doc := fmt.Sprintf("is a TransposeFunc for at least %d rows and %d columns.", s.rows, s.cols)
	if s.stream {
		name = fmt.Sprintf("transpose%dStream%d", s.size, 8*s.w)
		doc += " dst and its stride are multiples of 64 bytes, rows of " + fmt.Sprint(s.rows, ". It uses streaming stores.")
	}
	a.function(name, "func(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int)", name+" "+doc)
	dst, src, cols := a.param("dst"), a.param("src"), a.param("cols")
	d, r := a.param("dstStride"), a.param("srcStride")
	d3, r3 := a.triple(d), a.triple(r)

	across, one, done := a.label("across"), a.label("one"), a.label("done")
	p, q, rows := a.GP64(), a.GP64(), a.GP64()
	strip := func(blocks int) { // of the columns of so many blocks
		down, next := a.label("down"), a.label("next")
		a.MOVQ(src, p)
		a.MOVQ(dst, q)
		a.loadParam("rows", rows)
		a.Label(down)
		to, from := a.newWalk(q, d, d3), a.newWalk(p, r, r3)
		for k := range blocks {
			a.block(s, k*s.cols, to, from)
		}
		a.step(rows, s.rows, s.rows, down, next, p, r, q, operand.I32(s.size))
		a.Label(next)
		a.step(cols, blocks*s.cols, s.cols, across, done, dst, d, src, operand.I32(s.size))
	}
	a.Label(across)
	if s.pairs() {
		a.CMPQ(cols, operand.I32(2*s.cols))
		a.JLT(ref(one))
		strip(2)
		a.Label(one)
	}
	strip(1)
	a.Label(done)
	a.end(s.w)
}

// triple returns a register with three times the value of another.
func (a *asm) triple(r reg.Register) reg.GPVirtual {
	t := a.GP64()
	a.LEAQ(memIndex(r, r, 2, 0), t)
	return t
}

// step moves on by n items: x by n times a stride, y by n items. left counts the
// items not done before the step. It goes to again if there are any after it, less
// far if they are fewer than least, so that they are least, and else to end, which
// follows.
func (a *asm) step(left reg.GPVirtual, n, least int, again, end string, x, stride, y reg.Register, size operand.Constant) {
	by, part := a.GP64(), a.label("part")
	a.SUBQ(operand.I32(n), left)
	a.JZ(ref(end))
	a.MOVQ(operand.I32(n), by)
	a.CMPQ(left, operand.I32(least))
	a.JGE(ref(part))
	a.LEAQ(mem(left, n-least), by)
	a.MOVQ(operand.I32(least), left)
	a.Label(part)
	off := a.GP64()
	a.MOVQ(by, off)
	a.IMULQ(stride, off)
	a.ADDQ(off, x)
	a.IMUL3Q(size, by, by)
	a.ADDQ(by, y)
	a.JMP(ref(again))
}

// block transposes one block, whose first column is col0.
func (a *asm) block(s shape, col0 int, to, from *walk) {
	if s.w == 64 && s.size >= 4 {
		a.square(s, func(i int) operand.Mem { return from.row(i, col0*s.size) }, func(col, v int) {
			if s.stream {
				a.VMOVNTDQ(zs[v], to.row(col0+col, 0))
			} else {
				a.store(64, v, to.row(col0+col, 0))
			}
		})
		return
	}
	for col := col0; col < col0+s.cols; col += s.pieceCols() {
		for row := 0; row < s.rows; row += s.pieceRows() {
			a.piece(s, func(i int) operand.Mem { return from.row(row+i, col*s.size) },
				func(i int) operand.Mem { return to.row(col+i, row*s.size) }, s.stream)
		}
	}
}

// square transposes 4n rows of whole AVX-512 registers, n to a lane:
//
//	load     register 4 bits of row, lane 2 bits of column, place 2 bits
//	network  within the lanes of each n rows
//	lanes4   the lanes of registers n apart
func (a *asm) square(s shape, from func(row int) operand.Mem, store func(col, v int)) {
	n := s.n()
	group := make([][]int, 4)
	free := 4 * n
	for g := range 4 {
		v := make([]int, n)
		for i := range v {
			v[i] = g*n + i
			a.load(64, from(g*n+i), v[i])
		}
		group[g], free = a.network(64, s.size, v, free)
	}
	spare := []int{free, 4*n + 1, 4*n + 2, 4*n + 3}
	of := make([]int, 4*n)
	for i := range n {
		v := []int{group[0][i], group[1][i], group[2][i], group[3][i]}
		a.lanes4(v, spare)
		for j := range v {
			of[j*n+i] = v[j]
		}
	}
	for col, v := range of {
		store(col, v)
	}
}

// piece transposes n columns, 16 bytes, of n rows for each lane:
//
//	load     register i has row l*n+i in lane l
//	network  within the lanes, so that register i is column i
//
// With AVX2 and SSE2 the 16 rows of bytes would need 17 registers. With AVX2 n/2
// rows go in a lane; register i is then columns 2i and 2i+1, eight rows of each in
// a lane, and one more permutation puts their halves together. With SSE2 a piece is
// only 8 columns: rows i and 8+i, half a register each, go through the first level
// of the network as they are loaded; with AVX2 too where lines are to be put together.
func (a *asm) piece(s shape, from, to func(i int) operand.Mem, stream bool) {
	v, _ := a.columns(s, from, upTo(s.pieceRows()+1))
	for i, r := range v {
		switch {
		case len(v) < s.n() && s.w == 32:
			a.VPERMQ(operand.U8(0xD8), ys[r], ys[r])
			a.VMOVDQU(xs[r], to(2*i))
			a.VEXTRACTI128(operand.U8(1), ys[r], to(2*i+1))
		case stream:
			a.VMOVNTDQ(s.w.v(r), to(i))
		default:
			a.store(s.w, r, to(i))
		}
	}
}

// columns loads and transposes a piece in some of these registers. It returns those
// of the columns, in order, and one that is free.
func (a *asm) columns(s shape, from func(i int) operand.Mem, regs []int) ([]int, int) {
	rows := s.pieceRows() / s.w.lanes()
	half := s.pieceCols() < s.n()
	lane := rows // rows from one lane to the next
	if half {
		rows /= 2
	}
	v, free := regs[:rows], regs[rows]
	load := func(row, l, v int) {
		if half && s.w == 16 {
			a.MOVQ(from(row), xs[v])
		} else {
			a.loadLane(s.w, l, from(row), v)
		}
	}
	for l := range s.w.lanes() {
		for i := range rows {
			load(l*lane+i, l, v[i])
		}
	}
	if half {
		for i := range rows {
			for l := range s.w.lanes() {
				load(l*lane+rows+i, l, free)
			}
			a.unpack(s.w, s.size, false, v[i], free, v[i])
		}
	}
	return a.network(s.w, s.size, v, free)
}

// upTo returns the registers from 0 up to n, and not n.
func upTo(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

package gen

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The scratch memory of the streaming kernels; simd/stream.go has the same.
const (
	streamPitch = 320  // bytes from one row of a packed tile to the next
	stagePitch  = 2240 // bytes from one row of the stage to the next
	stageRows   = 16
	carryRows   = streamPitch
	line        = 64
)

const streamSignature = "func(dst, tile, next, nextTile unsafe.Pointer, t *StreamTile)"

// streamFields are the words of a StreamTile, in order; the carried lines and
// the stage follow.
var streamFields = []string{
	"Rows", "Cols", "Col", "Run",
	"Begun", "Open", "Keep", "Join",
	"NextRows", "NextWidth", "Next", "Ahead", "AheadRow",
	"Touch", "TouchCol", "Size", "Order",
	"steps", "row", "group",
}

var (
	streamCarry = (8*len(streamFields) + line - 1) / line * line
	streamStage = streamCarry + carryRows*line
)

func streams(a *asm) {
	for _, size := range []int{4, 8, 1, 2, 16} {
		for _, w := range []width{64, 32} {
			s := shape{w: w, size: size}
			s.rows = line / size
			lines := s
			lines.stream = true
			a.stream(lines, false)
			a.stream(s, true)
		}
	}
	shiftStreams(a)
	itemStreams(a)
	a.function("streamFence", "func()", "streamFence orders streaming stores before whatever is stored after it.")
	a.SFENCE()
	a.RET()
}

// A streamer writes one streaming kernel.
type streamer struct {
	*asm
	s     shape
	stage bool         // results go through the stage: runs begin and end anywhere
	t     reg.Register // the StreamTile

	shift operand.Mem // for runs that begin within lines, the places of two lines' bytes; otherwise nothing

	// For items of any size: what does a step, in place of transpose.
	items func(k *streamer, p, out reg.Register)
}

// field is a word of the StreamTile.
func (k *streamer) field(name string) operand.Mem {
	for i, f := range streamFields {
		if f == name {
			return mem(k.t, 8*i)
		}
	}
	panic("no field " + name)
}

// arg is an argument where it lies.
func (k *streamer) arg(name string) operand.Mem {
	p, err := k.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// get loads a word of the StreamTile into a new register.
func (k *streamer) get(name string) reg.GPVirtual {
	r := k.GP64()
	k.MOVQ(k.field(name), r)
	return r
}

// stream writes a kernel that transposes a packed tile, a group of its columns at
// a time: as many as 16 bytes have, or a line with squares. After every step of
// s.rows rows it packs as many rows of the next tile as are due and prefetches
// rows of the one after, so that memory is read without a pause. What lies in a
// packed tile beyond its rows and columns is transposed too, and not stored.
func (a *asm) stream(s shape, stage bool) {
	name := fmt.Sprintf("stream%dLines%d", s.size, 8*s.w)
	what := "a StreamFunc for runs of whole lines that begin at multiples of 64 bytes."
	if stage {
		name = fmt.Sprintf("stream%dRuns%d", s.size, 8*s.w)
		what = "a StreamFunc."
	}
	a.function(name, streamSignature, name+" is "+what)
	(&streamer{asm: a, s: s, stage: stage, t: a.param("t")}).body()
}

// body writes a kernel but for its head.
func (k *streamer) body() {
	a, s, stage := k.asm, k.s, k.stage
	in := a.param("tile")
	nextTile := a.param("nextTile")
	zero, due := a.GP64(), a.GP64()
	k.countSteps()
	a.XORQ(zero, zero)
	a.MOVQ(zero, k.field("row"))
	a.MOVQ(zero, k.field("group"))
	a.XORQ(due, due)

	group, step, pack, packed := a.label("group"), a.label("step"), a.label("pack"), a.label("packed")
	a.Label(group)
	p, out, left := a.GP64(), a.GP64(), a.GP64()
	if stage {
		k.begin()
		a.LEAQ(mem(k.t, streamStage+line), out)
	} else {
		a.loadParam("dst", out)
	}
	a.MOVQ(in, p)
	a.MOVQ(k.field("Rows"), left)
	a.Label(step)
	a.ADDQ(k.field("NextRows"), due)
	a.Label(pack)
	a.CMPQ(due, k.field("steps"))
	a.JLT(ref(packed))
	a.SUBQ(k.field("steps"), due)
	k.packRow(nextTile)
	a.JMP(ref(pack))
	a.Label(packed)
	if k.items != nil {
		k.items(k, p, out)
	} else {
		k.transpose(p, out)
	}
	a.ADDQ(operand.I32(s.rows*streamPitch), p)
	k.forth(out, s.rows)
	a.SUBQ(operand.I32(s.rows), left)
	a.JG(ref(step))
	k.forth(in, k.group())

	n := k.get("group")
	a.ADDQ(operand.I32(k.group()), n)
	a.MOVQ(n, k.field("group"))
	if stage {
		k.flush()
		n = k.get("group")
	}
	a.CMPQ(n, k.field("Cols"))
	a.JLT(ref(group))
	a.VZEROUPPER()
	a.RET()
}

// forth moves a pointer on by n items, a power of two.
func (k *streamer) forth(p reg.Register, n int) {
	if k.items == nil {
		k.ADDQ(operand.I32(n*k.s.size), p)
		return
	}
	size := k.get("Size")
	k.SHLQ(operand.U8(bits.TrailingZeros(uint(n))), size)
	k.ADDQ(size, p)
}

// square reports whether the kernel transposes squares of a line's items. Where
// results go through the stage, fewer columns at a time were faster.
func (k *streamer) square() bool { return k.s.w == 64 && k.s.size >= 4 && !k.stage }

// group is how many columns are transposed together.
func (k *streamer) group() int {
	if k.square() {
		return line / k.s.size
	}
	return k.s.pieceCols()
}

// countSteps counts the steps that the tile takes.
func (k *streamer) countSteps() {
	n, m := k.get("Cols"), k.get("Rows")
	k.ADDQ(operand.I32(k.group()-1), n)
	k.SHRQ(operand.U8(bits.TrailingZeros(uint(k.group()))), n)
	k.ADDQ(operand.I32(k.s.rows-1), m)
	k.SHRQ(operand.U8(bits.TrailingZeros(uint(k.s.rows))), m)
	k.IMULQ(m, n)
	k.MOVQ(n, k.field("steps"))
}

// transpose does one step: from p to the stage at out, or to the lines of dst at
// out and the offsets of the columns there are.
func (k *streamer) transpose(p, out reg.Register) {
	s := k.s
	var cols, count reg.Register
	if !k.stage {
		cols, count = k.get("group"), k.get("Cols")
		k.SUBQ(cols, count)
		k.SHLQ(operand.U8(3), cols)
		k.ADDQ(k.field("Col"), cols)
	}
	rows := s.pieceRows()
	if k.square() {
		rows = s.rows
	}
	for row := 0; row < s.rows; row += rows {
		skip := k.label("skip")
		from := func(i int) operand.Mem { return mem(p, (row+i)*streamPitch) }
		to := func(i int) operand.Mem {
			if k.stage {
				return mem(out, i*stagePitch+row*s.size)
			}
			if i > 0 {
				k.CMPQ(count, operand.I8(i))
				k.JLE(ref(skip))
			}
			col := k.GP64()
			k.MOVQ(mem(cols, 8*i), col)
			return memIndex(out, col, 1, row*s.size)
		}
		switch {
		case !k.stage && s.w == 32:
			// Halves of a line are stored one after the other, or it is written twice.
			// Where one register is missing, that of the last column waits in the stage.
			low, _ := k.columns(s, from, upTo(16))
			last, kept := low[len(low)-1], mem(k.t, streamStage)
			var regs []int
			for i := range 16 {
				if !slices.Contains(low, i) {
					regs = append(regs, i)
				}
			}
			few := len(regs) <= len(low)
			if few {
				k.VMOVDQU(ys[last], kept)
				regs = append(regs, last)
			}
			high, _ := k.columns(s, func(i int) operand.Mem { return from(rows + i) }, regs)
			for i := range low {
				m := to(i)
				if few && i == len(low)-1 {
					low[i] = high[0]
					k.VMOVDQU(kept, ys[low[i]])
				}
				k.VMOVNTDQ(ys[low[i]], m)
				k.VMOVNTDQ(ys[high[i]], m.Offset(32))
			}
			row += rows
		case !k.square() && k.shift.Base != nil:
			v, _ := k.columns(s, from, upTo(s.pieceRows()+1))
			for i, r := range v {
				k.storeShift(r, i, to(i))
			}
		case k.shift.Base != nil:
			k.asm.square(s, from, func(col, v int) { k.storeShift(v, col, to(col)) })
		case !k.square():
			k.piece(s, from, to, !k.stage)
		case k.stage:
			k.asm.square(s, from, func(col, v int) { k.store(64, v, to(col)) })
		default:
			k.asm.square(s, from, func(col, v int) { k.VMOVNTDQ(zs[v], to(col)) })
		}
		k.Label(skip)
	}
}

// copyBytes copies n bytes, a multiple of 32, through the last registers.
func (k *streamer) copyBytes(w width, n int, from, to operand.Mem) {
	for off := 0; off < n; off += int(w) {
		v := 15 - off/32
		k.load(w, from.Offset(off), v)
		k.store(w, v, to.Offset(off))
	}
}

// packRow copies a row of the next tile and prefetches that of the tile after:
// whole lines, then the last line or what there is of one, which may overlap the
// one before. Halves of lines were faster than whole ones in most runs. If there is
// an Order, the bytes are put into it on the way.
func (k *streamer) packRow(nextTile reg.Register) {
	from, ahead, i := k.GP64(), k.GP64(), k.get("row")
	k.MOVQ(k.field("AheadRow"), ahead)
	k.MOVQ(memIndex(ahead, i, 8, 0), ahead)
	k.ADDQ(k.arg("next"), ahead)
	k.ADDQ(k.field("Ahead"), ahead)
	k.MOVQ(k.field("Next"), from)
	k.MOVQ(memIndex(from, i, 8, 0), from)
	k.ADDQ(k.arg("next"), from)
	k.INCQ(i)
	k.MOVQ(i, k.field("row"))
	done := k.label("done")
	width := k.get("NextWidth")
	if k.items == nil && k.s.size > 1 {
		plain, order := k.label("plain"), k.get("Order")
		k.TESTQ(order, order)
		k.JEQ(ref(plain))
		k.packBytes(from, ahead, nextTile, width, order, done)
		k.Label(plain)
	}
	k.packBytes(from, ahead, nextTile, width, nil, done)
	k.Label(done)
	k.ADDQ(operand.I32(streamPitch), nextTile)
}

// packBytes is packRow of a row of that many bytes; it ends with a jump to done.
func (k *streamer) packBytes(from, ahead, nextTile, wide, order reg.Register, done string) {
	// move copies two pieces of n bytes, after both have been loaded.
	move := func(n int, from0, to0, from1, to1 operand.Mem) {
		for i, m := range []operand.Mem{from0, from1} {
			v := width(n).v(15 - i)
			k.VMOVDQU(m, v)
			if order != nil {
				k.VPSHUFB(mem(order, 0), v, v)
			}
		}
		k.VMOVDQU(width(n).v(15), to0)
		k.VMOVDQU(width(n).v(14), to1)
	}
	moveLine := func(from, to operand.Mem) {
		if order == nil {
			k.copyBytes(32, line, from, to)
		} else {
			move(32, from, to, from.Offset(32), to.Offset(32))
		}
	}
	last, narrow, half := k.label("last"), k.label("narrow"), k.label("half")
	for off := 0; off < streamPitch-line; off += line {
		k.CMPQ(wide, operand.I32(off+line))
		if off == 0 {
			k.JLT(ref(narrow))
		}
		k.JLE(ref(last))
		k.PREFETCHT1(mem(ahead, off))
		moveLine(mem(from, off), mem(nextTile, off))
	}
	k.Label(last)
	k.PREFETCHT1(memIndex(ahead, wide, 1, -line))
	k.PREFETCHT1(memIndex(ahead, wide, 1, -1))
	moveLine(memIndex(from, wide, 1, -line), memIndex(nextTile, wide, 1, -line))
	k.JMP(ref(done))
	k.Label(narrow)
	k.PREFETCHT1(mem(ahead, 0))
	k.PREFETCHT1(memIndex(ahead, wide, 1, -1))
	k.CMPQ(wide, operand.I32(32))
	k.JLT(ref(half))
	move(32, mem(from, 0), mem(nextTile, 0), memIndex(from, wide, 1, -32), memIndex(nextTile, wide, 1, -32))
	k.JMP(ref(done))
	k.Label(half)
	move(16, mem(from, 0), mem(nextTile, 0), memIndex(from, wide, 1, -16), memIndex(nextTile, wide, 1, -16))
	k.JMP(ref(done))
}

// begin brings what was carried of the runs of a group of columns.
func (k *streamer) begin() {
	fresh := k.label("fresh")
	k.CMPQ(k.field("Begun"), operand.I8(0))
	k.JEQ(ref(fresh))
	from := k.get("group")
	k.SHLQ(operand.U8(6), from)
	for i := range k.group() {
		k.copyBytes(k.s.w, line, memIndex(k.t, from, 1, streamCarry+i*line), mem(k.t, streamStage+i*stagePitch))
	}
	k.Label(fresh)
}

// flush writes the runs of a group of columns. A row of the stage has the 64
// bytes of dst before the run, then those of the run. With m the place in its
// line where the run begins in dst, the m bytes before it are the rest of that
// line, and lines begin m bytes before the run if it is open: if those bytes have
// been kept for it. If not, what comes before its first whole line is stored by
// itself.
func (k *streamer) flush() {
	col, row := k.get("group"), k.GP64()
	k.SUBQ(operand.I32(k.group()), col)
	k.LEAQ(mem(k.t, streamStage), row)
	cols, open, lines, next := k.label("cols"), k.label("open"), k.label("lines"), k.label("next")
	test, keep, join, same := k.label("test"), k.label("keep"), k.label("join"), k.label("same")
	closed, done := k.label("closed"), k.label("done")
	k.Label(cols)
	p, q, end, m := k.GP64(), k.GP64(), k.GP64(), k.GP64()
	at := k.get("Col")
	k.MOVQ(memIndex(at, col, 8, 0), q)
	k.ADDQ(k.arg("dst"), q)
	k.LEAQ(mem(row, line), p)
	k.MOVQ(p, end)
	k.ADDQ(k.field("Run"), end)
	k.MOVQ(q, m)
	k.ANDQ(operand.I32(line-1), m)
	k.CMPQ(k.field("Open"), operand.I8(0))
	k.JNE(ref(open))
	k.Comment("q is relative to p.")
	k.SUBQ(p, q)
	k.TESTQ(m, m)
	k.JEQ(ref(test))
	k.SUBQ(operand.I32(line), m)
	k.NEGQ(m)
	short := k.label("short")
	k.CMPQ(m, k.field("Run"))
	k.JLE(ref(short))
	k.MOVQ(k.field("Run"), m)
	k.Label(short)
	k.few(p, q, m)
	k.ADDQ(m, p)
	k.JMP(ref(test))
	k.Label(open)
	k.SUBQ(p, q)
	k.SUBQ(m, p)
	k.JMP(ref(test))

	k.Label(lines)
	for off := 0; off < line; off += int(k.s.w) {
		k.load(k.s.w, mem(p, off), 14+off/32)
	}
	for off := 0; off < line; off += int(k.s.w) {
		k.VMOVNTDQ(k.s.w.v(14+off/32), memIndex(p, q, 1, off))
	}
	k.ADDQ(operand.I32(line), p)
	k.Label(test)
	k.LEAQ(mem(p, line), m)
	k.CMPQ(m, end)
	k.JLE(ref(lines))

	k.CMPQ(k.field("Keep"), operand.I8(0))
	k.JNE(ref(keep))
	k.CMPQ(p, end)
	k.JEQ(ref(closed))
	k.MOVQ(k.field("Col"), at)
	k.MOVQ(memIndex(at, col, 8, 8), m)
	k.SUBQ(memIndex(at, col, 8, 0), m)
	k.CMPQ(m, k.field("Join"))
	k.JEQ(ref(join))
	k.SUBQ(p, end)
	k.few(p, q, end)
	k.Label(closed)
	k.MOVQ(k.field("Begun"), m)
	k.MOVQ(m, k.field("Open"))
	k.JMP(ref(next))

	k.Comment("The next tile goes on with this run.")
	k.Label(keep)
	k.MOVQ(col, m)
	k.SHLQ(operand.U8(6), m)
	k.copyBytes(k.s.w, line, mem(end, -line), memIndex(k.t, m, 1, streamCarry))
	k.JMP(ref(next))

	k.Comment("The next column goes on with this run: in the first row of the stage, if it is of another group or tile.")
	k.Label(join)
	k.MOVQ(operand.I32(1), m)
	k.MOVQ(m, k.field("Open"))
	k.LEAQ(mem(k.t, streamStage), p)
	k.LEAQ(mem(col, 1), m)
	k.CMPQ(m, k.field("Cols"))
	k.JGE(ref(same))
	k.CMPQ(m, k.field("group"))
	k.JGE(ref(same))
	k.LEAQ(mem(row, stagePitch), p)
	k.Label(same)
	k.copyBytes(k.s.w, line, mem(end, -line), mem(p, 0))

	k.Label(next)
	k.touch(col)
	k.INCQ(col)
	k.ADDQ(operand.I32(stagePitch), row)
	k.CMPQ(col, k.field("Cols"))
	k.JGE(ref(done))
	k.CMPQ(col, k.field("group"))
	k.JLT(ref(cols))
	k.Label(done)
}

// touch prefetches the first and the last byte of a run of the next tile, whose
// lines are not written whole.
func (k *streamer) touch(col reg.Register) {
	no := k.label("no")
	at := k.get("TouchCol")
	k.TESTQ(at, at)
	k.JEQ(ref(no))
	k.MOVQ(memIndex(at, col, 8, 0), at)
	k.ADDQ(k.field("Touch"), at)
	k.ADDQ(k.arg("dst"), at)
	run := k.get("Run")
	k.PREFETCHT0(mem(at, 0))
	k.PREFETCHT0(memIndex(at, run, 1, -1))
	k.Label(no)
}

// few copies n bytes, 1 to 63, from p to p+q: the two largest powers of two of
// bytes that cover them.
func (k *streamer) few(p, q, n reg.Register) {
	done, x, to := k.label("done"), k.GP64(), k.GP64()
	k.LEAQ(memIndex(p, q, 1, 0), to)
	for _, size := range []int{32, 16, 8, 4, 2} {
		less := k.label("less")
		k.CMPQ(n, operand.I32(size))
		k.JLT(ref(less))
		for _, m := range [][2]operand.Mem{{mem(p, 0), mem(to, 0)}, {memIndex(p, n, 1, -size), memIndex(to, n, 1, -size)}} {
			switch size {
			case 32:
				k.VMOVDQU(m[0], ys[15])
				k.VMOVDQU(ys[15], m[1])
			case 16:
				k.VMOVDQU(m[0], xs[15])
				k.VMOVDQU(xs[15], m[1])
			case 8:
				k.MOVQ(m[0], x)
				k.MOVQ(x, m[1])
			case 4:
				k.MOVL(m[0], x.As32())
				k.MOVL(x.As32(), m[1])
			case 2:
				k.MOVW(m[0], x.As16())
				k.MOVW(x.As16(), m[1])
			}
		}
		k.JMP(ref(done))
		k.Label(less)
	}
	k.MOVB(mem(p, 0), x.As8())
	k.MOVB(x.As8(), mem(to, 0))
	k.Label(done)
}

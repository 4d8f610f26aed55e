package simd

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
)

// alignedBytes returns n bytes that begin at a multiple of a line.
func alignedBytes(n int) []byte {
	b := make([]byte, n+StreamLine)
	skip := int(-uintptr(unsafe.Pointer(&b[0])) % StreamLine)
	return b[skip : skip+n : skip+n]
}

// A streamed is a case for a streaming kernel: a src of rows×cols items, rows pad
// bytes apart, whose columns become runs that lie gap bytes apart in dst, the
// first one shift bytes into a line. It is cut into tiles of at most high rows
// and wide columns; if there are several rows of tiles, runs are carried.
type streamed struct {
	rows, cols, high, wide int
	shift, gap, pad        int
	back                   bool // columns lie in dst in reverse
	threes                 bool // the gap is only behind every third column
	word                   int  // if not 0, items are of words of so many bytes, which are reversed
}

// A streamMem is guarded memory for both operands, and what they are filled
// with: dst wherever no case has put items, src from its first byte on.
type streamMem struct {
	dst, src, dstFill, srcFill, want []byte
}

func newStreamMem(t *testing.T, n int) *streamMem {
	m := &streamMem{guard.Alloc(t, n, true), guard.Alloc(t, n, true), make([]byte, n), make([]byte, n), make([]byte, n)}
	for i := range n {
		m.dstFill[i] = byte(i) ^ 0xA5
		m.srcFill[i] = byte(i*37 + i>>8*11 + i>>16)
	}
	copy(m.dst, m.dstFill)
	return m
}

// run transposes all tiles and compares every byte of src and from a page before
// the first of dst to a page after the last, which then get back what they had.
// What is further away is for check.
func (c streamed) run(t *testing.T, fn StreamFunc, size int, m *streamMem) {
	t.Helper()
	const page = 4096
	run := c.rows * size
	srcStride, dstStride, gaps := c.cols*size+c.pad, run+c.gap, 0
	if c.threes {
		dstStride, gaps = run, c.gap
	}
	srcLen, dstLen := srcStride*c.rows-c.pad, (c.cols-1)*dstStride+(c.cols-1)/3*gaps+run
	from, to := 0, c.shift
	if (c.rows+c.shift)%2 == 0 { // flush with the other end, dst as far as alignment allows
		from = len(m.src) - srcLen
		to = (len(m.dst)-dstLen-c.shift)&^(StreamLine-1) + c.shift
	}
	src, dst := m.src[from:][:srcLen], m.dst[to:][:dstLen]
	copy(src, m.srcFill)
	lo, hi := max(0, to-page), min(to+dstLen+page, len(m.dst))
	copy(m.want[lo:hi], m.dstFill[lo:hi])
	want := m.want[to:]
	turned := slices.Clone(src) // a row at a time, since words need not begin at multiples of their size
	for i := range c.rows {
		for j := 0; c.word > 0 && j < c.cols*size; j += c.word {
			slices.Reverse(turned[i*srcStride+j:][:c.word])
		}
	}
	at := make([]int, c.cols) // where the runs are
	for j := range at {
		at[j] = j*dstStride + j/3*gaps
		if c.back {
			at[j] = (c.cols - 1 - j) * dstStride
		}
		for i := range c.rows {
			copy(want[at[j]+i*size:], turned[i*srcStride+j*size:][:size])
		}
	}
	type place struct{ i, j, rows, cols int }
	var tiles []place
	for j := 0; j < c.cols; j += c.wide {
		for i := 0; i < c.rows; i += c.high {
			tiles = append(tiles, place{i, j, min(c.high, c.rows-i), min(c.wide, c.cols-j)})
		}
	}
	rowTab := make([]int, c.rows)
	for i := range rowTab {
		rowTab[i] = i * srcStride
	}
	tile, next := alignedBytes(StreamRows(c.high, size)*StreamPitch+StreamSlack), alignedBytes(StreamRows(c.high, size)*StreamPitch+StreamSlack)
	for i := range tiles[0].rows {
		copy(tile[i*StreamPitch:][:tiles[0].cols*size], turned[i*srcStride:])
	}
	w := new(StreamTile)
	if c.word > 0 {
		w.Order = StreamSwap(c.word)
	}
	for k, p := range tiles {
		to := tiles[min(k+1, len(tiles)-1)]
		colTab := make([]int, p.cols+1)
		for j := range p.cols {
			colTab[j] = at[p.j+j] - at[p.j]
		}
		colTab[p.cols] = at[to.j] - at[p.j]
		w.Rows, w.Cols, w.Col, w.Run = p.rows, p.cols, unsafe.Pointer(&colTab[0]), p.rows*size
		w.Begun, w.Keep, w.Join = 0, 0, w.Run
		if c.high < c.rows {
			w.Join = NoJoin
			if p.i > 0 {
				w.Begun = 1
			}
			if p.i+p.rows < c.rows {
				w.Keep = 1
			}
			w.Open = w.Begun
		}
		w.Size = size
		w.NextRows, w.NextWidth, w.Next = to.rows, to.cols*size, unsafe.Pointer(&rowTab[0])
		w.Ahead, w.AheadRow = srcStride, unsafe.Pointer(&rowTab[0])
		w.Touch, w.TouchCol = 0, nil
		if c.pad == 0 {
			w.Touch, w.TouchCol = at[to.j]-at[p.j], unsafe.Pointer(&colTab[0])
		}
		ahead := to.i*srcStride + to.j*size
		fn(unsafe.Pointer(&dst[at[p.j]+p.i*size]), unsafe.Pointer(&tile[0]), unsafe.Pointer(&src[ahead]), unsafe.Pointer(&next[0]), w)
		for i := range to.rows {
			if !bytes.Equal(next[i*StreamPitch:][:to.cols*size], turned[ahead+i*srcStride:][:to.cols*size]) {
				t.Fatalf("%+v: tile %d: row %d of the next tile is wrong", c, k, i)
			}
		}
		tile, next = next, tile
	}
	StreamFence()
	if got, want := m.dst[lo:hi], m.want[lo:hi]; !bytes.Equal(got, want) {
		i := 0
		for got[i] == want[i] {
			i++
		}
		t.Fatalf("%+v: dst differs at byte %d of %d", c, lo+i-to, dstLen)
	}
	if !bytes.Equal(src, m.srcFill[:srcLen]) {
		t.Fatalf("%+v: src has changed", c)
	}
	copy(m.dst[lo:hi], m.dstFill[lo:hi])
}

// check reports bytes of dst that no case has put back.
func (m *streamMem) check(t *testing.T) {
	if !bytes.Equal(m.dst, m.dstFill) {
		t.Error("bytes far from dst have changed")
	}
}

// TestStream has runs of every length up to two lines and one item begin
// anywhere in a line, apart and one behind the other, in tiles of every width;
// then longer ones, carried from tile to tile.
func TestStream(t *testing.T) {
	step := 3 // together, the lengths meet every place in a line
	if testing.Short() {
		step = 7
	}
	for slot := range Sizes {
		testStream(t, 1<<slot, step, streamImpls[slot])
	}
	for size := 3; size <= StreamItem; size++ {
		if Slot(size) < 0 {
			testStream(t, size, max(step, 3), streamItemsImpls)
		}
	}
}

// words are the sizes of words that items of that size can be made of.
func words(size int) (list []int) {
	for word := 2; Slot(size) >= 0 && word <= size; word *= 2 {
		list = append(list, word)
	}
	return list
}

func testStream(t *testing.T, size, step int, list []impl[StreamFunc]) {
	const room = 1 << 18
	eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn StreamFunc) {
		m := newStreamMem(t, room)
		least := max(2, (15+size)/size) // columns of the narrowest tile
		for rows := 1; rows <= 2*StreamLine/size+1; rows++ {
			for shift := rows % step; shift < StreamLine; shift += step {
				wide := least + shift%(16/size+1)
				for k, gap := range []int{0, 1 + shift%70, size} {
					streamed{rows, 2*wide + least, rows, wide, shift, gap, shift % 3, k == 1, k == 2, 0}.run(t, fn, size, m)
				}
			}
		}
		unit, most := StreamUnit(size), StreamWidth/size
		for wide := least; wide <= most; wide += 1 + size/4*step/16 {
			streamed{unit + 3, wide + least, unit + 3, wide, wide % 64, wide % 5, 0, false, false, 0}.run(t, fn, size, m)
			for _, word := range words(size) {
				streamed{unit + 3, wide + least, unit + 3, wide, wide % 64, wide % 5, wide % 2, false, false, word}.run(t, fn, size, m)
			}
		}
		for _, high := range []int{unit, 2 * unit, 4 * unit} {
			if high*size < StreamLine {
				continue // the first of tiles that carry has a line at least
			}
			for shift := 0; shift < StreamLine; shift += step {
				for _, rest := range []int{0, 1, unit - 1, unit + 1} {
					wide := least + shift%3
					streamed{3*high + rest, 2*wide + least, high, wide, shift, shift % 4, shift % 2, shift%5 == 0, false, 0}.run(t, fn, size, m)
				}
			}
		}
		long := StreamRun / size
		if Slot(size) < 0 {
			long = long / unit * unit
		}
		m.check(t)
		m = newStreamMem(t, 1<<20)
		streamed{long, most + least, long, most, 5, 3, 1, false, false, 0}.run(t, fn, size, m)
		m.check(t)
	})
}

// TestStreamLines: runs of whole lines, in tiles of every width.
func TestStreamLines(t *testing.T) {
	const room = 1 << 19
	for slot := range Sizes {
		size := 1 << slot
		eachImpl(t, fmt.Sprint(size), streamLinesImpls[slot], func(t *testing.T, fn StreamFunc) {
			m := newStreamMem(t, room)
			unit := StreamUnit(size)
			for _, rows := range []int{unit, 2 * unit, 3 * unit} {
				for wide := 16; wide <= StreamWidth; wide += max(size, 5) {
					for _, gap := range []int{0, StreamLine, 3 * StreamLine} {
						c := streamed{rows, wide/size + 16/size, rows, wide / size, 0, gap, wide % 5, gap == StreamLine, false, 0}
						c.run(t, fn, size, m)
						for _, c.word = range words(size) {
							c.run(t, fn, size, m)
						}
					}
				}
			}
			m.check(t)
		})
	}
}

// TestStreamShift: runs that begin anywhere in a line, in three tiles and more, of
// which those in the middle go to the kernel for whole lines of such runs.
func TestStreamShift(t *testing.T) {
	const room = 1 << 18
	for slot := range Sizes {
		size := 1 << slot
		eachImpl(t, fmt.Sprint(size), streamShiftImpls[slot], func(t *testing.T, fn StreamFunc) {
			ends := pick(streamImpls[slot], AVX512).fn
			both := func(dst, tile, next, nextTile unsafe.Pointer, w *StreamTile) {
				if w.Begun == 1 && w.Keep == 1 {
					fn(dst, tile, next, nextTile, w)
				} else {
					ends(dst, tile, next, nextTile, w)
				}
			}
			m := newStreamMem(t, room)
			unit := StreamUnit(size)
			for shift := range StreamLine {
				for k, rest := range []int{0, 1, unit - 1} {
					wide := 16/size + shift%(StreamWidth/size-16/size)
					high := unit * (1 + (shift+k)%3)
					word := 0
					if size > 1 && shift%3 == k {
						word = size
					}
					streamed{3*high + rest, wide + 16/size, high, wide, shift, shift%4 + k*size, shift % 2, k == 1, false, word}.run(t, both, size, m)
				}
			}
			m.check(t)
		})
	}
}

// TestTransposeLines: blocks of whole lines, in all numbers of rows of src that
// make them, in guarded memory.
func TestTransposeLines(t *testing.T) {
	for slot, list := range transposeLinesImpls {
		size := 1 << slot
		line := StreamLine / size
		eachImpl(t, fmt.Sprint(size), list, func(t *testing.T, fn TransposeFunc) {
			m := newMem(t, 1<<16)
			for _, rows := range []int{line, 2 * line, 3 * line} {
				for cols := line; cols <= 2*line+1; cols++ {
					if size == 1 && cols%7 > 1 {
						continue
					}
					for _, pad := range [][2]int{{0, 0}, {StreamLine, 1}, {2 * StreamLine, 64}} {
						dst, src := rows*size+pad[0], cols*size+pad[1]
						b := block{rows: rows, cols: cols, dst: [2]int{size, dst}, src: [2]int{src, size}}
						b.fit(size)
						m.check(t, b, size, func(d, s unsafe.Pointer) { fn(d, s, rows, cols, dst, src); StreamFence() }, nothing)
					}
				}
			}
		})
	}
}

package plan

import (
	"sync"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// A tiles is the memory and the state of a streamed run. What kernels work in comes
// first: so large an object begins at a page, and these parts at lines.
type tiles struct {
	packed   [2][tileRows*simd.StreamPitch + simd.StreamSlack]byte
	tile     simd.StreamTile
	rowTable [2][tileRows]int
	colTable [3][simd.StreamWidth + 1]int

	geometry
	whole bool          // tiles have whole runs
	head  [operands]int // items of a run, of a row, before its first line, if those of all are as many
	i, j  int           // where the next tile begins in runs and in rows; i < 0 after the last one
	off   [operands]int
	index [streamAxes]int // of the outer loops
}

// tileRows is the most rows that a tile has.
const tileRows = 512

var tilesPool = sync.Pool{New: func() any { return new(tiles) }}

// A place is a tile: where it begins, how large it is and which tables have the
// offsets of its rows and columns.
type place struct {
	off                [operands]int
	i, j, rows, cols   int
	rowTable, colTable int
}

// stream runs the plan with a streaming kernel if there is one and it suits the
// plan, which may be a part of one.
func (e *exec) stream(p *Plan, t *simd.Kernels) bool {
	runs, lines := streamKernels(p.size, t)
	if runs == nil {
		return false
	}
	s := tilesPool.Get().(*tiles)
	defer tilesPool.Put(s)
	s.geometry = geometry{}
	if !p.geometry(&s.geometry) {
		return false
	}
	s.start()
	s.alignSrc(uintptr(e.src))
	if lines != nil && !s.align(dstOp, uintptr(e.dst), s.whole) {
		lines = nil
	}
	s.tile.Order = nil
	word := p.packedSwap()
	if word > 0 {
		s.tile.Order = simd.StreamSwap(word)
	}
	var shifted simd.StreamFunc
	if slot := simd.Slot(p.size); slot >= 0 {
		shifted = t.StreamShift[slot]
	}
	e.tiles(s, runs, lines, shifted, word)
	simd.StreamFence()
	return true
}

// streamKernels returns the streaming kernels for items of that size, nil where
// there is none.
func streamKernels(size int, t *simd.Kernels) (runs, lines simd.StreamFunc) {
	if slot := simd.Slot(size); slot >= 0 {
		return t.Stream[slot], t.StreamLines[slot]
	}
	return t.StreamItems, nil
}

// start goes to the first tile.
func (s *tiles) start() {
	s.whole = s.rows == s.run.n
	s.head, s.i, s.j, s.off = [operands]int{}, 0, 0, s.base
	clear(s.index[:s.outers])
	s.tile.Open, s.tile.Size = 0, s.size
}

// align has tiles begin at lines of one operand, if all runs of dst, or rows of
// src, do or can be made to by a first tile of another size. It reports whether
// they do.
func (s *tiles) align(op int, at uintptr, whole bool) bool {
	shift := int(-(at + uintptr(s.base[op])) % simd.StreamLine)
	if !s.lines[op] || shift%s.size != 0 || whole && shift > 0 {
		return false
	}
	s.head[op] = shift / s.size
	return true
}

// alignSrc is align for src. Where tiles cannot begin at lines they are cut anew.
func (s *tiles) alignSrc(at uintptr) {
	if !s.align(srcOp, at, s.cols == s.row.n) {
		s.lines[srcOp] = false
		s.cut()
	}
}

// next returns the next place, behind last; ok is false if there is none.
func (s *tiles) next(last *place) (at place, ok bool) {
	if s.i < 0 {
		return at, false
	}
	unit := simd.StreamUnit(s.size)
	line := simd.StreamLine / s.size
	rows, cols := s.rows, s.cols
	if s.i == 0 && s.head[dstOp] > 0 {
		rows = s.head[dstOp] + max(rows-unit, unit)
	}
	if s.j == 0 && s.head[srcOp] > 0 {
		cols = s.head[srcOp] + max(cols-line, line)
	}
	at = place{i: s.i, j: s.j, rowTable: last.rowTable, colTable: last.colTable}
	at.rows = some(s.run.n-s.i, rows, unit)
	at.cols = some(s.row.n-s.j, cols, line)
	if at.cols*s.size > simd.StreamWidth {
		at.cols = cols - line // and with it for the last tile
	}
	run, row := s.run.at(s.i), s.row.at(s.j)
	for op := range at.off {
		at.off[op] = s.off[op] + run[op] + row[op]
	}
	// Tables are kept while they fit: a loop that is not fused looks the same
	// from everywhere, fused ones after every step of the outermost.
	if at.rows > last.rows || at.i%s.run.inner != last.i%s.run.inner {
		at.rowTable = 1 - last.rowTable
		s.run.table(s.rowTable[at.rowTable][:at.rows], at.i, srcOp)
	}
	if at.cols > last.cols || at.j%s.row.inner != last.j%s.row.inner {
		at.colTable = (last.colTable + 1) % len(s.colTable)
		s.row.table(s.colTable[at.colTable][:at.cols], at.j, dstOp)
	}
	s.advance(at.rows, at.cols)
	return at, true
}

// some returns most, or n if nothing or too few would remain of it.
func some(n, most, few int) int {
	if n-most < few {
		return n
	}
	return most
}

// advance moves on by a tile.
func (s *tiles) advance(rows, cols int) {
	if s.i += rows; s.i < s.run.n {
		return
	}
	s.i = 0
	if s.j += cols; s.j < s.row.n {
		return
	}
	s.j = 0
	for k := range s.outer[:s.outers] {
		l := &s.outer[k]
		for op, d := range l.stride {
			s.off[op] += d
		}
		if s.index[k]++; s.index[k] < l.n {
			return
		}
		for op, d := range l.stride {
			s.off[op] -= l.n * d
		}
		s.index[k] = 0
	}
	s.i = -1
}

// tiles runs the pipeline: one tile is transposed, the next is packed, the one
// after is prefetched. If word is not 0, the bytes of words are reversed.
func (e *exec) tiles(s *tiles, runs, lines, shifted simd.StreamFunc, word int) {
	t := &s.tile
	at, _ := s.next(&place{})
	for i, off := range s.rowTable[at.rowTable][:at.rows] {
		n := at.cols * s.size
		copy(s.packed[0][i*simd.StreamPitch:][:n], unsafe.Slice((*byte)(unsafe.Add(e.src, at.off[srcOp]+off)), n))
	}
	if p, n := unsafe.Pointer(&s.packed[0]), at.cols*s.size; word > 0 {
		e.swaps[simd.Slot(word)](p, p, at.rows, n/word, simd.StreamPitch, word, simd.StreamPitch, word, word)
	}
	next, more := s.next(&at)
	for which := 0; ; which = 1 - which {
		to, after, moreAfter := at, next, false
		t.NextRows, t.Ahead = 0, 0
		if more {
			to = next
			if after, moreAfter = s.next(&next); moreAfter {
				t.Ahead = after.off[srcOp] - next.off[srcOp]
			} else {
				after = next
			}
			t.NextRows, t.NextWidth = next.rows, next.cols*s.size
			t.Next = unsafe.Pointer(&s.rowTable[next.rowTable])
			t.AheadRow = unsafe.Pointer(&s.rowTable[after.rowTable])
		}
		kernel := runs
		if s.set(t, &at, &to, lines != nil) {
			kernel = lines
		} else if shifted != nil && t.Begun == 1 && t.Keep == 1 && t.Run%simd.StreamLine == 0 {
			kernel = shifted
		}
		kernel(unsafe.Add(e.dst, at.off[dstOp]), unsafe.Pointer(&s.packed[which]),
			unsafe.Add(e.src, to.off[srcOp]), unsafe.Pointer(&s.packed[1-which]), t)
		if !more {
			return
		}
		at, next, more = next, after, moreAfter
	}
}

// set tells the kernel where the tile at hand goes, and what becomes of lines that
// it does not complete; to is the tile after it. If runs begin at lines, or are
// made to, nothing is carried; set then reports whether the tile is whole lines.
func (s *tiles) set(t *simd.StreamTile, at, to *place, lines bool) bool {
	col := &s.colTable[at.colTable]
	col[at.cols] = to.off[dstOp] - at.off[dstOp]
	if t.NextRows == 0 {
		col[at.cols] = col[at.cols-1] // nothing goes on with the last run of all
	}
	t.Rows, t.Cols, t.Run, t.Col = at.rows, at.cols, at.rows*s.size, unsafe.Pointer(col)
	t.Begun, t.Keep, t.Join, t.TouchCol = 0, 0, simd.NoJoin, nil
	switch {
	case lines:
		t.Open = 0
		return t.Run%simd.StreamLine == 0 && (at.i > 0 || s.head[dstOp] == 0)
	case s.whole:
		t.Join = t.Run
		if s.row.loops[0].stride[dstOp] != t.Run {
			t.Touch, t.TouchCol = col[at.cols], unsafe.Pointer(&s.colTable[to.colTable])
		}
	default:
		if at.i > 0 {
			t.Begun = 1
		}
		if at.i+at.rows < s.run.n {
			t.Keep = 1
		}
		t.Open = t.Begun
	}
	return false
}

package plan

import (
	"sync"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// A tiles is the state and the memory of a streamed run.
type tiles struct {
	geometry
	size           int
	inRuns         bool // tiles follow one another along a run first
	whole          bool // a tile has whole runs
	i, j, dst, src int  // where the next tile begins: in run and row, and by the outer loops
	index          [streamAxes]int

	rowTab [2][maxRows]int
	colTab [3][simd.StreamWidth + 1]int
	tile   simd.StreamTile
	packed [2][maxRows * simd.StreamPitch]byte
}

var tilesPool = sync.Pool{New: func() any { return new(tiles) }}

// A place is a tile: where it lies, how large it is and which tables tell where
// its rows and columns lie.
type place struct {
	dst, src       int
	i, j           int
	rows, cols     int
	rowTab, colTab int
}

// stream runs the plan with a streaming kernel if there is one and the plan has
// the shape for it.
func (e *exec) stream(p *Plan, t *simd.Kernels) bool {
	slot := simd.Slot(p.size)
	if t.Stream[slot] == nil {
		return false
	}
	s := tilesPool.Get().(*tiles)
	defer tilesPool.Put(s)
	s.geometry = geometry{}
	if !p.geometry(&s.geometry) { // a part may be too small
		return false
	}
	s.start(p.size)
	lines := t.StreamLines[slot]
	if Direct == 0 || !s.lines || uintptr(unsafe.Add(e.dst, s.base[dstOp]))%simd.StreamLine != 0 {
		lines = nil
	}
	e.tiles(s, t.Stream[slot], lines)
	simd.StreamFence()
	return true
}

func (s *tiles) start(size int) {
	s.size = size
	s.whole = s.rows == s.run.n
	s.inRuns = !s.whole || DstMajor == 1
	s.i, s.j, s.dst, s.src = 0, 0, s.base[dstOp], s.base[srcOp]
	clear(s.index[:s.outers])
	s.tile.Open = 0
}

// next returns the next place, after last; ok is false if there is none.
func (s *tiles) next(last *place) (at place, ok bool) {
	if s.i < 0 {
		return at, false
	}
	at.i, at.j = s.i, s.j
	at.rows, at.cols = take(s.run.n-s.i, s.rows, simd.StreamUnit(s.size)), take(s.row.n-s.j, s.cols, simd.StreamLine/s.size)
	d, r := s.run.at(s.i)
	at.dst, at.src = s.dst+d, s.src+r
	d, r = s.row.at(s.j)
	at.dst += d
	at.src += r
	at.rowTab, at.colTab = last.rowTab, last.colTab
	if last.rows == 0 || at.rows > last.rows || at.i%s.run.inner != last.i%s.run.inner {
		at.rowTab = 1 - last.rowTab
		s.run.table(s.rowTab[at.rowTab][:at.rows], at.i, srcOp)
	}
	if last.rows == 0 || at.cols > last.cols || at.j%s.row.inner != last.j%s.row.inner {
		at.colTab = (last.colTab + 1) % 3
		s.row.table(s.colTab[at.colTab][:at.cols], at.j, dstOp)
	}
	s.advance(at.rows, at.cols)
	return at, true
}

// take takes most of n; all, if few or less would remain.
func take(n, most, few int) int {
	if n-most < few {
		return n
	}
	return most
}

// advance moves on by a tile; i is negative after the last one.
func (s *tiles) advance(rows, cols int) {
	if s.inRuns {
		if s.i += rows; s.i < s.run.n {
			return
		}
		s.i = 0
	}
	if s.j += cols; s.j < s.row.n {
		return
	}
	s.j = 0
	if !s.inRuns {
		if s.i += rows; s.i < s.run.n {
			return
		}
		s.i = 0
	}
	for k, l := range s.outer[:s.outers] {
		s.dst += l.dst
		s.src += l.src
		if s.index[k]++; s.index[k] < l.n {
			return
		}
		s.dst -= l.n * l.dst
		s.src -= l.n * l.src
		s.index[k] = 0
	}
	s.i = -1
}

// tiles runs the pipeline.
func (e *exec) tiles(s *tiles, runs, lines simd.StreamFunc) {
	t := &s.tile
	at, _ := s.next(&place{})
	for i, off := range s.rowTab[at.rowTab][:at.rows] {
		copy(s.packed[0][i*simd.StreamPitch:][:at.cols*s.size], unsafe.Slice((*byte)(unsafe.Add(e.src, at.src+off)), at.cols*s.size))
	}
	next, more := s.next(&at)
	for which := 0; ; which = 1 - which {
		to := at
		t.NextRows, t.Ahead = 0, 0
		after, moreAfter := next, more
		col := &s.colTab[at.colTab]
		col[at.cols] = col[at.cols-1]
		if more {
			to = next
			col[at.cols] = next.dst - at.dst
			t.NextRows, t.NextWidth = next.rows, next.cols*s.size
			t.Next = unsafe.Pointer(&s.rowTab[next.rowTab])
			t.AheadRow = t.Next
			if after, moreAfter = s.next(&next); moreAfter {
				t.Ahead = after.src - next.src
				t.AheadRow = unsafe.Pointer(&s.rowTab[after.rowTab])
			}
		}
		t.Rows, t.Cols, t.Col, t.Run = at.rows, at.cols, unsafe.Pointer(col), at.rows*s.size
		t.Steps = simd.StreamSteps(at.rows, at.cols, s.size)
		kernel := runs
		t.TouchCol = nil
		switch {
		case lines != nil:
			t.Join, t.Begun, t.Keep, t.Open = simd.NoJoin, 0, 0, 0
			if at.rows%simd.StreamUnit(s.size) == 0 && at.cols*s.size%16 == 0 {
				kernel = lines
			}
		case s.whole:
			t.Join, t.Begun, t.Keep = t.Run, 0, 0
			if Touch == 1 {
				t.Touch, t.TouchCol = to.dst-at.dst, unsafe.Pointer(&s.colTab[to.colTab])
			}
		default:
			t.Join, t.Begun, t.Keep = simd.NoJoin, 1, 1
			if at.i == 0 {
				t.Begun = 0
			}
			if at.i+at.rows == s.run.n {
				t.Keep = 0
			}
			t.Open = t.Begun
		}
		kernel(unsafe.Add(e.dst, at.dst), unsafe.Pointer(&s.packed[which]), unsafe.Add(e.src, to.src), unsafe.Pointer(&s.packed[1-which]), t)
		if !more {
			return
		}
		at, next, more = next, after, moreAfter
	}
}

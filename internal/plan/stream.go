package plan

import (
	"sync"
	"unsafe"

	"github.com/strided-go/strided/simd"
)

// A large transpose is limited by the speed at which memory is read, and gets
// near it only while reading never pauses. So its blocks are taken in strips, as
// wide as a tile of the streaming kernels and as long as the innermost axis of
// dst, and while a tile is transposed out of scratch memory, the next one is
// packed into scratch memory and the one after is prefetched. Packing also makes
// nothing of strides that are powers of two. Results leave in whole cache lines
// that are not read first.
//
// What remains at the two ends of a strip goes the ordinary way. A strip that
// would stick out at the side is moved back: what two strips have in common is
// written twice.

// A strips is the state of a streamed run.
type strips struct {
	kernel simd.StreamFunc

	row, col          axis // of src: along a row of a tile, and down
	width             int  // items in a row of a tile
	height            int  // rows of a tile
	head              int  // rows of src that come before the first tile
	tiles             int  // in a strip
	carry             bool // rows of dst begin anywhere in a line
	first, dst, src   int  // offsets of the next tile's strip: in items along row, in bytes
	tile              int
	index             [smallAxes]int
	tileA, tileB, mem unsafe.Pointer
}

// A place is a tile: where it lies and its number in its strip.
type place struct {
	dst, src, tile int
}

// streamable reports whether the shape of a plan allows that it is streamed.
func (p *Plan) streamable() bool {
	if p.kind != kindTranspose || len(p.fixes()) > 0 || p.nd > smallAxes {
		return false
	}
	row, col := p.axes()[p.row], p.axes()[p.col]
	return row.n >= simd.StreamRow/p.size && col.n >= simd.StreamRows(p.size)+simd.StreamLine/p.size
}

// stream runs the plan with a streaming kernel if there is one and it can be
// used for these pointers.
func (e *exec) stream(p *Plan, t *simd.Kernels) bool {
	slot := simd.Slot(p.size)
	if t.Stream[slot] == nil || !p.streamable() { // a part may be too small
		return false
	}
	s := strips{row: p.axes()[p.row], col: p.axes()[p.col], width: simd.StreamRow / p.size, kernel: t.StreamLines[slot]}
	const line = simd.StreamLine
	shift := int(-uintptr(e.dst) % line)
	s.head = shift / p.size
	if s.carry = shift%p.size != 0 || !p.wholeLines(); s.carry {
		s.head, s.kernel = line/p.size, t.Stream[slot]
	}
	if !s.fit(p.size) {
		return false
	}
	scratch := scratchPool.Get().(*scratch)
	defer scratchPool.Put(scratch)
	skip := int(-uintptr(unsafe.Pointer(scratch)) % line)
	size := simd.StreamTile(s.height)
	s.tileA = unsafe.Pointer(&scratch[skip])
	s.tileB = unsafe.Pointer(&scratch[skip+size])
	s.mem = unsafe.Pointer(&scratch[skip+2*size])
	e.strips(p, &s)
	simd.StreamFence()
	return true
}

// scratch has room for two tiles and the work area of any kernel.
type scratch [simd.StreamLine + 2*tileMax*simd.StreamPitch + simd.StreamCarry + simd.StreamRow*simd.StreamLine]byte

// tileMax is the most rows that a tile has, for items of one byte.
const tileMax = streamRun

var scratchPool = sync.Pool{New: func() any { return new(scratch) }}

// wholeLines reports whether all rows of dst are whole lines apart.
func (p *Plan) wholeLines() bool {
	for i, a := range p.axes() {
		if i != p.col && a.stride[dstOp]%simd.StreamLine != 0 {
			return false
		}
	}
	return true
}

// fit chooses the height of the tiles: of those from half of the most to the most,
// the one that leaves the fewest rows over. It reports whether there is one.
func (s *strips) fit(size int) bool {
	unit, n := simd.StreamRows(size), s.col.n-s.head
	most := min(max(streamRun/size, unit), n/unit*unit)
	for h := most; h > 0 && 2*h >= most; h -= unit {
		if t := n / h; t*h > s.tiles*s.height {
			s.tiles, s.height = t, h
		}
	}
	return s.tiles > 0
}

// next returns the next place; ok is false after the last one.
func (s *strips) next(p *Plan) (at place, ok bool) {
	if s.tile == s.tiles && !s.advance(p) {
		return place{}, false
	}
	i := s.head + s.tile*s.height
	j := min(s.first, s.row.n-s.width)
	at = place{
		dst:  s.dst + j*s.row.stride[dstOp] + i*s.col.stride[dstOp],
		src:  s.src + j*s.row.stride[srcOp] + i*s.col.stride[srcOp],
		tile: s.tile,
	}
	s.tile++
	return at, true
}

// advance moves on to the next strip.
func (s *strips) advance(p *Plan) bool {
	s.tile = 0
	if s.first += s.width; s.first < s.row.n {
		return true
	}
	s.first = 0
	for i := p.nd - 1; i >= 0; i-- {
		if i == p.row || i == p.col {
			continue
		}
		a := &p.axes()[i]
		s.dst += a.stride[dstOp]
		s.src += a.stride[srcOp]
		if s.index[i]++; s.index[i] < a.n {
			return true
		}
		s.dst -= a.n * a.stride[dstOp]
		s.src -= a.n * a.stride[srcOp]
		s.index[i] = 0
	}
	return false
}

// strips runs the pipeline.
func (e *exec) strips(p *Plan, s *strips) {
	down := s.col.stride[srcOp]
	at, _ := s.next(p)
	for i := range s.height {
		row := unsafe.Slice((*byte)(unsafe.Add(s.tileA, i*simd.StreamPitch)), simd.StreamRow)
		copy(row, unsafe.Slice((*byte)(unsafe.Add(e.src, at.src+i*down)), simd.StreamRow))
	}
	next, more := s.next(p)
	for {
		to, ahead := at, down // the last tile is packed once more
		var after place
		moreAfter := more
		if more {
			to = next
			if after, moreAfter = s.next(p); moreAfter {
				ahead = after.src - next.src
			}
		}
		if at.tile == 0 {
			e.begin(p, s, at)
		}
		s.kernel(unsafe.Add(e.dst, at.dst), s.tileA, unsafe.Add(e.src, to.src), s.tileB, s.mem, s.height, s.row.stride[dstOp], down, ahead)
		if at.tile == s.tiles-1 {
			e.end(p, s, at)
		}
		if !more {
			return
		}
		at, next, more = next, after, moreAfter
		s.tileA, s.tileB = s.tileB, s.tileA
	}
}

// begin transposes the rows before the first tile of a strip.
func (e *exec) begin(p *Plan, s *strips, at place) {
	if s.head == 0 {
		return
	}
	down := s.col.stride[srcOp]
	src := unsafe.Add(e.src, at.src-s.head*down)
	e.trans(unsafe.Add(e.dst, at.dst-s.head*p.size), src, s.head, s.width, s.row.stride[dstOp], down)
	if s.carry {
		e.trans(unsafe.Add(s.mem, simd.StreamCarry), src, s.head, s.width, simd.StreamLine, down)
	}
}

// end transposes the rows after the last tile of a strip, and those that the
// kernel has kept.
func (e *exec) end(p *Plan, s *strips, at place) {
	from := s.height
	if s.carry {
		from -= simd.StreamLine / p.size
	}
	rows := s.col.n - s.head - s.tiles*s.height + s.height - from
	if rows == 0 {
		return
	}
	down := s.col.stride[srcOp]
	e.trans(unsafe.Add(e.dst, at.dst+from*p.size), unsafe.Add(e.src, at.src+from*down), rows, s.width, s.row.stride[dstOp], down)
}

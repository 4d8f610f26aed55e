package plan

import "github.com/strided-go/strided/simd"

// What was measured, and where: docs/tuning.md.
const (
	// largeItem is the size from which items need no blocks: each is several
	// cache lines, used up at once.
	largeItem = 128

	// threadBytes is the least that a goroutine gets to copy.
	threadBytes = 1 << 20

	// dstRun and srcRun are how many bytes of each operand a block should
	// have in a row: a few cache lines, so that memory is read and written
	// in pieces worth the way, and rows few enough to stay in the
	// second-level cache.
	dstRun = 256
	srcRun = 512

	// streamWidth is about how many bytes of a row of src a tile has where
	// rows are longer, skewWidth where tiles of long runs do not begin at lines of
	// src, and streamNarrow where runs are whole and long.
	streamWidth  = 256
	skewWidth    = 320
	streamNarrow = 128

	// streamRows and streamRun are about how many items, and at least how
	// many bytes, of a long run a tile has.
	streamRows = 48
	streamRun  = 128

	// streamClosed is up to how many bytes runs are whole in a tile, unless the
	// tile is larger than streamTile.
	streamClosed = 1 << 10
	streamTile   = 32 << 10

	// streamLeastRow and streamLeastRun are how many bytes of src and of dst in
	// a row are worth being streamed.
	streamLeastRow = 48
	streamLeastRun = 128

	// itemsWidth is how many bytes of a row a tile has where that makes whole
	// lines of items of three words, and itemsRun about how many bytes of a run
	// where items are no power of two.
	itemsWidth = 192
	itemsRun   = 512

	// planesBytes is the size from which three planes are streamed, bytePlanesBytes
	// that for planes of the bytes of numbers, planesRun the least bytes of each that
	// are, and mostPlanes how many there are at most.
	planesBytes     = 12 << 20
	bytePlanesBytes = 1 << 20
	planesRun       = 4 << 10
	mostPlanes      = 16

	// longItem is the size from which large copies are made of long items, and
	// longFill that of items that are to be repeated.
	longItem = 32
	longFill = 64

	// rowRun is how many bytes of dst a block of long items has in a row at
	// least. A kernel is given rowMax of an item at most.
	rowRun = 256
	rowMax = 64 << 10

	// joinItem is the largest item that is put together with its neighbours if
	// it is no whole lines of dst; or copied with ordinary stores, where it has
	// none. Larger ones have lines enough of their own.
	joinItem = 384

	// fillStreamRow is the length in bytes of rows that are filled with streaming
	// stores in large copies.
	fillStreamRow = 4 << 10
)

// A tuning is what follows from the sizes of the caches.
type tuning struct {
	// fixBlock is about how many bytes move before their fixes are applied,
	// so that they are still in the first-level cache: a third of it.
	fixBlock int

	// rowBlock is about how many bytes a block of long items has: a sixth of the
	// first-level cache, for there are the next one and dst's ends of runs too.
	rowBlock int

	// streamBytes is the size from which a copy is streamed: that of the
	// second-level cache, but nothing unusual.
	streamBytes int
}

// tuningFor derives a tuning.
func tuningFor(c simd.CacheSizes) tuning {
	const k = 1 << 10
	return tuning{
		fixBlock:    max(4*k, c.L1/3&^(k-1)),
		rowBlock:    max(2*k, c.L1/6&^(k-1)),
		streamBytes: min(max(c.L2, 512*k), 4*k*k),
	}
}

// tuned is the tuning for this processor; only tests change it.
var tuned = tuningFor(simd.Caches())

// StreamBytes is the size from which copies are streamed.
func StreamBytes() int { return tuned.streamBytes }

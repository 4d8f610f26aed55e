package simd

import (
	"math"
	"unsafe"
)

// StreamFunc transposes one tile and fetches the next. The tile has been packed:
// it is t.Rows rows of t.Cols items, its rows StreamPitch bytes apart. A column
// of it becomes a run: items that follow one another in dst. Meanwhile the rows
// of the next tile are packed, and those of the one after are prefetched:
//
//	for j := range t.Cols {
//		for i := range t.Rows {
//			item i of the run at dst + t.Col[j] = tile item (i, j)
//		}
//	}
//	for i := range t.NextRows {
//		row i of nextTile = the t.NextWidth bytes at next + t.Next[i]
//		prefetch as many bytes at next + t.Ahead + t.AheadRow[i]
//	}
//
// Whole lines of dst are written with streaming stores. What lies in the
// unfinished line at the end of a run is, as the fields of t say, stored by
// itself, kept in t for the next tile, whose columns go on with the same runs,
// or kept for the next column, if that begins where the run ends.
//
// Units: the tables have offsets in bytes, of any sign.
// Requires, unchecked: tile and nextTile have room for StreamRows rows and
// StreamSlack bytes; the items lie in memory; NextWidth is 16 to StreamWidth; for
// StreamItems, all StreamRows of a tile are no more than StreamRun bytes of a run.
// Order: the stores are seen by others in no order before [StreamFence].
// Touches no byte of dst and next outside the items, except for reading ahead as
// a hint.
// Source: Springer, Su, Bientinesi, "HPTT", ARRAY 2017, arXiv:1704.04374 (the
// micro-kernel); the pipeline is our own.
type StreamFunc func(dst, tile, next, nextTile unsafe.Pointer, t *StreamTile)

// A StreamTile tells a streaming kernel what to do, and is the memory it works
// in: faster if it begins at a multiple of 64 bytes. Tables are of int; all fields
// but Open are the caller's.
type StreamTile struct {
	Rows, Cols int            // of the tile at hand, in items
	Col        unsafe.Pointer // table: where in dst the run of each column begins; one entry more, see Join
	Run        int            // bytes of a run: those of Rows items

	// Begun is 1 if the runs go on where those of the tile before ended, in
	// which Keep was 1; in the first of such tiles Run is at least StreamLine.
	// Otherwise a column may go on with the run before it, of this tile or of
	// the last one: where the difference of their offsets is Join. The
	// last column's next one is what the additional entry of Col says; behind the
	// last tile of all that must be no Join, or the end of its run stays in the
	// stage. NoJoin is no such difference. Open is 1 between two calls if the next
	// column goes on; the caller sets it to Begun, unless both tiles have a Join.
	Begun, Open, Keep, Join int

	NextRows  int            // rows of the next tile
	NextWidth int            // bytes of a row of the next tile
	Next      unsafe.Pointer // table: where the rows of the next tile lie
	Ahead     int            // where the tile after that one lies, in bytes from next
	AheadRow  unsafe.Pointer // table: where its rows lie

	// The lines where runs of the next tile begin and end are prefetched if
	// TouchCol is not nil: its table of columns, Touch bytes from dst.
	Touch    int
	TouchCol unsafe.Pointer

	Size int // of an item, for StreamItems

	// If Order is not nil, each 32 bytes of a row of the next tile are packed as
	// VPSHUFB puts them with the 32 bytes there, which keeps items whole; not for
	// StreamItems, nor for items of one byte.
	Order unsafe.Pointer

	// The kernel's own: what it counts, up to a line; the ends of runs that are
	// kept for the next tile; and the stage, in which runs are put together.
	_ [7]int
	_ [StreamPitch * StreamLine]byte
	_ [16 * (StreamRun + 3*StreamLine)]byte
}

// What streaming kernels can hold; simd/_gen has the same numbers.
const (
	StreamWidth = 320         // bytes of a row of a tile at most
	StreamPitch = StreamWidth // from one row of a packed tile to the next: an odd number of lines
	StreamSlack = 128         // what has to follow the rows of a packed tile
	StreamLine  = 64          // what a streaming store writes
	StreamRun   = 2048        // bytes of a run at most
	StreamItem  = 31          // bytes of an item at most
	NoJoin      = math.MinInt // no difference of offsets
)

// StreamUnit returns how many rows of items of that size are transposed at a
// time, a line of dst unless the size is no power of two; what a tile has less is
// transposed in vain.
func StreamUnit(size int) int {
	if Slot(size) < 0 {
		return 16
	}
	return StreamLine / size
}

// StreamRows returns how many rows a packed tile of that many needs room for.
func StreamRows(rows, size int) int {
	unit := StreamUnit(size)
	return (rows + unit - 1) / unit * unit
}

// StreamSwap returns the Order that reverses the bytes of items of 2, 4, 8 or 16.
func StreamSwap(size int) unsafe.Pointer { return unsafe.Pointer(&swapOrders[Slot(size)]) }

var swapOrders = func() (list [Sizes][32]byte) {
	for slot := range list {
		for i := range list[slot] {
			list[slot][i] = byte(i ^ (1<<slot - 1))
		}
	}
	return list
}()

// StreamFence orders streaming stores before all stores that follow. It has to
// come before anyone else may look at what was stored.
func StreamFence() { streamFence() }

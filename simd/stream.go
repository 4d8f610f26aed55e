package simd

import "unsafe"

// StreamFunc transposes one tile of a long strip and fetches the next one. The
// tile has been packed: it is rows rows of StreamRow bytes, StreamPitch bytes
// apart. Meanwhile as many rows of the next tile are packed, and the rows that
// lie ahead bytes further on are prefetched:
//
//	for i := range rows {
//		for j := range StreamRow / size {
//			dst item (j, i) = tile item (i, j)
//		}
//		row i of nextTile = row i of next
//		prefetch the row ahead bytes behind row i of next
//	}
//
// Items are written with streaming stores, in whole cache lines. What lies in an
// unfinished line at the end of a row of dst is left in work for the next call,
// which must be for the items that follow in the same rows; what precedes the
// items in their first line is taken from there. Before the first call work has
// to be given the StreamLine bytes that precede each row ([StreamWork]'s
// StreamCarry), and after the last one those that end each row are still to be
// written.
//
// Shape: rows is a multiple of [StreamRows] of the size; StreamRow/size columns.
// Units: dstStride and srcStride are bytes between rows, those of dst and of
// next; ahead is bytes, any number.
// Requires, unchecked: tile, nextTile and work begin at multiples of 64 bytes
// and are as long as the constants say; all rows of next and, for each row of
// dst, the StreamLine bytes before it lie in memory.
// Order: the stores are seen by others in no order before [StreamFence].
// Touches no byte of dst and next outside the rows, except for reading ahead as
// a hint, and the bytes before a row of dst that share its first line: they are
// written with what work has for them.
// Source: Springer, Su, Bientinesi, "HPTT", ARRAY 2017, arXiv:1704.04374 (the
// micro-kernel); the pipeline is our own.
type StreamFunc func(dst, tile, next, nextTile, work unsafe.Pointer, rows, dstStride, srcStride, ahead int)

// The memory of streaming kernels, in bytes; simd/_gen has the same numbers.
const (
	StreamRow   = 256                     // a row of a tile
	StreamPitch = StreamRow + StreamLine  // from one row of a packed tile to the next: no power of two
	StreamLine  = 64                      // what a streaming store writes
	StreamMax   = 512                     // the longest a row of dst may be in one call
	StreamCarry = 16 * (StreamMax + 2*64) // where in work the ends of rows are carried, StreamLine bytes for each row of dst
)

// StreamRows returns what the rows of a tile have to be a multiple of, for items
// of that size.
func StreamRows(size int) int { return max(16, StreamLine/size) }

// StreamTile returns the bytes of a packed tile of that many rows.
func StreamTile(rows int) int { return rows * StreamPitch }

// StreamWork returns the bytes of the work area for items of that size.
func StreamWork(size int) int { return StreamCarry + StreamRow/size*StreamLine }

// StreamFence orders streaming stores before all stores that follow. It has to
// come before anyone else may look at what was stored.
func StreamFence() { streamFence() }

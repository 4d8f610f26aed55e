package simd

import "unsafe"

var fillImpls = []impl[StridedFunc]{{Generic, fillGeneric}}

// fillChunk is the most that fillGeneric copies in one piece: small enough to
// stay in the first-level cache while it is read again and again. Chosen, not
// measured: half of the smallest such cache in use (32 KiB).
const fillChunk = 16 << 10

// fillGeneric writes one item to the start of each dst row and then copies what
// has been written behind itself, twice as much each time.
func fillGeneric(dst, src unsafe.Pointer, rows, cols, dstRowStride, _, srcRowStride, _, size int) {
	if cols <= 0 {
		return
	}
	n := cols * size
	for i := range rows {
		row := bytesAt(dst, i*dstRowStride, n)
		done := copy(row, bytesAt(src, i*srcRowStride, size))
		for done < n {
			done += copy(row[done:], row[:min(done, max(size, fillChunk/size*size))])
		}
	}
}

package simd

import "unsafe"

var fillImpls = []impl[StridedFunc]{{Generic, fillGeneric}}

// fillChunk is the most that fillGeneric copies in one piece: small enough to
// stay in the first-level cache while it is read again and again. Chosen, not
// measured: half of the smallest such cache in use (32 KiB).
const fillChunk = 16 << 10

// fillGeneric fills the rows one by one.
func fillGeneric(dst, src unsafe.Pointer, rows, cols, dstRowStride, _, srcRowStride, _, size int) {
	if cols <= 0 {
		return
	}
	for i := range rows {
		fillRow(bytesAt(dst, i*dstRowStride, cols*size), bytesAt(src, i*srcRowStride, size))
	}
}

// fillRow writes an item to the start of a row and then copies what has been
// written behind itself, twice as much each time. The row may end within an item.
func fillRow(row, item []byte) {
	done := copy(row, item)
	for done < len(row) {
		done += copy(row[done:], row[:min(done, max(len(item), fillChunk/len(item)*len(item)))])
	}
}

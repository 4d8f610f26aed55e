//go:build !purego && !noasm

package simd

import (
	"sync"
	"unsafe"
)

// A fillFunc fills n bytes from dst on with what is at pattern, again and again
// from the beginning after period bytes, with a streaming store for each whole
// line of dst. The first line begins with any byte of the pattern, so it is
// period and StreamLine bytes long; period is a multiple of StreamLine.
type fillFunc func(dst, pattern unsafe.Pointer, n, period int)

const (
	// fillMax is about the most bytes that a fillFunc is given: it cannot be
	// preempted.
	fillMax = 64 << 10

	// fillPattern is room for the longest pattern, for items of 63 bytes.
	fillPattern = 63*StreamLine + StreamLine
)

var patterns = sync.Pool{New: func() any { return new([fillPattern]byte) }}

// fillStream returns a StridedFunc that is a fill with streaming stores, for items
// of less than a line; or of a line. The pattern is the smallest number of items
// that are whole lines: one line of items whose size is a power of two.
func fillStream(fill fillFunc) StridedFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstRowStride, _, srcRowStride, _, size int) {
		period := size
		for period%StreamLine != 0 {
			period *= 2
		}
		pattern := patterns.Get().(*[fillPattern]byte)
		defer patterns.Put(pattern)
		at := unsafe.Pointer(pattern)
		for i := range rows {
			if i == 0 || srcRowStride != 0 {
				fillRow(pattern[:period+StreamLine], bytesAt(src, i*srcRowStride, size))
			}
			row := unsafe.Add(dst, i*dstRowStride)
			n, done := cols*size, 0
			for n-done > 2*fillMax {
				// The next piece begins with a line.
				k := fillMax/period*period + int(-uintptr(unsafe.Add(row, done))%StreamLine)
				fill(unsafe.Add(row, done), unsafe.Add(at, done%period), k, period)
				done += k
			}
			fill(unsafe.Add(row, done), unsafe.Add(at, done%period), n-done, period)
		}
		streamFence()
	}
}

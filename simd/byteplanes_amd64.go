//go:build !purego && !noasm

package simd

import "unsafe"

// bytePlanes are the streaming kernels for the bytes of items of one size as
// planes of their own.
type bytePlanes struct {
	split, join func(planes, items unsafe.Pointer, lines, stride int)
}

// By Slot of the items.
var (
	bytePlanes512 = [Sizes]bytePlanes{
		{},
		{split2Bytes512, join2Bytes512},
		{split4Bytes512, join4Bytes512},
		{split8Bytes512, join8Bytes512},
		{split16Bytes512, join16Bytes512},
	}
	bytePlanes256 = [Sizes]bytePlanes{
		{},
		{split2Bytes256, join2Bytes256},
		{split4Bytes256, join4Bytes256},
		{split8Bytes256, join8Bytes256},
		{split16Bytes256, join16Bytes256},
	}
)

// withBytePlanes returns a TransposeFunc for planes of bytes: kernels for those of
// items of 2, 4, 8 and 16 bytes, three for three planes, plain for what begins
// within lines.
func withBytePlanes(kernels *[Sizes]bytePlanes, three, plain TransposeFunc) TransposeFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
		if slot := Slot(cols); slot > 0 && srcStride == cols && dstStride%StreamLine == 0 {
			kernels[slot].splitAll(dst, src, rows, cols, dstStride, plain)
		} else if slot := Slot(rows); slot > 0 && dstStride == rows && uintptr(dst)%uintptr(rows) == 0 {
			kernels[slot].joinAll(dst, src, cols, rows, srcStride, plain)
		} else if cols == 3 && srcStride == 3 || rows == 3 && dstStride == 3 {
			three(dst, src, rows, cols, dstStride, srcStride)
		} else {
			inPieces(plain, dst, src, rows, cols, dstStride, srcStride)
		}
	}
}

// splitAll takes n items apart.
func (k *bytePlanes) splitAll(dst, src unsafe.Pointer, n, count, stride int, plain TransposeFunc) {
	first := min(int(-uintptr(dst)%StreamLine), n)
	lines := (n - first) / StreamLine
	last := first + lines*StreamLine
	most := laneMax / (count * StreamLine) // it cannot be preempted
	for done := 0; done < lines; done += most {
		at := first + done*StreamLine
		k.split(unsafe.Add(dst, at), unsafe.Add(src, at*count), min(lines-done, most), stride)
	}
	if first > 0 {
		plain(dst, src, first, count, stride, count)
	}
	if last < n {
		plain(unsafe.Add(dst, last), unsafe.Add(src, last*count), n-last, count, stride, count)
	}
	streamFence()
}

// joinAll puts the bytes of n items together.
func (k *bytePlanes) joinAll(dst, src unsafe.Pointer, n, count, stride int, plain TransposeFunc) {
	first := min(int(-uintptr(dst)%StreamLine)/count, n)
	lines := (n - first) / StreamLine
	last := first + lines*StreamLine
	most := laneMax / (count * StreamLine)
	for done := 0; done < lines; done += most {
		at := first + done*StreamLine
		k.join(unsafe.Add(src, at), unsafe.Add(dst, at*count), min(lines-done, most), stride)
	}
	if first > 0 {
		plain(dst, src, count, first, count, stride)
	}
	if last < n {
		plain(unsafe.Add(dst, last*count), unsafe.Add(src, last), count, n-last, count, stride)
	}
	streamFence()
}

// inPieces runs a kernel over planes of bytes, of whatever strides, a part of the
// longer axis at a time.
func inPieces(fn TransposeFunc, dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	const most = planesCall * StreamLine
	if rows >= cols {
		for i := 0; i < rows; i += most {
			fn(unsafe.Add(dst, i), unsafe.Add(src, i*srcStride), min(rows-i, most), cols, dstStride, srcStride)
		}
		return
	}
	for j := 0; j < cols; j += most {
		fn(unsafe.Add(dst, j*dstStride), unsafe.Add(src, j), rows, min(cols-j, most), dstStride, srcStride)
	}
}

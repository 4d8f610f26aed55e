//go:build !purego && !noasm

package simd

import "unsafe"

// Transposes with a side of three or four are planes taken apart or put together.
// The functions below do those that there are kernels for and report whether
// they did.

func planes1(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) bool {
	switch {
	case cols == 3 && srcStride == 3 && rows >= 32:
		split3Planes1(dst, src, rows, dstStride)
	case rows == 3 && dstStride == 3 && cols >= 32:
		join3Planes1(src, dst, cols, srcStride)
	case cols == 4 && srcStride == 4 && rows >= 32:
		split4Planes1(dst, src, rows, dstStride)
	case rows == 4 && dstStride == 4 && cols >= 32:
		join4Planes1(src, dst, cols, srcStride)
	default:
		return false
	}
	return true
}

func planes2(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) bool {
	switch {
	case cols == 3 && srcStride == 6 && rows >= 16:
		split3Planes2(dst, src, rows, dstStride)
	case rows == 3 && dstStride == 6 && cols >= 16:
		join3Planes2(src, dst, cols, srcStride)
	default:
		return false
	}
	return true
}

func planes4(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) bool {
	switch {
	case cols == 3 && srcStride == 12 && rows >= 8:
		split3Planes4(dst, src, rows, dstStride)
	case rows == 3 && dstStride == 12 && cols >= 8:
		join3Planes4(src, dst, cols, srcStride)
	default:
		return false
	}
	return true
}

func planes8(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) bool {
	switch {
	case cols == 3 && srcStride == 24 && rows >= 4:
		split3Planes8(dst, src, rows, dstStride)
	case rows == 3 && dstStride == 24 && cols >= 4:
		join3Planes8(src, dst, cols, srcStride)
	default:
		return false
	}
	return true
}

//go:build (amd64 || arm64) && !purego && !noasm

package simd

import "unsafe"

// A blocks is a kernel that transposes whole blocks, and the rows and columns of
// one: the least that it can do.
type blocks struct {
	rows, cols int
	fn         TransposeFunc
}

// withBlocks returns a TransposeFunc that runs the first kernel whose blocks are
// small enough, or else rest.
func withBlocks(rest TransposeFunc, kernels ...blocks) TransposeFunc {
	return func(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
		for i := range kernels {
			if k := &kernels[i]; rows >= k.rows && cols >= k.cols {
				k.fn(dst, src, rows, cols, dstStride, srcStride)
				return
			}
		}
		rest(dst, src, rows, cols, dstStride, srcStride)
	}
}

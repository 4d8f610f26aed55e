package simd

import (
	"fmt"
	"slices"
	"testing"
	"unsafe"
)

// BenchmarkImpls runs each implementation of the transposes, of copies of
// reversed items and of every second item, and of the reversal of bytes, apart
// and in place, beside the built-in copy of as many bytes.
func BenchmarkImpls(b *testing.B) {
	const most = 8 << 20
	dst, src := alignedBytes(most), alignedBytes(2*most)
	for i := range src {
		src[i], dst[i/2] = byte(i), 1
	}
	d, s := unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0])
	run := func(name string, nbytes int, f func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(nbytes))
			for range b.N {
				f()
			}
		})
	}
	strided := func(name string, size, nbytes int, list []impl[StridedFunc], src unsafe.Pointer, stride int) {
		for _, m := range list {
			if slices.Contains(levels, m.level) {
				run(fmt.Sprintf("%s/%d/%d/%v", name, size, nbytes, m.level), nbytes, func() {
					m.fn(d, src, 1, nbytes/size, 0, size, 0, stride, size)
				})
			}
		}
	}
	for i := range Sizes {
		size := 1 << i
		for _, n := range []int{4, 8, 16, 64, 256} {
			run(fmt.Sprintf("transpose/%d/%dx%d/copy", size, n, n), n*n*size, func() { copy(dst, src[:n*n*size]) })
			for _, m := range transposeImpls[i] {
				if slices.Contains(levels, m.level) {
					run(fmt.Sprintf("transpose/%d/%dx%d/%v", size, n, n, m.level), n*n*size, func() { m.fn(d, s, n, n, n*size, n*size) })
				}
			}
		}
		for _, nbytes := range []int{64, 128, 256, 16 << 10, 256 << 10, most} {
			run(fmt.Sprintf("lane/%d/%d/copy", size, nbytes), nbytes, func() { copy(dst, src[:nbytes]) })
			strided("reverse", size, nbytes, stridedImpls[i], unsafe.Pointer(&src[nbytes-size]), -size)
			strided("second", size, nbytes, stridedImpls[i], s, 2*size)
			strided("swap", size, nbytes, swapImpls[i], s, size)
			strided("swapinplace", size, nbytes, swapImpls[i], d, size)
		}
	}
}

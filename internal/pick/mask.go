// Package pick holds the loops that move items chosen by a mask or by indices.
// As the kernels of package simd they check nothing, form no pointer but to an
// item, assume no alignment unless they say so, and touch the bytes of the items
// and no others. Strides and sizes are bytes; every other number counts items.
//
// A mask is bytes; one that is not 0 chooses. Loops over masks of numbers of up
// to 8 bytes have no branch that depends on one, because a processor guesses
// wrong on half of a random mask, and a wrong guess costs more than the item.
package pick

import (
	"math/bits"
	"unsafe"

	"github.com/strided-go/strided/internal/blocks"
	"github.com/strided-go/strided/simd"
)

// A MaskedFunc copies chosen items:
//
//	for i := range n {
//		if mask[i] != 0 {
//			dst item i = src item i
//		}
//	}
//
// It may write an item that is not chosen as it found it.
type MaskedFunc func(dst, src, mask unsafe.Pointer, n, dstStride, srcStride, maskStride, size int)

// ahead is how many bytes before they are needed items to compress are prefetched
// (docs/tuning.md, "Choosing and converting").
const ahead = 2 << 10

// Masked returns the loop for items of a size.
func Masked(size int) MaskedFunc {
	rest := maskedGo(size)
	if slot := simd.Slot(size); slot >= 0 {
		if kernel := simd.Table().Masked[slot]; kernel != nil {
			return func(dst, src, mask unsafe.Pointer, n, dstStride, srcStride, maskStride, size int) {
				i := 0
				if dstStride == size && srcStride == size && maskStride == 1 {
					for n-i >= simd.MaskBlock {
						some := min(n-i, simd.MaskMost) &^ (simd.MaskBlock - 1)
						kernel(unsafe.Add(dst, i*size), unsafe.Add(src, i*size), unsafe.Add(mask, i), some)
						i += some
					}
				}
				if i < n {
					rest(unsafe.Add(dst, i*dstStride), unsafe.Add(src, i*srcStride), unsafe.Add(mask, i*maskStride),
						n-i, dstStride, srcStride, maskStride, size)
				}
			}
		}
	}
	return rest
}

// maskedGo returns the loop in pure Go.
func maskedGo(size int) MaskedFunc {
	switch {
	case size == 1:
		return masked[uint8]
	case size == 2 && blocks.Unaligned:
		return masked[uint16]
	case size == 4 && blocks.Unaligned:
		return masked[uint32]
	case size == 8 && blocks.Unaligned:
		return masked[uint64]
	case size == 16:
		return maskedArray[[16]byte]
	}
	return maskedBytes
}

func masked[T uint8 | uint16 | uint32 | uint64](dst, src, mask unsafe.Pointer, n, dstStride, srcStride, maskStride, _ int) {
	i, d, s, m := 0, 0, 0, 0
	if maskStride == 1 && blocks.Unaligned {
		// Eight at a time, so that nothing is written where nothing is chosen.
		for ; i+8 <= n; i += 8 {
			if *(*uint64)(unsafe.Add(mask, i)) != 0 {
				for k := range 8 {
					old, v := *(*T)(unsafe.Add(dst, d+k*dstStride)), *(*T)(unsafe.Add(src, s+k*srcStride))
					if *(*byte)(unsafe.Add(mask, i+k)) != 0 {
						old = v
					}
					*(*T)(unsafe.Add(dst, d+k*dstStride)) = old
				}
			}
			d += 8 * dstStride
			s += 8 * srcStride
		}
		m = i
	}
	for ; i < n; i++ {
		old, v := *(*T)(unsafe.Add(dst, d)), *(*T)(unsafe.Add(src, s))
		if *(*byte)(unsafe.Add(mask, m)) != 0 {
			old = v
		}
		*(*T)(unsafe.Add(dst, d)) = old
		d += dstStride
		s += srcStride
		m += maskStride
	}
}

func maskedArray[T any](dst, src, mask unsafe.Pointer, n, dstStride, srcStride, maskStride, _ int) {
	for i := range n {
		if *(*byte)(unsafe.Add(mask, i*maskStride)) != 0 {
			*(*T)(unsafe.Add(dst, i*dstStride)) = *(*T)(unsafe.Add(src, i*srcStride))
		}
	}
}

func maskedBytes(dst, src, mask unsafe.Pointer, n, dstStride, srcStride, maskStride, size int) {
	for i := range n {
		if *(*byte)(unsafe.Add(mask, i*maskStride)) != 0 {
			copy(unsafe.Slice((*byte)(unsafe.Add(dst, i*dstStride)), size), unsafe.Slice((*byte)(unsafe.Add(src, i*srcStride)), size))
		}
	}
}

// A CompressFunc moves the chosen ones of n items to adjacent places, and
// returns how many they were. It stops after limit of them, and writes no place
// beyond.
//
//	for i := range n {
//		if mask[i] != 0 {
//			dst item k = src item i
//			k++
//		}
//	}
type CompressFunc func(dst, src, mask unsafe.Pointer, n, srcStride, maskStride, size, limit int) int

// Compress returns the loop for items of a size.
func Compress(size int) CompressFunc {
	rest := compressGo(size)
	if slot := simd.Slot(size); slot >= 0 {
		if kernel := simd.Table().Compress[slot]; kernel != nil {
			return func(dst, src, mask unsafe.Pointer, n, srcStride, maskStride, size, limit int) int {
				i, k := 0, 0
				if srcStride == size && maskStride == 1 {
					for n-i >= simd.MaskBlock && limit-k >= simd.MaskBlock {
						seen, stored := kernel(unsafe.Add(dst, k*size), unsafe.Add(src, i*size), unsafe.Add(mask, i),
							min(n-i, simd.MaskMost), limit-k, ahead)
						i, k = i+seen, k+stored
					}
				}
				if i < n && k < limit {
					k += rest(unsafe.Add(dst, k*size), unsafe.Add(src, i*srcStride), unsafe.Add(mask, i*maskStride),
						n-i, srcStride, maskStride, size, limit-k)
				}
				return k
			}
		}
	}
	return rest
}

// compressGo returns the loop in pure Go.
func compressGo(size int) CompressFunc {
	switch size {
	case 1:
		return compress[[1]byte]
	case 2:
		return compress[[2]byte]
	case 4:
		return compress[[4]byte]
	case 8:
		return compress[[8]byte]
	case 16:
		return compress[[16]byte]
	}
	return compressBytes
}

func compress[T any](dst, src, mask unsafe.Pointer, n, srcStride, maskStride, size, limit int) int {
	end := limit * size
	d, s, m := 0, 0, 0
	for range n {
		if d == end {
			break
		}
		*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
		step := 0
		if *(*byte)(unsafe.Add(mask, m)) != 0 {
			step = size
		}
		d += step
		s += srcStride
		m += maskStride
	}
	return d / size
}

func compressBytes(dst, src, mask unsafe.Pointer, n, srcStride, maskStride, size, limit int) int {
	k := 0
	for i := 0; i < n && k < limit; i++ {
		if *(*byte)(unsafe.Add(mask, i*maskStride)) != 0 {
			copy(unsafe.Slice((*byte)(unsafe.Add(dst, k*size)), size), unsafe.Slice((*byte)(unsafe.Add(src, i*srcStride)), size))
			k++
		}
	}
	return k
}

// Count returns how many of n bytes are not 0.
func Count(mask unsafe.Pointer, n, stride int) int {
	const low7, one = 0x7f7f7f7f7f7f7f7f, 0x0101010101010101
	i, count := 0, 0
	if kernel := simd.Table().Count; kernel != nil && stride == 1 {
		for n-i >= simd.MaskBlock {
			some := min(n-i, simd.MaskMost) &^ (simd.MaskBlock - 1)
			count += kernel(unsafe.Add(mask, i), some)
			i += some
		}
	}
	if stride == 1 && blocks.Unaligned {
		for ; i+8 <= n; i += 8 {
			x := *(*uint64)(unsafe.Add(mask, i))
			count += bits.OnesCount64((x | (x&low7 + low7)) >> 7 & one)
		}
	}
	for ; i < n; i++ {
		step := 0
		if *(*byte)(unsafe.Add(mask, i*stride)) != 0 {
			step = 1
		}
		count += step
	}
	return count
}

// Nonzero stores the numbers, counted from first, of the n bytes that are not 0,
// and returns how many it stored. It stops when dst is full.
func Nonzero(dst []int64, mask unsafe.Pointer, n, stride int, first int64) int {
	i, k := 0, 0
	if kernel := simd.Table().Nonzero; kernel != nil && stride == 1 {
		for n-i >= simd.MaskBlock && len(dst)-k >= simd.MaskBlock {
			seen, stored := kernel(unsafe.Pointer(&dst[k]), unsafe.Add(mask, i), min(n-i, simd.MaskMost), len(dst)-k, first+int64(i))
			i, k = i+seen, k+stored
		}
	}
	if stride == 1 && blocks.Unaligned {
		for ; i+8 <= n && k+8 <= len(dst); i += 8 {
			if *(*uint64)(unsafe.Add(mask, i)) == 0 {
				continue
			}
			for j := range 8 {
				dst[k] = first + int64(i+j)
				step := 0
				if *(*byte)(unsafe.Add(mask, i+j)) != 0 {
					step = 1
				}
				k += step
			}
		}
	}
	for ; i < n && k < len(dst); i++ {
		dst[k] = first + int64(i)
		step := 0
		if *(*byte)(unsafe.Add(mask, i*stride)) != 0 {
			step = 1
		}
		k += step
	}
	return k
}

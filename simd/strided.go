package simd

import "unsafe"

// StridedFunc copies a block of items between two strided places, in C order:
//
//	for i := range rows {
//		for j := range cols {
//			dst item (i, j) = src item (i, j)
//		}
//	}
//
// where item (i, j) lies i*rowStride + j*stride bytes from the pointer.
//
// Shape: both blocks are rows×cols items; the pointers are to item (0, 0).
// Units: strides are bytes, any sign, zero too. size is the bytes of one item;
// a kernel of one size requires its own.
// Order: later items are written after earlier ones, so dst may visit a byte
// twice and the last item wins.
// Requires, unchecked: both blocks lie in their memory and do not overlap.
// Touches no byte outside the items, except that it may read what lies between
// two items of src that are less than a cache line apart.
type StridedFunc func(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size int)

// The implementations by Slot, best first.
var stridedImpls = [Sizes][]impl[StridedFunc]{
	append(stridedAsm[0], impl[StridedFunc]{Generic, stridedGeneric[[1]byte]}),
	append(stridedAsm[1], impl[StridedFunc]{Generic, stridedGeneric[[2]byte]}),
	append(stridedAsm[2], impl[StridedFunc]{Generic, stridedGeneric[[4]byte]}),
	append(stridedAsm[3], impl[StridedFunc]{Generic, stridedGeneric[[8]byte]}),
	append(stridedAsm[4], impl[StridedFunc]{Generic, stridedGeneric[[16]byte]}),
}

var itemsImpls = append(itemsAsm, impl[StridedFunc]{Generic, itemsGeneric})

// stridedGeneric copies items that are a T. A byte array has no alignment, so
// the compiler makes one move of it where the processor allows that at any
// address and several where it does not.
func stridedGeneric[T any](dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, _ int) {
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		for range cols {
			*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
			d += dstStride
			s += srcStride
		}
	}
}

// itemsGeneric copies items of any size. Up to 32 bytes an item is two moves of
// one width, which overlap in the middle; beyond it is the runtime's copy.
func itemsGeneric(dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size int) {
	if dstStride == size && srcRowStride == size && rows >= 4 && cols >= 4 && max(dstRowStride, -dstRowStride) >= cols*size {
		// Rows of src become columns of dst, none of which overlap. Longer
		// items are no faster that way.
		switch {
		case size == 3:
			transposeOdd[[4]byte](dst, src, rows, cols, dstRowStride, srcStride, size)
			return
		case size > 4 && size < 8:
			transposeOdd[[8]byte](dst, src, rows, cols, dstRowStride, srcStride, size)
			return
		case size > 8 && size < 16:
			transposeOdd[[16]byte](dst, src, rows, cols, dstRowStride, srcStride, size)
			return
		}
	}
	switch {
	case size <= 1:
		if size == 1 {
			stridedGeneric[[1]byte](dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size)
		}
	case size <= 4:
		pairGeneric[[2]byte](dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size-2)
	case size <= 8:
		pairGeneric[[4]byte](dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size-4)
	case size <= 16:
		pairGeneric[[8]byte](dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size-8)
	case size <= 32:
		pairGeneric[[16]byte](dst, src, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, size-16)
	default:
		for i := range rows {
			d, s := i*dstRowStride, i*srcRowStride
			for range cols {
				copy(bytesAt(dst, d, size), bytesAt(src, s, size))
				d += dstStride
				s += srcStride
			}
		}
	}
}

// transposeOdd copies items of size bytes, more than half a T and less than one,
// to rows rows of dst, from as many columns of src. Each is moved as a T. What
// that reads too much is of the next column; what it writes too much is written
// again with the next item of the row. The last column and the last item of each
// row are copied as they are.
func transposeOdd[T any](dst, src unsafe.Pointer, rows, cols, dstRowStride, srcStride, size int) {
	for i := 0; i < rows-1; i += 4 {
		lanes[T](unsafe.Add(dst, i*dstRowStride), unsafe.Add(src, i*size), cols-1, min(rows-1-i, 4), dstRowStride, size, size, srcStride)
	}
	i, j := rows-1, cols-1
	itemsGeneric(unsafe.Add(dst, i*dstRowStride), unsafe.Add(src, i*size), 1, cols, 0, size, 0, srcStride, size)
	itemsGeneric(unsafe.Add(dst, j*size), unsafe.Add(src, j*srcStride), 1, rows, 0, dstRowStride, 0, size, size)
}

// pairGeneric copies items as two Ts, the second second bytes behind the first.
func pairGeneric[T any](dst, src unsafe.Pointer, rows, cols, dstRowStride, dstStride, srcRowStride, srcStride, second int) {
	for i := range rows {
		d, s := i*dstRowStride, i*srcRowStride
		for range cols {
			*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
			*(*T)(unsafe.Add(dst, d+second)) = *(*T)(unsafe.Add(src, s+second))
			d += dstStride
			s += srcStride
		}
	}
}

// bytesAt returns the n bytes that begin off bytes behind p.
func bytesAt(p unsafe.Pointer, off, n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(p, off)), n)
}

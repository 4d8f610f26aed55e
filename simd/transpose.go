package simd

import "unsafe"

// TransposeFunc copies a block, making row i of src column i of dst:
//
//	for i := range rows {
//		for j := range cols {
//			dst item (j, i) = src item (i, j)
//		}
//	}
//
// Shape: src is rows×cols items, dst is cols×rows.
// Units: strides are bytes between rows, any sign; items within a row are adjacent.
// Requires, unchecked: both blocks lie in their memory and do not overlap, and
// no two items of dst do.
// Touches no byte outside the two blocks.
type TransposeFunc func(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int)

// The implementations by Slot, best first.
var transposeImpls = [Sizes][]impl[TransposeFunc]{
	append(transposeAsm[0], impl[TransposeFunc]{Generic, transpose1Generic}),
	append(transposeAsm[1], impl[TransposeFunc]{Generic, transpose2Generic}),
	append(transposeAsm[2], impl[TransposeFunc]{Generic, transpose4Generic}),
	append(transposeAsm[3], impl[TransposeFunc]{Generic, transposeItems[[8]byte]}),
	append(transposeAsm[4], impl[TransposeFunc]{Generic, transposeItems[[16]byte]}),
}

// transposeItems moves one item at a time. It takes up to four columns of src
// together, so that a line of src is read in few passes; or, where there are
// only a few rows, all of them.
func transposeItems[T any](dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	size := int(unsafe.Sizeof(*new(T)))
	if rows < 4 {
		lanes[T](dst, src, cols, rows, size, srcStride, dstStride, size)
		return
	}
	for j := 0; j < cols; j += 4 {
		lanes[T](unsafe.Add(dst, j*dstStride), unsafe.Add(src, j*size), rows, min(cols-j, 4), dstStride, size, size, srcStride)
	}
}

// lanes copies up to four lanes of n items together, one item of each at a time.
func lanes[T any](dst, src unsafe.Pointer, n, lanes, dstLane, srcLane, dstStride, srcStride int) {
	d, s := 0, 0
	switch lanes {
	case 1:
		for range n {
			*(*T)(unsafe.Add(dst, d)) = *(*T)(unsafe.Add(src, s))
			d += dstStride
			s += srcStride
		}
	case 2:
		for range n {
			p, q := unsafe.Add(dst, d), unsafe.Add(src, s)
			*(*T)(p) = *(*T)(q)
			*(*T)(unsafe.Add(p, dstLane)) = *(*T)(unsafe.Add(q, srcLane))
			d += dstStride
			s += srcStride
		}
	case 3:
		for range n {
			p, q := unsafe.Add(dst, d), unsafe.Add(src, s)
			*(*T)(p) = *(*T)(q)
			*(*T)(unsafe.Add(p, dstLane)) = *(*T)(unsafe.Add(q, srcLane))
			*(*T)(unsafe.Add(p, 2*dstLane)) = *(*T)(unsafe.Add(q, 2*srcLane))
			d += dstStride
			s += srcStride
		}
	case 4:
		for range n {
			p, q := unsafe.Add(dst, d), unsafe.Add(src, s)
			*(*T)(p) = *(*T)(q)
			*(*T)(unsafe.Add(p, dstLane)) = *(*T)(unsafe.Add(q, srcLane))
			*(*T)(unsafe.Add(p, 2*dstLane)) = *(*T)(unsafe.Add(q, 2*srcLane))
			*(*T)(unsafe.Add(p, 3*dstLane)) = *(*T)(unsafe.Add(q, 3*srcLane))
			d += dstStride
			s += srcStride
		}
	}
}

// The kernels for 1, 2 and 4 bytes transpose squares of 8, 4 and 2 items a side
// within 64-bit words, one word a row, by exchanging the off-diagonal quarters
// of ever smaller squares. A strip is some columns of src, the squares below one
// another, and makes as many rows of dst. Strips are functions of their own so
// that what they need fits into registers. What is left over at the edges goes
// item by item.

// edges transposes what lies outside the first rows0×cols0 items.
func edges[T any](dst, src unsafe.Pointer, rows, cols, dstStride, srcStride, rows0, cols0 int) {
	size := int(unsafe.Sizeof(*new(T)))
	if rows0 < rows && cols0 > 0 {
		transposeItems[T](unsafe.Add(dst, rows0*size), unsafe.Add(src, rows0*srcStride), rows-rows0, cols0, dstStride, srcStride)
	}
	if cols0 < cols && rows > 0 {
		transposeItems[T](unsafe.Add(dst, cols0*dstStride), unsafe.Add(src, cols0*size), rows, cols-cols0, dstStride, srcStride)
	}
}

func transpose4Generic(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	rows0, cols0 := rows&^1, cols&^7
	for j := 0; j < cols0; j += 8 {
		strip4(unsafe.Add(dst, j*dstStride), unsafe.Add(src, j*4), rows0, dstStride, srcStride)
	}
	edges[[4]byte](dst, src, rows, cols, dstStride, srcStride, rows0, cols0)
}

// strip4 transposes n rows of eight columns, four squares at a time.
func strip4(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	s := 0
	for i := 0; i < n; i += 2 {
		p, q := unsafe.Add(dst, i*4), unsafe.Add(src, s)
		s += 2 * srcStride
		for k := 0; ; k += 8 {
			x, y := load64(q, k), load64(q, srcStride+k)
			store64(p, 0, uint64(uint32(x))|y<<32)
			store64(p, dstStride, x>>32|y>>32<<32)
			if k == 24 {
				break // before p leaves the block
			}
			p = unsafe.Add(p, 2*dstStride)
		}
	}
}

// exchange swaps the high part of each group of 2n bits of x with the low part
// of the same group of y. mask selects the low parts.
func exchange(x, y, mask uint64, n uint) (uint64, uint64) {
	t := (x>>n ^ y) & mask
	return x ^ t<<n, y ^ t
}

// The parts that are exchanged.
const (
	low32 = 0x00000000ffffffff
	low16 = 0x0000ffff0000ffff
	low8  = 0x00ff00ff00ff00ff
)

func transpose2Generic(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	rows0, cols0 := rows&^3, cols&^3
	for j := 0; j < cols0; j += 4 {
		strip2(unsafe.Add(dst, j*dstStride), unsafe.Add(src, j*2), rows0, dstStride, srcStride)
	}
	edges[[2]byte](dst, src, rows, cols, dstStride, srcStride, rows0, cols0)
}

// strip2 transposes n rows of four columns.
func strip2(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	s := 0
	for i := 0; i < n; i += 4 {
		p, q := unsafe.Add(dst, i*2), unsafe.Add(src, s)
		s += 4 * srcStride
		a, b := load64(q, 0), load64(q, srcStride)
		q = unsafe.Add(q, 2*srcStride)
		c, d := load64(q, 0), load64(q, srcStride)
		a, c = exchange(a, c, low32, 32)
		b, d = exchange(b, d, low32, 32)
		a, b = exchange(a, b, low16, 16)
		store64(p, 0, a)
		store64(p, dstStride, b)
		c, d = exchange(c, d, low16, 16)
		p = unsafe.Add(p, 2*dstStride)
		store64(p, 0, c)
		store64(p, dstStride, d)
	}
}

func transpose1Generic(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	rows0, cols0 := rows&^7, cols&^7
	for j := 0; j < cols0; j += 8 {
		strip1(unsafe.Add(dst, j*dstStride), unsafe.Add(src, j), rows0, dstStride, srcStride)
	}
	edges[[1]byte](dst, src, rows, cols, dstStride, srcStride, rows0, cols0)
}

// strip1 transposes n rows of eight columns.
func strip1(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	s := 0
	for i := 0; i < n; i += 8 {
		p, q := unsafe.Add(dst, i), unsafe.Add(src, s)
		s += 8 * srcStride
		a, b := load64(q, 0), load64(q, srcStride)
		q = unsafe.Add(q, 2*srcStride)
		c, d := load64(q, 0), load64(q, srcStride)
		q = unsafe.Add(q, 2*srcStride)
		e, f := load64(q, 0), load64(q, srcStride)
		q = unsafe.Add(q, 2*srcStride)
		g, h := load64(q, 0), load64(q, srcStride)
		a, e = exchange(a, e, low32, 32)
		c, g = exchange(c, g, low32, 32)
		b, f = exchange(b, f, low32, 32)
		d, h = exchange(d, h, low32, 32)
		a, c = exchange(a, c, low16, 16)
		b, d = exchange(b, d, low16, 16)
		a, b = exchange(a, b, low8, 8)
		store64(p, 0, a)
		store64(p, dstStride, b)
		c, d = exchange(c, d, low8, 8)
		p = unsafe.Add(p, 2*dstStride)
		store64(p, 0, c)
		store64(p, dstStride, d)
		e, g = exchange(e, g, low16, 16)
		f, h = exchange(f, h, low16, 16)
		e, f = exchange(e, f, low8, 8)
		p = unsafe.Add(p, 2*dstStride)
		store64(p, 0, e)
		store64(p, dstStride, f)
		g, h = exchange(g, h, low8, 8)
		p = unsafe.Add(p, 2*dstStride)
		store64(p, 0, g)
		store64(p, dstStride, h)
	}
}

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
	{{Generic, transpose1Generic}},
	{{Generic, transpose2Generic}},
	{{Generic, transpose4Generic}},
	{{Generic, transposeItems[[8]byte]}},
	{{Generic, transposeItems[[16]byte]}},
}

// The kernels for 1, 2 and 4 bytes transpose squares of 8, 4 and 2 items a side
// within 64-bit words, one word a row, by exchanging the off-diagonal quarters
// of ever smaller squares. What is left over at the edges goes item by item.

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

// transposeItems moves one item at a time. It takes four columns of src
// together, so that a line of src is read in few passes, unless the rows of dst
// are too short for that to matter.
func transposeItems[T any](dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	size := int(unsafe.Sizeof(*new(T)))
	if rows < 4 {
		stridedGeneric[T](dst, src, rows, cols, size, dstStride, srcStride, size, size)
		return
	}
	j := 0
	for ; j+4 <= cols; j += 4 {
		d, s := j*dstStride, j*size
		for range rows {
			p, q := unsafe.Add(dst, d), unsafe.Add(src, s)
			*(*T)(p) = *(*T)(q)
			*(*T)(unsafe.Add(p, dstStride)) = *(*T)(unsafe.Add(q, size))
			*(*T)(unsafe.Add(p, 2*dstStride)) = *(*T)(unsafe.Add(q, 2*size))
			*(*T)(unsafe.Add(p, 3*dstStride)) = *(*T)(unsafe.Add(q, 3*size))
			d += size
			s += srcStride
		}
	}
	if j < cols {
		stridedGeneric[T](unsafe.Add(dst, j*dstStride), unsafe.Add(src, j*size), cols-j, rows, dstStride, size, size, srcStride, size)
	}
}

// transpose4Generic takes two rows and eight columns of src at a time.
func transpose4Generic(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	const low = 1<<32 - 1
	rows0, cols0 := rows&^1, cols&^7
	for j := 0; j < cols0; j += 8 {
		for i := 0; i < rows0; i += 2 {
			a := unsafe.Add(src, i*srcStride+j*4)
			b := unsafe.Add(a, srcStride)
			p := unsafe.Add(dst, j*dstStride+i*4)
			x, y := load64(a, 0), load64(b, 0)
			store64(p, 0, x&low|y<<32)
			p = unsafe.Add(p, dstStride)
			store64(p, 0, x>>32|y&^low)
			p = unsafe.Add(p, dstStride)
			x, y = load64(a, 8), load64(b, 8)
			store64(p, 0, x&low|y<<32)
			p = unsafe.Add(p, dstStride)
			store64(p, 0, x>>32|y&^low)
			p = unsafe.Add(p, dstStride)
			x, y = load64(a, 16), load64(b, 16)
			store64(p, 0, x&low|y<<32)
			p = unsafe.Add(p, dstStride)
			store64(p, 0, x>>32|y&^low)
			p = unsafe.Add(p, dstStride)
			x, y = load64(a, 24), load64(b, 24)
			store64(p, 0, x&low|y<<32)
			p = unsafe.Add(p, dstStride)
			store64(p, 0, x>>32|y&^low)
		}
	}
	edges[[4]byte](dst, src, rows, cols, dstStride, srcStride, rows0, cols0)
}

// exchange swaps the high part of each group of bits of x with the low part of
// the same group of y: mask selects the low parts, n is how wide they are.
func exchange(x, y, mask uint64, n uint) (uint64, uint64) {
	return x&mask | y&mask<<n, x>>n&mask | y&^mask
}

// transpose2Generic takes squares of four rows and columns.
func transpose2Generic(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	const m32, m16 = 0x00000000ffffffff, 0x0000ffff0000ffff
	rows0, cols0 := rows&^3, cols&^3
	for j := 0; j < cols0; j += 4 {
		for i := 0; i < rows0; i += 4 {
			q := unsafe.Add(src, i*srcStride+j*2)
			a, b := load64(q, 0), load64(q, srcStride)
			c, d := load64(q, 2*srcStride), load64(q, 3*srcStride)
			a, c = exchange(a, c, m32, 32)
			b, d = exchange(b, d, m32, 32)
			a, b = exchange(a, b, m16, 16)
			c, d = exchange(c, d, m16, 16)
			p := unsafe.Add(dst, j*dstStride+i*2)
			store64(p, 0, a)
			store64(p, dstStride, b)
			store64(p, 2*dstStride, c)
			store64(p, 3*dstStride, d)
		}
	}
	edges[[2]byte](dst, src, rows, cols, dstStride, srcStride, rows0, cols0)
}

// transpose1Generic takes squares of eight rows and columns.
func transpose1Generic(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride int) {
	const m32, m16, m8 = 0x00000000ffffffff, 0x0000ffff0000ffff, 0x00ff00ff00ff00ff
	rows0, cols0 := rows&^7, cols&^7
	for j := 0; j < cols0; j += 8 {
		for i := 0; i < rows0; i += 8 {
			q := unsafe.Add(src, i*srcStride+j)
			a, b := load64(q, 0), load64(q, srcStride)
			c, d := load64(q, 2*srcStride), load64(q, 3*srcStride)
			q = unsafe.Add(q, 4*srcStride)
			e, f := load64(q, 0), load64(q, srcStride)
			g, h := load64(q, 2*srcStride), load64(q, 3*srcStride)
			a, e = exchange(a, e, m32, 32)
			b, f = exchange(b, f, m32, 32)
			c, g = exchange(c, g, m32, 32)
			d, h = exchange(d, h, m32, 32)
			a, c = exchange(a, c, m16, 16)
			b, d = exchange(b, d, m16, 16)
			e, g = exchange(e, g, m16, 16)
			f, h = exchange(f, h, m16, 16)
			p := unsafe.Add(dst, j*dstStride+i)
			a, b = exchange(a, b, m8, 8)
			store64(p, 0, a)
			store64(p, dstStride, b)
			c, d = exchange(c, d, m8, 8)
			store64(p, 2*dstStride, c)
			store64(p, 3*dstStride, d)
			p = unsafe.Add(p, 4*dstStride)
			e, f = exchange(e, f, m8, 8)
			store64(p, 0, e)
			store64(p, dstStride, f)
			g, h = exchange(g, h, m8, 8)
			store64(p, 2*dstStride, g)
			store64(p, 3*dstStride, h)
		}
	}
	edges[[1]byte](dst, src, rows, cols, dstStride, srcStride, rows0, cols0)
}

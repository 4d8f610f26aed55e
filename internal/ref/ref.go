// Package ref is the oracle that the library's copies are tested against: what
// they do, done again one item and one byte at a time, and written only to be
// read. It imports nothing of ours, so that it can disagree. Bounds are checked
// by Go: a layout that leaves its memory panics here.
package ref

// Visit calls f with each index of an array of that shape in C order, the last
// one running fastest: once for the empty shape, never if a length is zero. The
// slice is reused.
func Visit(shape []int, f func(index []int)) {
	index := make([]int, len(shape))
	var loop func(axis int)
	loop = func(axis int) {
		if axis == len(shape) {
			f(index)
			return
		}
		for i := 0; i < shape[axis]; i++ {
			index[axis] = i
			loop(axis + 1)
		}
	}
	loop(0)
}

// Address returns where an item lies: off + Σ index[k]*strides[k].
func Address(off int, index, strides []int) int {
	for k, i := range index {
		off += i * strides[k]
	}
	return off
}

// Copy copies the items of a strided src to a strided dst of the same shape, in
// C order, as if all of src had been copied first: dst and src may be the same
// memory.
func Copy(dst []byte, dstOff int, dstStrides []int, src []byte, srcOff int, srcStrides []int, shape []int, itemSize int) {
	CopyFix(dst, dstOff, dstStrides, src, srcOff, srcStrides, shape, itemSize, func([]byte) {})
}

// CopyFix is Copy where each item, once it lies in dst, is handed to fix.
func CopyFix(dst []byte, dstOff int, dstStrides []int, src []byte, srcOff int, srcStrides []int, shape []int, itemSize int, fix func(item []byte)) {
	src = append([]byte(nil), src...)
	Visit(shape, func(index []int) {
		d := Address(dstOff, index, dstStrides)
		s := Address(srcOff, index, srcStrides)
		item := dst[d : d+itemSize : d+itemSize]
		for b := range itemSize {
			item[b] = src[s+b]
		}
		fix(item)
	})
}

// Transpose copies the rows×cols items of src, which lie one after the other, to
// dst so that row i of src is column i of dst.
func Transpose(dst, src []byte, rows, cols, itemSize int) {
	for i := range rows {
		for j := range cols {
			for b := range itemSize {
				dst[(j*rows+i)*itemSize+b] = src[(i*cols+j)*itemSize+b]
			}
		}
	}
}

// Reverse reverses the bytes of each of count words of size bytes, the first one
// off bytes into the item.
func Reverse(item []byte, off, size, count int) {
	for w := range count {
		word := item[off+w*size : off+(w+1)*size]
		for i := range size / 2 {
			word[i], word[size-1-i] = word[size-1-i], word[i]
		}
	}
}

// Visits counts how often an array visits each byte of a memory of size bytes.
func Visits(size, off int, strides, shape []int, itemSize int) []int {
	counts := make([]int, size)
	Visit(shape, func(index []int) {
		at := Address(off, index, strides)
		for b := range itemSize {
			counts[at+b]++
		}
	})
	return counts
}

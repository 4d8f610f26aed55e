package ndbuf

import (
	"unsafe"

	"github.com/strided-go/strided/internal/plan"
)

// Shuffle stores the first bytes of all items of src, then the second bytes of all, and so on: the byte shuffle of HDF5 and
// Blosc, after which numbers compress better. What is left of src after the last whole item is copied as it is. dst and
// src may overlap: the result is as if src had been copied first.
//
// Shape: dst is as long as src; itemSize is the bytes of an item.
// Errors: ErrValue for another length of dst, or an itemSize less than 1. Nothing is then written.
func Shuffle(dst, src []byte, itemSize int) error { return shuffle(dst, src, itemSize, false) }

// Unshuffle is the reverse of Shuffle.
//
// Errors: as Shuffle.
func Unshuffle(dst, src []byte, itemSize int) error { return shuffle(dst, src, itemSize, true) }

// shuffle is a transpose of bytes: items × itemSize to itemSize × items, or back.
func shuffle(dst, src []byte, itemSize int, back bool) error {
	if itemSize < 1 {
		return fail(ErrValue, "item size %d: want 1 or more", itemSize)
	}
	if len(dst) != len(src) {
		return fail(ErrValue, "dst has %d bytes, src %d", len(dst), len(src))
	}
	if len(src) == 0 {
		return nil
	}
	d, s := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src))
	n := len(src) / itemSize
	if a, b := uintptr(d), uintptr(s); a-b < uintptr(len(src)) || b-a < uintptr(len(src)) {
		src = append([]byte(nil), src...)
		s = unsafe.Pointer(unsafe.SliceData(src))
	}
	items, bytes := [2]int{1, itemSize}, [2]int{n, 1} // strides of byte k of item i, where items and where bytes are together
	if back {
		items, bytes = bytes, items
	}
	var p plan.Plan
	p.Init([]int{itemSize, n}, bytes[:], items[:], 1, nil, false)
	p.RunThreads(d, s, resolveThreads(threads.Load()))
	copy(dst[n*itemSize:], src[n*itemSize:])
	return nil
}

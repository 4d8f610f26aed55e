package simd

import "unsafe"

// Kernels for items chosen by a mask, of which every byte but 0 chooses. They
// take MaskBlock bytes of it at a time and leave the rest to the caller, and
// read each byte once: a mask that changes meanwhile spoils what is chosen and
// nothing else. Items are adjacent in all operands. They cannot be preempted:
// masks that are longer than MaskMost are handed over in pieces.

const (
	MaskBlock = 64      // bytes
	MaskMost  = 8 << 10 // bytes
)

// A CountFunc returns how many of n bytes are not 0. n is a multiple of
// MaskBlock.
type CountFunc func(mask unsafe.Pointer, n int) (count int)

// A NonzeroFunc stores the numbers, counted from first, of the bytes that are not
// 0, as int64:
//
//	for seen < n rounded down to blocks, and room-stored >= MaskBlock {
//		for range MaskBlock {
//			if mask[seen] != 0 {
//				dst item stored = first + seen
//				stored++
//			}
//			seen++
//		}
//	}
//
// dst has room items, and those behind the ones stored may hold anything after.
type NonzeroFunc func(dst, mask unsafe.Pointer, n, room int, first int64) (seen, stored int)

// A CompressFunc moves chosen items of src to adjacent places, with the loop of a
// NonzeroFunc:
//
//	dst item stored = src item seen
//
// It prefetches ahead bytes further on in src.
type CompressFunc func(dst, src, mask unsafe.Pointer, n, room, ahead int) (seen, stored int)

// A MaskedFunc copies chosen items to where they are in src, for n rounded down
// to blocks:
//
//	if mask[i] != 0 {
//		dst item i = src item i
//	}
//
// It writes no item that is not chosen.
type MaskedFunc func(dst, src, mask unsafe.Pointer, n int)

package main

import (
	"unsafe"

	"github.com/strided-go/strided/strides"
)

// An arena is memory on the Go heap for one case after another: it grows to what the largest of them needs and is touched
// completely when it does, so that no page is new while the clock runs. A worker takes what its largest case needs at once.
type arena struct{ mem []byte }

// take returns the first n bytes, at an address that is a multiple of 64.
func (a *arena) take(n int) []byte {
	if n > len(a.mem) {
		mem := make([]byte, n+64)
		mem = mem[-uintptr(unsafe.Pointer(unsafe.SliceData(mem)))&63:][:n]
		pattern(mem)
		a.mem = mem
	}
	return a.mem[:n:n]
}

// pattern fills memory with bytes that differ from their neighbours near and far: byte i is
// 131·i + 17·⌊i/2⁸⌋ + 29·⌊i/2¹⁶⌋ + 53·⌊i/2²⁴⌋. peers.py has the same.
func pattern(mem []byte) {
	block := make([]byte, min(len(mem), 1<<16))
	for i := range block {
		block[i] = byte(131*i + 17*(i>>8))
	}
	for at := 0; at < len(mem); at += len(block) {
		add := byte(29*(at>>16) + 53*(at>>24))
		part := mem[at:min(at+len(block), len(mem))]
		for i := range part {
			part[i] = block[i] + add
		}
	}
}

// poison overwrites memory that is about to be written, so that an answer from before is not taken for a new one.
func poison(mem []byte) {
	for i := range mem {
		mem[i] = 0xa5
	}
}

// plain is the loop that every answer is compared with: the items of src, in C order, to the same indices of dst.
func plain(dst []byte, to strides.Layout, src []byte, from strides.Layout) {
	if to.Len() == 0 {
		return
	}
	axes := len(to.Shape) - 1
	if axes < 0 {
		copy(dst[to.Offset:][:to.ItemSize], src[from.Offset:])
		return
	}
	index := make([]int, axes)
	d, s := to.Offset, from.Offset
	for {
		lane(dst, d, to.Strides[axes], src, s, from.Strides[axes], to.ItemSize, to.Shape[axes])
		k := axes - 1
		for ; k >= 0; k-- {
			index[k]++
			d += to.Strides[k]
			s += from.Strides[k]
			if index[k] < to.Shape[k] {
				break
			}
			d -= index[k] * to.Strides[k]
			s -= index[k] * from.Strides[k]
			index[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// lane copies n items of size bytes that lie dstStride and srcStride bytes apart.
func lane(dst []byte, d, dstStride int, src []byte, s, srcStride, size, n int) {
	switch size {
	case 1:
		for ; n > 0; n, d, s = n-1, d+dstStride, s+srcStride {
			dst[d] = src[s]
		}
	case 4:
		for ; n > 0; n, d, s = n-1, d+dstStride, s+srcStride {
			*(*[4]byte)(dst[d:]) = [4]byte(src[s:])
		}
	case 8:
		for ; n > 0; n, d, s = n-1, d+dstStride, s+srcStride {
			*(*[8]byte)(dst[d:]) = [8]byte(src[s:])
		}
	default:
		for ; n > 0; n, d, s = n-1, d+dstStride, s+srcStride {
			copy(dst[d:d+size], src[s:])
		}
	}
}

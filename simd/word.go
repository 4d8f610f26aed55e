package simd

import (
	"encoding/binary"
	"runtime"
	"unsafe"
)

// unalignedLittle says that the processor is little-endian and loads and stores
// a word at any address. Elsewhere words are put together by encoding/binary,
// which the compiler turns into what the processor can do.
const unalignedLittle = runtime.GOARCH == "amd64" || runtime.GOARCH == "386" || runtime.GOARCH == "arm64" || runtime.GOARCH == "ppc64le"

// load64 returns the eight bytes that begin off bytes behind p, the first one
// lowest in the word, on every machine.
func load64(p unsafe.Pointer, off int) uint64 {
	if unalignedLittle {
		return *(*uint64)(unsafe.Add(p, off))
	}
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, off))[:])
}

// store64 is the reverse of load64.
func store64(p unsafe.Pointer, off int, v uint64) {
	if unalignedLittle {
		*(*uint64)(unsafe.Add(p, off)) = v
		return
	}
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(p, off))[:], v)
}

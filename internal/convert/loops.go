package convert

import (
	"math"
	"sync"
	"unsafe"
)

type integer interface {
	int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64
}

type floating interface{ float32 | float64 }

type number interface{ integer | floating }

// numbers is for pairs where Go's own conversion is what is wanted: from
// integers.
func numbers[D number, S integer](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*D)(unsafe.Add(dst, d)) = D(*(*S)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

// truncate is for floats to integers. Go defines the conversion of a float that
// fits after its fraction is dropped; the others are told apart before.
func truncate[D integer, S floating](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	lo, hi := limits[D]()
	bottom, top := S(lo), 2*S(hi/2+1) // exact: powers of two, and zero
	d, s := 0, 0
	for range n {
		f := *(*S)(unsafe.Add(src, s))
		var v D
		switch {
		case f > bottom && f < top:
			v = D(f)
		case f >= top:
			v = hi
		case f == f:
			v = lo
		}
		*(*D)(unsafe.Add(dst, d)) = v
		d += dstStride
		s += srcStride
	}
}

// limits returns the least and the greatest value of an integer type.
func limits[D integer]() (lo, hi D) {
	if hi = ^D(0); hi > 0 {
		return 0, hi
	}
	lo = 1 << (8*unsafe.Sizeof(lo) - 1)
	return lo, ^lo
}

func toBool[S number](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		var b byte
		if *(*S)(unsafe.Add(src, s)) != 0 {
			b = 1
		}
		*(*byte)(unsafe.Add(dst, d)) = b
		d += dstStride
		s += srcStride
	}
}

func fromBool[D number](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		var v D
		if *(*byte)(unsafe.Add(src, s)) != 0 {
			v = 1
		}
		*(*D)(unsafe.Add(dst, d)) = v
		d += dstStride
		s += srcStride
	}
}

// complexToBool is true where either part is not zero.
func complexToBool[S floating](dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		v := (*[2]S)(unsafe.Add(src, s))
		var b byte
		if v[0] != 0 || v[1] != 0 {
			b = 1
		}
		*(*byte)(unsafe.Add(dst, d)) = b
		d += dstStride
		s += srcStride
	}
}

// Between floats a NaN goes through its bits, because processors differ in what
// they make of one.

func widen(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		f := *(*float32)(unsafe.Add(src, s))
		v := float64(f)
		if f != f {
			u := uint64(math.Float32bits(f))
			v = math.Float64frombits(u>>31<<63 | 0x7ff8000000000000 | u&0x7fffff<<29)
		}
		*(*float64)(unsafe.Add(dst, d)) = v
		d += dstStride
		s += srcStride
	}
}

func narrow(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		f := *(*float64)(unsafe.Add(src, s))
		v := float32(f)
		if f != f {
			u := math.Float64bits(f)
			v = math.Float32frombits(uint32(u>>63<<31) | 0x7fc00000 | uint32(u>>29)&0x7fffff)
		}
		*(*float32)(unsafe.Add(dst, d)) = v
		d += dstStride
		s += srcStride
	}
}

// withZero makes the loop for a complex dst of one that stores its real part.
func withZero(real Func, part int) Func {
	zeros := zero[uint32]
	if part == 8 {
		zeros = zero[uint64]
	}
	return func(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
		real(dst, src, n, dstStride, srcStride)
		if n > 0 {
			zeros(unsafe.Add(dst, part), n, dstStride)
		}
	}
}

func zero[T integer](dst unsafe.Pointer, n, stride int) {
	for i := range n {
		*(*T)(unsafe.Add(dst, i*stride)) = 0
	}
}

// inParts makes the loop between complex kinds of the one between their parts.
func inParts(f Func, dstPart, srcPart int) Func {
	return func(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
		if dstStride == 2*dstPart && srcStride == 2*srcPart {
			f(dst, src, 2*n, dstPart, srcPart)
		} else if n > 0 {
			f(dst, src, n, dstStride, srcStride)
			f(unsafe.Add(dst, dstPart), unsafe.Add(src, srcPart), n, dstStride, srcStride)
		}
	}
}

// steps is how many items go through a kind between two others at a time: a few
// kilobytes, so that they stay in the first-level cache. Chosen.
const steps = 512

// between is memory for such items.
var between = sync.Pool{New: func() any { return new([steps]uint64) }}

// through makes one loop of two, from from's src to a kind in the middle and on
// to to's dst.
func through(to Func, middle Kind, from Func) Func {
	size := middle.Size()
	return func(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
		mid := between.Get().(*[steps]uint64)
		for i := 0; i < n; i += steps {
			k := min(steps, n-i)
			from(unsafe.Pointer(mid), unsafe.Add(src, i*srcStride), k, size, srcStride)
			to(unsafe.Add(dst, i*dstStride), unsafe.Pointer(mid), k, dstStride, size)
		}
		between.Put(mid)
	}
}

package convert

import (
	"math"
	"unsafe"
)

// Floats of 16 bits: binary16 ("half", 5 bits of exponent) and bfloat16
// ("brain", 8 bits, the upper half of a float32). Rounding adds half of the last
// bit that stays, less one if that bit is even, and cuts; a carry into the
// exponent is what it should be. A subnormal result is rounded by the processor,
// which adds a number so large that its last bit is the result's.
//
// Source: F. Giesen, "Float->half variants", 2012; round to odd: S. Boldo,
// G. Melquiond, "When double rounding is odd", 2005.

func halfTo32(h uint16) uint32 {
	const infinity = 0x1f << 23
	u := uint32(h&0x7fff) << 13
	switch {
	case u > infinity: // NaN
		u = 0x7fc00000 | u&0x7fffff
	case u == infinity:
		u = 0x7f800000
	case u < 1<<23: // subnormal, or zero
		const least = 113 << 23 // the least normal number
		u = math.Float32bits(math.Float32frombits(u+least) - math.Float32frombits(least))
	default:
		u += 112 << 23
	}
	return u | uint32(h&0x8000)<<16
}

func halfFrom32(u uint32) uint16 {
	sign := uint16(u >> 16 & 0x8000)
	u &= 0x7fffffff
	switch {
	case u > 0x7f800000: // NaN
		return sign | 0x7e00 | uint16(u>>13&0x3ff)
	case u >= (127+16)<<23:
		return sign | 0x7c00
	case u < (127-14)<<23:
		const magic = (127 + 23 - 24) << 23
		return sign | uint16(math.Float32bits(math.Float32frombits(u)+math.Float32frombits(magic))-magic)
	}
	return sign | uint16((u-112<<23+0xfff+u>>13&1)>>13)
}

func halfFrom64(u uint64) uint16 {
	sign := uint16(u >> 48 & 0x8000)
	u &= 1<<63 - 1
	switch {
	case u > 0x7ff<<52: // NaN
		return sign | 0x7e00 | uint16(u>>42&0x3ff)
	case u >= (1023+16)<<52:
		return sign | 0x7c00
	case u < (1023-14)<<52:
		const magic = (1023 + 52 - 24) << 52
		return sign | uint16(math.Float64bits(math.Float64frombits(u)+math.Float64frombits(magic))-magic)
	}
	return sign | uint16((u-1008<<52+(1<<41-1)+u>>42&1)>>42)
}

func brainTo32(h uint16) uint32 {
	u := uint32(h) << 16
	if h&0x7fff > 0x7f80 {
		u |= 0x400000
	}
	return u
}

func brainFrom32(u uint32) uint16 {
	if u&0x7fffffff > 0x7f800000 {
		return uint16(u>>16) | 0x40
	}
	return uint16((u + 0x7fff + u>>16&1) >> 16)
}

// brainFrom64 goes through the float32 that is odd if it is not exact: that one
// rounds to what the float64 rounds to.
func brainFrom64(u uint64) uint16 {
	x := math.Float64frombits(u)
	if x != x {
		return uint16(u>>48&0x8000) | 0x7fc0 | uint16(u>>45&0x7f)
	}
	f := float32(x)
	b := math.Float32bits(f)
	if y := float64(f); y != x && b&1 == 0 {
		if math.Abs(y) > math.Abs(x) {
			b--
		} else {
			b++
		}
	}
	return brainFrom32(b)
}

func widenHalf(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*uint32)(unsafe.Add(dst, d)) = halfTo32(*(*uint16)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

func widenBrain(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*uint32)(unsafe.Add(dst, d)) = brainTo32(*(*uint16)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

func narrowHalf(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*uint16)(unsafe.Add(dst, d)) = halfFrom32(*(*uint32)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

func narrowBrain(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*uint16)(unsafe.Add(dst, d)) = brainFrom32(*(*uint32)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

func shrinkHalf(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*uint16)(unsafe.Add(dst, d)) = halfFrom64(*(*uint64)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

func shrinkBrain(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*uint16)(unsafe.Add(dst, d)) = brainFrom64(*(*uint64)(unsafe.Add(src, s)))
		d += dstStride
		s += srcStride
	}
}

func halfToBool(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		var b byte
		if *(*uint16)(unsafe.Add(src, s))&0x7fff != 0 {
			b = 1
		}
		*(*byte)(unsafe.Add(dst, d)) = b
		d += dstStride
		s += srcStride
	}
}

// odd returns a number of at most 53 significant bits that rounds to any
// shorter float as v does: what is cut off makes the last bit odd.
func odd(v uint64) uint64 {
	const cut = 1<<11 - 1
	if v < 1<<53 {
		return v
	}
	if v&cut != 0 {
		v |= cut + 1
	}
	return v &^ cut
}

func oddInt64(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		v := *(*int64)(unsafe.Add(src, s))
		f := float64(odd(uint64(max(v, -v))))
		if v < 0 {
			f = -f
		}
		*(*float64)(unsafe.Add(dst, d)) = f
		d += dstStride
		s += srcStride
	}
}

func oddUint64(dst, src unsafe.Pointer, n, dstStride, srcStride int) {
	d, s := 0, 0
	for range n {
		*(*float64)(unsafe.Add(dst, d)) = float64(odd(*(*uint64)(unsafe.Add(src, s))))
		d += dstStride
		s += srcStride
	}
}

package convert_test

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/convert"
	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ndtest"
)

// A value is what an item holds: exactly one of a number, an infinity or a NaN, for the real and the imaginary part.
type value struct{ re, im part }

type part struct {
	x    *big.Float // exact; its sign counts for zero too
	nan  uint64     // of a NaN: the payload, at the top of 52 bits
	is   bool       // a NaN
	sign bool       // of a NaN
}

func number(x float64) part { return part{x: big.NewFloat(x)} }

// floatPart reads a float with m bits of mantissa after the first and e of exponent.
func floatPart(bits uint64, m, e int) part {
	sign := bits>>(m+e)&1 == 1
	exp := int(bits >> m & (1<<e - 1))
	frac := bits & (1<<m - 1)
	bias := 1<<(e-1) - 1
	switch {
	case exp == 1<<e-1 && frac != 0:
		return part{is: true, sign: sign, nan: frac << (52 - m)}
	case exp == 1<<e-1:
		return part{x: new(big.Float).SetInf(sign)}
	case exp == 0:
		exp = 1
	default:
		frac |= 1 << m
	}
	x := new(big.Float).SetMantExp(new(big.Float).SetUint64(frac), exp-bias-m)
	if sign {
		x.Neg(x)
	}
	return part{x: x}
}

// bitsOf rounds a part to such a float, to nearest, ties to even.
func (p part) bitsOf(m, e int) uint64 {
	bias := 1<<(e-1) - 1
	top := uint64(1<<e-1) << m
	if p.is {
		out := top | 1<<(m-1) | p.nan>>(52-m)
		if p.sign {
			out |= 1 << (m + e)
		}
		return out
	}
	sign := uint64(0)
	if p.x.Signbit() {
		sign = 1 << (m + e)
	}
	x := new(big.Float).Abs(p.x)
	switch {
	case x.IsInf():
		return sign | top
	case x.Sign() == 0:
		return sign
	}
	exp := max(x.MantExp(nil)-1, 1-bias) // 2^exp <= x, but for subnormals
	// In units of the last bit: an integer, rounded.
	q := new(big.Float).SetMantExp(x, m-exp)
	n, _ := q.Int64() // towards zero
	rest := new(big.Float).Sub(q, new(big.Float).SetInt64(n))
	if c := rest.Cmp(big.NewFloat(0.5)); c > 0 || c == 0 && n&1 == 1 {
		n++
	}
	// A carry goes where it should: n units with the exponent of a subnormal.
	bits := uint64(n) + uint64(exp+bias-1)<<m
	if bits >= top {
		bits = top
	}
	return sign | bits
}

// toInt drops the fraction and takes the nearest value in [lo, hi].
func (p part) toInt(lo, hi *big.Int) *big.Int {
	if p.is {
		return new(big.Int)
	}
	if p.x.IsInf() {
		if p.x.Signbit() {
			return lo
		}
		return hi
	}
	n, _ := p.x.Int(nil)
	if n.Cmp(lo) < 0 {
		return lo
	}
	if n.Cmp(hi) > 0 {
		return hi
	}
	return n
}

// read decodes an item, the slow way.
func read(k convert.Kind, b []byte) value {
	u := word(b)
	zero := number(0)
	switch k {
	case convert.Bool:
		if u != 0 {
			return value{number(1), zero}
		}
		return value{zero, zero}
	case convert.Float16:
		return value{floatPart(u, 10, 5), zero}
	case convert.BFloat16:
		return value{floatPart(u, 7, 8), zero}
	case convert.Float32:
		return value{floatPart(u, 23, 8), zero}
	case convert.Float64:
		return value{floatPart(u, 52, 11), zero}
	case convert.Complex64:
		return value{floatPart(word(b[:4]), 23, 8), floatPart(word(b[4:]), 23, 8)}
	case convert.Complex128:
		return value{floatPart(word(b[:8]), 52, 11), floatPart(word(b[8:]), 52, 11)}
	case convert.Int8, convert.Int16, convert.Int32, convert.Int64:
		shift := 64 - 8*len(b)
		return value{part{x: new(big.Float).SetInt64(int64(u) << shift >> shift)}, zero}
	}
	return value{part{x: new(big.Float).SetUint64(u)}, zero}
}

// word is a word in this machine's order.
func word(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(*(*uint16)(unsafe.Pointer(&b[0])))
	case 4:
		return uint64(*(*uint32)(unsafe.Pointer(&b[0])))
	case 8:
		return *(*uint64)(unsafe.Pointer(&b[0]))
	}
	return 0
}

func putWord(b []byte, u uint64) {
	switch len(b) {
	case 1:
		b[0] = byte(u)
	case 2:
		*(*uint16)(unsafe.Pointer(&b[0])) = uint16(u)
	case 4:
		*(*uint32)(unsafe.Pointer(&b[0])) = uint32(u)
	case 8:
		*(*uint64)(unsafe.Pointer(&b[0])) = u
	}
}

func isInteger(k convert.Kind) bool { return k >= convert.Int8 && k <= convert.Uint64 }

// want is the item of kind to that item b of kind from becomes.
func want(to, from convert.Kind, b []byte) []byte {
	v := read(from, b)
	out := make([]byte, to.Size())
	// Between floats of one kind the bits stay.
	if to == convert.Complex64 && from == convert.Float32 || to == convert.Complex128 && from == convert.Float64 {
		copy(out, b)
		return out
	}
	if from == convert.Complex64 && to == convert.Float32 || from == convert.Complex128 && to == convert.Float64 {
		copy(out, b)
		return out
	}
	switch {
	case to == convert.Bool:
		if v.re.is || v.im.is || v.re.x.Sign() != 0 || v.im.x.Sign() != 0 {
			out[0] = 1
		}
	case isInteger(to) && isInteger(from):
		n, _ := v.re.x.Int(nil)
		n.And(n, new(big.Int).SetUint64(math.MaxUint64)) // two's complement
		putWord(out, n.Uint64())
	case isInteger(to):
		w := uint(8 * to.Size())
		lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), w)
		if to == convert.Int8 || to == convert.Int16 || to == convert.Int32 || to == convert.Int64 {
			hi.Rsh(hi, 1)
			lo.Neg(hi)
		}
		hi.Sub(hi, big.NewInt(1))
		n := v.re.toInt(lo, hi)
		putWord(out, new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64())
	case to == convert.Float16:
		putWord(out, v.re.bitsOf(10, 5))
	case to == convert.BFloat16:
		putWord(out, v.re.bitsOf(7, 8))
	case to == convert.Float32:
		putWord(out, v.re.bitsOf(23, 8))
	case to == convert.Float64:
		putWord(out, v.re.bitsOf(52, 11))
	case to == convert.Complex64:
		putWord(out[:4], v.re.bitsOf(23, 8))
		putWord(out[4:], v.im.bitsOf(23, 8))
	case to == convert.Complex128:
		putWord(out[:8], v.re.bitsOf(52, 11))
		putWord(out[8:], v.im.bitsOf(52, 11))
	}
	return out
}

// words are numbers whose bits, as every kind, are at some edge.
func words(r *rand.Rand, size int) []uint64 {
	list := []uint64{0, 1, 2, 3}
	for shift := range 8 * size {
		for _, d := range []uint64{0, 1, ^uint64(0)} {
			list = append(list, 1<<shift+d, -(1<<shift)+d)
		}
	}
	// Floats around integers' limits, at halves between neighbours, around the edges of narrower floats.
	for _, f := range []float64{0.5, 0.99, 1, 1.5, 127.5, 128, 255.99, 256, 32767.5, 32768, 65504, 65519.99, 65520, 65535, 65536,
		1 << 31, 1<<31 - 1, 1<<31 - 0.5, 1 << 32, 1<<32 - 1, 1<<32 - 0.25, 1 << 53, 1 << 62, 1 << 63, 1<<63 - 1024, 1 << 64, 1<<64 - 2048, 1e30, 1e300,
		0x1p-14, 0x1p-15, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1.000001p-25, 0x1p-126, 0x1p-127, 0x1p-149, 0x1p-150, 0x1.8p-150, 0x1p-133, 0x1p-134,
		0x1.ffffffp127, 0x1.fffffefp127, 0x1.fep127, 0x1.ffp127, 0x1.fefp127, 0x1p-1074, math.Inf(1), math.NaN(), 0x1.004p0, 0x1.00cp0, 0x1.0040000001p0, 0x1.01p0, 0x1.03p0} {
		for _, g := range []float64{f, -f, math.Nextafter(f, 0), math.Nextafter(-f, 0), math.Nextafter(f, math.Inf(1))} {
			if size == 8 {
				list = append(list, math.Float64bits(g))
			} else if size == 4 {
				list = append(list, uint64(math.Float32bits(float32(g))))
			}
		}
	}
	if size == 2 {
		for u := range uint64(1 << 16) {
			list = append(list, u)
		}
		return list
	}
	for range 4000 {
		u := r.Uint64()
		switch r.IntN(5) {
		case 0: // floats of moderate size
			u = math.Float64bits(math.Ldexp(r.NormFloat64(), r.IntN(80)-40))
			if size == 4 {
				u = uint64(math.Float32bits(float32(math.Float64frombits(u))))
			}
		case 1: // few bits: ties
			u = math.Float64bits(math.Ldexp(float64(r.IntN(1<<13)), r.IntN(60)-40))
			if size == 4 {
				u = uint64(math.Float32bits(float32(math.Float64frombits(u))))
			}
		case 2: // integers of few digits
			u >>= r.IntN(64)
		}
		list = append(list, u)
	}
	return list
}

func TestEveryPair(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cases := 0
	for from := range convert.Kinds {
		size := from.Size()
		if from == convert.Complex64 || from == convert.Complex128 {
			size /= 2
		}
		list := words(r, size)
		src := make([]byte, 0, len(list)*from.Size())
		for i, u := range list {
			item := make([]byte, from.Size())
			putWord(item[:size], u)
			if len(item) > size && i%3 > 0 {
				putWord(item[size:], list[r.IntN(len(list))])
			}
			src = append(src, item...)
		}
		for to := range convert.Kinds {
			if to == from {
				continue
			}
			dst := make([]byte, len(list)*to.Size())
			run := func() {
				convert.Of(to, from)(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), len(list), to.Size(), from.Size())
			}
			generic(t, run)
			inGo := bytes.Clone(dst)
			ndtest.EachLevel(t, func(t *testing.T) {
				clear(dst)
				if run(); !bytes.Equal(dst, inGo) {
					t.Fatalf("%v -> %v: not what the loops in pure Go give", from, to)
				}
			})
			for i := range list {
				in, got := src[i*from.Size():][:from.Size()], dst[i*to.Size():][:to.Size()]
				if exp := want(to, from, in); string(got) != string(exp) {
					t.Fatalf("%v %x -> %v: %x, want %x", from, in, to, got, exp)
				}
				cases++
			}
		}
	}
	t.Logf("%d conversions", cases)
}

// Every pair, length, stride and alignment in guarded memory: nothing outside the items is touched.
func TestBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for from := range convert.Kinds {
		for to := range convert.Kinds {
			if to == from {
				continue
			}
			f := convert.Of(to, from)
			for _, n := range []int{0, 1, 2, 3, 7, 8, 17, 513} {
				for _, c := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {3, 2}, {-1, 1}, {1, -1}, {1, 0}} {
					ds, ss := c[0]*to.Size(), c[1]*from.Size()
					dn, sn := span(n, ds, to.Size()), span(n, ss, from.Size())
					end := r.IntN(2) == 0
					dst, src := guard.Alloc(t, dn, end), guard.Alloc(t, sn, end)
					for i := range src {
						src[i] = byte(r.Uint32())
					}
					for i := range dst {
						dst[i] = 0xa5
					}
					before := string(src)
					if n == 0 {
						f(nil, nil, 0, ds, ss)
						continue
					}
					d0, s0 := max(0, -ds*(n-1)), max(0, -ss*(n-1))
					f(unsafe.Pointer(&dst[d0]), unsafe.Pointer(&src[s0]), n, ds, ss)
					name := fmt.Sprintf("%v->%v n=%d strides=%d,%d", from, to, n, ds, ss)
					if string(src) != before {
						t.Fatalf("%s: src changed", name)
					}
					exp := make([]byte, dn)
					for i := range exp {
						exp[i] = 0xa5
					}
					for i := range n {
						copy(exp[d0+i*ds:], want(to, from, src[s0+i*ss:][:from.Size()]))
					}
					if string(dst) != string(exp) {
						t.Fatalf("%s: wrong bytes", name)
					}
				}
			}
		}
	}
}

func span(n, stride, size int) int {
	if n == 0 {
		return 0
	}
	return max(stride, -stride)*(n-1) + size
}

// A few of what numpy.can_cast answers, and bfloat16; package ndbuf has a recording of all.
func TestCasting(t *testing.T) {
	for _, c := range []struct {
		from, to       convert.Kind
		safe, sameKind bool
	}{
		{convert.Uint8, convert.Float16, true, true},
		{convert.Int16, convert.Float16, false, true},
		{convert.Uint64, convert.Float64, true, true},
		{convert.Uint64, convert.Int64, false, true},
		{convert.Int64, convert.Uint64, false, false},
		{convert.Uint32, convert.Int64, true, true},
		{convert.Int32, convert.Float32, false, true},
		{convert.Int32, convert.Complex64, false, true},
		{convert.Int32, convert.Complex128, true, true},
		{convert.Float64, convert.Complex64, false, true},
		{convert.Complex64, convert.Float64, false, false},
		{convert.Complex128, convert.Complex64, false, true},
		{convert.Float32, convert.Int64, false, false},
		{convert.Bool, convert.BFloat16, true, true},
		{convert.Int8, convert.BFloat16, true, true},
		{convert.Uint16, convert.BFloat16, false, true},
		{convert.BFloat16, convert.Float32, true, true},
		{convert.BFloat16, convert.Float16, false, true},
		{convert.Float16, convert.BFloat16, false, true},
		{convert.BFloat16, convert.Complex64, true, true},
	} {
		if got := convert.Safe(c.from, c.to); got != c.safe {
			t.Errorf("Safe(%v, %v) = %v", c.from, c.to, got)
		}
		if got := convert.SameKind(c.from, c.to); got != c.sameKind {
			t.Errorf("SameKind(%v, %v) = %v", c.from, c.to, got)
		}
	}
}

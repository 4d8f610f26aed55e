package format

import (
	"encoding/binary"
	"math"
	"math/big"
)

// Conversions between widths of floats. They go through bits where a NaN is
// concerned, so that every machine gives the same bytes.

// narrow rounds to binary32, ties to even; NaN keeps its sign and the top of
// its payload and becomes quiet. A finite value beyond the limits becomes
// an infinity.
func narrow(f float64) float32 {
	if f == f {
		return float32(f)
	}
	b := math.Float64bits(f)
	return math.Float32frombits(uint32(b>>63)<<31 | 0x7fc00000 | uint32(b>>29)&0x3fffff)
}

// widen is float64(f), for NaN too.
func widen(f float32) float64 {
	if f == f {
		return float64(f)
	}
	b := uint64(math.Float32bits(f))
	return math.Float64frombits(b>>31<<63 | 0x7ff8000000000000 | b&0x3fffff<<29)
}

// narrowHalf rounds a binary64 to the bits of a binary16 in one step, ties to
// even. NaN keeps only its sign. It reports false for a finite value that
// would round to infinity.
// Source: PyFloat_Pack2.
func narrowHalf(f float64) (uint16, bool) {
	var sign uint16
	if math.Signbit(f) {
		sign = 0x8000
	}
	a := math.Abs(f)
	switch {
	case a != a:
		return sign | 0x7e00, true
	case math.IsInf(a, 0):
		return sign | 0x7c00, true
	case a >= 65520:
		return sign | 0x7c00, false
	case a < 0x1p-14:
		// Units of the subnormals; 1024 of them are the least normal number.
		return sign | uint16(math.RoundToEven(a*0x1p24)), true
	}
	m, e := math.Frexp(a) // m in [1/2, 1)
	// A mantissa that rounds up to 2048 carries into the exponent by itself.
	return sign | uint16((e+13)<<10+int(math.RoundToEven(m*0x1p11))), true
}

// widenHalf is exact. Every NaN becomes the quiet one with the same sign.
// Source: PyFloat_Unpack2.
func widenHalf(h uint16) float32 {
	sign, e, m := uint32(h>>15)<<31, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch {
	case e == 0:
		f := float32(m) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(f))
	case e == 0x1f && m != 0:
		return math.Float32frombits(sign | 0x7fc00000)
	case e == 0x1f:
		return math.Float32frombits(sign | 0x7f800000)
	}
	return math.Float32frombits(sign | (e+112)<<23 | m<<13)
}

// A LongDouble holds a C long double as it lies in this machine's memory:
// x87 extended, IEEE binary128, a pair of doubles, or a double, depending on
// the platform. Bytes that carry no value are zero, so that == compares
// representations.
type LongDouble [16]byte

// A LongComplex is a C long double complex.
type LongComplex struct{ Real, Imag LongDouble }

// NewLongDouble returns the LongDouble nearest to x, NaN for nil.
func NewLongDouble(x *big.Float) LongDouble {
	if x == nil {
		return longFloat(math.NaN())
	}
	if x.IsInf() || x.Sign() == 0 {
		f, _ := x.Float64()
		return longFloat(f)
	}
	var l LongDouble
	switch ldouble.enc {
	case ldX87:
		l.putBig(x, 63)
	case ldQuad:
		l.putBig(x, 112)
	case ldPair:
		hi, _ := x.Float64()
		lo := 0.0
		if !math.IsInf(hi, 0) {
			rest := new(big.Float).SetPrec(200).Sub(x, big.NewFloat(hi))
			lo, _ = rest.Float64()
		}
		binary.NativeEndian.PutUint64(l[0:], math.Float64bits(hi))
		binary.NativeEndian.PutUint64(l[8:], math.Float64bits(lo))
	default:
		f, _ := x.Float64()
		binary.NativeEndian.PutUint64(l[0:], math.Float64bits(f))
	}
	return l
}

// Exponents of both 15-bit formats.
const (
	ldBias = 16383
	ldMax  = 0x7fff
)

// putBig stores a finite x that is not 0, with frac bits after the point.
func (l *LongDouble) putBig(x *big.Float, frac int) {
	m := new(big.Float)
	exp := x.MantExp(m) // x = m·2^exp, m in [1/2, 1)
	e := exp - 1 + ldBias
	e = max(e, 1) // the subnormals share the lowest one
	// As an integer in units of the last place; rounding may carry up.
	u := new(big.Float).SetMantExp(m, exp-(e-ldBias)+frac)
	n := roundInt(u)
	if n.BitLen() > frac+1 {
		n.Rsh(n, 1)
		e++
	}
	if n.BitLen() <= frac {
		e = 0
	}
	if e >= ldMax {
		*l = longFloat(math.Inf(x.Sign()))
		return
	}
	if x.Signbit() {
		e |= 0x8000
	}
	l.put(n, uint16(e))
}

// roundInt rounds |u| to an integer, ties to even.
func roundInt(u *big.Float) *big.Int {
	u = new(big.Float).Abs(u)
	n, acc := u.Int(nil)
	if acc == big.Exact {
		return n
	}
	rest := new(big.Float).SetPrec(u.Prec() + 64)
	rest.Sub(u, new(big.Float).SetInt(n))
	switch c := rest.Cmp(big.NewFloat(0.5)); {
	case c > 0, c == 0 && n.Bit(0) == 1:
		n.Add(n, big.NewInt(1))
	}
	return n
}

// put stores the mantissa and the word of sign and exponent.
func (l *LongDouble) put(n *big.Int, word uint16) {
	*l = LongDouble{}
	if ldouble.enc == ldX87 {
		binary.LittleEndian.PutUint64(l[:], n.Uint64())
		binary.LittleEndian.PutUint16(l[8:], word)
		return
	}
	n.SetBit(n, 112, 0)
	var b [16]byte
	n.FillBytes(b[2:])
	binary.BigEndian.PutUint16(b[:], word)
	if !bigEndian {
		reverse(b[:])
	}
	*l = b
}

// longFloat converts exactly; it serves zeros, infinities and NaN too.
func longFloat(f float64) LongDouble {
	var l LongDouble
	sign := uint16(math.Float64bits(f) >> 63 << 15)
	switch {
	case ldouble.enc == ldDouble || ldouble.enc == ldPair:
		binary.NativeEndian.PutUint64(l[:], math.Float64bits(f))
	case f == 0:
		l.put(new(big.Int), sign)
	case math.IsInf(f, 0):
		l.put(new(big.Int).SetUint64(1<<63), sign|ldMax)
		if ldouble.enc == ldQuad {
			l.put(new(big.Int), sign|ldMax)
		}
	case f != f:
		n := new(big.Int).SetUint64(3 << 62)
		if ldouble.enc == ldQuad {
			n.Lsh(big.NewInt(1), 111)
		}
		l.put(n, sign|ldMax)
	default:
		return NewLongDouble(big.NewFloat(f))
	}
	return l
}

// parts splits a 15-bit format into sign, exponent and mantissa, which
// includes the leading one.
func (l LongDouble) parts() (neg bool, e int, n *big.Int) {
	n = new(big.Int)
	var word uint16
	if ldouble.enc == ldX87 {
		n.SetUint64(binary.LittleEndian.Uint64(l[:]))
		word = binary.LittleEndian.Uint16(l[8:])
	} else {
		b := l
		if !bigEndian {
			reverse(b[:])
		}
		n.SetBytes(b[2:])
		word = binary.BigEndian.Uint16(b[:])
		if word&ldMax != 0 {
			n.SetBit(n, 112, 1)
		}
	}
	return word&0x8000 != 0, int(word & ldMax), n
}

// Big returns the exact value; ok is false for NaN.
func (l LongDouble) Big() (x *big.Float, ok bool) {
	if ldouble.enc == ldDouble || ldouble.enc == ldPair {
		hi := math.Float64frombits(binary.NativeEndian.Uint64(l[:]))
		lo := 0.0
		if ldouble.enc == ldPair {
			lo = math.Float64frombits(binary.NativeEndian.Uint64(l[8:]))
		}
		switch {
		case hi != hi || lo != lo:
			return nil, false
		case lo == 0 || math.IsInf(hi, 0) || math.IsInf(lo, 0):
			return big.NewFloat(hi), true
		}
		x = new(big.Float).SetPrec(2200).SetFloat64(hi)
		return x.Add(x, big.NewFloat(lo)), true
	}
	frac := 63
	if ldouble.enc == ldQuad {
		frac = 112
	}
	neg, e, n := l.parts()
	x = new(big.Float).SetPrec(uint(frac + 1))
	if e == ldMax {
		n.SetBit(n, frac, 0)
		if n.Sign() != 0 {
			return nil, false
		}
		return x.SetInf(neg), true
	}
	x.SetInt(n)
	x.SetMantExp(x, max(e, 1)-ldBias-frac)
	if neg {
		x.Neg(x)
	}
	return x, true
}

// Float64 returns the nearest float64, ties to even.
func (l LongDouble) Float64() float64 {
	x, ok := l.Big()
	if !ok {
		return math.NaN()
	}
	f, _ := x.Float64()
	return f
}

// String returns as many digits as tell the value from its neighbours.
func (l LongDouble) String() string {
	x, ok := l.Big()
	if !ok {
		return "NaN"
	}
	if ldouble.enc == ldPair {
		return x.Text('g', 33)
	}
	return x.Text('g', -1)
}

// String returns the number as Go prints complex numbers.
func (c LongComplex) String() string {
	im := c.Imag.String()
	if im[0] != '-' && im[0] != '+' {
		im = "+" + im
	}
	return "(" + c.Real.String() + im + "i)"
}

// reverse swaps the byte order of one word.
func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

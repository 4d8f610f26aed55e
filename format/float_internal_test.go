package format

import (
	"math"
	"math/big"
	"testing"
)

// slowHalf rounds by trying every binary16.
func slowHalf(f float64) (uint16, bool) {
	var sign uint16
	if math.Signbit(f) {
		sign, f = 0x8000, -f
	}
	best, dist := uint16(0), math.Inf(1)
	for h := range uint16(0x7c01) {
		x := float64(widenHalf(h))
		if h == 0x7c00 {
			x = 65536 // where the next one would be
		}
		d := math.Abs(x - f)
		if d < dist || d == dist && h&1 == 0 {
			best, dist = h, d
		}
	}
	return sign | best, best != 0x7c00
}

func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		f := widenHalf(uint16(h))
		got, ok := narrowHalf(float64(f))
		want := uint16(h)
		if f != f {
			want = want&0x8000 | 0x7e00
		}
		if !ok || got != want {
			t.Fatalf("%#04x: %v, back %#04x", h, f, got)
		}
	}
	values := []float64{65519.999, 65520, 65504, 1e300, 5e-324, 0x1p-25, 0x1.0001p-25, 0x1p-24, 0x1.8p-24,
		0x1.ffcp-15, 0x1.ffep-15, 0x1.fffp-15, 0x1p-14, 1 + 0x1p-11, 1 + 0x1p-11 + 0x1p-50, 1 + 0x3p-11, 2047.5, 2048.5, 0.1}
	for i, v := range values {
		if i%2 == 1 {
			v = -v
		}
		got, ok := narrowHalf(v)
		want, fits := slowHalf(v)
		if got != want || ok != fits {
			t.Errorf("%x: %#04x %v, want %#04x %v", v, got, ok, want, fits)
		}
	}
}

func TestNaN(t *testing.T) {
	for in, want := range map[uint64]uint32{
		0x7ff8000000000001: 0x7fc00000, 0xfff8dead0000beef: 0xffc6f568, 0x7ff7ffffffffffff: 0x7fffffff, 0x7ff0000000000001: 0x7fc00000,
	} {
		if got := math.Float32bits(narrow(math.Float64frombits(in))); got != want {
			t.Errorf("%#x: %#x, want %#x", in, got, want)
		}
	}
	if got := math.Float64bits(widen(math.Float32frombits(0xffa00000))); got != 0xfffc000000000000 {
		t.Errorf("%#x", got)
	}
}

// Every encoding of a long double, whatever this platform's is.
func TestLongDoubleEncodings(t *testing.T) {
	defer func(old ldInfo) { ldouble = old }(ldouble)
	for enc, digits := range map[ldEncoding]uint{ldDouble: 53, ldX87: 64, ldQuad: 113, ldPair: 106} {
		ldouble.enc = enc
		for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, math.Pi, 1e300, -1e-300, 5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1)} {
			if got := longFloat(x).Float64(); math.Float64bits(got) != math.Float64bits(x) {
				t.Errorf("encoding %d: %v for %v", enc, got, x)
			}
			if l := NewLongDouble(new(big.Float).SetFloat64(x)); l != longFloat(x) {
				t.Errorf("encoding %d: % x, % x for %v", enc, l, longFloat(x), x)
			}
		}
		if l := longFloat(math.NaN()); !math.IsNaN(l.Float64()) || l.String() != "NaN" || l != NewLongDouble(nil) {
			t.Errorf("encoding %d: % x is not NaN", enc, l)
		}
		// A one at each end of the mantissa is exact; one more bit rounds to even.
		x := new(big.Float).SetPrec(300).SetInt(new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), digits-1), big.NewInt(1)))
		if got, ok := NewLongDouble(x).Big(); !ok || got.Cmp(x) != 0 {
			t.Errorf("encoding %d: %v for %v", enc, got, x)
		}
		if enc != ldX87 && enc != ldQuad {
			continue
		}
		half := new(big.Float).SetPrec(300).Add(x, big.NewFloat(0.5))
		if got, _ := NewLongDouble(half).Big(); got.Cmp(new(big.Float).Add(x, big.NewFloat(1))) != 0 {
			t.Errorf("encoding %d: %v for %v", enc, got, half)
		}
		carry := new(big.Float).SetPrec(300).SetInt(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), digits+1), big.NewInt(1)))
		if got, _ := NewLongDouble(carry).Big(); got.Cmp(new(big.Float).SetMantExp(big.NewFloat(1), int(digits+1))) != 0 {
			t.Errorf("encoding %d: %v for %v", enc, got, carry)
		}
		least := new(big.Float).SetMantExp(big.NewFloat(1), 1-ldBias-int(digits-1))
		if got, _ := NewLongDouble(least).Big(); got.Cmp(least) != 0 {
			t.Errorf("encoding %d: least %v for %v", enc, got, least)
		}
		if got, _ := NewLongDouble(new(big.Float).SetMantExp(least, -1)).Big(); got.Sign() != 0 {
			t.Errorf("encoding %d: half of the least is %v", enc, got)
		}
		if got, _ := NewLongDouble(new(big.Float).SetMantExp(big.NewFloat(-1), 1<<14)).Big(); !got.IsInf() || !got.Signbit() {
			t.Errorf("encoding %d: too large is %v", enc, got)
		}
	}
	ldouble.enc = ldX87
	if one := longFloat(1); one != (LongDouble{7: 0x80, 8: 0xff, 9: 0x3f}) {
		t.Errorf("x87 one: % x", one)
	}
	ldouble.enc = ldQuad
	if one := longFloat(-1); bigEndian && one != (LongDouble{0: 0xbf, 1: 0xff}) || !bigEndian && one != (LongDouble{15: 0xbf, 14: 0xff}) {
		t.Errorf("quad minus one: % x", one)
	}
}

func TestLongDoublePlatforms(t *testing.T) {
	for p, want := range map[[2]string]ldInfo{
		{"linux", "amd64"}: {16, 16, ldX87}, {"linux", "386"}: {12, 4, ldX87}, {"windows", "amd64"}: {8, 8, ldDouble},
		{"darwin", "arm64"}: {8, 8, ldDouble}, {"linux", "arm64"}: {16, 16, ldQuad}, {"linux", "arm"}: {8, 8, ldDouble},
		{"linux", "ppc64le"}: {16, 16, ldPair}, {"linux", "s390x"}: {16, 16, ldQuad},
	} {
		if got := longDoubleOf(p[0], p[1]); got != want {
			t.Errorf("%v: %v", p, got)
		}
	}
}

package ndbuf

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/strided-go/strided/format"
)

// A float is a number to print: as few digits as tell it from its neighbours of the same type, or a given number.
type float struct {
	f    float64
	long *big.Float // of a finite long double, else nil
	bits int        // of the type: 16, 32 or 64
}

// reals takes the values of a float column.
func reals(values []any, typ *format.Type) []float {
	out := make([]float, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case float32:
			out[i] = float{f: float64(v), bits: 32}
			if typ != nil && typ.Code() == "e" {
				out[i].bits = 16
			}
		case float64:
			out[i] = float{f: v, bits: 64}
		case format.LongDouble:
			out[i] = longReal(v)
		}
	}
	return out
}

func longReal(v format.LongDouble) float {
	x, ok := v.Big()
	switch {
	case !ok:
		return float{f: math.NaN(), bits: 64}
	case x.IsInf():
		return float{f: math.Inf(x.Sign()), bits: 64}
	}
	f, _ := x.Float64()
	return float{f: f, long: x, bits: 64}
}

// parts takes the values of a complex column apart.
func parts(values []any) (re, im []float) {
	for _, v := range values {
		switch v := v.(type) {
		case complex64:
			re = append(re, float{f: float64(real(v)), bits: 32})
			im = append(im, float{f: float64(imag(v)), bits: 32})
		case complex128:
			re = append(re, float{f: real(v), bits: 64})
			im = append(im, float{f: imag(v), bits: 64})
		case format.LongComplex:
			re, im = append(re, longReal(v.Real)), append(im, longReal(v.Imag))
		}
	}
	return re, im
}

func (x float) finite() bool {
	return x.long != nil || !math.IsInf(x.f, 0) && x.f == x.f
}

// digits formats a finite number with 'e' or 'f'; precision -1 asks for the shortest that reads back the same.
func (x float) digits(verb byte, precision int) string {
	switch {
	case x.long != nil:
		return x.long.Text(verb, precision)
	case precision >= 0:
		return strconv.FormatFloat(x.f, verb, precision, 64)
	case x.bits != 16 || x.f == 0:
		return strconv.FormatFloat(x.f, verb, -1, max(x.bits, 32))
	}
	// Half floats: the first number of digits of which some number rounds back. It is the nearest, or the one after that:
	// below a power of two the neighbours are closer.
	half, buf := kindOf("e").typ, make([]byte, 2)
	for n := range 6 {
		near := strconv.FormatFloat(x.f, 'e', n, 64)
		_, exp, _ := strings.Cut(near, "e")
		for _, unit := range []string{"0", "1e" + exp, "-1e" + exp} {
			value, _ := strconv.ParseFloat(near, 64)
			step, _ := strconv.ParseFloat(unit, 64)
			value, _ = strconv.ParseFloat(strconv.FormatFloat(value+step/math.Pow10(n), 'e', n, 64), 64)
			if half.Encode(buf, value) == nil && half.ReadFloat(buf) == x.f {
				return strconv.FormatFloat(value, verb, -1, 64)
			}
		}
	}
	return strconv.FormatFloat(x.f, verb, -1, 64)
}

// split formats a finite number with at most precision digits after the point and none that are zeros at the end: the
// part before the point, that after it, and the exponent with its sign ("" for the verb 'f').
func (x float) split(verb byte, precision int) (whole, frac, exp string) {
	cut := func(s string) (string, string, string) {
		s, exp, _ := strings.Cut(s, "e")
		whole, frac, _ := strings.Cut(s, ".")
		return whole, frac, exp
	}
	if whole, frac, exp = cut(x.digits(verb, -1)); len(frac) > precision {
		whole, frac, exp = cut(x.digits(verb, precision))
	}
	return whole, strings.TrimRight(frac, "0"), exp
}

// special is the text of what is not finite.
func (x float) special() string {
	switch {
	case x.f != x.f:
		return "nan"
	case x.f < 0:
		return "-inf"
	}
	return "inf"
}

// unlimited is more digits than any number has.
const unlimited = math.MaxInt

// scalar prints the number on its own, with all its digits.
func (x float) scalar() string {
	text, whole := x.compact()
	if whole {
		return text + ".0"
	}
	return text
}

// compact prints without a point where none is needed, and says whether the text looks like an integer.
func (x float) compact() (text string, whole bool) {
	if !x.finite() {
		return x.special(), false
	}
	verb := byte('f')
	if a := math.Abs(x.f); x.f != 0 && (a < 1e-4 || a >= 1e16) || x.f == 0 && x.long != nil && x.long.Sign() != 0 {
		verb = 'e'
	}
	text, frac, exp := x.split(verb, unlimited)
	if frac != "" {
		text += "." + frac
	}
	if verb == 'e' {
		text += "e" + exp
	}
	return text, frac == "" && verb == 'f'
}

// complexScalar prints a complex number on its own.
func complexScalar(re, im float) string {
	imText, _ := im.compact()
	if re.f == 0 && !math.Signbit(re.f) {
		return imText + "j"
	}
	reText, _ := re.compact()
	if imText[0] != '-' {
		imText = "+" + imText
	}
	return "(" + reText + imText + "j)"
}

// floats is a column of floats: points below each other, all with an exponent or none.
type floats struct {
	list      []float
	precision int  // digits after the point, at most; with exponents: for all
	plus      bool // a sign before every number
	exp       bool
	left      int // columns before the point
	right     int // columns after it
	expDigits int
}

// newFloats decides how a column looks.
func newFloats(list []float, plus bool) *floats {
	c := &floats{list: list, precision: printPrecision, plus: plus}
	finite := 0
	low, high := math.Inf(1), 0.0
	negativeInf := false
	for _, x := range list {
		if !x.finite() {
			negativeInf = negativeInf || math.IsInf(x.f, -1)
			continue
		}
		finite++
		if a := math.Abs(x.f); a > 0 {
			low, high = min(low, a), max(high, a)
		}
	}
	c.exp = high > 0 && (high >= 1e8 || low < 1e-4 || ratio(high, low, list[0].bits) > 1000)
	verb := byte('f')
	if c.exp {
		verb = 'e'
	}
	digits := 0
	for _, x := range list {
		if x.finite() {
			whole, frac, exp := x.split(verb, printPrecision)
			c.left = max(c.left, len(c.signed(whole)))
			digits = max(digits, len(frac))
			c.expDigits = max(c.expDigits, len(exp)-1)
		}
	}
	c.right = digits
	if c.exp {
		c.precision = digits
		c.right += c.expDigits + 2
	}
	if finite < len(list) {
		inf := 3
		if negativeInf || plus {
			inf++
		}
		c.left = max(c.left, 3-(c.right+1), inf-(c.right+1))
	}
	return c
}

// ratio divides as numbers of a type do: whether a column spans more than three decades is decided in its own precision.
func ratio(high, low float64, bits int) float64 {
	switch bits {
	case 16:
		half, buf := kindOf("e").typ, make([]byte, 2)
		if half.Encode(buf, high/low) != nil {
			return math.Inf(1)
		}
		return half.ReadFloat(buf)
	case 32:
		return float64(float32(high) / float32(low))
	}
	return high / low
}

// signed adds the sign that every number of the column has.
func (c *floats) signed(s string) string {
	if c.plus && s[0] != '-' {
		return "+" + s
	}
	return s
}

func (c *floats) word(x float) string {
	width := c.left + 1 + c.right
	if !x.finite() {
		s := c.signed(x.special())
		return strings.Repeat(" ", max(width-len(s), 0)) + s
	}
	if c.exp {
		// All digits of the precision, not the shortest and zeros: NumPy does so too.
		mantissa, exp, _ := strings.Cut(x.digits('e', c.precision), "e")
		whole, frac, _ := strings.Cut(c.signed(mantissa), ".")
		exp = exp[:1] + strings.Repeat("0", max(c.expDigits-len(exp)+1, 0)) + exp[1:]
		return strings.Repeat(" ", max(c.left-len(whole), 0)) + whole + "." + frac + "e" + exp
	}
	whole, frac, _ := x.split('f', c.precision)
	if frac == "" {
		whole = x.digits('f', 0) // not the shortest digits and zeros up to the point
	}
	whole = c.signed(whole)
	s := strings.Repeat(" ", max(c.left-len(whole), 0)) + whole + "." + frac
	return s + strings.Repeat(" ", max(width-len(s), 0))
}

func (c *floats) words() []string {
	out := make([]string, len(c.list))
	for i, x := range c.list {
		out[i] = c.word(x)
	}
	return out
}

// complexes is a column of complex numbers: one of real parts, one of imaginary parts.
type complexes struct{ re, im *floats }

func (c complexes) words() []string {
	out := c.re.words()
	for i, im := range c.im.words() {
		short := strings.TrimRight(im, " ")
		out[i] += short + "j" + im[len(short):]
	}
	return out
}

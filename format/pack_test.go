package format_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"testing"

	"github.com/strided-go/strided/format"
)

type (
	myInt   int16
	myFloat float32
	myText  string
	myBool  bool
	myBytes []byte
)

func TestPackUnpack(t *testing.T) {
	list := func(v ...any) []any { return append([]any{}, v...) }
	for _, c := range []struct {
		f    string
		in   []any
		hex  string
		back []any // nil: as in
	}{
		{"<h", list(int16(-2)), "feff", nil},
		{">h", list(int16(-2)), "fffe", nil},
		{"!I", list(uint32(1)), "00000001", nil},
		{"<bBhHiIqQ", list(int8(-1), uint8(255), int16(-1), uint16(1), int32(-2), uint32(3), int64(-4), uint64(5)),
			"ffffffff0100feffffff03000000fcffffffffffffff0500000000000000", nil},
		{"<l", list(7), "07000000", list(int32(7))},
		{"<b", list(true), "01", list(int8(1))},
		{"<Q", list(new(big.Int).SetUint64(math.MaxUint64)), "ffffffffffffffff", list(uint64(math.MaxUint64))},
		{"<hf", list(myInt(-3), myFloat(0.5)), "fdff0000003f", list(int16(-3), float32(0.5))},
		{"<d", list(int64(1)<<53 + 1), "0000000000004043", list(float64(1 << 53))},
		{"<d", list(myBool(true)), "000000000000f03f", list(1.0)},
		{">e", list(1.5), "3e00", list(float32(1.5))},
		{">f", list(math.Inf(-1)), "ff800000", list(float32(math.Inf(-1)))},
		{"<Zf", list(complex64(1 + 2i)), "0000803f00000040", nil},
		{">Zd", list(3), "40080000000000000000000000000000", list(complex(3, 0))},
		{"?????", list(nil, "", "x", 0.0, myBytes{}), "0000010000", list(false, false, true, false, false)},
		{"???", list([]any{}, struct{}{}, new(big.Int)), "000100", list(false, true, false)},
		{"c", list([]byte{0x61}), "61", nil},
		{"c", list([1]byte{0x61}), "61", list([]byte{0x61})},
		{"3s", list([]byte("ab")), "616200", list([]byte("ab\x00"))},
		{"3s", list(myBytes("abcd")), "616263", list([]byte("abc"))},
		{"0s", list([]byte("ab")), "", list([]byte{})},
		{"3p", list([]byte("abc")), "026162", list([]byte("ab"))},
		{"4p", list([]byte("a")), "01610000", list([]byte("a"))},
		{"1p", list([]byte("a")), "00", list([]byte{})},
		{"0p", list([]byte("a")), "", list([]byte{})},
		{">2w", list("é"), "000000e900000000", nil},
		{"<1w", list(myText("ab")), "61000000", list("a")},
		{">3u", list("a😀"), "0061d83dde00", nil},
		{">2u", list("a😀"), "00610000", list("a")},
		{"<bxh", list(1, 2), "01000200", list(int8(1), int16(2))},
		{"<2h0h1h", list(1, 2, 3), "010002000300", list(int16(1), int16(2), int16(3))},
		{"(2)<h", list([]int{1, 2}), "01000200", list([]any{int16(1), int16(2)})},
		{"(2,2)B", list([2][2]uint8{{1, 2}, {3, 4}}), "01020304", list([]any{[]any{uint8(1), uint8(2)}, []any{uint8(3), uint8(4)}})},
		{"T{<h:a:(2)B:b:}", list(1, []byte{2, 3}), "01000203", list(int16(1), []any{uint8(2), uint8(3)})},
		{"2T{<h:a:b:b:}", list(format.Record{1, 2}, []any{3, 4}), "010002030004",
			list(format.Record{int16(1), int8(2)}, format.Record{int16(3), int8(4)})},
		{"T{2x:raw:b}", list([]byte{9}, 1), "090001", list([]byte{9, 0}, int8(1))},
		{"", list(), "", list()},
		{"3x", list(), "000000", list()},
	} {
		u := mustParse(t, c.f)
		dst := bytes.Repeat([]byte{0xaa}, u.Size()+2)
		if err := u.Pack(dst, c.in...); err != nil {
			t.Errorf("%q: %v", c.f, err)
			continue
		}
		if got := hex.EncodeToString(dst); got != c.hex+"aaaa" {
			t.Errorf("%q: packed %s, want %s", c.f, got, c.hex)
		}
		if c.back == nil {
			c.back = c.in
		}
		got, err := u.Unpack(dst[:u.Size()])
		if err != nil || !reflect.DeepEqual(append([]any{}, got...), c.back) {
			t.Errorf("%q: unpacked %#v, %v; want %#v", c.f, got, err, c.back)
		}
		if err := u.Pack(dst, got...); err != nil || hex.EncodeToString(dst) != c.hex+"aaaa" {
			t.Errorf("%q: packed again %x, %v", c.f, dst, err)
		}
	}
}

func TestPackErrors(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 2000)
	for _, c := range []struct {
		f      string
		in     []any
		reason format.Reason
		index  int
		code   byte
	}{
		{"<b", []any{128}, format.OutOfRange, 0, 'b'},
		{"<b", []any{-129}, format.OutOfRange, 0, 'b'},
		{"<B", []any{-1}, format.OutOfRange, 0, 'B'},
		{"<B", []any{256}, format.OutOfRange, 0, 'B'},
		{"<bq", []any{1, uint64(1) << 63}, format.OutOfRange, 1, 'q'},
		{"<q", []any{huge}, format.OutOfRange, 0, 'q'},
		{"<Q", []any{int64(-1)}, format.OutOfRange, 0, 'Q'},
		{"<i", []any{1.0}, format.WrongType, 0, 'i'},
		{"<i", []any{"1"}, format.WrongType, 0, 'i'},
		{"<i", []any{nil}, format.WrongType, 0, 'i'},
		{"<i", []any{(*big.Int)(nil)}, format.WrongType, 0, 'i'},
		{"<d", []any{"1"}, format.WrongType, 0, 'd'},
		{"<d", []any{1i}, format.WrongType, 0, 'd'},
		{"<d", []any{huge}, format.OutOfRange, 0, 'd'},
		{"<d", []any{(*big.Int)(nil)}, format.WrongType, 0, 'd'},
		{"<f", []any{1e300}, format.TooLarge, 0, 'f'},
		{"<f", []any{new(big.Int).Lsh(big.NewInt(1), 200)}, format.OutOfRange, 0, 'f'},
		{"<e", []any{65520.0}, format.TooLarge, 0, 'e'},
		{"@e", []any{-65520.0}, format.TooLarge, 0, 'e'},
		{"<e", []any{65520}, format.OutOfRange, 0, 'e'},
		{"<Zf", []any{complex(0, 1e300)}, format.TooLarge, 0, 'Z'},
		{"<Zd", []any{huge}, format.OutOfRange, 0, 'Z'},
		{"<Zd", []any{"1"}, format.WrongType, 0, 'Z'},
		{"g", []any{"1"}, format.WrongType, 0, 'g'},
		{"g", []any{new(big.Int).Lsh(big.NewInt(1), 20000)}, format.OutOfRange, 0, 'g'},
		{"Zg", []any{"1"}, format.WrongType, 0, 'Z'},
		{"c", []any{[]byte("ab")}, format.WrongType, 0, 'c'},
		{"c", []any{"a"}, format.WrongType, 0, 'c'},
		{"3s", []any{"abc"}, format.WrongType, 0, 's'},
		{"3p", []any{nil}, format.WrongType, 0, 'p'},
		{"w", []any{[]byte("a")}, format.WrongType, 0, 'w'},
		{"P", []any{huge}, format.OutOfRange, 0, 'P'},
		{"O", []any{"x"}, format.WrongType, 0, 'O'},
		{"<h", nil, format.WrongCount, -1, 0},
		{"<2h", []any{1}, format.WrongCount, -1, 0},
		{"<h", []any{1, 2}, format.WrongCount, -1, 0},
		{"b(2)h", []any{1, []int{1}}, format.WrongCount, 1, 'h'},
		{"b(2)h", []any{1, 2}, format.WrongType, 1, 'h'},
		{"b(2)h", []any{1, []any{1, "x"}}, format.WrongType, 1, 'h'},
		{"bT{hh}", []any{1, format.Record{1}}, format.WrongCount, 1, 'T'},
		{"bT{hh}", []any{1, 2}, format.WrongType, 1, 'T'},
		{"bT{hT{h}}", []any{1, format.Record{1, format.Record{1 << 20}}}, format.OutOfRange, 1, 'h'},
		{"T{bb}", []any{1, 1000}, format.OutOfRange, 1, 'b'},
	} {
		u := mustParse(t, c.f)
		dst := bytes.Repeat([]byte{0xaa}, u.Size())
		err := u.Pack(dst, c.in...)
		var e *format.PackError
		if !errors.As(err, &e) {
			t.Errorf("%q %v: %v", c.f, c.in, err)
			continue
		}
		if e.Reason != c.reason || e.Index != c.index || e.Code != c.code {
			t.Errorf("%q %v: %v %d %q: %v", c.f, c.in, e.Reason, e.Index, e.Code, err)
		}
		tooLarge := c.reason == format.TooLarge
		if errors.Is(err, format.ErrOverflow) != tooLarge || errors.Is(err, format.ErrStruct) == tooLarge {
			t.Errorf("%q %v: class of %v", c.f, c.in, err)
		}
		if !bytes.Equal(dst, bytes.Repeat([]byte{0xaa}, u.Size())) {
			t.Errorf("%q %v: failed and wrote %x", c.f, c.in, dst)
		}
	}
	short := mustParse(t, "<hh")
	for _, err := range []error{
		short.Pack(make([]byte, 3), 1, 2), short.Encode(make([]byte, 3), nil),
		second(short.Decode(make([]byte, 3))), second(short.Unpack(make([]byte, 3))), second(short.Unpack(make([]byte, 5))),
	} {
		var e *format.PackError
		if !errors.As(err, &e) || e.Reason != format.ShortBuffer || !errors.Is(err, format.ErrStruct) {
			t.Error("short buffer:", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// In the native modes f takes a value beyond its limits as infinity, and an
// address may be given as a negative number.
func TestPackNative(t *testing.T) {
	for _, f := range []string{"f", "@f", "^f"} {
		u := mustParse(t, f)
		dst := make([]byte, 4)
		if err := u.Pack(dst, -1e300); err != nil {
			t.Error(f, err)
		} else if v, _ := u.Decode(dst); v != float32(math.Inf(-1)) {
			t.Error(f, v)
		}
	}
	u := mustParse(t, "P")
	dst := make([]byte, ptr)
	if err := u.Pack(dst, -1); err != nil || !bytes.Equal(dst, bytes.Repeat([]byte{255}, ptr)) {
		t.Error(dst, err)
	}
	v, _ := u.Decode(dst)
	if fmt.Sprint(v) != fmt.Sprint(^uintptr(0)) {
		t.Error(v)
	}
}

func TestOffsets(t *testing.T) {
	u := mustParse(t, "<h")
	buf := make([]byte, 5)
	for off, want := range map[int]int{0: 0, 3: 3, -2: 3, -5: 0, 4: -1, 5: -1, 6: -1, -1: -1, -6: -1, math.MinInt: -1, math.MaxInt: -1} {
		clear(buf)
		err := u.PackInto(buf, off, 0x0101)
		if want < 0 {
			if !errors.Is(err, format.ErrStruct) || bytes.IndexByte(buf, 1) >= 0 {
				t.Errorf("PackInto at %d: %v", off, err)
			}
			if _, err := u.UnpackFrom(buf, off); !errors.Is(err, format.ErrStruct) {
				t.Errorf("UnpackFrom at %d: %v", off, err)
			}
			continue
		}
		if err != nil || bytes.IndexByte(buf, 1) != want || bytes.Count(buf, []byte{1}) != 2 {
			t.Errorf("PackInto at %d: %x, %v", off, buf, err)
		}
		if v, err := u.UnpackFrom(buf, off); err != nil || v[0] != int16(0x0101) {
			t.Errorf("UnpackFrom at %d: %v, %v", off, v, err)
		}
	}
}

func TestIterUnpack(t *testing.T) {
	it, err := mustParse(t, "<bH").IterUnpack([]byte{1, 2, 0, 3, 4, 0})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for v := range it {
		got = append(got, fmt.Sprint(v))
	}
	if fmt.Sprint(got) != "[[1 2] [3 4]]" {
		t.Error(got)
	}
	for range it {
		break // may be used again, and left early
	}
	for f, src := range map[string][]byte{"": {}, "0s": {}, "<h": {1}, "<w": {0, 0, 0x11, 0}} {
		if _, err := mustParse(t, f).IterUnpack(src); err == nil {
			t.Errorf("%q over %x: no error", f, src)
		}
	}
}

func TestDecodeEncode(t *testing.T) {
	rec := func(v ...any) format.Record { return append(format.Record{}, v...) }
	for _, c := range []struct {
		f, hex string
		want   any
	}{
		{"<h", "0100ff", int16(1)}, // the item may be longer than the format
		{"<hx", "010000", int16(1)},
		{"x0bb0b", "0001", int8(1)},
		{"2b", "0102", rec(int8(1), int8(2))},
		{"(2)b", "0102", []any{int8(1), int8(2)}},
		{"(2)b0b", "0102", []any{int8(1), int8(2)}},
		{"(0)b", "", []any{}},
		{"(2,0)b", "", []any{[]any{}, []any{}}},
		{"b:a:", "01", rec(int8(1))},
		{"2b:a:", "0102", rec([]any{int8(1), int8(2)})},
		{"T{b}", "01", rec(int8(1))},
		{"T{2bT{c}}", "010261", rec([]any{int8(1), int8(2)}, rec([]byte("a")))},
		{"3x", "000000", rec()},
		{"", "", rec()},
	} {
		u := mustParse(t, c.f)
		src, _ := hex.DecodeString(c.hex)
		v, err := u.Decode(src)
		if err != nil || !reflect.DeepEqual(v, c.want) {
			t.Errorf("%q: %#v, %v; want %#v", c.f, v, err, c.want)
		}
		dst := make([]byte, len(src))
		copy(dst[u.Size():], src[u.Size():])
		if err := u.Encode(dst, v); err != nil || !bytes.Equal(dst, src) {
			t.Errorf("%q: encoded %x, %v; want %x", c.f, dst, err, src)
		}
	}
	for f, src := range map[string]string{">w": "00110000", "<w": "00d80000", "(2)>w": "0000006180000000", ">u": "d800", ">2u": "dc00dc00", "T{>2u:a:}": "0061d800"} {
		b, _ := hex.DecodeString(src)
		if _, err := mustParse(t, f).Decode(b); !errors.Is(err, format.ErrValue) {
			t.Errorf("%q of %s: %v", f, src, err)
		}
	}
	dst := make([]byte, 4)
	if err := mustParse(t, ">w").Encode(dst, "\xff"); err != nil || hex.EncodeToString(dst) != "0000fffd" {
		t.Error("invalid text:", dst, err)
	}
}

func TestReads(t *testing.T) {
	for f, c := range map[string]struct {
		hex  string
		want int64
	}{"<b": {"ff", -1}, "B": {"ff", 255}, ">h": {"8000", -32768}, "<I": {"ffffffff", math.MaxUint32}, ">q": {"ffffffffffffffff", -1}, "?": {"02", 2}} {
		b, _ := hex.DecodeString(c.hex)
		if n := mustParse(t, f).ReadInt(b); n != c.want {
			t.Errorf("%q: %d", f, n)
		}
	}
	for f, s := range map[string]string{">e": "3e00", ">f": "3fc00000", ">d": "3ff8000000000000", "<f": "0000c03f"} {
		b, _ := hex.DecodeString(s)
		if x := mustParse(t, f).ReadFloat(b); x != 1.5 {
			t.Errorf("%q: %v", f, x)
		}
	}
	g := mustParse(t, ">g")
	b := make([]byte, g.Size())
	if err := g.Encode(b, -2.5); err != nil || g.ReadFloat(b) != -2.5 {
		t.Errorf("g: %x %v", b, err)
	}
	d := mustParse(t, ">d")
	if n := testing.AllocsPerRun(100, func() { d.ReadFloat(b[:8]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestLongDouble(t *testing.T) {
	for _, f := range []string{"g", ">g", "<g", "Zg", "T{b:a:g:b:}"} {
		u := mustParse(t, f)
		for _, x := range []float64{0, 1, -1.5, 1e300, 5e-324, math.Pi, math.Inf(1), math.Inf(-1)} {
			var in any = x
			if u.Kind() == format.Struct {
				in = format.Record{1, x}
			}
			dst := bytes.Repeat([]byte{0xaa}, u.Size())
			if err := u.Encode(dst, in); err != nil {
				t.Fatal(err)
			}
			v, err := u.Decode(dst)
			if err != nil {
				t.Fatal(err)
			}
			var got float64
			switch v := v.(type) {
			case format.LongDouble:
				got = v.Float64()
			case format.LongComplex:
				got = v.Real.Float64()
				if v.String() == "" || v.Imag.Float64() != 0 {
					t.Error(v)
				}
			case format.Record:
				got = v[1].(format.LongDouble).Float64()
			}
			if got != x {
				t.Errorf("%q: %v for %v", f, got, x)
			}
			again := bytes.Repeat([]byte{0x55}, u.Size())
			if err := u.Encode(again, v); err != nil || !bytes.Equal(again, dst) {
				t.Errorf("%q: %x, %x, %v", f, again, dst, err)
			}
		}
	}
	u := mustParse(t, "Zg")
	dst := make([]byte, u.Size())
	if err := u.Encode(dst, complex64(1-2i)); err != nil {
		t.Fatal(err)
	}
	if v, _ := u.Decode(dst); fmt.Sprint(v) != "(1-2i)" {
		t.Error(v)
	}
	if err := mustParse(t, "<d?").Pack(make([]byte, 9), format.NewLongDouble(big.NewFloat(2)), format.LongDouble{}); err != nil {
		t.Error(err)
	}
}

package ndbuf_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// filled makes a view of the given values, each stored by Set.
func filled(t *testing.T, f string, values ...any) *ndbuf.MemoryView {
	t.Helper()
	m, err := ndbuf.New(f, strides.C, len(values))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		if err := m.Set(v, i); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestEqualValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := func(f string, v any) *ndbuf.MemoryView { return filled(t, f, v) }
	rec := func(v ...any) format.Record { return v }
	for _, c := range []struct {
		name string
		a, b any
		want bool
	}{
		{"int and int", one("b", -1), one(">q", -1), true},
		{"signed and unsigned", one("b", -1), one("Q", uint64(math.MaxUint64)), false},
		{"same bits, other sign", one("q", -1), one("Q", uint64(math.MaxUint64)), false},
		{"large unsigned", one("<Q", uint64(1)<<63), one(">Q", uint64(1)<<63), true},
		{"int and float", one("i", 3), one(">e", 3), true},
		{"int that no float64 is", one("q", int64(1<<53+1)), one("d", int64(1<<53)), false},
		{"int at the edge", one("Q", uint64(math.MaxUint64)), one("d", 0x1p64), false},
		{"least int", one("q", int64(math.MinInt64)), one("d", -0x1p63), true},
		{"float32 and float64", one("f", 0.1), one("d", 0.1), false},
		{"float32 and the same float64", one("f", 0.5), one("<d", 0.5), true},
		{"long double", one("g", 0.1), one("d", 0.1), true},
		{"long double and int", one("g", 7), one("B", 7), true},
		{"zeros", one("d", math.Copysign(0, -1)), one("d", 0), true},
		{"zero and int", one("d", math.Copysign(0, -1)), one("B", 0), true},
		{"NaN", one("d", nan), one("d", nan), false},
		{"NaN half", one("e", nan), one("f", nan), false},
		{"infinities", one("e", inf), one("d", inf), true},
		{"infinity and int", one("d", inf), one("Q", uint64(math.MaxUint64)), false},
		{"bool and one", one("?", true), one("d", 1), true},
		{"bool and two", one("?", true), one("B", 2), false},
		{"complex and real", one("Zf", 2), one("i", 2), true},
		{"complex and complex", one("Zf", 1+2i), one(">Zd", 1+2i), true},
		{"complex with an imaginary part", one("Zd", 2+1i), one("i", 2), false},
		{"complex NaN", one("Zd", complex(1, nan)), one("Zd", complex(1, nan)), false},
		{"char and string", one("c", []byte("a")), one("1s", []byte("a")), true},
		{"char and number", one("c", []byte("a")), one("B", 97), false},
		{"strings of two lengths", one("3s", []byte("ab")), one("2s", []byte("ab")), false},
		{"string and Pascal string", one("2s", []byte("ab")), one("5p", []byte("ab")), true},
		{"text in two widths", one("<3u", "ab"), one(">5w", "ab"), true},
		{"text and bytes", one("2w", "ab"), one("2s", []byte("ab")), false},
		{"structures", one("<hB", rec(1, 2)), one("T{>q:x:d:y:}", rec(1, 2)), true},
		{"structures of two lengths", one("<hB", rec(1, 2)), one("<hBB", rec(1, 2, 3)), false},
		{"a structure of one and a number", one("T{i:x:}", rec(1)), one("i", 1), false},
		{"counts and members", one("2h", rec(1, 2)), one("hh", rec(1, 2)), true},
		{"a sub-array and members", one("(2)h", []any{1, 2}), one("hh", rec(1, 2)), false},
		{"sub-arrays", one("(2)h", []any{1, 2}), one("(2)>d", []any{1, 2}), true},
		{"structures with NaN", one("dB", rec(nan, 1)), one("dB", rec(nan, 1)), false},
		{"structures in two orders", one("T{<h:a:(2)d:b:T{B:c:}:d:}", rec(1, []any{2, 3}, rec(4))), one("T{>h:a:(2)d:b:T{B:c:}:d:}", rec(1, []any{2, 3}, rec(4))), true},
		{"structures in two orders, unequal", one("<hd", rec(1, 2)), one(">hd", rec(1, 3)), false},
		{"structures with zeros of both signs", one("dB", rec(math.Copysign(0, -1), 1)), one("dB", rec(0, 1)), true},
		{"structures in structures", one("2T{dB}", rec(rec(1, 2), rec(3, 4))), one("2T{dB}", rec(rec(1, 2), rec(3, 5))), false},
		{"nothing", one("@", rec()), one("<", rec()), true},
		{"lengths", filled(t, "B", 1, 2), filled(t, "B", 1, 2, 3), false},
		{"a Go slice", filled(t, "B", 1, 2), []float64{1, 2}, true},
		{"bytes", filled(t, "B", 97, 98), []byte("ab"), true},
		{"a Go string", filled(t, "B", 97, 98), "ab", true},
		{"nil", filled(t, "B", 1), nil, false},
		{"no buffer", filled(t, "B", 1), 1, false},
		{"a nil view", filled(t, "B", 1), (*ndbuf.MemoryView)(nil), false},
	} {
		a := c.a.(*ndbuf.MemoryView)
		if got, err := a.Equal(c.b); got != c.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
		if b, ok := c.b.(*ndbuf.MemoryView); ok && b != nil {
			if got, err := b.Equal(a); got != c.want || err != nil {
				t.Errorf("%s, turned round: %v, %v, want %v", c.name, got, err, c.want)
			}
		}
	}
}

// TestEqualLayouts: layouts do not matter, one changed byte does.
func TestEqualLayouts(t *testing.T) {
	for _, f := range []string{"B", "h", ">h", "d", "?", "3s", "hB", "<hxB", "<hxBd", "T{h:a:T{B:c:e:d:}:b:}", "T{>h:a:(2)B:b:}", "<2u"} {
		for i, m := range variants(t, f) {
			for _, order := range []strides.Order{strides.C, strides.F} {
				twin := ndbuf.Must(m.Clone(order))
				if same, err := m.Equal(twin); !same || err != nil {
					t.Errorf("%q, variant %d is not equal to its copy in order %c: %v", f, i, order, err)
				}
				if same, err := twin.Equal(m); !same || err != nil {
					t.Errorf("%q, variant %d: its copy in order %c is not equal to it: %v", f, i, order, err)
				}
				if m.Len() == 0 || f == "?" {
					continue
				}
				b := twin.Buffer()
				b.Mem[b.Layout.Offset+(m.Len()-1)*m.ItemSize()] ^= 1
				if same, _ := m.Equal(twin); same {
					t.Errorf("%q, variant %d is equal to a changed copy in order %c", f, i, order)
				}
			}
		}
	}
	rows := ndbuf.Must(ndbuf.FromObject([][]int16{{1, 2, 3}, {4, 5, 6}}))
	flat := ndbuf.Must(ndbuf.Of([]float64{1, 4, 2, 5, 3, 6}, 3, 2))
	if same, err := rows.Equal(ndbuf.Must(flat.Transpose())); !same || err != nil {
		t.Errorf("rows: %v, %v", same, err)
	}
	if same, err := ndbuf.Must(rows.Transpose()).Equal(flat); !same || err != nil {
		t.Errorf("rows transposed: %v, %v", same, err)
	}
	if same, err := rows.Equal(rows); !same || err != nil {
		t.Errorf("rows to themselves: %v, %v", same, err)
	}
}

// TestEqualPadding: bytes that belong to no value do not count, and bools are true or false.
func TestEqualPadding(t *testing.T) {
	view := func(mem string, f string, size int) *ndbuf.MemoryView {
		return bufferOf(t, []byte(mem), f, strides.Layout{ItemSize: size, Shape: []int{len(mem) / size}})
	}
	for _, c := range []struct {
		name, f, a, b string
		size          int
		want          bool
	}{
		{"pad", "<Bxh", "\x01\x00\x02\x00", "\x01\xff\x02\x00", 4, true},
		{"beyond the format", "<h", "\x01\x00\x05\x05", "\x01\x00\x06\x06", 4, true},
		{"tail of a structure", "T{<hx}", "\x01\x00\x05", "\x01\x00\x06", 3, true},
		{"bools", "?", "\x01\x00\x02", "\xff\x00\x01", 1, true},
		{"after a Pascal string", "4p", "\x01abc", "\x01aXY", 4, true},
		{"in a Pascal string", "4p", "\x02abc", "\x02aXc", 4, false},
		{"after text", "<2w", "a\x00\x00\x00\x00\x00\x00\x00", "a\x00\x00\x00b\x00\x00\x00", 8, false},
		{"text that is none", "<w", "\xff\xff\xff\xff", "\xff\xff\xff\xff", 4, true},
		{"text that is none, in another order", "<w", "\xff\xff\xff\xfe", "\xff\xff\xff\xff", 4, false},
	} {
		a, b := view(c.a, c.f, c.size), view(c.b, c.f, c.size)
		if got, err := a.Equal(b); got != c.want || err != nil {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
}

func TestEqualShapesAndStates(t *testing.T) {
	view := func(f string, shape ...int) *ndbuf.MemoryView { return ndbuf.Must(ndbuf.New(f, strides.C, shape...)) }
	gone, gone2 := view("B", 2), view("B", 2)
	gone.Release()
	gone2.Release()
	bad := bufferOf(t, make([]byte, 4), "3", strides.Layout{ItemSize: 1, Shape: []int{4}})
	badEmpty := bufferOf(t, make([]byte, 4), "3", strides.Layout{ItemSize: 1, Shape: []int{0}})
	large := bufferOf(t, make([]byte, 4), "q", strides.Layout{ItemSize: 2, Shape: []int{2}})
	same := view("B", 2)
	for _, c := range []struct {
		name string
		a, b *ndbuf.MemoryView
		want bool
	}{
		{"scalars", view("B"), view("d"), true},
		{"a scalar and one item", view("B"), view("B", 1), false},
		{"shapes", view("B", 2, 3), view("B", 3, 2), false},
		{"equal up to a zero", view("B", 2, 0, 3), view("d", 2, 0, 4), true},
		{"unequal before a zero", view("B", 2, 0), view("B", 3, 0), false},
		{"released and itself", gone, gone, true},
		{"two released", gone, gone2, false},
		{"released and not", gone, same, false},
		{"not and released", same, gone, false},
		{"unreadable and itself", bad, bad, false},
		{"unreadable and empty", badEmpty, badEmpty, false},
		{"format larger than the item", large, large, false},
		{"itself", same, same, true},
	} {
		if got, err := c.a.Equal(c.b); got != c.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

// A hashed is an exporter with an opinion on its hash.
type hashed struct {
	lender
	err error
}

func (h *hashed) Hash() (uint64, error) { return 0, h.err }

func TestHash(t *testing.T) {
	mem := []byte("abcdef")
	readOnly := func(f string, l strides.Layout) *ndbuf.MemoryView {
		return ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: f, ReadOnly: true, Layout: l}))
	}
	for _, c := range []struct {
		name string
		m    *ndbuf.MemoryView
		want string
	}{
		{"bytes", readOnly("B", strides.Layout{ItemSize: 1, Shape: []int{6}}), "abcdef"},
		{"signed", readOnly("@b", strides.Layout{ItemSize: 1, Shape: []int{2, 3}}), "abcdef"},
		{"chars, strided", readOnly("c", strides.Layout{ItemSize: 1, Shape: []int{3}, Strides: []int{-2}, Offset: 5}), "fdb"},
		{"scalar", readOnly("B", strides.Layout{ItemSize: 1, Shape: []int{}, Offset: 2}), "c"},
		{"empty", readOnly("B", strides.Layout{ItemSize: 1, Shape: []int{0}}), ""},
		{"a string", ndbuf.Must(ndbuf.FromObject("abc")), "abc"},
		{"a copy", ndbuf.Must(ndbuf.GetContiguous(ndbuf.Must(ndbuf.Must(ndbuf.FromObject("abc")).Flip()), ndbuf.Read, strides.C)), "cba"},
		{"an exporter", ndbuf.Must(ndbuf.Must(ndbuf.FromObject(newLender(3))).ToReadOnly()), "\x00\x01\x02"},
	} {
		got, err := c.m.Hash()
		if err != nil || got != ndbuf.HashBytes([]byte(c.want)) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		c.m.Release()
		if again, err := c.m.Hash(); err != nil || again != got {
			t.Errorf("%s: after Release %v, %v", c.name, again, err)
		}
	}
	angry := &hashed{err: errors.New("no hash")}
	angry.buf = ndbuf.Buffer{Mem: mem, ReadOnly: true}
	calm := &hashed{}
	calm.buf = ndbuf.Buffer{Mem: mem, ReadOnly: true}
	if _, err := ndbuf.Must(ndbuf.FromObject(calm)).Hash(); err != nil {
		t.Error(err)
	}
	if _, err := ndbuf.Must(ndbuf.FromObject(angry)).Hash(); !errors.Is(err, angry.err) {
		t.Errorf("an exporter that cannot be hashed: %v", err)
	}
	gone := ndbuf.Must(ndbuf.FromObject("abc"))
	gone.Release()
	array := [3]byte{1, 2, 3}
	for _, c := range []struct {
		name  string
		m     *ndbuf.MemoryView
		class error
	}{
		{"writable", ndbuf.Must(ndbuf.New("B", strides.C, 2)), ndbuf.ErrValue},
		{"format", readOnly("<B", strides.Layout{ItemSize: 1, Shape: []int{6}}), ndbuf.ErrValue},
		{"wide", readOnly("h", strides.Layout{ItemSize: 2, Shape: []int{3}}), ndbuf.ErrValue},
		{"released", gone, ndbuf.ErrReleased},
		{"nil", nil, ndbuf.ErrValue},
		{"slice", ndbuf.Must(ndbuf.Must(ndbuf.FromObject([]byte("abc"))).ToReadOnly()), ndbuf.ErrType},
		{"pointer", ndbuf.Must(ndbuf.Must(ndbuf.FromObject(&array)).ToReadOnly()), ndbuf.ErrType},
	} {
		if _, err := c.m.Hash(); !errors.Is(err, c.class) {
			t.Errorf("%s: %v, want %v", c.name, err, c.class)
		}
	}
}

func TestLookup(t *testing.T) {
	type word string
	ints := filled(t, ">h", 5, -1, 5, 0, 7)
	floats := filled(t, "f", 0.5, math.NaN(), math.Inf(1), 0.1)
	records := filled(t, "<hB", format.Record{1, 2}, format.Record{3, 4}, format.Record{1, 2})
	grid := ndbuf.Must(ndbuf.Must(ndbuf.Of([]int32{1, 2, 3, 1, 5, 1}, 2, 3)).Transpose()) // 1 1, 2 5, 3 1
	rows := ndbuf.Must(ndbuf.FromObject([][]int16{{1, 2}, {2, 3}}))
	for _, c := range []struct {
		name  string
		m     *ndbuf.MemoryView
		v     any
		count int
		first int // -1: none
	}{
		{"int", ints, 5, 2, 0}, {"negative", ints, int64(-1), 1, 1}, {"as float", ints, 7.0, 1, 4}, {"as complex", ints, 5 + 0i, 2, 0},
		{"fraction", ints, 5.5, 0, -1}, {"true", ints, true, 0, -1}, {"false", ints, false, 1, 3}, {"big", ints, big.NewInt(7), 1, 4},
		{"huge", ints, new(big.Int).Lsh(big.NewInt(1), 80), 0, -1}, {"big float", ints, big.NewFloat(-1), 1, 1},
		{"nil", ints, nil, 0, -1}, {"text", ints, "5", 0, -1}, {"bytes", ints, []byte{5}, 0, -1}, {"complex", ints, 5 + 1i, 0, -1},
		{"half", floats, 0.5, 1, 0}, {"NaN", floats, math.NaN(), 0, -1}, {"Inf", floats, math.Inf(1), 1, 2},
		{"a float64 that no float32 is", floats, 0.1, 0, -1}, {"a float32", floats, float32(0.1), 1, 3},
		{"record", records, format.Record{1, 2.0}, 2, 0}, {"other record", records, format.Record{int8(3), 4}, 1, 1},
		{"list for a record", records, []any{1, 2}, 0, -1}, {"shorter record", records, format.Record{1}, 0, -1},
		{"bytes in 2s", filled(t, "2s", []byte("ab"), []byte("cd")), []byte("cd"), 1, 1},
		{"array in 2s", filled(t, "2s", []byte("ab"), []byte("cd")), [2]byte{'c', 'd'}, 1, 1},
		{"text in 2w", filled(t, "2w", "ab", "cd"), word("cd"), 1, 1},
		{"sub-array", filled(t, "(2)h", []any{1, 2}, []any{3, 4}), []int{3, 4}, 1, 1},
		{"long double", filled(t, "g", 1, 0.1), 0.1, 1, 1},
		{"complex items", filled(t, "Zf", 1, 2i), 2i, 1, 1},
		{"N-d", grid, 1, 3, 0}, {"N-d, later", grid, 5, 1, 3}, {"rows", rows, 2, 2, 1},
		{"empty", ndbuf.Must(ndbuf.New("B", strides.C, 0)), 0, 0, -1},
	} {
		n, err := c.m.Count(c.v)
		if n != c.count || err != nil {
			t.Errorf("%s: Count is %d, %v, want %d", c.name, n, err, c.count)
		}
		if in, err := c.m.Contains(c.v); in != (c.count > 0) || err != nil {
			t.Errorf("%s: Contains is %v, %v", c.name, in, err)
		}
		i, err := c.m.IndexOf(c.v)
		if c.first < 0 && !errors.Is(err, ndbuf.ErrValue) || c.first >= 0 && (err != nil || i != c.first) {
			t.Errorf("%s: IndexOf is %d, %v, want %d", c.name, i, err, c.first)
		}
	}
}

func TestIndexOfBounds(t *testing.T) {
	m := filled(t, "B", 1, 2, 1, 2, 1)
	for _, c := range []struct {
		bounds []int
		want   int
	}{
		{nil, 1}, {[]int{1}, 1}, {[]int{2}, 3}, {[]int{-2}, 3}, {[]int{-1}, -1}, {[]int{-100}, 1}, {[]int{100}, -1},
		{[]int{0, 1}, -1}, {[]int{0, 2}, 1}, {[]int{2, -1}, 3}, {[]int{2, -2}, -1}, {[]int{3, 1}, -1}, {[]int{0, 100}, 1},
		{[]int{math.MinInt, math.MaxInt}, 1}, {[]int{0, math.MinInt}, -1},
	} {
		got, err := m.IndexOf(2, c.bounds...)
		if c.want < 0 && !errors.Is(err, ndbuf.ErrValue) || c.want >= 0 && (err != nil || got != c.want) {
			t.Errorf("IndexOf(2, %v) is %d, %v, want %d", c.bounds, got, err, c.want)
		}
	}
	if _, err := m.IndexOf(2, 0, 1, 2); !errors.Is(err, ndbuf.ErrType) {
		t.Errorf("three bounds: %v", err)
	}
}

func TestLookupErrors(t *testing.T) {
	gone := ndbuf.Must(ndbuf.New("B", strides.C, 2))
	gone.Release()
	for _, c := range []struct {
		name  string
		m     *ndbuf.MemoryView
		class error
	}{
		{"scalar", ndbuf.Must(ndbuf.New("B", strides.C)), ndbuf.ErrType},
		{"released", gone, ndbuf.ErrReleased},
		{"unreadable", bufferOf(t, make([]byte, 4), "3", strides.Layout{ItemSize: 1, Shape: []int{4}}), ndbuf.ErrNotImplemented},
		{"text", bufferOf(t, []byte("\xff\xff\xff\xff"), "<w", strides.Layout{ItemSize: 4, Shape: []int{1}}), ndbuf.ErrValue},
	} {
		_, err1 := c.m.Count(0)
		_, err2 := c.m.IndexOf(0)
		in, err3 := c.m.Contains(0)
		if !errors.Is(err1, c.class) || !errors.Is(err2, c.class) || !errors.Is(err3, c.class) || in {
			t.Errorf("%s: %v, %v, %v", c.name, err1, err2, err3)
		}
	}
}

func BenchmarkEqual(b *testing.B) {
	for _, c := range [][2]string{{"d", "d"}, {"d", ">d"}, {"q", "d"}, {"q", "q"}, {"hBd", "hBd"}, {"T{<h:a:d:b:}", "T{<h:x:d:y:}"}} {
		b.Run(c[0]+"="+c[1], func(b *testing.B) {
			x := ndbuf.Must(ndbuf.New(c[0], strides.C, 1000, 1000))
			y := ndbuf.Must(ndbuf.New(c[1], strides.F, 1000, 1000))
			b.SetBytes(int64(x.NBytes()))
			for b.Loop() {
				if same, err := x.Equal(y); !same || err != nil {
					b.Fatal(same, err)
				}
			}
		})
	}
}

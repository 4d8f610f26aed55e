package main

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// listed makes a 1-dimensional array of values.
func listed(t *testing.T, format string, values ...any) *ndbuf.MemoryView {
	t.Helper()
	m := ndbuf.Must(ndbuf.New(format, strides.C, len(values)))
	for i, v := range values {
		if err := m.Set(v, i); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestCmp(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	changed := counting(t, ">d", strides.F, 3, 4)
	if err := changed.Set(-1, 2, 1); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		a, b *ndbuf.MemoryView
		want string // "" for the same
	}{
		{counting(t, "<i", strides.C, 3, 4), counting(t, "<i", strides.C, 3, 4), ""},
		{counting(t, "<i", strides.C, 3, 4), counting(t, "<i", strides.F, 3, 4), ""},
		{counting(t, "<i", strides.C, 3, 4), counting(t, ">i", strides.F, 3, 4), ""},
		{counting(t, "<i", strides.C, 3, 4), counting(t, ">d", strides.F, 3, 4), ""},
		{counting(t, "B", strides.C, 3, 4), counting(t, "<Zf", strides.C, 3, 4), ""},
		{counting(t, "<i", strides.C, 3, 4), counting(t, "<i", strides.C, 4, 3), "shapes (3, 4) and (4, 3)"},
		{counting(t, "<i", strides.C, 3), counting(t, "<i", strides.C, 3, 1), "shapes (3,) and (3, 1)"},
		{counting(t, "<i", strides.C, 0, 3), counting(t, "<d", strides.C, 0, 3), ""},
		{counting(t, "<i", strides.C), counting(t, "<d", strides.C), ""},
		{listed(t, "<i", 1), listed(t, "<i", 2), "at [0]: 1 and 2"},
		{counting(t, "<i", strides.C, 3, 4), changed, "at [2, 1]: 9 and -1"},
		{changed, counting(t, ">d", strides.C, 3, 4), "at [2, 1]: -1 and 9"},
		{listed(t, "<d", nan, inf, 0.0), listed(t, "<d", nan, inf, math.Copysign(0, -1)), ""},
		{listed(t, "<d", nan), listed(t, ">f", nan), ""},
		{listed(t, "<d", nan), listed(t, "<d", 1.0), "at [0]: NaN and 1"},
		{listed(t, "<d", 0.1), listed(t, "<f", 0.1), "at [0]: 0.1 and 0.1"},
		{listed(t, "<Q", uint64(1<<63)), listed(t, "<d", 0x1p63), ""},
		{listed(t, "<Q", uint64(1<<64-1)), listed(t, "<d", 0x1p64), "at [0]: 18446744073709551615 and 1.8446744073709552e+19"},
		{listed(t, "<q", int64(-1)), listed(t, "<Q", uint64(1<<64-1)), "at [0]: -1 and 18446744073709551615"},
		{listed(t, "?", true), listed(t, "B", 1), ""},
		{listed(t, "3s", []byte("ab")), listed(t, "5s", []byte("ab")), ""},
		{listed(t, "3s", []byte("a\x00b")), listed(t, "5s", []byte("ab")), `at [0]: "a\x00b" and "ab\x00\x00\x00"`},
		{listed(t, "<Zd", complex(inf, nan)), listed(t, "<Zf", complex64(complex(inf, nan))), ""},
		{listed(t, "<Zd", complex(inf, nan)), listed(t, "<Zd", complex(nan, 1)), ""},
		{listed(t, "<Zd", complex(inf, nan)), listed(t, "<Zd", complex(inf, 1)), "at [0]: (+Inf+NaNi) and (+Inf+1i)"},
		{listed(t, "<3w", "ab"), listed(t, ">3w", "ab"), ""},
		{listed(t, "<3w", "ab"), listed(t, "<5w", "ab"), ""},
		{listed(t, "<3w", "ab"), listed(t, "<i", 7), `at [0]: "ab" and 7`},
		{listed(t, "T{<i:x:>d:y:}", format.Record{1, 2.0}), listed(t, "T{>q:x:<f:y:}", format.Record{1, 2.0}), ""},
		{listed(t, "T{<i:x:>d:y:}", format.Record{1, 2.0}), listed(t, "T{>q:x:<f:y:}", format.Record{1, 2.5}), "at [0]: [1 2] and [1 2.5]"},
		{listed(t, "T{<i:x:<2w:y:}", format.Record{1, "\x1b["}), listed(t, "T{<i:x:<2w:y:}", format.Record{1, "]"}),
			`at [0]: [1 "\x1b["] and [1 "]"]`},
	} {
		a, b := saved(t, "a.npy", c.a), saved(t, "b.npy", c.b)
		status, out, err := ndbufTool("cmp", a, b)
		want := ""
		if c.want != "" {
			want = fmt.Sprintf("%s %s differ %s\n", a, b, c.want)
			want = strings.Replace(want, "differ shapes", "differ: shapes", 1)
		}
		if out != want || err != "" || status != map[bool]int{true: exitOK, false: exitDifferent}[want == ""] {
			t.Errorf("case %d: exit %d, %q %q, want %q", i, status, out, err, want)
		}
		if quiet, out, err := ndbufTool("cmp", "-q", b, a); out+err != "" || quiet != status {
			t.Errorf("case %d, -q, the other way: exit %d, %q %q", i, quiet, out, err)
		}
	}
	scalar := saved(t, "a.npy", counting(t, "<i", strides.C))
	one := ndbuf.Must(ndbuf.New("<i", strides.C))
	if err := one.Set(5); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := ndbufTool("cmp", scalar, saved(t, "b.npy", one)); !strings.HasSuffix(out, "differ in their one item: 0 and 5\n") {
		t.Errorf("scalars: %q", out)
	}
}

// TestCmpRandom plants differences in files of unlike orders, compared in small boxes.
func TestCmpRandom(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	for i := range 100 {
		shape := []int{1 + r.IntN(6), 1 + r.IntN(6), 1 + r.IntN(6)}
		a := counting(t, "<i", strides.C, shape...)
		b := counting(t, []string{"<i", ">i", "<d"}[r.IntN(3)], []strides.Order{strides.C, strides.F}[r.IntN(2)], shape...)
		var first []int
		for range r.IntN(4) {
			index := []int{r.IntN(shape[0]), r.IntN(shape[1]), r.IntN(shape[2])}
			if err := b.Set(-1, index...); err != nil {
				t.Fatal(err)
			}
			if first == nil || slices.Compare(index, first) < 0 {
				first = index
			}
		}
		var files [2]*file
		for k, m := range []*ndbuf.MemoryView{a, b} {
			path := filepath.Join(dir, fmt.Sprint(k))
			if err := os.Rename(saved(t, "x.npy", m), path); err != nil {
				t.Fatal(err)
			}
			f, err := openFile(t.Context(), path, dir)
			if err != nil {
				t.Fatal(err)
			}
			files[k] = f
		}
		c := comparison{files: files, matched: files[0].header.Type.Compatible(files[1].header.Type)}
		got, err := c.run(&tool{ctx: t.Context()}, 16+r.IntN(600))
		if err != nil || !slices.Equal(got, first) {
			t.Fatalf("seed %d case %d, shape %v: got %v, %v; want %v", seed, i, shape, got, err, first)
		}
		for _, f := range files {
			f.close()
		}
	}
}

func TestSameValue(t *testing.T) {
	long := func(s string) format.LongDouble {
		x, _, err := big.ParseFloat(s, 10, 113, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		return format.NewLongDouble(x)
	}
	nan := format.NewLongDouble(nil)
	for i, c := range []struct {
		a, b any
		want bool
	}{
		{int8(-3), float32(-3), true},
		{int8(-3), float32(3), false},
		{uint8(3), 3.5, false},
		{uint8(3), complex(3, 1), false},
		{uint8(3), complex(3, 0), true},
		{false, 0.0, true},
		{int64(math.MaxInt64), float64(math.MaxInt64), false},
		{int64(math.MinInt64), float64(math.MinInt64), true},
		{math.Inf(1), uint64(1<<64 - 1), false},
		{complex(math.NaN(), 1), complex(2, math.NaN()), true},
		{[]byte("a"), "a", false},
		{[]byte("a"), []byte("a"), true},
		{"a", []byte("a"), false},
		{"a", "a", true},
		{[]any{int32(1), "x"}, format.Record{1.0, "x"}, true},
		{[]any{int32(1)}, []any{int32(1), int32(2)}, false},
		{[]any{int32(1)}, int32(1), false},
		{int32(1), []any{int32(1)}, false},
		{nil, nil, false},
		{long("1.5"), 1.5, true},
		{1.5, long("1.5"), true},
		{long("1.5"), long("1.5"), true},
		{long("1.5"), long("2.5"), false},
		{long("-7"), int8(-7), true},
		{long("7"), "7", false},
		{nan, math.NaN(), true},
		{nan, nan, true},
		{nan, 1.0, false},
		{complex(math.Inf(1), math.NaN()), complex(math.Inf(1), math.NaN()), true},
		{complex(math.Inf(1), math.NaN()), complex64(complex(math.Inf(-1), math.NaN())), true},
		{complex(math.NaN(), math.Inf(1)), math.NaN(), true},
		{complex(math.Inf(1), math.NaN()), math.Inf(1), false},
		{format.LongComplex{Real: long("1"), Imag: nan}, complex(2, math.NaN()), true},
		{format.LongComplex{Real: long("1"), Imag: nan}, complex(1, 2), false},
		{[]byte("ab\x00"), []byte("ab"), true},
		{[]byte("ab\x00c"), []byte("ab"), false},
		{format.LongComplex{Real: long("1"), Imag: long("2")}, complex(1, 2), true},
		{format.LongComplex{Real: long("1"), Imag: long("2")}, complex(1, 3), false},
	} {
		if got := sameValue(c.a, c.b); got != c.want {
			t.Errorf("case %d: %v and %v: %v", i, c.a, c.b, got)
		}
	}
}

// written makes a .npy file of a header's text and items.
func written(t *testing.T, descr string, shape []int, items string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.npy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := npy.WriteHeader(f, npy.Header{Descr: descr, Shape: shape}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(items); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCmpTypes: what numbers do not tell counts: units, names of fields, sizes of raw bytes.
func TestCmpTypes(t *testing.T) {
	const one, big = "\x01\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x01"
	for _, c := range []struct{ descrA, itemsA, descrB, itemsB, want string }{
		{"'<M8[D]'", one, "'<M8[s]'", one, "types M8[D] and M8[s]"},
		{"'<M8[D]'", one, "'<m8[D]'", one, "types M8[D] and m8[D]"},
		{"'<M8[D]'", one, "'<i8'", one, "types M8[D] and i8"},
		{"'<M8[D]'", one, "'|V8'", one, "types M8[D] and V8"},
		{"'<M8[D]'", one, "'>M8[1D]'", big, ""},
		{"'<M8[us]'", one, "'>M8[μs]'", big, ""},
		{"'<m8'", one, "'<m8[generic]'", one, ""},
		{"'|V2'", "a\x00", "'|V1'", "a", "types V2 and V1"},
		{"'|V2'", "a\x00", "'|S2'", "a\x00", "types V2 and S2"},
		{"[('x', '<i4'), ('y', '<i4')]", one, "[('y', '<i4'), ('x', '<i4')]", one, `field 0 is named "x" and "y"`},
		{"[('x', '<i4'), ('y', '<i4')]", one, "[('x', '<i4')]", one[:4], "2 and 1 fields"},
		{"[('x', '<i4'), ('', '|V4')]", one, "[(('title', 'x'), '>i4')]", big[4:], ""},
		{"[('x', '<i8')]", one, "'<i8'", one, "1 and 0 fields"},
		{"[('x', [('when', '<M8[ns]')])]", one, "[('x', [('when', '<M8[ms]')])]", one,
			`field "x": field "when": types M8[ns] and M8[ms]`},
		{"[('x', [('\\x1b', '<i8')])]", one, "[('x', [('b', '<i8')])]", one, `field "x": field 0 is named "\x1b" and "b"`},
		{"[]", "", "'|u1'", "a", "types without fields and u1"},
	} {
		for _, n := range []int{1, 0} {
			a, b := written(t, c.descrA, []int{n}, c.itemsA), written(t, c.descrB, []int{n}, c.itemsB)
			status, out, err := ndbufTool("cmp", a, b)
			want := ""
			if c.want != "" {
				want = fmt.Sprintf("%s %s differ: %s\n", a, b, c.want)
			}
			if out != want || err != "" || status != map[bool]int{true: exitOK, false: exitDifferent}[want == ""] {
				t.Errorf("%s and %s: exit %d, %q %q, want %q", c.descrA, c.descrB, status, out, err, want)
			}
		}
	}
}

// TestCmpNoUnicode: text that is not Unicode is compared as bytes, or trouble that names the file and the item.
func TestCmpNoUnicode(t *testing.T) {
	const bad, worse, fine = "\x00\x00\x11\x00", "\x01\x00\x11\x00", "a\x00\x00\x00"
	a := written(t, "'<U1'", []int{2}, fine+bad)
	for _, c := range []struct {
		descr, items string
		status       int
		want         string
	}{
		{"'<U1'", fine + bad, exitOK, ""},
		{"'>U1'", "\x00\x00\x00a\x00\x11\x00\x00", exitOK, ""},
		{"'<U1'", fine + worse, exitDifferent, "differ at [1]: bytes 00001100 and bytes 01001100\n"},
		{"'<U1'", fine + fine, exitDifferent, "differ at [1]: bytes 00001100 and \"a\"\n"},
		{"'<U2'", fine + "\x00\x00\x00\x00" + bad + "\x00\x00\x00\x00", exitTrouble, "item [1] of " + a + ": "},
	} {
		b := written(t, c.descr, []int{2}, c.items)
		status, out, err := ndbufTool("cmp", a, b)
		if status != c.status || !strings.Contains(out+err, c.want) {
			t.Errorf("%s %q: exit %d, %q %q, want %d %q", c.descr, c.items, status, out, err, c.status, c.want)
		}
	}
}

package format_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
)

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b              string
		equal, compatible bool
	}{
		{"<h", "<h", true, true},
		{"<h", ">h", false, true},
		{"!h", ">h", true, true},
		{"<h", "<H", false, false},
		{"<h", "<e", false, false},
		{"<i", "<f", false, false},
		{"<l", "<i", true, true},
		{"b", ">b", true, true},
		{"<3h", "<hhh", true, true},
		{"<3h", "(3)<h", true, true},
		{"<hhh", ">hhh", false, true},
		{"<h>h", "<2h", false, true},
		{"<h>h", ">h<h", false, true},
		{"T{<h:a:<i:b:}", "T{<h:x:<i:y:}", true, true},
		{"T{<h:a:<i:b:}", "<hi", true, true},
		{"T{<h:a:2x<i:b:}", "<hi", false, false},
		{"(2)T{<h<i}", "<hihi", false, false}, // equal bytes, but a repetition is not unrolled
		{"(2)T{<h<i}", "2T{<h>i}", false, true},
		{"(2)T{(3)<h}", "<6h", true, true},
		{"(2)T{<hx}", "<hxhx", false, false},
		{"(2)T{<h}b", "<2hb", true, true},
		{"3s", "3p", false, false}, {"3s", "sss", false, false},
		{"c", "s", false, false}, {"<2w", "<ww", false, false}, {"<w", ">w", false, true},
		{"0i", "", true, true}, {"<0s", "", true, true},
		{"<Zf", ">Zf", false, true}, {"<Zf", "<ff", false, false},
		{"3x", "3x", true, true}, {"3x", "4x", false, false}, {"T{3x:a:}", "3x", false, false},
		{"P", "P", true, true},
	} {
		a, b := mustParse(t, c.a), mustParse(t, c.b)
		for range 2 {
			if a.Equal(b) != c.equal || a.Compatible(b) != c.compatible {
				t.Errorf("%q, %q: equal %v, compatible %v", a, b, a.Equal(b), a.Compatible(b))
			}
			if !c.compatible && a.Swaps(b) != nil {
				t.Errorf("%q, %q: swaps", a, b)
			}
			a, b = b, a
		}
	}
}

func TestSwaps(t *testing.T) {
	type segs = []format.Segment
	for _, c := range []struct {
		a, b string
		want segs
	}{
		{"<h", "<h", nil},
		{"<h", ">h", segs{{0, 2, 1}}},
		{"<3h", ">3h", segs{{0, 2, 3}}},
		{"<hhi", ">hhi", segs{{0, 2, 2}, {4, 4, 1}}},
		{"<bhb", ">bhb", segs{{1, 2, 1}}},
		{"<h>h", "<hh", segs{{2, 2, 1}}},
		{"<h>h", ">h<h", segs{{0, 2, 2}}},
		{">hh<hh", "<h>hh<h", segs{{0, 2, 1}, {4, 2, 1}}},
		{"<2h>2h", ">hh<h>h", segs{{0, 2, 3}}},
		{">4h", "<h>h<h>h", segs{{0, 2, 1}, {4, 2, 1}}},
		{"<Zd", ">Zd", segs{{0, 8, 2}}},
		{"<3w", ">3w", segs{{0, 4, 3}}},
		{"(2)T{<hb}", "(2)T{>hb}", segs{{0, 2, 1}, {3, 2, 1}}},
		{"<h(2)T{<bh}", ">h(2)T{>bh}", segs{{0, 2, 1}, {3, 2, 1}, {6, 2, 1}}},
		{"<h(2)T{<hhb<h}", ">h(2)T{>hhb<h}", segs{{0, 2, 3}, {9, 2, 2}}},
		{"<h(2)T{<h>hb}", ">h(2)T{>h>hb}", segs{{0, 2, 2}, {7, 2, 1}}},
		{"<h(2)T{(2)T{<h}<i}", ">h(2)T{(2)T{>h}<i}", segs{{0, 2, 3}, {10, 2, 2}}},
		{"<h(2)T{<h(2)T{b<h}}", "<h(2)T{>h(2)T{b<h}}", segs{{2, 2, 1}, {10, 2, 1}}},
		{"(2)T{<hb>h}<h", "(2)T{>hb<h}>h", segs{{0, 2, 1}, {3, 2, 2}, {8, 2, 2}}},
		{"(3)T{(2)T{<h}}", ">6h", segs{{0, 2, 6}}},
		{"<h", ">H", nil},
		{"O", "O", nil},
	} {
		a, b := mustParse(t, c.a), mustParse(t, c.b)
		if got := a.Swaps(b); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q, %q: %v, want %v", c.a, c.b, got, c.want)
		}
		if got := b.Swaps(a); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q, %q: %v, want %v", c.b, c.a, got, c.want)
		}
	}
	for f, want := range map[string]segs{"?": {{0, 1, 1}}, "3?": {{0, 1, 3}}, "b?b??": {{1, 1, 1}, {3, 1, 2}}, "(2)T{b?}": {{1, 1, 1}, {3, 1, 1}}, "(9)T{bb}": nil} {
		if got := mustParse(t, f).Bools(); !reflect.DeepEqual(got, want) {
			t.Errorf("Bools(%q) = %v", f, got)
		}
	}
}

// randomFormat makes a format of members in random orders.
func randomFormat(r *rand.Rand, depth int) string {
	var s strings.Builder
	for i := range 1 + r.IntN(4) {
		if r.IntN(3) == 0 {
			fmt.Fprintf(&s, "(%d,%d)", r.IntN(3), 1+r.IntN(3))
		}
		switch k := r.IntN(8); {
		case k == 0 && depth > 0:
			s.WriteString("T{" + randomFormat(r, depth-1) + "}")
		case k == 1:
			fmt.Fprintf(&s, "%dx", r.IntN(4))
			continue
		default:
			s.WriteByte("<>=^@!"[r.IntN(6)])
			if r.IntN(3) == 0 {
				fmt.Fprint(&s, r.IntN(4))
			}
			s.WriteString([]string{"b", "h", "i", "q", "?", "c", "s", "e", "f", "d", "Zf", "H", "Q"}[r.IntN(13)])
		}
		if r.IntN(2) == 0 {
			fmt.Fprintf(&s, ":m%d:", i)
		}
	}
	return s.String()
}

// Reversing what Swaps names turns the bytes of u into those of t: the
// values stay the same.
func TestSwapsKeepValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		u := mustParse(t, randomFormat(r, 2))
		law(t, u)
		v := u.WithOrder("<>="[r.IntN(3)])
		law(t, v)
		if v.Size() != u.Size() || !v.Compatible(u) || v.Align() != 1 && v.Kind() != format.Struct {
			t.Fatalf("%q: %q", u, v)
		}
		src := make([]byte, u.Size())
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		dst := slices.Clone(src)
		for _, s := range v.Swaps(u) {
			for i := range s.Count {
				slices.Reverse(dst[s.Offset+i*s.Size : s.Offset+(i+1)*s.Size])
			}
		}
		a, err := u.Decode(src)
		b, err2 := v.Decode(dst)
		if err != nil || err2 != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%q of %x is %v %v, %q of %x is %v %v", u, src, a, err, v, dst, b, err2)
		}
		for _, s := range u.Bools() {
			for i := range s.Count {
				if src[s.Offset+i] > 1 {
					src[s.Offset+i] = 1
				}
			}
		}
		values, err := u.Unpack(src)
		if err != nil {
			t.Fatal(err)
		}
		one, two := make([]byte, u.Size()), bytes.Repeat([]byte{0xaa}, u.Size())
		if err := u.Pack(one, values...); err != nil {
			t.Fatalf("%q: %v", u, err)
		}
		if err := u.Encode(two, a); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%q: Pack %x, Encode %x, %v", u, one, two, err)
		}
		back, _ := u.Unpack(one)
		if fmt.Sprint(back) != fmt.Sprint(values) {
			t.Fatalf("%q: %v, %v", u, values, back)
		}
	}
}

func TestWithOrder(t *testing.T) {
	for f, want := range map[string]string{
		"l": "", "bi": "T", "n": "", "<h": ">h", "T{i:a:>d:b:}": "T", "(2)T{i:a:b:b:}": "T", "&i": "", "3s": ">3s", "g": "", "?c": "T",
	} {
		u := mustParse(t, f)
		v := u.WithOrder('>')
		law(t, v)
		if v.Size() != u.Size() || v.Mode() != '>' || strings.HasPrefix(want, ">") && v.String() != want {
			t.Errorf("%q: %q", f, v)
		}
		for i, f := range v.Fields() {
			if f.Offset != u.Fields()[i].Offset {
				t.Errorf("%q: %q", u, v)
			}
		}
	}
	defer func() {
		if r := recover(); r != "format: WithOrder takes '<', '>' or '=', not @" {
			t.Error(r)
		}
	}()
	mustParse(t, "h").WithOrder('@')
}

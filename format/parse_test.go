package format_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/format"
)

const ptr = int(unsafe.Sizeof(uintptr(0)))

func mustParse(t testing.TB, s string) *format.Type {
	t.Helper()
	u, err := format.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// layout prints the members with offsets: "a@0 b@4(2,3)".
func layout(t *format.Type) string {
	var out []string
	for _, f := range t.Fields() {
		s := fmt.Sprintf("%s%s@%d", f.Name, f.Type, f.Offset)
		if f.Name != "" {
			s = fmt.Sprintf("%s@%d", f.Name, f.Offset)
		}
		if f.Shape != nil {
			s += fmt.Sprint(f.Shape)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		f              string
		size, padded   int
		align, values  int
		layout, string string
	}{
		{"", 0, 0, 1, 0, "", "0x"},
		{"<", 0, 0, 1, 0, "", "0x"},
		{"3x", 3, 3, 1, 0, "", "3x"},
		{"h", 2, 2, 2, 1, "h@0", "h"},
		{"1h", 2, 2, 2, 1, "h@0", "h"},
		{" \t3h\n", 6, 6, 2, 3, "h@0[3]", "3h"},
		{"bi", 8, 8, 4, 2, "b@0 i@4", "b3xi"},
		{"ib", 5, 8, 4, 2, "i@0 b@4", "ib"},
		{"=ib", 5, 5, 1, 2, "=i@0 =b@4", "=ib"},
		{"^ib", 5, 5, 1, 2, "^i@0 ^b@4", "^ib"},
		{"b0i", 4, 4, 4, 1, "b@0 i@4[0]", "b3x0i"},
		{"=b0i", 1, 1, 1, 1, "=b@0 =i@1[0]", "=b0i"},
		{"xi", 8, 8, 4, 1, "i@4", "4xi"},
		{"ix", 5, 8, 4, 1, "i@0", "ix"},
		{"5s0sp", 6, 6, 1, 3, "5s@0 0s@5 p@5", "5s0sp"},
		{"(2,3)h", 12, 12, 2, 1, "h@0[2 3]", "(2,3)h"},
		{"( 2 , 3 )2h", 24, 24, 2, 1, "h@0[2 3 2]", "(2,3,2)h"},
		{"T{b:a:i:b:b}", 12, 12, 4, 3, "a@0 b@4 b@8", "T{b:a:3xi:b:b3x}"},
		{"=T{b:a:i:b:}", 5, 5, 1, 2, "a@0 b@1", "T{=b:a:i:b:}"},
		{"T{>h:a:<i:b:}", 6, 6, 1, 2, "a@0 b@2", "T{>h:a:<i:b:}"},
		{"T{i=b}b", 6, 6, 1, 2, "T{i=b}@0 =b@5", "T{i=b}b"},
		{"b=T{b@i}", 12, 12, 4, 2, "b@0 T{=b3x@i}@4", "b3xT{=b3x@i}"},
		{"2T{bi}:a:b", 17, 20, 4, 2, "a@0[2] b@16", "(2)T{b3xi}:a:b"},
		{"2T{bi}b", 17, 20, 4, 3, "T{b3xi}@0[2] b@16", "2T{b3xi}b"},
		{"T{4x:pad:i::}", 8, 8, 4, 2, "pad@0 i@4", "T{4x:pad:i}"},
		{"<3w2u", 16, 16, 1, 2, "<3w@0 <2u@12", "<3w2u"},
		{"<ZfZd", 24, 24, 1, 2, "<Zf@0 <Zd@8", "<ZfZd"},
		{"(1)T{}", 0, 0, 1, 1, "T{}@0[1]", "(1)T{}"},
		{"&<i:p:", ptr, ptr, ptr, 1, "p@0", "&<i:p:"},
		{"&T{<h>h}b", ptr + 1, 2 * ptr, ptr, 2, "&T{<h>h}@0 b@" + fmt.Sprint(ptr), "&T{<h>h}b"},
		{"&0x", ptr, ptr, ptr, 1, "&0x@0", "&0x"},
		{"&(2)3x", ptr, ptr, ptr, 1, "&(2)3x@0", "&(2)3x"},
		{"X{i{}->d}", ptr, ptr, ptr, 1, "X{i{}->d}@0", "X{i{}->d}"},
		{"<P", ptr, ptr, 1, 1, "<P@0", "<P"},
		{"<z", ptr, ptr, 1, 1, "<z@0", "<z"},
		{"T{<Z:w:}", ptr, ptr, 1, 1, "w@0", "T{<Z:w:}"},
		{"O", ptr, ptr, ptr, 1, "O@0", "O"},
	} {
		u, err := format.Parse(c.f)
		if err != nil {
			t.Errorf("%q: %v", c.f, err)
			continue
		}
		if u.Size() != c.size || u.PaddedSize() != c.padded || u.Align() != c.align || u.NumValues() != c.values {
			t.Errorf("%q: size %d padded %d align %d values %d", c.f, u.Size(), u.PaddedSize(), u.Align(), u.NumValues())
		}
		if got := layout(u); got != c.layout {
			t.Errorf("%q: members %q, want %q", c.f, got, c.layout)
		}
		if u.String() != c.string {
			t.Errorf("%q: String %q, want %q", c.f, u, c.string)
		}
		law(t, u)
	}
}

// law checks that the String of a type parses back to the same type.
func law(t testing.TB, u *format.Type) {
	t.Helper()
	v, err := format.Parse(u.String())
	if err != nil {
		t.Errorf("String %q does not parse: %v", u, err)
		return
	}
	if v.String() != u.String() || !v.Equal(u) || !same(u, v) {
		t.Errorf("String %q parses to %q", u, v)
	}
}

func same(u, v *format.Type) bool {
	if u.Kind() != v.Kind() || u.Code() != v.Code() || u.Size() != v.Size() || u.Len() != v.Len() ||
		u.PaddedSize() != v.PaddedSize() || u.Align() != v.Align() ||
		u.NumValues() != v.NumValues() || u.Mode() != v.Mode() || u.IsRecord() != v.IsRecord() {
		return false
	}
	return u.Kind() != format.Struct || slices.EqualFunc(u.Fields(), v.Fields(), func(f, g format.Field) bool {
		return f.Name == g.Name && f.Offset == g.Offset && slices.Equal(f.Shape, g.Shape) && same(f.Type, g.Type)
	})
}

func TestParseErrors(t *testing.T) {
	deep := strings.Repeat("T{", 70) + "b" + strings.Repeat("}", 70)
	for _, c := range []struct {
		f      string
		offset int
	}{
		{"y", 0}, {"i*", 1}, {"-i", 0}, {"3", 1}, {"i3", 2}, {"3 i", 1}, {"i<", 2}, {"<>i", 1}, {"@@i", 1},
		{"\x00", 0}, {"i\x00", 1}, {"é", 0}, {"<é", 1},
		{"T", 0}, {"TT{i}", 0}, {"T{", 2}, {"T{i:a:", 6}, {"}", 0}, {"T{i}}", 4}, {"T{<}", 3},
		{"i:a", 1}, {"i:", 1}, {"i : a :", 2}, {"i:a:h:a:", 4}, {"T{i:a:h:a:}", 6}, {"i:\xff:", 1}, {"i:\x00:", 1},
		{"()i", 1}, {"(2,)i", 3}, {"(2", 2}, {"(a)i", 1}, {"(-1)i", 1}, {"(2;3)i", 2}, {"(2) i", 3}, {"<(2)i", 1}, {"< (2)i", 2},
		{"Zi", 0}, {"Ze", 0}, {"<n", 1}, {"=3N", 2}, {"X", 0}, {"X{", 2}, {"X{{}", 4}, {"X{\x00}", 2}, {"&", 1}, {"&}", 1},
		{"99999999999999999999x", 0}, {fmt.Sprint(math.MaxInt) + "h", 0},
		{fmt.Sprint(math.MaxInt) + "xx", len(fmt.Sprint(math.MaxInt)) + 1}, {fmt.Sprint(math.MaxInt) + "x0h", len(fmt.Sprint(math.MaxInt)) + 1},
		{fmt.Sprint(math.MaxInt) + "s", -1}, {fmt.Sprintf("(%d,%d)0s", math.MaxInt, 2), -1},
		{fmt.Sprintf("%dT{}%[1]dT{}", math.MaxInt/2+1), -1},
		{fmt.Sprintf("(0,%d,%[1]d)b", math.MaxInt), -1},
		{"(1000000000)T{}", 0}, {"(1000000000,0)i", 0}, {"T{(50000)T{(50000)T{}}}", 0}, {"(1000)T{b(60000)T{}}", 0},
		{deep, 2 * 64}, {strings.Repeat("&", 70) + "b", 65},
		{"(" + strings.Repeat("1,", 64) + "1)b", 0},
	} {
		_, err := format.Parse(c.f)
		if c.f == fmt.Sprint(math.MaxInt)+"s" {
			if err != nil {
				t.Errorf("%q: %v", c.f, err)
			}
			continue
		}
		var e *format.SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%.40q: %v", c.f, err)
			continue
		}
		if c.offset >= 0 && e.Offset != c.offset || e.Format != c.f || !errors.Is(err, format.ErrStruct) {
			t.Errorf("%.40q: offset %d, want %d: %v", c.f, e.Offset, c.offset, err)
		}
		if len(err.Error()) > 400 {
			t.Errorf("%.40q: long message", c.f)
		}
	}
}

// A hostile format costs time and memory for its text alone.
func TestParseHostile(t *testing.T) {
	for _, f := range []string{
		strings.Repeat("i", 1<<16), strings.Repeat("0s", 1<<16), strings.Repeat("T{b}", 1<<14),
		strings.Repeat("(", 1<<16), strings.Repeat("9", 1<<16), strings.Repeat("T{", 1<<16), strings.Repeat("&", 1<<16),
		strings.Repeat(":", 1<<16), strings.Repeat("X{", 1<<16), strings.Repeat(" ", 1<<16), strings.Repeat("<", 1<<16),
		fmt.Sprintf("%dx", math.MaxInt), fmt.Sprintf("%dB", math.MaxInt), "(1000000)T{(1000)T{>h?}}",
	} {
		u, err := format.Parse(f)
		if err == nil {
			_ = u.String()
			_ = u.Equal(u.WithOrder('<'))
			_, _ = u.Unpack(nil)
			_, _ = u.Decode(nil)
		}
	}
}

func TestCalcsize(t *testing.T) {
	for f, want := range map[string]int{
		"": 0, "@": 0, "<": 0, "ib": 5, "bi": 8, "b0i": 4, "<b0i": 1, "<3s2h?": 8, "< 2h 3x": 7, "@P": ptr, "nN": 2 * ptr,
		"<l": 4, "!q": 8, "e": 2, "0p": 0, "x": 1,
	} {
		if n, err := format.Calcsize(f); err != nil || n != want {
			t.Errorf("%q: %d, %v; want %d", f, n, err, want)
		}
	}
	// What Parse takes and the struct module does not.
	for _, f := range []string{"T{i}", "i:a:", "(2)i", "g", "Zd", "w", "u", "O", "&i", "X{}", "^i", "i<i", " <i", "<P", "z", "<g"} {
		if _, err := format.Parse(f); err != nil {
			t.Errorf("Parse(%q): %v", f, err)
		}
		if _, err := format.Calcsize(f); !errors.Is(err, format.ErrStruct) || errors.Is(err, format.ErrValue) {
			t.Errorf("Calcsize(%q): %v", f, err)
		}
		if _, err := format.ParseStruct(f); err == nil {
			t.Errorf("ParseStruct(%q): no error", f)
		}
	}
	if _, err := format.Calcsize("é"); !errors.Is(err, format.ErrValue) || !errors.Is(err, format.ErrStruct) {
		t.Errorf("not ASCII: %v", err)
	}
}

func TestTypeAccess(t *testing.T) {
	u := mustParse(t, "T{<h:a:(2,3)<d:b:T{<i:x:}:c:}")
	if u.Kind() != format.Struct || u.Code() != "" || u.Mode() != '<' || u.Len() != 0 || !u.IsRecord() {
		t.Error("structure:", u.Kind(), u.Code(), u.Mode(), u.Len())
	}
	f, ok := u.Field("b")
	if !ok || f.Offset != 2 || f.Size() != 48 || !slices.Equal(f.Shape, []int{2, 3}) || f.Type.String() != "<d" {
		t.Error("b:", f, ok)
	}
	f.Shape[0] = 99
	u.Fields()[1].Shape[0] = 99
	if f, _ = u.Field("b"); f.Shape[0] != 2 {
		t.Error("the type changed with what it gave away")
	}
	if _, ok := u.Field(""); ok {
		t.Error("member without a name")
	}
	if _, ok := u.Field("z"); ok {
		t.Error("member z")
	}
	if m := mustParse(t, "T{<h>h}").Mode(); m != 0 {
		t.Error("mixed mode", m)
	}
	if e := mustParse(t, "&(3)<i").Elem(); e.String() != "(3)<i" || e.Size() != 12 {
		t.Error("target", e)
	}
	leaf := mustParse(t, ">5w")
	if fs := leaf.Fields(); len(fs) != 1 || fs[0].Type != leaf || leaf.Len() != 5 || leaf.Mode() != '>' {
		t.Error("leaf", fs)
	}
	for f, want := range map[string]bool{"i": false, "P": true, "&i": true, "T{iT{bO}}": true, "X{}": true, "(2)z": true} {
		if got := mustParse(t, f).HasPointers(); got != want {
			t.Errorf("HasPointers(%q) = %v", f, got)
		}
	}
	for f, want := range map[string]bool{"i": true, "=i": true, "<i>i": false, "T{b>b}": true, ">0i": true, ">3s": true} {
		if got := mustParse(t, f).NativeOrder(); got != want {
			t.Errorf("NativeOrder(%q) = %v", f, got)
		}
	}
	for _, s := range []fmt.Stringer{format.Invalid, format.Struct, format.Kind(99), format.WrongType, format.ShortBuffer, format.Reason(99)} {
		if s.String() == "" {
			t.Error("no name")
		}
	}
}

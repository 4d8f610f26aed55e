package npy_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
)

// file makes a .npy file of a version, the text of a header and items.
func file(version int, text, items string) []byte {
	b := append([]byte("\x93NUMPY"), byte(version), 0)
	if version == 1 {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	} else {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	}
	return append(append(b, text...), items...)
}

// dict is the text of a header.
func dict(descr, fortran, shape string) string {
	return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n", descr, fortran, shape)
}

var malformed = []struct {
	name  string
	data  []byte
	class error
	text  string // that the message contains
}{
	{"empty file", nil, ndbuf.ErrValue, "not a .npy file"},
	{"text", []byte("hello, world"), ndbuf.ErrValue, `begins with "hello,"`},
	{"zip", []byte("PK\x03\x04PK\x03\x04"), ndbuf.ErrValue, "not a .npy file"},
	{"magic cut off", []byte("\x93NUM"), ndbuf.ErrValue, "ends after 4 bytes"},
	{"version cut off", []byte("\x93NUMPY\x01"), ndbuf.ErrValue, "ends after 7 bytes"},
	{"version 0", append([]byte("\x93NUMPY\x00\x00"), 0, 0), ndbuf.ErrValue, "version 0.0"},
	{"version 4", append([]byte("\x93NUMPY\x04\x00"), 0, 0, 0, 0), ndbuf.ErrValue, "version 4.0"},
	{"version 1.1", append([]byte("\x93NUMPY\x01\x01"), 0, 0), ndbuf.ErrValue, "version 1.1"},
	{"length cut off/v1", []byte("\x93NUMPY\x01\x00\x10"), ndbuf.ErrValue, "ends after 9 bytes"},
	{"length cut off/v2", []byte("\x93NUMPY\x02\x00\x10\x00\x00"), ndbuf.ErrValue, "ends after 11 bytes"},
	{"length lies/v1", []byte("\x93NUMPY\x01\x00\xff\xff{'descr'"), ndbuf.ErrValue, "header of 65535 bytes ends after 8"},
	{"length lies/v2", []byte("\x93NUMPY\x02\x00\x00\x00\x10\x00{"), ndbuf.ErrValue, "header of 1048576 bytes ends after 1"},
	{"length of 4 GiB", []byte("\x93NUMPY\x03\x00\xff\xff\xff\xff{"), ndbuf.ErrValue, "header of 4294967295 bytes: more than 1048576"},
	{"header empty", file(1, "", ""), ndbuf.ErrValue, `dictionary: want '{', found the end`},
	{"header no dictionary", file(1, "('<f8', False, ())", ""), ndbuf.ErrValue, "want '{', found '('"},
	{"header only NULs", file(1, "\x00\x00\x00", ""), ndbuf.ErrValue, `found '\x00'`},
	{"not UTF-8/v3", file(3, dict("[('\xff', '<i4')]", "False", "()"), ""), ndbuf.ErrValue, "not UTF-8"},
	{"dictionary open", file(1, "{'descr': '<f8', ", ""), ndbuf.ErrValue, "want a string, found the end"},
	{"no keys", file(1, "{}", ""), ndbuf.ErrValue, `key "descr" is missing`},
	{"key missing", file(1, "{'descr': '<f8', 'shape': (2,)}", ""), ndbuf.ErrValue, `key "fortran_order" is missing`},
	{"key unknown", file(1, "{'descr': '<f8', 'order': 'C'}", ""), ndbuf.ErrValue, `unknown key "order" at byte 17`},
	{"key twice", file(1, "{'shape': (), 'shape': (1,), 'descr': '<f8', 'fortran_order': False}", ""), ndbuf.ErrValue, `second key "shape"`},
	{"key no string", file(1, "{1: 2}", ""), ndbuf.ErrValue, "key of the dictionary: want a string"},
	{"colon missing", file(1, "{'descr' '<f8'}", ""), ndbuf.ErrValue, "want ':'"},
	{"comma missing", file(1, "{'descr': '<f8' 'shape': ()}", ""), ndbuf.ErrValue, `want ',' or '}', found '\''`},
	{"text after", file(1, dict("'<f8'", "False", "()")+"x", ""), ndbuf.ErrValue, "want the end after the dictionary, found 'x'"},
	{"string open", file(1, "{'descr': '<f8", ""), ndbuf.ErrValue, "without its closing quote"},
	{"escape unknown", file(1, dict(`[('a\q', '<f8')]`, "False", "()"), ""), ndbuf.ErrValue, "unknown escape"},
	{"escape cut off", file(1, `{'a\x4`, ""), ndbuf.ErrValue, "is cut off"},
	{"escape surrogate", file(1, dict(`[('\ud800', '<f8')]`, "False", "()"), ""), ndbuf.ErrValue, "no character"},
	{"fortran_order number", file(1, dict("'<f8'", "1", "()"), ""), ndbuf.ErrValue, "fortran_order: want True or False, found '1'"},
	{"fortran_order name", file(1, dict("'<f8'", "Falsehood", "()"), ""), ndbuf.ErrValue, "want True or False"},
	{"shape number", file(1, dict("'<f8'", "False", "3"), ""), ndbuf.ErrValue, "shape: want '(', found '3'"},
	{"shape list", file(1, dict("'<f8'", "False", "[3]"), ""), ndbuf.ErrValue, "shape: want '('"},
	{"shape without comma", file(1, dict("'<f8'", "False", "(3)"), ""), ndbuf.ErrValue, "no tuple"},
	{"shape negative", file(1, dict("'<f8'", "False", "(2, -3)"), ""), ndbuf.ErrValue, `shape: length "-3" is negative`},
	{"shape float", file(1, dict("'<f8'", "False", "(2.0,)"), ""), ndbuf.ErrValue, "want ',' or ')', found '.'"},
	{"shape expression", file(1, dict("'<f8'", "False", "(2*3,)"), ""), ndbuf.ErrValue, "found '*'"},
	{"shape name", file(1, dict("'<f8'", "False", "(n,)"), ""), ndbuf.ErrValue, "want an integer, found 'n'"},
	{"shape octal", file(1, dict("'<f8'", "False", "(012,)"), ""), ndbuf.ErrValue, "begins with 0"},
	{"shape commas", file(1, dict("'<f8'", "False", "(2,,3)"), ""), ndbuf.ErrValue, "want an integer, found ','"},
	{"shape open", file(1, dict("'<f8'", "False", "(2, 3"), ""), ndbuf.ErrValue, "shape: "},
	{"shape number too large", file(1, dict("'<f8'", "False", "(99999999999999999999,)"), ""), ndbuf.ErrOverflow, "does not fit an int"},
	{"shape digits", file(2, dict("'<f8'", "False", "("+strings.Repeat("9", 1000)+",)"), ""), ndbuf.ErrOverflow, "(1000 bytes) does not fit"},
	{"shape product too large", file(1, dict("'<f8'", "False", fmt.Sprintf("(%d, 2)", math.MaxInt/8)), ""), ndbuf.ErrOverflow, "items of 8 bytes"},
	{"shape too long", file(1, dict("'<f8'", "False", "("+strings.Repeat("1, ", 65)+")"), ""), ndbuf.ErrValue, "more than 64 dimensions"},
	{"descr None", file(1, dict("None", "False", "()"), ""), ndbuf.ErrValue, "descr: want a dtype, found 'N'"},
	{"descr number", file(1, dict("8", "False", "()"), ""), ndbuf.ErrValue, "want a dtype"},
	{"descr empty", file(1, dict("''", "False", "()"), ""), ndbuf.ErrValue, `"" is not a type string`},
	{"descr unknown", file(1, dict("'<x9'", "False", "()"), ""), ndbuf.ErrValue, "<x9"},
	{"descr odd size", file(1, dict("'<f3'", "False", "()"), ""), ndbuf.ErrValue, "<f3"},
	{"descr code", file(1, dict("'__import__(1)'", "False", "()"), ""), ndbuf.ErrValue, "not a type string"},
	{"descr string too long", file(1, dict("'|S99999999999999999999'", "False", "()"), ""), ndbuf.ErrValue, "|S9999"},
	{"descr date unit missing", file(1, dict("'<M8[]'", "False", "()"), ""), ndbuf.ErrValue, `"<M8[]" is not a type string`},
	{"descr date unit unknown", file(1, dict("'<M8[q]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit with a word", file(1, dict("'<m8[sms]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit negative", file(1, dict("'<M8[-3s]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit spaced", file(1, dict("'<M8[1 s]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit count huge", file(1, dict("'<M8[2147483648s]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit divisor missing", file(1, dict("'<M8[s/]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit divisor 0", file(1, dict("'<M8[s/0]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit divided twice", file(1, dict("'<M8[s/2/2]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit generic divided", file(1, dict("'<M8[generic/2]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit of another mu", file(3, dict("'<M8[\u00b5s]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr number with a unit", file(1, dict("'<i8[s]'", "False", "()"), ""), ndbuf.ErrValue, "is not a type string"},
	{"descr date unit open", file(1, dict("'<M8[ns'", "False", "()"), ""), ndbuf.ErrValue, `"<M8[ns" is not a type string`},
	{"descr date size", file(1, dict("'<M4[ns]'", "False", "()"), ""), ndbuf.ErrValue, "not a type string"},
	{"objects", file(1, dict("'|O'", "False", "(2,)"), ""), ndbuf.ErrType, "pickled Python objects"},
	{"objects in a structure", file(1, dict("[('a', '<i4'), ('b', [('c', '|O8')])]", "False", "(2,)"), ""), ndbuf.ErrType, "pickled Python objects"},
	{"fields no tuple", file(1, dict("['<f8']", "False", "()"), ""), ndbuf.ErrValue, "field: want '('"},
	{"field without dtype", file(1, dict("[('a',)]", "False", "()"), ""), ndbuf.ErrValue, "want a dtype, found ')'"},
	{"field name number", file(1, dict("[(1, '<f8')]", "False", "()"), ""), ndbuf.ErrValue, "name of a field: want a string"},
	{"field twice", file(1, dict("[('a', '<f8'), ('a', '<f4')]", "False", "()"), ""), ndbuf.ErrValue, `"a"`},
	{"field shape negative", file(1, dict("[('a', '<f8', (-1,))]", "False", "()"), ""), ndbuf.ErrValue, "negative"},
	{"field shape too large", file(1, dict(fmt.Sprintf("[('a', '<f8', (%d, 9))]", math.MaxInt/8), "False", "()"), ""), ndbuf.ErrValue, "does not fit"},
	{"field five parts", file(1, dict("[('a', '<f8', 1, 2)]", "False", "()"), ""), ndbuf.ErrValue, "want ')', found '2'"},
	{"fields open", file(1, "{'descr': [('a', '<f8'), ", ""), ndbuf.ErrValue, "found the end"},
	{"title without name", file(1, dict("[(('t',), '<f8')]", "False", "()"), ""), ndbuf.ErrValue, "name of a field"},
	{"deep list", file(2, "{'descr': "+strings.Repeat("[('a', ", 5000), ""), ndbuf.ErrValue, "nested deeper than 64"},
	{"deep tuple", file(2, "{'descr': "+strings.Repeat("(", 5000), ""), ndbuf.ErrValue, "nested deeper than 64"},
	{"items missing", file(1, dict("'<f8'", "False", "(2,)"), ""), ndbuf.ErrValue, "items end after 0 of 16 bytes"},
	{"items cut off", file(1, dict("'<f8'", "True", "(2, 2)"), "0123456789"), ndbuf.ErrValue, "items end after 10 of 32 bytes"},
	{"items promised", file(1, dict("'|u1'", "False", fmt.Sprintf("(%d,)", math.MaxInt-100)), "x"), ndbuf.ErrValue, "items end after 1 of"},
}

// Every fault of a header is an error of its class that names it.
func TestMalformed(t *testing.T) {
	classes := []error{ndbuf.ErrValue, ndbuf.ErrType, ndbuf.ErrOverflow, ndbuf.ErrBuffer, ndbuf.ErrIndex, ndbuf.ErrNotImplemented}
	for _, c := range malformed {
		t.Run(c.name, func(t *testing.T) {
			m, err := npy.Read(bytes.NewReader(c.data))
			if err == nil {
				t.Fatalf("read: shape %v, format %q", m.Shape(), m.Format())
			}
			for _, class := range classes {
				want := class == c.class || class == ndbuf.ErrValue && c.class == ndbuf.ErrOverflow
				if errors.Is(err, class) != want {
					t.Errorf("errors.Is(%v, %v) is %t", err, class, !want)
				}
			}
			if !strings.Contains(err.Error(), c.text) || !strings.HasPrefix(err.Error(), "npy: ") || len(err.Error()) > 300 {
				t.Errorf("message %q does not say %q", err, c.text)
			}
		})
	}
}

// A hostile header costs nothing like what it promises.
func TestHostileCost(t *testing.T) {
	for _, data := range [][]byte{
		file(1, dict("'|u1'", "False", fmt.Sprintf("(%d,)", math.MaxInt-100)), "x"),
		[]byte("\x93NUMPY\x02\x00\x00\x00\x10\x00{"),
		file(2, "{'descr': "+strings.Repeat("[('a', ", 100_000), ""),
		file(2, dict("'<f8'", "False", "("+strings.Repeat("1, ", 300_000)+")"), ""),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := npy.Read(bytes.NewReader(data)); err == nil {
			t.Errorf("%.40q was read", data)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 20<<20 {
			t.Errorf("%d bytes allocated for %.40q", n, data)
		}
	}
}

// A failing reader's error comes through, and is not taken for a malformed file.
func TestReaderError(t *testing.T) {
	broken := errors.New("broken pipe")
	whole := file(1, dict("'<f8'", "False", "(2,)"), "0123456789abcdef")
	for n := range whole {
		r := io.MultiReader(bytes.NewReader(whole[:n]), &failing{broken})
		if _, err := npy.Read(r); !errors.Is(err, broken) || errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	for n := range whole {
		if _, err := npy.Read(bytes.NewReader(whole[:n])); !errors.Is(err, ndbuf.ErrValue) {
			t.Errorf("cut off after %d bytes: %v", n, err)
		}
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error)  { return 0, f.err }
func (f *failing) Write([]byte) (int, error) { return 0, f.err }

// What Python takes as the same literal is taken.
func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		shape []int
	}{
		{"no trailing comma, no newline", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", []int{2, 3}},
		{"other order of keys", "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f8'}", []int{2, 3}},
		{"double quotes", `{"shape": (2, 3), "fortran_order": False, "descr": "<f8"}`, []int{2, 3}},
		{"no spaces", "{'descr':'<f8','fortran_order':False,'shape':(2,3)}", []int{2, 3}},
		{"spaces", " { 'descr' : '<f8' ,\n'fortran_order'\t: False , 'shape' : ( 2 , 3 , ) , } \n", []int{2, 3}},
		{"Python 2", "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }", []int{2, 3}},
		{"one axis", "{'descr': '<f8', 'fortran_order': False, 'shape': (6,), }", []int{6}},
		{"escapes", `{'descr': '\x3cf8', 'fortran\u005forder': False, '\U00000073hape': (6,), }`, []int{6}},
		{"sub-array dtype", "{'descr': [('', ('<f4', (2,)))], 'fortran_order': False, 'shape': (6,), }", []int{6}},
	} {
		h, err := npy.ReadHeader(bytes.NewReader(file(1, c.text, "")))
		if err != nil || !slices.Equal(h.Shape, c.shape) || h.ItemSize != 8 || h.Fortran || h.DataOffset != 10+len(c.text) {
			t.Errorf("%s: %+v, %v", c.name, h, err)
		}
	}
}

func TestReadHeaderReadsNoMore(t *testing.T) {
	r := bytes.NewReader(file(2, dict("'<u2'", "True", "(3, 1)"), "items!"))
	h, err := npy.ReadHeader(r)
	if err != nil || r.Len() != 6 || h.Version != 2 || !h.Fortran || h.ItemSize != 2 {
		t.Errorf("%+v, %v, %d bytes left", h, err, r.Len())
	}
	if l, err := h.Layout(); err != nil || l.NBytes() != 6 || !slices.Equal(l.Strides, []int{2, 6}) {
		t.Errorf("layout %+v, %v", l, err)
	}
}

func TestWriteHeader(t *testing.T) {
	f8 := ndbuf.Must(format.Parse("<d"))
	for _, c := range []struct {
		name   string
		header npy.Header
		want   string // of the text, without padding
		length int
	}{
		{"scalar", npy.Header{Type: f8}, "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 128},
		{"F", npy.Header{Type: f8, Shape: []int{3, 4}, Fortran: true}, "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 4), }", 128},
		{"version", npy.Header{Type: f8, Shape: []int{7}, Version: 2}, "{'descr': '<f8', 'fortran_order': False, 'shape': (7,), }", 128},
		{"descr", npy.Header{Descr: "'>M8[ns]'", Shape: []int{7}}, "{'descr': '>M8[ns]', 'fortran_order': False, 'shape': (7,), }", 128},
		{"padded", npy.Header{Type: ndbuf.Must(format.Parse("T{<d:x:}")), ItemSize: 12}, "{'descr': [('x', '<f8'), ('', '|V4')], 'fortran_order': False, 'shape': (), }", 128},
	} {
		var b bytes.Buffer
		n, err := npy.WriteHeader(&b, c.header)
		if err != nil || n != b.Len() || n != c.length {
			t.Errorf("%s: %d bytes of %d, %v", c.name, n, b.Len(), err)
			continue
		}
		skip := 10
		if c.header.Version > 1 {
			skip = 12
		}
		if got := strings.TrimRight(b.String()[skip:], " \n"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		h, err := npy.ReadHeader(&b)
		if err != nil || h.DataOffset != n || !slices.Equal(h.Shape, c.header.Shape) {
			t.Errorf("%s: read back %+v, %v", c.name, h, err)
		}
	}
	for _, c := range []struct {
		name   string
		header npy.Header
		class  error
	}{
		{"nothing", npy.Header{}, ndbuf.ErrValue},
		{"descr", npy.Header{Descr: "'<f8"}, ndbuf.ErrValue},
		{"descr injects", npy.Header{Descr: "'<f8', 'x': '<f8'"}, ndbuf.ErrValue},
		{"descr object", npy.Header{Descr: "'O'"}, ndbuf.ErrType},
		{"item size", npy.Header{Descr: "'<f8'", ItemSize: 4}, ndbuf.ErrValue},
		{"padding of a number", npy.Header{Type: f8, ItemSize: 12}, ndbuf.ErrType},
		{"pointer", npy.Header{Type: ndbuf.Must(format.Parse("P"))}, ndbuf.ErrType},
		{"object", npy.Header{Type: ndbuf.Must(format.Parse("O"))}, ndbuf.ErrType},
		{"UCS-2", npy.Header{Type: ndbuf.Must(format.Parse("4u"))}, ndbuf.ErrType},
		{"shape", npy.Header{Type: f8, Shape: []int{-1}}, ndbuf.ErrValue},
		{"overflow", npy.Header{Type: f8, Shape: []int{math.MaxInt, 2}}, ndbuf.ErrOverflow},
		{"axes", npy.Header{Type: f8, Shape: make([]int, 65)}, ndbuf.ErrValue},
		{"version", npy.Header{Type: f8, Version: 4}, ndbuf.ErrValue},
	} {
		var b bytes.Buffer
		if n, err := npy.WriteHeader(&b, c.header); !errors.Is(err, c.class) || n != 0 || b.Len() != 0 {
			t.Errorf("%s: %d bytes, %v", c.name, n, err)
		}
	}
	broken := errors.New("disk full")
	if _, err := npy.WriteHeader(&failing{broken}, npy.Header{Type: f8}); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestWithOrder(t *testing.T) {
	const descr = "[(('t', 'a'), '<i4'), ('b', '>M8[ns]', (2,)), ('c', '|S3'), ('d', [('e', '<U2')])]"
	h, err := npy.ReadHeader(bytes.NewReader(file(1, dict(descr, "False", "(2,)"), "")))
	if err != nil {
		t.Fatal(err)
	}
	big, err := h.WithOrder('>')
	const want = "[(('t', 'a'), '>i4'), ('b', '>M8[ns]', (2,)), ('c', '|S3'), ('d', [('e', '>U2')])]"
	if err != nil || big.Descr != want || h.Descr != descr {
		t.Errorf("%s, %v", big.Descr, err)
	}
	if big.ItemSize != h.ItemSize || !big.Type.Compatible(h.Type) || big.Type.Equal(h.Type) {
		t.Errorf("types %s and %s", big.Type, h.Type)
	}
	native, err := big.WithOrder('=')
	if err != nil || !native.Type.NativeOrder() {
		t.Errorf("%s, %v", native.Descr, err)
	}
	if _, err := h.WithOrder('!'); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}

func TestParts(t *testing.T) {
	units := map[string]string{"": "", "[generic]": "", "[2generic]": "", "[μs]": "[us]", "[007s]": "[7s]", "[1s]": "[s]", "[0s]": "[0s]",
		"[h/24]": "[h/24]", "[25Y/2]": "[25Y/2]", "[D/1]": "[D]", "[2147483647m]": "[2147483647m]"}
	for _, u := range strings.Fields("Y M W D h m s ms us ns ps fs as") {
		units["["+u+"]"] = "[" + u + "]"
	}
	for unit, want := range units {
		for _, kind := range []string{"M", "m"} {
			descr := dict("'>"+kind+"8"+unit+"'", "False", "()")
			h, err := npy.ReadHeader(bytes.NewReader(file(3, descr, "")))
			if err != nil {
				t.Errorf("%s: %v", descr, err)
				continue
			}
			if p, err := h.Parts(); err != nil || p.Type != kind+"8"+want || p.Name != "" || p.Fields != nil {
				t.Errorf("%s: %+v, %v; want %s", descr, p, err, kind+"8"+want)
			}
		}
	}
	const descr = "[('a', '<f8'), ('', '|V4'), (('title', 'b'), [('', '|S3'), ('raw', '|V2')], (2,)), ('c', ('<M8[2D]', (3,)))]"
	h := npy.Header{Descr: descr}
	want := "{ [{a f8 []} {b [{ S3 []} {raw V2 []}]} {c M8[2D] []}]}"
	p, err := h.Parts()
	if got := strings.ReplaceAll(fmt.Sprint(p), "  [", " ["); err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if _, err := (npy.Header{Descr: "[('a', '<f8')"}).Parts(); !errors.Is(err, ndbuf.ErrValue) {
		t.Error(err)
	}
}

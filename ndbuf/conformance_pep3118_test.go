package ndbuf_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// The kinds of pep3118.jsonl and pep3118_ctypes.jsonl.

// A dtype is NumPy's or ctypes' name of a scalar type, or a list of members.
type dtype struct {
	name    string
	members []member
}

type member struct {
	Name             string
	Off, Size, Esize num
	Shape            []num
	Type             dtype
	Bits             *num
}

func (d *dtype) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &d.name)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return dec.Decode(&d.members)
}

type dtypeIn struct {
	Isz, Align, Aligned num
	Type                *dtype
	Members             []member
}

type parseIn struct{ Fmt string }

type valuesIn struct {
	Fmt string
	Isz num
	Mem hexed
}

type ctypesIn struct {
	Decl          cdecl
	Fmt           string
	Isz, Ndim     num
	Shape         []num
	Sizeof, Align num
	Ro            num
	Members       []member
	Literal       *num
}

// A cdecl is a C type, read for unknown fields. opaque: a part of it is a union or packed.
type cdecl struct{ opaque bool }

func (d *cdecl) UnmarshalJSON(b []byte) error {
	var name string
	if json.Unmarshal(b, &name) == nil {
		return nil
	}
	var j struct {
		Struct  string
		Pack    num
		Members [][]json.RawMessage
		Array   num
		Of      *json.RawMessage
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return err
	}
	if d.opaque = d.opaque || j.Struct == "Union" || j.Pack.Sign() != 0; j.Of != nil {
		if err := d.UnmarshalJSON(*j.Of); err != nil {
			return err
		}
	}
	for _, m := range j.Members {
		if len(m) != 2 && len(m) != 3 {
			return fmt.Errorf("C member of %d parts", len(m))
		}
		if err := d.UnmarshalJSON(m[1]); err != nil {
			return err
		}
	}
	return nil
}

var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// nameOf is NumPy's name of a leaf.
func nameOf(t *format.Type) string {
	if t.Kind() == format.Object {
		return "|O"
	}
	letter := map[format.Kind]string{format.Void: "V", format.Bool: "b", format.Int: "i", format.Uint: "u", format.Float: "f",
		format.Complex: "c", format.Char: "S", format.Bytes: "S", format.Text: "U"}[t.Kind()]
	order, size := "<", t.Size()
	if t.NativeOrder() == bigEndian {
		order = ">"
	}
	switch t.Kind() {
	case format.Text:
		size = t.Len()
	case format.Void, format.Bytes, format.Char, format.Bool:
		order = "|"
	}
	if size == 1 && t.Kind() != format.Text {
		order = "|"
	}
	return fmt.Sprint(order, letter, size)
}

// ctypeNames are the leaves that ctypes' names stand for, without byte order.
var ctypeNames = map[string]string{"c_byte": "i1", "c_ubyte": "u1", "c_short": "i2", "c_ushort": "u2", "c_int": "i4",
	"c_uint": "u4", "c_long": "i8", "c_ulong": "u8", "c_longlong": "i8", "c_ulonglong": "u8", "c_float": "f4", "c_double": "f8",
	"c_bool": "b1", "c_char": "S1", "c_longdouble": "f16", "c_size_t": "u8", "c_ssize_t": "i8", "c_int8": "i1", "c_int16": "i2",
	"c_int32": "i4", "c_int64": "i8", "c_uint8": "u1", "c_uint16": "u2", "c_uint32": "u4", "c_uint64": "u8", "c_wchar": "U1",
	"py_object": "O"}

var automatic = regexp.MustCompile(`^f[0-9]+$`)

// differ compares members with those of a type of ours and describes the first difference, or returns "". offsets: they
// count.
func differ(want []member, t *format.Type, offsets bool) string {
	var got []format.Field
	for _, f := range t.Fields() {
		if f.Name != "" || f.Type.Kind() != format.Void {
			got = append(got, f)
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d members, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.Name != w.Name && !(g.Name == "" && automatic.MatchString(w.Name)) {
			return fmt.Sprintf("member %d is %q, want %q", i, g.Name, w.Name)
		}
		if offsets && (g.Offset != w.Off.at() || g.Size() != w.Size.at() || g.Type.Size() != w.Esize.at()) {
			return fmt.Sprintf("member %q has offset %d and size %d, elements of %d, want %v", w.Name, g.Offset, g.Size(),
				g.Type.Size(), w)
		}
		if d := differType(&w.Type, mustInts(w.Shape), g, offsets); d != "" {
			return fmt.Sprintf("member %q: %s", w.Name, d)
		}
	}
	return ""
}

// differType compares one type, in an array of a shape, with one of ours.
func differType(want *dtype, shape []int, got format.Field, offsets bool) string {
	if !slices.Equal(got.Shape, shape) {
		return fmt.Sprintf("shape %v, want %v", got.Shape, shape)
	}
	if want.name == "" && got.Type.Code() == "B" && !offsets {
		return "" // ctypes writes B for what it cannot describe
	}
	if want.name == "" {
		return differ(want.members, got.Type, offsets)
	}
	name := nameOf(got.Type)
	base, foreign := strings.CutSuffix(want.name, "_be")
	switch base = ctypeNames[base]; {
	case name == want.name:
	case base != "" && base == name[1:] && (name[0] == '|' || (name[0] == '>') == foreign):
	case pointers[want.name] || strings.HasPrefix(want.name, "LP_"):
		if got.Type.Kind() != format.Pointer {
			return fmt.Sprintf("type %s, want a pointer", name)
		}
	default:
		return fmt.Sprintf("type %s, want %s", name, want.name)
	}
	return ""
}

// pointers are the types of ctypes that are addresses.
var pointers = map[string]bool{"c_void_p": true, "c_char_p": true, "c_wchar_p": true, "CFunctionType": true}

// descr is the literal that NumPy writes in a file's header for a dtype.
func descr(members []member, isz int) string {
	var s []string
	at := 0
	pad := func(to int) {
		if to > at {
			s = append(s, fmt.Sprintf("('', '|V%d')", to-at))
		}
	}
	for _, m := range members {
		pad(m.Off.at())
		at = m.Off.at() + m.Size.at()
		typ := m.Type.literal(m.Esize.at())
		if len(m.Shape) == 0 {
			s = append(s, fmt.Sprintf("('%s', %s)", m.Name, typ))
			continue
		}
		var dims strings.Builder
		for _, n := range mustInts(m.Shape) {
			fmt.Fprint(&dims, n, ", ")
		}
		s = append(s, fmt.Sprintf("('%s', %s, (%s))", m.Name, typ, dims.String()))
	}
	pad(isz)
	return "[" + strings.Join(s, ", ") + "]"
}

func (d *dtype) literal(isz int) string {
	if d.members != nil {
		return descr(d.members, isz)
	}
	return "'" + d.name + "'"
}

// describeFormat answers what NumPy answers about a format: members, or type and shape, in the recorded form if they are
// equal, else what differs.
func describeFormat(c *conf, t *format.Type, offsets bool) map[string]any {
	out := map[string]any{"isz": t.PaddedSize(), "struct": t.Size(), "elements": elements(t, 0)}
	for _, w := range c.want {
		shape := []num{}
		var typ *dtype
		var members []member
		for name, dst := range map[string]any{"type": &typ, "shape": &shape, "members": &members} {
			if v, ok := w.fields[name]; ok {
				raw, _ := json.Marshal(v)
				strict := json.NewDecoder(bytes.NewReader(raw))
				strict.DisallowUnknownFields()
				if err := strict.Decode(dst); err != nil {
					c.errorf("%s: %v", name, err)
				}
			}
		}
		difference := ""
		switch fields := t.Fields(); {
		case typ == nil && len(shape) > 0 && len(fields) == 1 && fields[0].Name == "":
			difference = differType(&dtype{members: members}, mustInts(shape), fields[0], offsets)
		case typ == nil:
			difference = differ(members, t, offsets)
		case t.IsRecord():
			difference = differType(typ, mustInts(shape), format.Field{Type: t}, offsets)
		case len(fields) == 1 && fields[0].Name == "":
			difference = differType(typ, mustInts(shape), fields[0], offsets)
		default:
			difference = fmt.Sprintf("%d members", len(fields))
		}
		for _, name := range []string{"type", "shape", "members"} {
			if out[name] = w.fields[name]; difference != "" {
				out[name] = difference
			}
		}
	}
	return out
}

// elements lists where the elements of a type lie, the ones side by side in one entry.
func elements(t *format.Type, off int) (out runs) {
	for _, f := range t.Fields() {
		n := 1
		for _, k := range f.Shape {
			n *= k
		}
		switch {
		case f.Name == "" && f.Type.Kind() == format.Void:
		case f.Type.Kind() == format.Struct:
			out.add(off+f.Offset, n, f.Type.Size(), fmt.Sprint(elements(f.Type, 0)))
		default:
			out.add(off+f.Offset, n, f.Type.Size(), "")
		}
	}
	return out
}

func init() {
	define("parse", "isz", "members type shape struct", func(c *conf, in *parseIn) outcome {
		t, err := format.Parse(in.Fmt)
		if err != nil {
			return failed(err)
		}
		if u, err := format.Parse(t.String()); err != nil || !u.Equal(t) {
			c.errorf("String is %q, which parses to %v, %v", t.String(), u, err)
		}
		return result(describeFormat(c, t, true))
	})
	define("values", "r", "", func(c *conf, in *valuesIn) outcome {
		t, err := format.Parse(in.Fmt)
		if err != nil {
			return failed(err)
		}
		r := []any{}
		for b := []byte(in.Mem); len(b) > 0; b = b[in.Isz.at():] {
			v, err := t.Decode(b[:in.Isz.at()])
			if err != nil {
				return failed(err)
			}
			r = append(r, pyValue(v))
		}
		return one("r", r)
	})
	define("dtype", "fmt mv_isz mv_ndim mv_shape", "roundtrip", runDtype)
	define("ctypes", "fmt strides nbytes", "literal", runCtypes)
}

// runDtype reads a dtype the way a .npy header writes it, and the format that NumPy exports for it: both must mean the
// members recorded.
func runDtype(c *conf, in *dtypeIn) outcome {
	isz := in.Isz.at()
	text := descr(in.Members, isz)
	if in.Type != nil {
		text = in.Type.literal(isz)
	}
	t, size, err := format.ParseDescr(text)
	if err != nil {
		return failed(err)
	}
	if size != isz {
		c.errorf("ParseDescr(%s) has %d bytes, want %d", text, size, isz)
	}
	exported, _ := c.want[0].fields["fmt"].(string)
	u, err := format.Parse(exported)
	if err != nil {
		return failed(err)
	}
	same := func(t *format.Type, offsets bool) string {
		if in.Type == nil {
			return differ(in.Members, t, offsets)
		}
		if len(t.Fields()) == 0 && in.Type.name == fmt.Sprint("|V", t.Size()) {
			return "" // nothing but padding
		}
		return differType(in.Type, nil, format.Field{Type: t}, offsets)
	}
	// NumPy's format does not say everything: 0 where it does not read its own as the same type.
	for x, says := range map[*format.Type]bool{t: true, u: fmt.Sprint(c.want[0].fields["roundtrip"]) != "0"} {
		if d := same(x, says); d != "" {
			return one("fmt", fmt.Sprintf("format %s: %s", x, d))
		}
	}
	m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, 2*isz), Format: exported,
		Layout: strides.Layout{Shape: []int{2}, ItemSize: isz}})
	if err != nil {
		return failed(err)
	}
	defer m.Release()
	round := 0
	if u.PaddedSize() == isz && same(u, true) == "" {
		round = 1
	}
	return result(map[string]any{"fmt": exported, "mv_isz": m.ItemSize(), "mv_ndim": m.NDim(), "mv_shape": m.Shape(),
		"roundtrip": round})
}

// runCtypes reads the format that ctypes exports for a C type, and views its memory. A later CPython's format for the same
// type is held against the same memory.
func runCtypes(c *conf, in *ctypesIn) outcome {
	var first outcome
	for i, w := range c.want {
		got := readCtypes(c, in, w.fields)
		if i == 0 {
			first = got
		} else if !w.with(map[string]any{"literal": anything{}}).matches(got) {
			c.errorf("later format: %v, want %v", got, w)
		}
	}
	return first
}

func readCtypes(c *conf, in *ctypesIn, want map[string]any) outcome {
	text, _ := want["fmt"].(string)
	t, err := format.Parse(text)
	if err != nil {
		return failed(err)
	}
	out := map[string]any{"fmt": text, "literal": 0}
	if in.Members != nil && text != "B" {
		if d := differ(in.Members, t, false); d != "" {
			out["fmt"] = d
		}
		if t.Size() == in.Isz.at() && differ(in.Members, t, true) == "" {
			out["literal"] = 1
		}
	}
	l := strides.Layout{Shape: []int{}, ItemSize: in.Isz.at()}
	if in.Shape != nil {
		l.Shape = mustInts(in.Shape)
	}
	m, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: make([]byte, in.Sizeof.at()), Format: text, Layout: l, ReadOnly: in.Ro.at() == 1})
	if err != nil {
		return failed(err)
	}
	defer m.Release()
	if m.NDim() != in.Ndim.at() || m.Format() != text || t.Align() > in.Align.at() {
		c.errorf("view of %d axes, format %q, alignment %d", m.NDim(), m.Format(), t.Align())
	}
	out["nbytes"] = m.NBytes()
	if out["strides"] = nil; m.NDim() > 0 {
		out["strides"] = m.Strides()
	}
	return result(out)
}

package ndbuf

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/strided-go/strided/format"
)

// opaque is an item of which only the bytes are known.
type opaque []byte

// A column turns values that are printed below each other into words.
type column interface{ words() []string }

// A texts is a column that needs no alignment.
type texts []string

func (t texts) words() []string { return t }

// newColumn chooses how values of one format are printed. typ is nil if they are opaque; scalar says that they belong to
// an array without axes, where NumPy aligns nothing.
func newColumn(values []any, typ *format.Type, scalar bool) column {
	if len(values) == 0 {
		return texts{}
	}
	for _, v := range values {
		if _, ok := v.(opaque); ok {
			return mapText(values, anyText)
		}
	}
	switch values[0].(type) {
	case bool:
		return mapText(values, func(v any) string {
			switch {
			case !v.(bool):
				return "False"
			case scalar:
				return "True"
			}
			return " True"
		})
	case float32, float64, format.LongDouble:
		return newFloats(reals(values, typ), false)
	case complex64, complex128, format.LongComplex:
		re, im := parts(values)
		return complexes{newFloats(re, false), newFloats(im, true)}
	case format.Record:
		return newRecords(values, typ, scalar)
	case []any:
		return newLists(values, typ)
	case []byte:
		if typ.Kind() == format.Void {
			return mapText(values, func(v any) string { return anyText(opaque(v.([]byte))) })
		}
		if typ.Kind() != format.Pascal {
			return mapText(values, func(v any) string { return bytesText(trimNULs(v.([]byte))) })
		}
		return mapText(values, anyText)
	case string:
		return mapText(values, anyText)
	}
	words := mapText(values, func(v any) string {
		if typ.Kind() == format.Pointer || typ.Kind() == format.Object {
			return fmt.Sprintf("%#x", v)
		}
		return anyText(v)
	})
	widest := 0
	for _, w := range words {
		widest = max(widest, len(w))
	}
	for i, w := range words {
		words[i] = strings.Repeat(" ", widest-len(w)) + w
	}
	return words
}

func mapText(values []any, f func(any) string) texts {
	out := make(texts, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}

// anyText prints integers, text and bytes as Python's repr does.
func anyText(v any) string {
	switch v := v.(type) {
	case opaque:
		var b strings.Builder
		b.WriteString("b'")
		for _, c := range v {
			fmt.Fprintf(&b, `\x%02X`, c)
		}
		return b.String() + "'"
	case []byte:
		return bytesText(v)
	case string:
		return stringText(v)
	}
	return fmt.Sprint(v)
}

// trimNULs drops the zeros at the end, as NumPy does for every byte string.
func trimNULs(b []byte) []byte { return []byte(strings.TrimRight(string(b), "\x00")) }

// quoteFor is the quote that Python puts around a text.
func quoteFor(s string) byte {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

// escaped returns the escape of characters that have a letter, "" for others.
func escaped(r rune, quote byte) string {
	switch r {
	case '\t':
		return `\t`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\\', rune(quote):
		return `\` + string(r)
	}
	return ""
}

// bytesText is Python's repr of bytes.
func bytesText(v []byte) string {
	quote := quoteFor(string(v))
	b := []byte{'b', quote}
	for _, c := range v {
		switch e := escaped(rune(c), quote); {
		case e != "":
			b = append(b, e...)
		case c < ' ' || c >= 0x7f:
			b = fmt.Appendf(b, `\x%02x`, c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, quote))
}

// stringText is Python's repr of a text.
func stringText(s string) string {
	quote := quoteFor(s)
	b := []byte{quote}
	for _, r := range s {
		switch e := escaped(r, quote); {
		case e != "":
			b = append(b, e...)
		case unicode.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r <= 0xff:
			b = fmt.Appendf(b, `\x%02x`, r)
		case r <= 0xffff:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = fmt.Appendf(b, `\U%08x`, r)
		}
	}
	return string(append(b, quote))
}

// records are structures: one column for each member.
type records struct {
	members [][]string // words of each member
	n       int
}

func newRecords(values []any, typ *format.Type, scalar bool) column {
	first := values[0].(format.Record)
	types := memberTypes(typ, first)
	r := records{n: len(values)}
	for j := range first {
		member := make([]any, len(values))
		for i, v := range values {
			member[i] = v.(format.Record)[j]
		}
		r.members = append(r.members, newColumn(member, types[j], scalar).words())
	}
	return r
}

func (r records) words() []string {
	out := make([]string, r.n)
	for i := range out {
		row := make([]string, len(r.members))
		for j := range row {
			row[j] = r.members[j][i]
		}
		out[i] = "(" + strings.Join(row, ", ")
		if len(row) == 1 {
			out[i] += ","
		}
		out[i] += ")"
	}
	return out
}

// valueType is the type behind a value of a format: of the one member that has a value, where there are others (padding) or
// the format is nothing but a sub-array.
func valueType(typ *format.Type, v any) *format.Type {
	if _, ok := v.(format.Record); ok || typ == nil || typ.Kind() != format.Struct {
		return typ
	}
	for _, f := range typ.Fields() {
		if f.Size() > 0 {
			return f.Type
		}
	}
	return typ
}

// memberTypes finds the type of each value of a Record: of a field's element, whether the field is one value (a sub-array)
// or, as a repeat count, several.
func memberTypes(typ *format.Type, rec format.Record) []*format.Type {
	var out []*format.Type
	for _, f := range typ.Fields() {
		n := 1
		for _, d := range f.Shape {
			n *= d
		}
		if len(out) < len(rec) && len(f.Shape) > 0 && reflect.TypeOf(rec[len(out)]) == reflect.TypeFor[[]any]() {
			n = 1
		}
		for ; n > 0 && len(out) < len(rec); n-- {
			out = append(out, f.Type)
		}
	}
	return out
}

// lists are sub-arrays: one column for all their elements.
type lists struct {
	values []any
	flat   []string
}

func newLists(values []any, typ *format.Type) column {
	var flat []any
	var walk func(v any)
	walk = func(v any) {
		if l, ok := v.([]any); ok {
			for _, e := range l {
				walk(e)
			}
			return
		}
		flat = append(flat, v)
	}
	for _, v := range values {
		walk(v)
	}
	return &lists{values, newColumn(flat, typ, false).words()}
}

func (l *lists) words() []string {
	var walk func(v any) string
	rest := l.flat
	walk = func(v any) string {
		list, ok := v.([]any)
		if !ok {
			word := rest[0]
			rest = rest[1:]
			return word
		}
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = walk(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return mapText(l.values, walk)
}

// scalarText prints the item of an array without axes, as NumPy prints a scalar.
func scalarText(v any, typ *format.Type) string {
	switch v := v.(type) {
	case string:
		return v
	case float32, float64, format.LongDouble:
		return reals([]any{v}, typ)[0].scalar()
	case complex64, complex128, format.LongComplex:
		re, im := parts([]any{v})
		return complexScalar(re[0], im[0])
	case int8, int16, int32, int64:
		return strconv.FormatInt(reflect.ValueOf(v).Int(), 10)
	}
	return newColumn([]any{v}, typ, true).words()[0]
}

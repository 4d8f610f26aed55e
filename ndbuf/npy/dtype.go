package npy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// A dtypeReader reads the literal of a dtype and writes it again, changed.
//
//	dtype := 'type string' | [field, ...] | (dtype, shape)
//	field := (name, dtype) | (name, dtype, shape)
//	name  := 'name' | ('title', 'name')
//	shape := n | (n, ...)
type dtypeReader struct {
	cursor
	out   strings.Builder
	order byte // '<' or '>': every type string gets it; 0: as it is
	plain bool // only what package format knows: no titles, integers for dates
	repr  bool // names are quoted as Python's repr does
}

// dtype reads one dtype.
func (d *dtypeReader) dtype(depth int) error {
	if depth > maxNesting {
		return d.failf(d.i, "descr: dtypes nested deeper than %d", maxNesting)
	}
	switch d.peek() {
	case '\'', '"':
		at := d.i
		s, _, err := d.text("descr")
		if err != nil {
			return err
		}
		return d.typeString(s, at)
	case '[':
		return d.fields(depth)
	case '(':
		d.i++
		d.out.WriteByte('(')
		if err := d.dtype(depth + 1); err != nil {
			return err
		}
		if err := d.expect(',', "descr"); err != nil {
			return err
		}
		return d.shapeAndClose()
	}
	return d.failf(d.i, "descr: want a dtype, found %s", d.found())
}

// fields reads the list of a structured dtype.
func (d *dtypeReader) fields(depth int) error {
	d.i++
	d.out.WriteByte('[')
	for n := 0; ; n++ {
		if d.accept(']') {
			d.out.WriteByte(']')
			return nil
		}
		if n > 0 {
			d.out.WriteString(", ")
		}
		if err := d.field(depth); err != nil {
			return err
		}
		if !d.accept(',') && d.peek() != ']' {
			return d.failf(d.i, "descr: want %q or %q, found %s", ',', ']', d.found())
		}
	}
}

func (d *dtypeReader) field(depth int) error {
	if err := d.expect('(', "descr: field"); err != nil {
		return err
	}
	d.out.WriteByte('(')
	if d.accept('(') {
		_, title, err := d.text("descr: title of a field")
		if err != nil {
			return err
		}
		if err := d.expect(',', "descr: title of a field"); err != nil {
			return err
		}
		_, name, err := d.text("descr: name of a field")
		if err != nil {
			return err
		}
		d.accept(',')
		if err := d.expect(')', "descr: name of a field"); err != nil {
			return err
		}
		if !d.plain {
			name = "(" + title + ", " + name + ")"
		}
		d.out.WriteString(name)
	} else {
		value, name, err := d.text("descr: name of a field")
		if err != nil {
			return err
		}
		if d.repr {
			name = quote(value)
		}
		d.out.WriteString(name)
	}
	if err := d.expect(',', "descr: field"); err != nil {
		return err
	}
	d.out.WriteString(", ")
	if err := d.dtype(depth + 1); err != nil {
		return err
	}
	if d.accept(',') && d.peek() != ')' {
		return d.shapeAndClose()
	}
	if err := d.expect(')', "descr: field"); err != nil {
		return err
	}
	d.out.WriteByte(')')
	return nil
}

// shapeAndClose reads the shape of a sub-array, which ends its tuple.
func (d *dtypeReader) shapeAndClose() error {
	const where = "descr: shape of a sub-array"
	var shape []int
	if d.peek() == '(' {
		list, err := d.lengths(where, strides.MaxDims)
		if err != nil {
			return err
		}
		shape = list
	} else {
		n, err := d.number(where)
		if err != nil {
			return err
		}
		shape = []int{n}
	}
	d.out.WriteString(", " + tuple(shape))
	d.accept(',')
	if err := d.expect(')', where); err != nil {
		return err
	}
	d.out.WriteByte(')')
	return nil
}

// typeString writes the type string s of one leaf.
func (d *dtypeReader) typeString(s string, at int) error {
	order, rest := byte(0), s
	if rest != "" && strings.IndexByte("<>|=", rest[0]) >= 0 {
		order, rest = rest[0], rest[1:]
	}
	if rest == "" || strings.IndexFunc(rest, func(r rune) bool {
		return r >= 0x80 || !isWord(byte(r)) && strings.IndexByte("?[]/", byte(r)) < 0
	}) >= 0 {
		return d.failf(at, "descr: %s is not a type string", clip(s))
	}
	switch rest[0] {
	case 'O':
		return fail(ndbuf.ErrType, "header: descr: %s is an array of pickled Python objects, which are not loaded", clip(s))
	case 'M', 'm':
		if order == '|' || !isTime(rest[1:]) {
			return d.failf(at, "descr: %s is not a type string", clip(s))
		}
		if d.plain {
			rest = "i8"
		}
	default:
		if strings.ContainsAny(rest, "[]") {
			return d.failf(at, "descr: %s is not a type string", clip(s))
		}
	}
	if order != 0 && order != '|' && d.order != 0 {
		order = d.order
	}
	d.out.WriteByte('\'')
	if order != 0 {
		d.out.WriteByte(order)
	}
	d.out.WriteString(rest)
	d.out.WriteByte('\'')
	return nil
}

// isTime reports whether s is what follows M or m: 8, then nothing or a unit in brackets, with numbers before and
// after it, such as [25s] or [D/7].
func isTime(s string) bool {
	unit, ok := strings.CutPrefix(s, "8")
	if !ok || unit == "" {
		return ok
	}
	return len(unit) > 2 && unit[0] == '[' && unit[len(unit)-1] == ']' && !strings.ContainsAny(unit[1:len(unit)-1], "[]?")
}

// rewriteDescr reads the dtype literal at the cursor and returns it changed as order and plain say.
func rewriteDescr(c *cursor, order byte, plain bool) (string, error) {
	d := dtypeReader{cursor: *c, order: order, plain: plain}
	err := d.dtype(0)
	*c = d.cursor
	return d.out.String(), err
}

// parseDescr returns the format that the plain literal of a dtype stands for, and the size of an item.
func parseDescr(plain string) (*format.Type, int, error) {
	t, size, err := format.ParseDescr(plain)
	if err != nil {
		return nil, 0, fail(classOf(err), "header: descr %s: %w", clip(plain), err)
	}
	if t.HasPointers() {
		return nil, 0, fail(ndbuf.ErrType, "header: descr %s holds addresses, which mean nothing in a file", clip(plain))
	}
	return t, size, nil
}

// readDescr parses a whole dtype literal.
func readDescr(s string) (*format.Type, int, error) {
	c := cursor{s: s}
	plain, err := rewriteDescr(&c, 0, true)
	if err != nil {
		return nil, 0, err
	}
	if c.space(); c.i < len(s) {
		return nil, 0, c.failf(c.i, "descr: want the end, found %s", c.found())
	}
	return parseDescr(plain)
}

// descrOf is the dtype literal of items of itemSize bytes that t describes: more bytes than t's are padding.
func descrOf(t *format.Type, itemSize int) (string, error) {
	if t.HasPointers() {
		return "", fail(ndbuf.ErrType, "format %q holds addresses, which mean nothing in a file", t)
	}
	s, err := t.Descr()
	if err != nil {
		return "", fail(classOf(err), "format %q has no dtype: %w", t, err)
	}
	d := dtypeReader{cursor: cursor{s: s}, repr: true}
	if err := d.dtype(0); err != nil {
		return "", err
	}
	s = d.out.String()
	_, size, err := readDescr(s)
	if err != nil {
		return "", err
	}
	switch {
	case size == itemSize:
		return s, nil
	case size < itemSize && len(s) > 2 && s[0] == '[':
		return s[:len(s)-1] + ", ('', '|V" + strconv.Itoa(itemSize-size) + "')]", nil
	}
	return "", fail(ndbuf.ErrType, "format %q has %d bytes and the items %d: there is no such dtype", t, size, itemSize)
}

// tuple writes a shape as Python does.
func tuple(shape []int) string {
	b := []byte{'('}
	for k, n := range shape {
		if k > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	if len(shape) == 1 {
		b = append(b, ',')
	}
	return string(append(b, ')'))
}

// quote writes a string as Python's repr does.
func quote(s string) string {
	mark := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		mark = '"'
	}
	b := []byte{mark}
	for _, r := range s {
		switch {
		case r == '\\' || r == rune(mark):
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case strconv.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r < 0x100:
			b = fmt.Appendf(b, `\x%02x`, r)
		case r < 0x10000:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = fmt.Appendf(b, `\U%08x`, r)
		}
	}
	return string(append(b, mark))
}

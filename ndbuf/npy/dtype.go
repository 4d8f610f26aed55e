package npy

import (
	"fmt"
	"slices"
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
	order byte  // '<' or '>': every type string gets it; 0: as it is
	plain bool  // only what package format knows: no titles, integers for dates
	repr  bool  // names are quoted as Python's repr does
	part  *Part // nil, or what the dtype that is read becomes
}

// A Part is a dtype as a file spells it, or a field of one: with the units of dates, which package format does not know.
type Part struct {
	Name   string // of the field; "" for the whole
	Type   string // without byte order, a unit in its shortest spelling: "f8", "M8[25s]"; "" if there are fields
	Fields []Part // padding left out
}

// Parts takes the dtype apart. Shapes of sub-arrays and titles of fields are not told.
//
// Errors: as [WriteHeader].
func (h Header) Parts() (Part, error) {
	descr, err := h.descr()
	if err != nil {
		return Part{}, err
	}
	var whole Part
	d := dtypeReader{cursor: cursor{s: descr}, part: &whole}
	err = d.dtype(0)
	return whole, err
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
	var value, name string
	if d.accept('(') {
		_, title, err := d.text("descr: title of a field")
		if err != nil {
			return err
		}
		if err := d.expect(',', "descr: title of a field"); err != nil {
			return err
		}
		if value, name, err = d.text("descr: name of a field"); err != nil {
			return err
		}
		d.accept(',')
		if err := d.expect(')', "descr: name of a field"); err != nil {
			return err
		}
		if !d.plain {
			name = "(" + title + ", " + name + ")"
		}
	} else {
		var err error
		if value, name, err = d.text("descr: name of a field"); err != nil {
			return err
		}
		if d.repr {
			name = quote(value)
		}
	}
	d.out.WriteString(name)
	if err := d.expect(',', "descr: field"); err != nil {
		return err
	}
	d.out.WriteString(", ")
	if err := d.fieldType(value, depth+1); err != nil {
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

// fieldType reads the dtype of a field and makes it a part of the one that it is in.
func (d *dtypeReader) fieldType(name string, depth int) error {
	whole := d.part
	if whole == nil {
		return d.dtype(depth)
	}
	d.part = &Part{Name: name}
	if err := d.dtype(depth); err != nil {
		return err
	}
	if name != "" || !strings.HasPrefix(d.part.Type, "V") {
		whole.Fields = append(whole.Fields, *d.part)
	}
	d.part = whole
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
	plain := rest
	switch {
	case rest != "" && (rest[0] == 'M' || rest[0] == 'm'):
		unit, ok := timeUnit(rest[1:])
		if order == '|' || !ok {
			return d.failf(at, "descr: %s is not a type string", clip(s))
		}
		plain = rest[:1] + unit
		if d.plain {
			rest = "i8"
		}
	case rest == "" || strings.IndexFunc(rest, func(r rune) bool { return r >= 0x80 || !isWord(byte(r)) && r != '?' }) >= 0:
		return d.failf(at, "descr: %s is not a type string", clip(s))
	case rest[0] == 'O':
		return fail(ndbuf.ErrType, "header: descr: %s is an array of pickled Python objects, which are not loaded", clip(s))
	}
	if d.part != nil {
		d.part.Type = plain
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

// timeUnits are NumPy's units of dates, from years to attoseconds. μs is us.
var timeUnits = []string{"Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"}

// timeUnit reads what follows M or m in a type string: 8, then nothing or a unit in brackets, with a count before it and a
// divisor after it, such as [25s] or [D/24]. It returns the shortest spelling, and whether s is one.
func timeUnit(s string) (string, bool) {
	text, ok := strings.CutPrefix(s, "8")
	if !ok || text == "" {
		return s, ok
	}
	if len(text) < 3 || text[0] != '[' || text[len(text)-1] != ']' {
		return "", false
	}
	text = text[1 : len(text)-1]
	name := strings.TrimLeft(text, "0123456789")
	count := text[:len(text)-len(name)]
	name, divisor, divided := strings.Cut(name, "/")
	if name == "μs" {
		name = "us"
	}
	if name == "generic" && !divided {
		return "8", true
	}
	if !slices.Contains(timeUnits, name) {
		return "", false
	}
	unit := name
	if count != "" {
		n, err := strconv.ParseUint(count, 10, 31) // NumPy's are 32-bit integers
		if err != nil {
			return "", false
		}
		if n != 1 {
			unit = strconv.FormatUint(n, 10) + name
		}
	}
	if divided {
		n, err := strconv.ParseUint(divisor, 10, 31)
		if err != nil || n == 0 {
			return "", false
		}
		if n != 1 {
			unit += "/" + strconv.FormatUint(n, 10)
		}
	}
	return "8[" + unit + "]", true
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

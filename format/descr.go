package format

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Descr returns the type as the Python literal that stands under 'descr' in
// the header of a .npy file: a string such as '<f8', quotes included, or a
// list of members, padding written as (”, '|V4'). Members without a name
// get NumPy's f0, f1 and so on.
//
// Errors: ErrType for what NumPy has no type for: pointers, Pascal strings
// and UCS-2 text.
// As numpy.lib.format.dtype_to_descr.
func (t *Type) Descr() (string, error) {
	var d descrWriter
	err := d.top(t)
	return string(d.b), err
}

type descrWriter struct{ b []byte }

func (d *descrWriter) top(t *Type) error {
	if t.kind != Struct {
		return d.leaf(t)
	}
	if t.bare && len(t.fields) == 0 {
		d.str("|V" + strconv.Itoa(t.size))
		return nil
	}
	names := npNames(t.fields)
	d.b = append(d.b, '[')
	pos, sep := 0, ""
	pad := func(to int) {
		if to > pos {
			d.b = append(d.b, sep+"('', '|V"+strconv.Itoa(to-pos)+"')"...)
			sep = ", "
		}
	}
	for i, f := range t.fields {
		pad(f.Offset)
		d.b = append(d.b, sep+"("...)
		sep = ", "
		d.str(names[i])
		d.b = append(d.b, ", "...)
		if err := d.top(f.Type); err != nil {
			return err
		}
		if len(f.Shape) > 0 {
			d.b = append(d.b, ", ("...)
			for k, n := range f.Shape {
				if k > 0 {
					d.b = append(d.b, ' ')
				}
				d.b = append(strconv.AppendInt(d.b, int64(n), 10), ',')
			}
			if len(f.Shape) > 1 {
				d.b = d.b[:len(d.b)-1]
			}
			d.b = append(d.b, ')')
		}
		d.b = append(d.b, ')')
		pos = f.Offset + f.Size()
	}
	pad(t.size)
	d.b = append(d.b, ']')
	return nil
}

// npNames gives every member a name: the first of f0, f1, ... that is free
// where there is none.
func npNames(fields []Field) []string {
	taken := make(map[string]bool, len(fields))
	for _, f := range fields {
		taken[f.Name] = true
	}
	names, next := make([]string, len(fields)), 0
	for i, f := range fields {
		if names[i] = f.Name; f.Name == "" {
			for names[i] = "f0"; taken[names[i]]; next++ {
				names[i] = "f" + strconv.Itoa(next)
			}
			taken[names[i]] = true
		}
	}
	return names
}

func (d *descrWriter) leaf(t *Type) error {
	order := "<"
	if t.swapped != bigEndian {
		order = ">"
	}
	if t.word == 0 {
		order = "|"
	}
	letter, n := "", t.size
	switch t.kind {
	case Bool:
		letter = "b"
	case Int:
		letter = "i"
	case Uint:
		letter = "u"
	case Float:
		letter = "f"
	case Complex:
		letter = "c"
	case Char, Bytes:
		letter = "S"
	case Void:
		letter = "V"
	case Object:
		d.str("|O")
		return nil
	case Text:
		if t.code == "w" {
			letter, n = "U", t.count
		}
	}
	if letter == "" {
		return wrap(ErrType, "NumPy has no type for the code %s", t.code)
	}
	d.str(order + letter + strconv.Itoa(n))
	return nil
}

// str writes a Python string literal.
func (d *descrWriter) str(s string) {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	d.b = append(d.b, quote)
	for _, r := range s {
		switch {
		case r == '\\' || r == rune(quote):
			d.b = append(d.b, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			d.b = append(d.b, '\\', 'x', "0123456789abcdef"[r>>4], "0123456789abcdef"[r&15])
		default:
			d.b = utf8.AppendRune(d.b, r)
		}
	}
	d.b = append(d.b, quote)
}

// ParseDescr reads the Python literal under 'descr' in the header of a .npy
// file: what Descr writes. Titles are dropped. The item size is the type's,
// all padding included.
//
// Errors: ErrValue for what is no such literal, or no type that a format can
// say: dates, and names with a colon.
// As numpy.lib.format.descr_to_dtype.
func ParseDescr(s string) (*Type, int, error) {
	p := descrParser{s: s}
	f, err := p.descr(0)
	if err != nil {
		return nil, 0, err
	}
	if p.next() != 0 || p.i < len(s) {
		return nil, 0, p.fail("text after the end")
	}
	t := f.Type
	if f.Shape != nil || t.kind == Void {
		t = sequence(f)
	}
	if !t.affordable(len(s)) {
		return nil, 0, p.fail("too many values for so few bytes")
	}
	return t, t.size, nil
}

// A descrParser is a cursor over a Python literal.
type descrParser struct {
	s string
	i int
}

func (p *descrParser) fail(msg string) error {
	return wrap(ErrValue, "descr: %s at byte %d of %s", msg, p.i, clip(p.s))
}

// next returns the character after white space, 0 at the end.
func (p *descrParser) next() byte {
	for p.i < len(p.s) && strings.IndexByte(blanks, p.s[p.i]) >= 0 {
		p.i++
	}
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

// take moves past c if it comes next.
func (p *descrParser) take(c byte) bool {
	if p.next() != c || p.i == len(p.s) {
		return false
	}
	p.i++
	return true
}

// descr reads a type: a string, a list of members, or (type, shape).
func (p *descrParser) descr(depth int) (Field, error) {
	var f Field
	if depth > maxDepth {
		return f, p.fail("nested too deep")
	}
	var err error
	switch p.next() {
	case '[':
		f.Type, err = p.members(depth)
		return f, err
	case '(':
		p.i++
		inner, err := p.descr(depth + 1)
		if err != nil {
			return f, err
		}
		if !p.take(',') {
			return f, p.fail("missing , before a shape")
		}
		shape, err := p.shape()
		if err != nil {
			return f, err
		}
		if !p.take(')') {
			return f, p.fail("missing )")
		}
		return p.within(inner, shape)
	}
	at := p.i
	name, err := p.str()
	if err != nil {
		return f, err
	}
	if f.Type = npType(name); f.Type == nil {
		p.i = at
		return f, p.fail("no format for the type " + clip(name))
	}
	return f, nil
}

// within puts a shape around a type that may have one already.
func (p *descrParser) within(f Field, shape []int) (Field, error) {
	f.Shape = append(shape, f.Shape...)
	if len(f.Shape) > maxDims {
		return f, p.fail("sub-array with too many dimensions")
	}
	n, ok := checkedProduct(f.Shape)
	if ok {
		_, ok = mulInt(n, f.Type.size)
	}
	if !ok {
		return f, p.fail("size does not fit an int")
	}
	return f, nil
}

// members reads [(name, type), (name, type, shape), ...].
func (p *descrParser) members(depth int) (*Type, error) {
	var fields []Field
	names := make(map[string]bool)
	off := 0
	for p.i++; !p.take(']'); {
		f, err := p.member(depth)
		if err != nil {
			return nil, err
		}
		f.Offset = off
		var ok bool
		if off, ok = addInt(off, f.Size()); !ok {
			return nil, p.fail("size does not fit an int")
		}
		if f.Name != "" && names[f.Name] {
			return nil, p.fail("second member with the name " + clip(f.Name))
		}
		names[f.Name] = true
		if f.Name != "" || f.Type.kind != Void {
			fields = append(fields, f)
		}
		if !p.take(',') && p.next() != ']' {
			return nil, p.fail("missing ] after the members")
		}
	}
	for i, name := range npNames(fields) {
		fields[i].Name = name
	}
	return assemble(fields, off, '='), nil
}

func (p *descrParser) member(depth int) (Field, error) {
	if !p.take('(') {
		return Field{}, p.fail("member of the form (name, type) expected")
	}
	var name string
	var err error
	if p.take('(') { // (title, name)
		if _, err = p.str(); err == nil && !p.take(',') {
			err = p.fail("missing , after a title")
		}
		if err == nil {
			name, err = p.str()
		}
		if err == nil && !p.take(')') {
			err = p.fail("missing ) after title and name")
		}
	} else {
		name, err = p.str()
	}
	if err != nil {
		return Field{}, err
	}
	if strings.ContainsAny(name, ":\x00") {
		return Field{}, p.fail("the name " + clip(name) + " cannot stand in a format")
	}
	if !p.take(',') {
		return Field{}, p.fail("missing , after a name")
	}
	f, err := p.descr(depth + 1)
	if err != nil {
		return f, err
	}
	if p.take(',') && p.next() != ')' {
		shape, err := p.shape()
		if err != nil {
			return f, err
		}
		if f, err = p.within(f, shape); err != nil {
			return f, err
		}
		p.take(',')
	}
	if !p.take(')') {
		return f, p.fail("missing ) after a member")
	}
	f.Name = name
	return f, nil
}

// shape reads a length or a tuple of lengths.
func (p *descrParser) shape() ([]int, error) {
	if !p.take('(') {
		n, err := p.number()
		return []int{n}, err
	}
	var shape []int
	for !p.take(')') {
		n, err := p.number()
		if err != nil {
			return nil, err
		}
		shape = append(shape, n)
		if !p.take(',') && p.next() != ')' {
			return nil, p.fail("missing ) after a shape")
		}
	}
	return shape, nil
}

func (p *descrParser) number() (int, error) {
	p.next()
	at := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	n, err := strconv.Atoi(p.s[at:p.i])
	if err != nil || n == math.MaxInt {
		p.i = at
		return 0, p.fail("length expected")
	}
	if p.i < len(p.s) && p.s[p.i] == 'L' { // written by Python 2
		p.i++
	}
	return n, nil
}

// str reads a Python string literal.
func (p *descrParser) str() (string, error) {
	if c := p.next(); (c == 'u' || c == 'b') && p.i+1 < len(p.s) {
		p.i++
	}
	quote := p.next()
	if quote != '\'' && quote != '"' {
		return "", p.fail("string expected")
	}
	var b []byte
	for p.i++; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; c {
		case quote:
			p.i++
			if !utf8.Valid(b) {
				return "", p.fail("string is not valid text")
			}
			return string(b), nil
		case '\\':
			r, _, rest, err := strconv.UnquoteChar(p.s[p.i:], quote)
			if err != nil {
				return "", p.fail("unknown escape in a string")
			}
			b = utf8.AppendRune(b, r)
			p.i = len(p.s) - len(rest) - 1
		case '\n', '\r', 0:
			return "", p.fail("string not closed")
		default:
			b = append(b, c)
		}
	}
	return "", p.fail("string not closed")
}

// npType reads a type string such as "<f8"; nil if there is no format for it.
func npType(s string) *Type {
	mode := byte('@')
	rest := s
	if s != "" && strings.IndexByte("<>|=", s[0]) >= 0 {
		if s[0] == '<' || s[0] == '>' {
			mode = s[0]
		}
		rest = s[1:]
	}
	if !isSwapped(mode) {
		mode = '@'
	}
	if rest == "O" {
		t, _, _ := leaf("O", '@', 1)
		return t
	}
	if len(rest) < 2 || rest[1] < '0' || rest[1] > '9' {
		return nil
	}
	n, err := strconv.Atoi(rest[1:])
	if err != nil {
		return nil
	}
	name, count := "", 1
	switch rest[0] {
	case 'b':
		if n == 1 {
			name = "?"
		}
	case 'i':
		name = intCode(n, "bhiq")
	case 'u':
		name = intCode(n, "BHIQ")
	case 'f':
		name = floatCode(n)
	case 'c':
		if name = floatCode(n / 2); n%2 == 0 && name != "" && name != "e" {
			name = "Z" + name
		} else {
			name = ""
		}
	case 'S':
		name, count = "s", n
	case 'U':
		name, count = "w", n
	case 'V':
		name, count = "x", n
	}
	if name == "" {
		return nil
	}
	t, known, fits := leaf(name, mode, count)
	if !known || !fits {
		return nil
	}
	return t
}

// floatCode is the code of a float with n bytes.
func floatCode(n int) string {
	switch n {
	case 2:
		return "e"
	case 4:
		return "f"
	case 8:
		return "d"
	case ldouble.size:
		return "g"
	}
	return ""
}

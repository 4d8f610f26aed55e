package format

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of the parser.
const (
	maxDepth    = 64      // T{ and & within each other
	maxDims     = 64      // of a sub-array, as in a buffer
	freeValues  = 1 << 16 // values of no bytes that a format may have for nothing
	costPerByte = 128     // and for each byte of the item
)

// Parse reads a format in the syntax of the struct module or of PEP 3118.
// The package comment has the grammar.
//
// Errors: *SyntaxError, which answers ErrStruct.
// Cost: one pass; time and memory are linear in len(s) whatever the counts
// say.
// Source: CPython's struct module; PEP 3118; numpy.core._internal's reader
// for what the PEP leaves open.
func Parse(s string) (*Type, error) { return parse(s, false) }

// ParseStruct reads a format that the struct module knows, and no other:
// what CPython's memoryview compares and the struct module packs.
//
// Errors: *SyntaxError.
// As struct.Struct.
func ParseStruct(s string) (*Type, error) { return parse(s, true) }

// Calcsize returns the size in bytes of an item of a struct module format.
// It refuses what that module refuses: PEP 3118 formats go through Parse.
//
// Errors: *SyntaxError.
// As struct.calcsize.
func Calcsize(s string) (int, error) {
	t, err := parse(s, true)
	if err != nil {
		return 0, err
	}
	return t.size, nil
}

func parse(s string, strict bool) (*Type, error) {
	p := parser{s: s, mode: '@', strict: strict}
	t, err := p.body(0)
	if err != nil {
		return nil, err
	}
	if !t.affordable(len(s)) {
		return nil, p.fail(0, "too many values for so few bytes")
	}
	return t.unwrap(), nil
}

// affordable reports whether reading an item makes no more values than its
// bytes and the n bytes of its format account for. Without this limit
// "(1000000000)T{}" would make a list of that length from nothing.
func (t *Type) affordable(n int) bool {
	return t.cost <= saturate(freeValues+n, t.size, costPerByte)
}

// A parser is one cursor over a format.
type parser struct {
	s      string
	i      int
	mode   byte
	strict bool // the struct module's language alone
}

func (p *parser) fail(at int, msg string) error {
	return &SyntaxError{Format: p.s, Offset: at, Msg: msg}
}

func (p *parser) failf(at int, f string, args ...any) error {
	return p.fail(at, fmt.Sprintf(f, args...))
}

// next returns the character at the cursor, 0 at the end. A NUL in the text
// is no code, so it is refused as one.
func (p *parser) next() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

// blanks is what isspace calls white space.
const blanks = " \t\n\v\f\r"

func (p *parser) space() {
	for p.i < len(p.s) && strings.IndexByte(blanks, p.s[p.i]) >= 0 {
		p.i++
	}
}

// body reads items: all of the text at depth 0, else up to the closing brace,
// which it takes.
func (p *parser) body(depth int) (*Type, error) {
	var (
		b     builder
		names map[string]bool
		start = p.i
	)
	for {
		p.space()
		if p.i == len(p.s) {
			if depth > 0 {
				return nil, p.fail(p.i, "missing } of T{")
			}
			break
		}
		if p.next() == '}' && depth > 0 {
			p.i++
			break
		}
		at := p.i
		if at == 0 && p.atMode() && strings.TrimLeft(p.s[1:], blanks) == "" {
			// A mode alone is a format of the struct module.
			p.mode, p.i = p.s[0], len(p.s)
			break
		}
		f, err := p.item(depth, true)
		if err != nil {
			return nil, err
		}
		if f.Name != "" {
			if names == nil {
				names = make(map[string]bool)
			}
			if names[f.Name] {
				return nil, p.failf(at, "second member with the name %s", clip(f.Name))
			}
			names[f.Name] = true
		}
		f.flat = f.flat && depth == 0
		if !b.add(f, p.mode) {
			return nil, p.fail(at, "size does not fit an int")
		}
	}
	t, ok := b.finish(p.mode, depth == 0)
	if !ok {
		return nil, p.fail(start, "size does not fit an int")
	}
	return t, nil
}

// atMode reports whether the cursor is at a mode. The struct module has one
// only at the very start.
func (p *parser) atMode() bool {
	c := p.next()
	return isMode(c) && !(p.strict && (p.i > 0 || c == '^'))
}

// item reads [shape] [mode] [count] code, and [name] if it may have one.
func (p *parser) item(depth int, named bool) (Field, error) {
	var f Field
	at := p.i
	if p.next() == '(' && !p.strict {
		shape, err := p.shape()
		if err != nil {
			return f, err
		}
		f.Shape = shape
	}
	if p.atMode() {
		p.mode = p.s[p.i]
		p.i++
		p.space()
		if p.next() == '(' && !p.strict {
			return f, p.failf(p.i, "the shape of a sub-array stands before the byte order: (...)%c", p.mode)
		}
	}
	count, given, err := p.count()
	if err != nil {
		return f, err
	}
	if p.i == len(p.s) {
		if given {
			return f, p.fail(p.i, "repeat count without a code")
		}
		return f, p.fail(p.i, "missing code")
	}
	code := p.i
	t, sized, err := p.code(count, depth)
	if err != nil {
		return f, err
	}
	f.Type = t
	if !sized && count != 1 {
		f.flat = f.Shape == nil
		f.Shape = append(f.Shape, count)
	}
	if named && p.next() == ':' && !p.strict {
		if f.Name, err = p.name(); err != nil {
			return f, err
		}
		f.flat = f.flat && f.Name == ""
	}
	if len(f.Shape) > maxDims {
		return f, p.failf(at, "sub-array of more than %d dimensions", maxDims)
	}
	if _, ok := checkedProduct(f.Shape); !ok {
		return f, p.fail(code, "number of elements does not fit an int")
	}
	return f, nil
}

// number reads decimal digits. There is at least one.
func (p *parser) number() (int, error) {
	at, n := p.i, 0
	for ; p.next() >= '0' && p.next() <= '9'; p.i++ {
		var ok bool
		if n, ok = mulInt(n, 10); ok {
			n, ok = addInt(n, int(p.next()-'0'))
		}
		if !ok {
			return 0, p.fail(at, "number does not fit an int")
		}
	}
	return n, nil
}

// count reads the repeat count before a code, 1 if there is none.
func (p *parser) count() (n int, given bool, err error) {
	if c := p.next(); c < '0' || c > '9' {
		return 1, false, nil
	}
	n, err = p.number()
	return n, true, err
}

// shape reads (k,l,...).
func (p *parser) shape() ([]int, error) {
	var shape []int
	p.i++
	for {
		p.space()
		if c := p.next(); c < '0' || c > '9' {
			return nil, p.fail(p.i, "length of a sub-array expected")
		}
		n, err := p.number()
		if err != nil {
			return nil, err
		}
		shape = append(shape, n)
		p.space()
		switch p.next() {
		case ',':
			p.i++
		case ')':
			p.i++
			return shape, nil
		default:
			return nil, p.fail(p.i, "missing ) after the lengths of a sub-array")
		}
	}
}

// name reads :name:.
func (p *parser) name() (string, error) {
	at := p.i + 1
	n := strings.IndexByte(p.s[at:], ':')
	if n < 0 {
		return "", p.fail(p.i, "missing : after a name")
	}
	name := p.s[at : at+n]
	if strings.IndexByte(name, 0) >= 0 || !utf8.ValidString(name) {
		return "", p.fail(p.i, "name is not valid text")
	}
	p.i = at + n + 1
	return name, nil
}

// code reads the code at the cursor; sized reports whether the count is
// already in the type.
func (p *parser) code(count, depth int) (t *Type, sized bool, err error) {
	at := p.i
	c := p.next()
	if c >= 0x80 {
		return nil, false, p.fail(at, "character is not ASCII")
	}
	if c == 0 {
		return nil, false, p.fail(at, "embedded null character")
	}
	if p.strict && (!codes[c].struc || c == 'P' && p.mode != '@') {
		return nil, false, p.failf(at, "bad character %q in a struct format", c)
	}
	name := p.s[at : at+1]
	p.i++
	switch c {
	case 'T':
		if p.next() != '{' {
			return nil, false, p.fail(at, "T without {")
		}
		if depth++; depth > maxDepth {
			return nil, false, p.failf(at, "nested deeper than %d", maxDepth)
		}
		p.i++
		t, err = p.body(depth)
		return t, false, err
	case 'Z':
		switch p.next() {
		case 'f', 'd', 'g':
			p.i++
			name = p.s[at : at+2]
		case 0, ':', '}':
		default:
			return nil, false, p.fail(at, "complex code is none of Zf, Zd, Zg")
		}
	}
	t, known, fits := leaf(name, p.mode, 1)
	if known && codes[c].sized {
		t, known, fits = leaf(name, p.mode, count)
	}
	switch {
	case !known && codes[c].kind != Invalid:
		return nil, false, p.failf(at, "code %q has no size in mode %q", c, p.mode)
	case !known:
		return nil, false, p.failf(at, "bad character %q", c)
	case !fits:
		return nil, false, p.fail(at, "size does not fit an int")
	}
	switch c {
	case '&':
		t.elem, err = p.target(depth)
	case 'X':
		t.sig, err = p.signature()
	}
	return t, codes[c].sized, err
}

// target reads what & points to. A mode in there does not reach outside.
func (p *parser) target(depth int) (*Type, error) {
	at, mode := p.i, p.mode
	if depth++; depth > maxDepth {
		return nil, p.failf(at, "nested deeper than %d", maxDepth)
	}
	f, err := p.item(depth, false) // a name belongs to the pointer
	if err != nil {
		return nil, err
	}
	f.flat = false
	b := builder{keep: true}
	fits := b.add(f, p.mode)
	t, ok := b.finish(p.mode, true)
	if !fits || !ok {
		return nil, p.fail(at, "size does not fit an int")
	}
	p.mode = mode
	return t.unwrap(), nil
}

// signature reads the {...} of X: text with balanced braces, kept as it is.
func (p *parser) signature() (string, error) {
	at := p.i
	if p.next() != '{' {
		return "", p.fail(at-1, "X without {")
	}
	for depth := 0; p.i < len(p.s); p.i++ {
		switch p.s[p.i] {
		case 0:
			return "", p.fail(p.i, "embedded null character")
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				p.i++
				return p.s[at+1 : p.i-1], nil
			}
		}
	}
	return "", p.fail(p.i, "missing } of X{")
}

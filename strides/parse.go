package strides

import (
	"math"
	"strconv"
	"strings"
)

// ParseIndex reads an index list in NumPy's notation, what stands between the
// brackets of x[...]: entries separated by commas, a trailing one allowed, each
//
//	3  -1          At
//	1:10  ::-1  :  Range; None is an omitted bound
//	...            Ellipsis
//	None  newaxis  NewAxis
//
// with spaces and tabs between them. Integers are Python's: decimal digits after
// an optional sign, no leading zeros, single underscores between digits. Bounds
// and steps beyond an int mean the furthest one, as in Python.
//
// Errors: *SyntaxError with the offset of what is wrong, which is ErrValue, or
// ErrIndex for an At beyond an int.
//
// Cost: linear in the text.
func ParseIndex(s string) ([]Index, error) {
	p := indexParser{text: s}
	var list []Index
	for {
		p.space()
		if p.pos == len(s) {
			if len(list) == 0 {
				return nil, p.fail(p.pos, ErrValue, "an index expected")
			}
			return list, nil // after a trailing comma
		}
		ix, err := p.entry()
		if err != nil {
			return nil, err
		}
		list = append(list, ix)
		p.space()
		if p.pos == len(s) {
			return list, nil
		}
		if !p.accept(",") {
			return nil, p.fail(p.pos, ErrValue, "a comma or the end expected")
		}
	}
}

// An indexParser is a cursor in a text.
type indexParser struct {
	text string
	pos  int
}

func (p *indexParser) fail(at int, class error, msg string) error {
	return &SyntaxError{Text: p.text, Offset: at, Err: class, Msg: msg}
}

func (p *indexParser) space() {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t') {
		p.pos++
	}
}

// accept steps over token if it comes next.
func (p *indexParser) accept(token string) bool {
	end := p.pos + len(token)
	if end > len(p.text) || p.text[p.pos:end] != token {
		return false
	}
	p.pos = end
	return true
}

// word steps over the keyword w, if a whole word of that spelling comes next.
func (p *indexParser) word(w string) bool {
	old := p.pos
	if !p.accept(w) {
		return false
	}
	if p.pos < len(p.text) {
		c := p.text[p.pos]
		if c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 {
			p.pos = old
			return false
		}
	}
	return true
}

// entry reads one index.
func (p *indexParser) entry() (Index, error) {
	begin := p.pos
	if p.accept("...") {
		return Ellipsis, nil
	}
	if p.word("newaxis") {
		return NewAxis, nil
	}
	parts := [3]int{None, None, None}
	colons, given := 0, uint8(0)
	var kind numberKind
	for {
		v, k, err := p.number()
		if err != nil {
			return Index{}, err
		}
		if colons == 2 && v == 0 {
			return Index{}, p.fail(begin, ErrValue, "a step of 0")
		}
		if k == integer || k == clamped {
			given |= 1 << colons
			if colons == 2 {
				v = max(v, -math.MaxInt) // so that it can be negated
			}
		}
		parts[colons], kind = v, k
		p.space()
		if colons == 2 || !p.accept(":") {
			break
		}
		colons++
		p.space()
	}
	switch {
	case colons > 0 && given == 0:
		return All, nil
	case colons > 0:
		return Index{kindRange, given, parts[0], parts[1], parts[2]}, nil
	case kind == noneWord:
		return NewAxis, nil
	case kind == absent:
		return Index{}, p.fail(begin, ErrValue, "an integer, a slice, ... or None expected")
	case kind == clamped:
		return Index{}, p.fail(begin, ErrIndex, "an integer that fits in an int expected")
	}
	return At(parts[0]), nil
}

// A numberKind says what stands where a number may stand.
type numberKind uint8

const (
	absent   numberKind = iota // nothing
	noneWord                   // the word None
	integer
	clamped // an integer beyond an int
)

// number reads an integer or the word None if one comes next. The value of
// anything but an integer is None.
func (p *indexParser) number() (int, numberKind, error) {
	if p.word("None") {
		return None, noneWord, nil
	}
	begin := p.pos
	negative := p.accept("-")
	if !negative {
		p.accept("+")
	}
	first := p.pos
	for p.pos < len(p.text) && (p.text[p.pos] >= '0' && p.text[p.pos] <= '9' || p.text[p.pos] == '_') {
		p.pos++
	}
	digits := p.text[first:p.pos]
	switch {
	case p.pos == begin:
		return None, absent, nil
	case digits == "":
		return 0, 0, p.fail(p.pos, ErrValue, "digits expected")
	case digits[0] == '_':
		return 0, 0, p.fail(first, ErrValue, "a digit expected")
	case digits[len(digits)-1] == '_':
		return 0, 0, p.fail(p.pos, ErrValue, "a digit expected")
	}
	if i := strings.Index(digits, "__"); i >= 0 {
		return 0, 0, p.fail(first+i+1, ErrValue, "a digit expected")
	}
	digits = strings.ReplaceAll(digits, "_", "")
	if digits[0] == '0' && strings.Trim(digits, "0") != "" {
		return 0, 0, p.fail(first, ErrValue, "an integer without leading zeros expected")
	}
	if negative {
		digits = "-" + digits
	}
	v, err := strconv.Atoi(digits) // clamps, and says so
	if err != nil {
		return v, clamped, nil
	}
	return v, integer, nil
}

package npy

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/strided-go/strided/ndbuf"
)

// The header of a .npy file is a Python literal. This is a reader of the part of the language that such headers use:
// strings, decimal integers, True and False, tuples, lists, one dictionary. One cursor, one pass; what is not expected
// at a place is an error there. Nothing is evaluated.

// maxNesting bounds how deep dtypes may lie within each other.
const maxNesting = 64

// A cursor is a place in the text of a literal.
type cursor struct {
	s string
	i int
}

func (c *cursor) failf(at int, text string, args ...any) error {
	return fail(ndbuf.ErrValue, "header: "+text+" at byte %d", append(args, at)...)
}

// space skips white space.
func (c *cursor) space() {
	for c.i < len(c.s) && strings.IndexByte(" \t\n\r\f", c.s[c.i]) >= 0 {
		c.i++
	}
}

// peek returns the next character after white space, 0 at the end. (A NUL in the text is never expected, so it is
// refused like the end.)
func (c *cursor) peek() byte {
	c.space()
	if c.i == len(c.s) {
		return 0
	}
	return c.s[c.i]
}

// found describes what stands at the cursor, for messages.
func (c *cursor) found() string {
	if c.i == len(c.s) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(c.s[c.i:])
	return strconv.QuoteRune(r)
}

// expect takes the character b.
func (c *cursor) expect(b byte, where string) error {
	if c.peek() != b {
		return c.failf(c.i, "%s: want %q, found %s", where, b, c.found())
	}
	c.i++
	return nil
}

// accept takes the character b if it comes next.
func (c *cursor) accept(b byte) bool {
	if c.peek() != b {
		return false
	}
	c.i++
	return true
}

// text takes a string literal and returns its value and the literal itself.
func (c *cursor) text(where string) (value, literal string, err error) {
	quote := c.peek()
	if quote != '\'' && quote != '"' {
		return "", "", c.failf(c.i, "%s: want a string, found %s", where, c.found())
	}
	start := c.i
	c.i++
	run := c.i // what was not copied to b yet
	var b strings.Builder
	for {
		n := strings.IndexAny(c.s[c.i:], string([]byte{quote, '\\', '\n', 0}))
		if n < 0 {
			return "", "", c.failf(start, "%s: string without its closing quote", where)
		}
		c.i += n
		switch c.s[c.i] {
		case quote:
			b.WriteString(c.s[run:c.i])
			c.i++
			return b.String(), c.s[start:c.i], nil
		case '\\':
			b.WriteString(c.s[run:c.i])
			r, err := c.escape(where)
			if err != nil {
				return "", "", err
			}
			b.WriteRune(r)
			run = c.i
		default:
			return "", "", c.failf(c.i, "%s: a string may not hold %q", where, c.s[c.i])
		}
	}
}

// escape takes one escape sequence, those that Python's repr writes.
func (c *cursor) escape(where string) (rune, error) {
	at := c.i
	c.i++
	var b byte
	if c.i < len(c.s) {
		b = c.s[c.i]
		c.i++
	}
	digits := 0
	switch b {
	case '\\', '\'', '"':
		return rune(b), nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 0, c.failf(at, "%s: unknown escape sequence in a string", where)
	}
	if len(c.s)-c.i < digits {
		return 0, c.failf(at, "%s: escape sequence of a string is cut off", where)
	}
	n, err := strconv.ParseUint(c.s[c.i:c.i+digits], 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
		return 0, c.failf(at, "%s: escape sequence of a string is no character", where)
	}
	c.i += digits
	return rune(n), nil
}

// number takes a length: a decimal integer that is not negative. The L that Python 2 appended to long ones is skipped.
func (c *cursor) number(where string) (int, error) {
	minus := c.accept('-')
	c.space()
	start := c.i
	for c.i < len(c.s) && c.s[c.i] >= '0' && c.s[c.i] <= '9' {
		c.i++
	}
	digits := c.s[start:c.i]
	switch {
	case digits == "":
		return 0, c.failf(c.i, "%s: want an integer, found %s", where, c.found())
	case minus:
		return 0, c.failf(start, "%s: length %s is negative", where, clip("-"+digits))
	case len(digits) > 1 && digits[0] == '0':
		return 0, c.failf(start, "%s: integer %s begins with 0", where, clip(digits))
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fail(ndbuf.ErrOverflow, "header: %s: length %s does not fit an int", where, clip(digits))
	}
	if c.i < len(c.s) && c.s[c.i] == 'L' {
		c.i++
	}
	return n, nil
}

// boolean takes True or False.
func (c *cursor) boolean(where string) (bool, error) {
	c.space()
	for _, v := range []bool{true, false} {
		word := "False"
		if v {
			word = "True"
		}
		if rest, ok := strings.CutPrefix(c.s[c.i:], word); ok && (rest == "" || !isWord(rest[0])) {
			c.i += len(word)
			return v, nil
		}
	}
	return false, c.failf(c.i, "%s: want True or False, found %s", where, c.found())
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= 0x80
}

// lengths takes a tuple of at most limit integers. A single one needs its comma, as in Python.
func (c *cursor) lengths(where string, limit int) ([]int, error) {
	if err := c.expect('(', where); err != nil {
		return nil, err
	}
	list := []int{}
	for comma := true; ; comma = c.accept(',') {
		if c.peek() == ')' {
			if len(list) == 1 && !comma {
				return nil, c.failf(c.i, "%s: a number in parentheses is no tuple", where)
			}
			c.i++
			return list, nil
		}
		if !comma {
			return nil, c.failf(c.i, "%s: want %q or %q, found %s", where, ',', ')', c.found())
		}
		n, err := c.number(where)
		if err != nil {
			return nil, err
		}
		if len(list) == limit {
			return nil, c.failf(c.i, "%s: more than %d dimensions", where, limit)
		}
		list = append(list, n)
	}
}

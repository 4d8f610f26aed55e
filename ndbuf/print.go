package ndbuf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/strided-go/strided/format"
)

// Printing as NumPy prints an array: brackets for axes, columns aligned by width, and past a thousand items only the first
// and last three along each long axis. Only items that are shown are read.

const (
	printWidth     = 75      // columns of a line
	printThreshold = 1000    // items above which the middle is left out
	printEdge      = 3       // items kept at each end of an axis
	printPrecision = 8       // digits after a decimal point, at most; a scalar has all of its digits
	printLimit     = 1 << 20 // items printed, at most: many short axes are not summarised
)

// String prints the items as NumPy prints an array: what %v shows. A view of more than 1000 items is summarised, a released
// one says so. Items that cannot be read as values are printed as bytes. As numpy.ndarray.__str__.
//
// (A MemoryView is no fmt.Formatter: its method Format is memoryview's attribute.)
func (m *MemoryView) String() string { return m.text(false) }

// GoString is String below a line with format, item size, shape, strides and flags: what %#v shows.
func (m *MemoryView) GoString() string { return m.text(true) }

// header is one line about everything but the items. The caller holds m.
func (m *MemoryView) header() string {
	var b strings.Builder
	l := &m.layout
	fmt.Fprintf(&b, "memoryview format=%q itemsize=%d shape=%v strides=%v", m.format, l.ItemSize, l.Shape, l.Strides)
	if l.SubOffsets != nil {
		fmt.Fprintf(&b, " suboffsets=%v", l.SubOffsets)
	}
	if m.readOnly {
		b.WriteString(" readonly")
	}
	return b.String()
}

// text is the whole printed form.
func (m *MemoryView) text(header bool) string {
	if m == nil {
		return "<nil>"
	}
	if m.acquire() != nil {
		return "<released memoryview>"
	}
	defer m.done()
	body := m.items()
	if header {
		return m.header() + "\n" + body
	}
	return body
}

// items prints the items. The caller holds m.
func (m *MemoryView) items() string {
	shape := m.layout.Shape
	if hasZero(shape) {
		return "[]"
	}
	summary := m.layout.Len() > printThreshold
	shown, picks := 1, make([][]int, len(shape))
	for k, n := range shape {
		picks[k] = edges(n, summary)
		if shown *= len(picks[k]); shown > printLimit {
			return fmt.Sprintf("[... %d items of shape %v ...]", m.layout.Len(), shape)
		}
	}
	values, typ, err := m.pick(picks, shown)
	if err != nil {
		return "<" + err.Error() + ">"
	}
	typ = valueType(typ, values[0])
	if len(shape) == 0 {
		return scalarText(values[0], typ)
	}
	w := wrapper{picks: picks, shape: shape, words: newColumn(values, typ, false).words()}
	return w.axis(0, " ", printWidth)
}

// edges returns the indices of an axis that are printed.
func edges(n int, summary bool) []int {
	if !summary || n <= 2*printEdge {
		return identity(n)
	}
	return []int{0, 1, 2, n - 3, n - 2, n - 1}
}

// pick reads the items at the picked indices, in C order. Items that are no values are read as bytes without a format.
func (m *MemoryView) pick(picks [][]int, n int) (values []any, typ *format.Type, err error) {
	typ, err = m.itemType()
	size := m.layout.ItemSize
	if err == nil {
		size = typ.Size()
	} else {
		typ = nil
	}
	values = make([]any, 0, n)
	count, index, at := make([]int, len(picks)), make([]int, len(picks)), make([]int, len(picks))
	for k := range picks {
		count[k] = len(picks[k])
	}
	fault := m.guarded(func() {
		for {
			for k := range index {
				index[k] = picks[k][at[k]]
			}
			b := itemBytes(m.place(index), size)
			if typ == nil {
				values = append(values, opaque(append([]byte(nil), b...)))
			} else if v, err := typ.Decode(b); err != nil {
				values = append(values, opaque(append([]byte(nil), b...)))
			} else {
				values = append(values, v)
			}
			if !next(at, count) {
				return
			}
		}
	})
	return values, typ, fault
}

// A wrapper lays words out in brackets and lines.
type wrapper struct {
	picks [][]int
	shape []int
	words []string // of the items that are left, in C order
}

// axis prints the part of the array below axis k. Its lines but the first begin with indent; width columns are left for
// them and for brackets that close before.
func (w *wrapper) axis(k int, indent string, width int) string {
	if k == len(w.shape) {
		word := w.words[0]
		w.words = w.words[1:]
		return word
	}
	count := len(w.picks[k])
	gap := -1 // before which item "..." stands
	if count < w.shape[k] {
		gap = printEdge
	}
	if k < len(w.shape)-1 {
		between := strings.Repeat("\n", len(w.shape)-1-k) + indent
		var parts []string
		for i := range count {
			if i == gap {
				parts = append(parts, "...")
			}
			parts = append(parts, w.axis(k+1, indent+" ", width-1))
		}
		return "[" + strings.Join(parts, between) + "]"
	}
	l := lines{indent: indent, width: width - 1, line: indent}
	for i := range count {
		if i == gap {
			l.add("...")
			l.line += " "
		}
		l.add(w.axis(k+1, indent+" ", width-1))
		if i < count-1 {
			l.line += " "
		}
	}
	return "[" + (l.full.String() + l.line)[len(indent):] + "]"
}

// lines breaks a row of words into lines of limited width.
type lines struct {
	full   strings.Builder
	line   string // the one being filled
	indent string
	width  int
}

// add appends a word, on a new line if it does not fit and that would help.
func (l *lines) add(word string) {
	columns := utf8.RuneCountInString(l.line)
	if columns+utf8.RuneCountInString(word) > l.width && columns > len(l.indent) {
		l.full.WriteString(strings.TrimRight(l.line, " ") + "\n")
		l.line = l.indent
	}
	l.line += word
}

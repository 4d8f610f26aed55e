package format

import "strconv"

// String returns a format that parses back to the same type. All padding is
// written out, so that readers which align and readers which do not find the
// members at the same offsets. An item of nothing is "0x": an empty format
// means "B" to a buffer.
func (t *Type) String() string {
	w := writer{mode: '@'}
	w.top(t)
	if len(w.b) == 0 {
		return "0x"
	}
	return string(w.b)
}

// A writer puts a format together; mode is the one in force at its end.
type writer struct {
	b    []byte
	mode byte
}

func (w *writer) setMode(mode byte) {
	if w.mode != mode {
		w.b = append(w.b, mode)
		w.mode = mode
	}
}

// count writes a count unless it is 1.
func (w *writer) count(n int) {
	if n != 1 {
		w.b = strconv.AppendInt(w.b, int64(n), 10)
	}
}

func (w *writer) pad(n int) {
	if n > 0 {
		w.count(n)
		w.b = append(w.b, 'x')
	}
}

// top writes a type as the top level of a format.
func (w *writer) top(t *Type) {
	switch {
	case t.kind != Struct:
		w.leaf(t)
	case t.bare:
		w.members(t)
	default:
		w.record(t)
	}
}

func (w *writer) record(t *Type) {
	w.b = append(w.b, "T{"...)
	w.members(t)
	w.b = append(w.b, '}')
}

// members writes what is inside T{}, with its padding. The mode at the end
// decides about alignment, so it is restored where there is any: "0x" is an
// item that does nothing else.
func (w *writer) members(t *Type) {
	pos := 0
	for _, f := range t.fields {
		w.pad(f.Offset - pos)
		w.field(f)
		pos = f.Offset + f.Size()
	}
	if t.align > 1 && w.mode != t.mode {
		w.setMode(t.mode)
		if pos == t.size {
			w.b = append(w.b, "0x"...)
		}
	}
	w.pad(t.size - pos)
}

func (w *writer) field(f Field) {
	if f.flat && len(f.Shape) == 1 {
		if f.Type.kind != Struct {
			w.setMode(f.Type.mode)
		}
		w.b = strconv.AppendInt(w.b, int64(f.Shape[0]), 10)
	} else if len(f.Shape) > 0 {
		sep := byte('(')
		for _, d := range f.Shape {
			w.b = strconv.AppendInt(append(w.b, sep), int64(d), 10)
			sep = ','
		}
		w.b = append(w.b, ')')
	}
	if f.Type.kind == Struct {
		w.record(f.Type)
	} else {
		w.leaf(f.Type)
	}
	// A pointer Z without a name gets an empty one: the next code may make a complex number of it.
	if f.Name != "" || w.b[len(w.b)-1] == 'Z' {
		w.b = append(w.b, ':')
		w.b = append(w.b, f.Name...)
		w.b = append(w.b, ':')
	}
}

// leaf writes [mode] [length] code.
func (w *writer) leaf(t *Type) {
	w.setMode(t.mode)
	w.count(t.count)
	w.b = append(w.b, t.code...)
	switch t.code {
	case "&":
		mode := w.mode
		w.top(t.elem)
		w.mode = mode
	case "X":
		w.b = append(w.b, '{')
		w.b = append(w.b, t.sig...)
		w.b = append(w.b, '}')
	}
}

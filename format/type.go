package format

import (
	"slices"
)

// A Type is the layout of one item: a leaf such as "<i", a structure
// T{...}, or a sequence of items such as "3h d". It never changes once it is
// made, so it may be shared and used by several goroutines.
type Type struct {
	kind   Kind
	code   string // of a leaf
	mode   byte   // of a leaf; of a Struct, the mode in force at its end
	bare   bool   // a Struct without T{}: the items of the top level
	size   int
	align  int
	padded int
	count  int // length given to x s p u w
	values int // values that Pack takes
	cost   int // values and lists that Unpack makes, saturating

	word    int  // bytes of a word that has an order; 0: none has
	swapped bool // that order is not this machine's

	fields []Field
	elem   *Type  // what & points to
	sig    string // between the braces of X{}
}

// A Field is a member of an item.
type Field struct {
	Name   string // "" when it has none
	Offset int    // bytes from the start of the item
	Shape  []int  // of a sub-array or a repetition, nil for a single element
	Type   *Type  // of one element

	flat bool // a repeat count of the top level: every element is a value of its own
}

// Size returns the bytes of the field: of all its elements.
func (f Field) Size() int { return f.Type.size * product(f.Shape) }

// Size returns the bytes of one item. As struct.calcsize it counts no
// padding after the last member, except inside T{...}.
func (t *Type) Size() int { return t.size }

// Align returns the alignment that the members ask for: the largest one
// among those in mode '@', 1 if there are none.
func (t *Type) Align() int { return t.align }

// PaddedSize returns Size rounded up to Align if the format ends in mode
// '@': the item size that NumPy gives a dtype of this format.
func (t *Type) PaddedSize() int { return t.padded }

// NumValues returns how many values Pack takes and Unpack returns: one for
// each element of the top level, or for each member if the format is a single
// T{...}. Padding has no value; a sub-array and a nested structure are one.
func (t *Type) NumValues() int { return t.values }

// Kind returns the kind of a leaf, or Struct.
func (t *Type) Kind() Kind { return t.kind }

// Code returns the code of a leaf without order and count, such as "h" or
// "Zd"; "" for a Struct.
func (t *Type) Code() string { return t.code }

// Len returns the count that is a length: bytes of x, s and p, characters of
// u and w. It is 1 for other leaves, 0 for a Struct.
func (t *Type) Len() int { return t.count }

// Elem returns the type that a pointer "&" points to, nil for other types.
func (t *Type) Elem() *Type { return t.elem }

// Mode returns the character for byte order, size and alignment that is in
// force for a leaf: one of '@', '^', '=', '<', '>', '!'. For a Struct it is
// the one that all its leaves share, or 0.
func (t *Type) Mode() byte {
	if t.kind != Struct {
		return t.mode
	}
	var mode byte
	for i, f := range t.fields {
		m := f.Type.Mode()
		if m == 0 || i > 0 && m != mode {
			return 0
		}
		mode = m
	}
	return mode
}

// IsRecord reports whether the type is T{...}.
func (t *Type) IsRecord() bool { return t.kind == Struct && !t.bare }

// Fields returns the members in order of their offsets: those of T{...}, or
// the items of the top level. A leaf is its own only member. The caller may
// change what it gets.
func (t *Type) Fields() []Field {
	if t.kind != Struct {
		return []Field{{Type: t}}
	}
	out := slices.Clone(t.fields)
	for i := range out {
		out[i].Shape = slices.Clone(out[i].Shape)
	}
	return out
}

// Field returns the member with a name.
func (t *Type) Field(name string) (Field, bool) {
	if name == "" {
		return Field{}, false
	}
	for _, f := range t.fields {
		if f.Name == name {
			f.Shape = slices.Clone(f.Shape)
			return f, true
		}
	}
	return Field{}, false
}

// NativeOrder reports whether every word is in this machine's byte order.
func (t *Type) NativeOrder() bool {
	for _, f := range t.fields {
		if !f.Type.NativeOrder() && f.Type.size > 0 && product(f.Shape) > 0 {
			return false
		}
	}
	return !t.swapped
}

// HasPointers reports whether an item holds an address: a pointer or an
// object.
func (t *Type) HasPointers() bool {
	for _, f := range t.fields {
		if f.Type.HasPointers() {
			return true
		}
	}
	return t.kind == Pointer || t.kind == Object
}

package format

import (
	"iter"
)

// PackInto stores the values as the item at offset, a negative one counting
// from the end of dst.
//
// Errors: *PackError; after it dst is as it was.
// As struct.pack_into, which may leave the values before the one at fault.
func (t *Type) PackInto(dst []byte, offset int, values ...any) error {
	at, err := t.locate(len(dst), offset)
	if err != nil {
		return err
	}
	return t.Pack(dst[at:], values...)
}

// UnpackFrom returns the values of the item at offset, a negative one
// counting from the end of src. What follows the item is ignored.
//
// Errors: as Unpack.
// As struct.unpack_from.
func (t *Type) UnpackFrom(src []byte, offset int) ([]any, error) {
	at, err := t.locate(len(src), offset)
	if err != nil {
		return nil, err
	}
	return t.Unpack(src[at : at+t.size])
}

// locate turns an offset into a buffer of n bytes into one from its start
// and checks that an item fits there.
func (t *Type) locate(n, offset int) (int, error) {
	at := offset
	if at < 0 {
		at += n
	}
	if at < 0 || at > n || n-at < t.size {
		return 0, &PackError{Index: -1, Reason: ShortBuffer,
			Msg: sprint("an item of ", t.size, " bytes at offset ", offset, " is not inside the buffer of ", n)}
	}
	return at, nil
}

// IterUnpack returns an iterator over the records that fill src. Each one is
// a slice of its own.
//
// An item that cannot be read ends the iteration early only for text that is
// not Unicode; that is found before the iterator is returned.
// Errors: *PackError (ShortBuffer) if src is not a multiple of Size or Size is
// 0; ErrValue for text that is not Unicode.
// As struct.iter_unpack.
func (t *Type) IterUnpack(src []byte) (iter.Seq[[]any], error) {
	if t.size == 0 {
		return nil, &PackError{Index: -1, Reason: ShortBuffer, Msg: "cannot iterate over items of 0 bytes"}
	}
	if len(src)%t.size != 0 {
		return nil, &PackError{Index: -1, Reason: ShortBuffer,
			Msg: sprint("a buffer of ", len(src), " bytes is no multiple of ", t.size, ", the size of an item")}
	}
	if t.hasText() {
		for at := 0; at < len(src); at += t.size {
			if _, err := t.Unpack(src[at : at+t.size]); err != nil {
				return nil, err
			}
		}
	}
	return func(yield func([]any) bool) {
		for at := 0; at < len(src); at += t.size {
			values, err := t.Unpack(src[at : at+t.size])
			if err != nil || !yield(values) {
				return
			}
		}
	}, nil
}

// hasText reports whether reading an item can fail.
func (t *Type) hasText() bool {
	for _, f := range t.fields {
		if f.Type.hasText() {
			return true
		}
	}
	return t.kind == Text
}

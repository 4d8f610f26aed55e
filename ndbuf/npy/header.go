package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

const (
	magic     = "\x93NUMPY"
	maxHeader = 1 << 20 // bytes of a header's dictionary; a dtype of 10 000 fields takes a quarter of it
	alignment = 64      // items begin at a multiple of this, so that mapped ones are aligned
	digits    = 21      // room that NumPy leaves for the slowest axis to grow in place: the digits of 2^64 and a sign
)

// A Header is the description before the items of a .npy file.
type Header struct {
	Version    int          // 1, 2 or 3, the major version; 0 when it is written: the oldest that will do
	Descr      string       // the dtype as a Python literal, as the file spells it; "" when it is written: Type's
	Type       *format.Type // what Descr means: dates are integers, titles left out
	ItemSize   int          // bytes of one item; 0 when it is written: Type's Size
	Shape      []int        // items along each axis; empty for a scalar
	Fortran    bool         // the first axis runs fastest, not the last
	DataOffset int          // bytes from the start of the file to the items; not used when it is written
}

// Order is the order of the items in the file.
func (h Header) Order() strides.Order {
	if h.Fortran {
		return strides.F
	}
	return strides.C
}

// Layout is the layout of the items, counted from the first one.
//
// Errors: ErrValue for a negative length or too many axes; ErrOverflow if the size does not fit an int.
func (h Header) Layout() (strides.Layout, error) {
	if len(h.Shape) > strides.MaxDims {
		return strides.Layout{}, fail(ndbuf.ErrValue, "header: shape: more than %d dimensions", strides.MaxDims)
	}
	size := h.ItemSize
	if size == 0 && h.Type != nil {
		size = h.Type.Size()
	}
	l, err := strides.Contiguous(h.Order(), size, h.Shape...)
	if err != nil {
		return l, fail(classOf(err), "header: shape %v of items of %d bytes: %w", h.Shape, size, err)
	}
	return l, nil
}

// WithOrder returns the header of the same items in another byte order: '<', '>', or '=' for this machine's. Dates and
// titles stay what they are.
//
// Errors: ErrValue for another character; as WriteHeader for a header that is none.
func (h Header) WithOrder(order byte) (Header, error) {
	switch order {
	case '<', '>':
	case '=':
		order = '<'
		if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
			order = '>'
		}
	default:
		return h, fail(ndbuf.ErrValue, "byte order %q: want '<', '>' or '='", rune(order))
	}
	descr, err := h.descr()
	if err != nil {
		return h, err
	}
	if h.Descr, err = rewriteDescr(&cursor{s: descr}, order, false); err != nil {
		return h, err
	}
	h.Type, h.ItemSize, err = readDescr(h.Descr)
	h.Shape = slices.Clone(h.Shape)
	return h, err
}

// ReadHeader reads the header of a .npy file and not a byte more: the items follow in r.
//
// Errors: ErrValue for what is not a header of version 1, 2 or 3, or ends too early (also io.ErrUnexpectedEOF); ErrType
// for an array of objects; ErrOverflow for a size that does not fit an int; those of r.
// As numpy.lib.format.read_array_header_1_0 and _2_0.
func ReadHeader(r io.Reader) (Header, error) {
	var h Header
	var prefix [12]byte
	n, err := io.ReadFull(r, prefix[:8])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return h, fmt.Errorf("npy: %w", err)
	}
	if start := min(n, len(magic)); string(prefix[:start]) != magic[:start] || n == 0 {
		return h, fail(ndbuf.ErrValue, "not a .npy file: it begins with %q, not %q", prefix[:start], magic)
	}
	if n < 8 {
		return h, fail(ndbuf.ErrValue, "header ends after %d bytes: %w", n, io.ErrUnexpectedEOF)
	}
	h.Version = int(prefix[6])
	if h.Version < 1 || h.Version > 3 || prefix[7] != 0 {
		return h, fail(ndbuf.ErrValue, "version %d.%d of the .npy format: only 1.0, 2.0 and 3.0 are known", prefix[6], prefix[7])
	}
	h.DataOffset = 10
	if h.Version > 1 {
		h.DataOffset = 12
	}
	if n, err := io.ReadFull(r, prefix[8:h.DataOffset]); err != nil {
		return h, cutOff(8+n, err)
	}
	length := uint32(binary.LittleEndian.Uint16(prefix[8:]))
	if h.Version > 1 {
		length = binary.LittleEndian.Uint32(prefix[8:])
	}
	if length > maxHeader {
		return h, fail(ndbuf.ErrValue, "header of %d bytes: more than %d", length, maxHeader)
	}
	var text bytes.Buffer // grows with what there is, whatever length says
	if n, err := io.CopyN(&text, r, int64(length)); err != nil {
		if errors.Is(err, io.EOF) {
			return h, fail(ndbuf.ErrValue, "header of %d bytes ends after %d: %w", length, n, io.ErrUnexpectedEOF)
		}
		return h, fmt.Errorf("npy: reading the header: %w", err)
	}
	h.DataOffset += int(length)
	s, err := decode(text.Bytes(), h.Version)
	if err != nil {
		return h, err
	}
	if err := h.parse(s); err != nil {
		return h, err
	}
	_, err = h.Layout()
	return h, err
}

// cutOff is the error for a reader that ended, or failed, after n bytes of a header's start.
func cutOff(n int, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fail(ndbuf.ErrValue, "header ends after %d bytes: %w", n, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("npy: reading the header: %w", err)
}

// decode makes text of the bytes of a header: Latin-1 before version 3, UTF-8 since.
func decode(b []byte, version int) (string, error) {
	if version >= 3 {
		if !utf8.Valid(b) {
			return "", fail(ndbuf.ErrValue, "header of version %d is not UTF-8", version)
		}
		return string(b), nil
	}
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf }) {
		return string(b), nil
	}
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return string(out), nil
}

// encode is the reverse of decode; it reports whether the version has the characters.
func encode(s string, version int) ([]byte, bool) {
	if version >= 3 {
		return []byte(s), true
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}

// parse reads the dictionary.
func (h *Header) parse(s string) error {
	c := cursor{s: s}
	if err := c.expect('{', "dictionary"); err != nil {
		return err
	}
	var seen struct{ descr, fortran, shape bool }
	var plain string
	for !c.accept('}') {
		c.space()
		at := c.i
		key, _, err := c.text("key of the dictionary")
		if err != nil {
			return err
		}
		if err := c.expect(':', "dictionary"); err != nil {
			return err
		}
		var again bool
		switch key {
		case "descr":
			again, seen.descr = seen.descr, true
			c.space()
			start := c.i
			plain, err = rewriteDescr(&c, 0, true)
			h.Descr = s[start:c.i]
		case "fortran_order":
			again, seen.fortran = seen.fortran, true
			h.Fortran, err = c.boolean("fortran_order")
		case "shape":
			again, seen.shape = seen.shape, true
			h.Shape, err = c.lengths("shape", strides.MaxDims)
		default:
			return c.failf(at, "unknown key %s", clip(key))
		}
		if err != nil {
			return err
		}
		if again {
			return c.failf(at, "second key %s", clip(key))
		}
		if !c.accept(',') && c.peek() != '}' {
			return c.failf(c.i, "dictionary: want %q or %q, found %s", ',', '}', c.found())
		}
	}
	if c.peek(); c.i < len(s) {
		return c.failf(c.i, "want the end after the dictionary, found %s", c.found())
	}
	for _, k := range []struct {
		key string
		has bool
	}{{"descr", seen.descr}, {"fortran_order", seen.fortran}, {"shape", seen.shape}} {
		if !k.has {
			return fail(ndbuf.ErrValue, "header: key %q is missing", k.key)
		}
	}
	var err error
	h.Type, h.ItemSize, err = parseDescr(plain)
	return err
}

// descr is the literal that WriteHeader writes.
func (h Header) descr() (string, error) {
	if h.Descr == "" {
		if h.Type == nil {
			return "", fail(ndbuf.ErrValue, "header has neither Type nor Descr")
		}
		size := h.ItemSize
		if size == 0 {
			size = h.Type.Size()
		}
		return descrOf(h.Type, size)
	}
	_, size, err := readDescr(h.Descr)
	if err != nil {
		return "", err
	}
	if h.ItemSize != 0 && h.ItemSize != size {
		return "", fail(ndbuf.ErrValue, "header: items of %d bytes with Descr %s of %d", h.ItemSize, clip(h.Descr), size)
	}
	return h.Descr, nil
}

// WriteHeader writes the header as NumPy would, padding included, and returns how many bytes that were: where the items
// begin. The version is h.Version if the header can be written so, else the oldest that can hold it. h.Descr counts
// more than h.Type.
//
// Errors: ErrValue for a Descr or Shape that is none, or a Descr of another item size; ErrType for a Type that has no
// dtype; ErrOverflow for a size that does not fit an int; those of w.
// As numpy.lib.format.write_array_header_1_0 and _2_0.
func WriteHeader(w io.Writer, h Header) (int, error) {
	b, err := h.bytes()
	if err != nil {
		return 0, err
	}
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, fmt.Errorf("npy: writing the header: %w", err)
	}
	return n, nil
}

// bytes is the header as WriteHeader writes it.
func (h Header) bytes() ([]byte, error) {
	descr, err := h.descr()
	if err != nil {
		return nil, err
	}
	if h.Type == nil {
		if h.Type, h.ItemSize, err = readDescr(descr); err != nil {
			return nil, err
		}
	}
	if _, err := h.Layout(); err != nil {
		return nil, err
	}
	if h.Version < 0 || h.Version > 3 {
		return nil, fail(ndbuf.ErrValue, "version %d of the .npy format: only 1, 2 and 3 are known", h.Version)
	}
	order := "False"
	if h.Fortran {
		order = "True"
	}
	text := []byte("{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + tuple(h.Shape) + ", }")
	if n := len(h.Shape); n > 0 {
		slowest := h.Shape[0]
		if h.Fortran {
			slowest = h.Shape[n-1]
		}
		text = append(text, bytes.Repeat([]byte{' '}, max(digits-len(strconv.Itoa(slowest)), 0))...)
	}
	for version := max(h.Version, 1); version <= 3; version++ {
		body, ok := encode(string(text), version)
		if !ok {
			continue
		}
		prefix := 10
		if version > 1 {
			prefix = 12
		}
		// At least one space of padding, a whole line of them where none is needed, as NumPy has it.
		pad := alignment - (prefix+len(body)+1)%alignment
		length := len(body) + pad + 1
		if version == 1 && length > 0xffff {
			continue
		}
		if length > maxHeader {
			break
		}
		out := append(make([]byte, 0, prefix+length), magic...)
		out = append(out, byte(version), 0)
		if version == 1 {
			out = binary.LittleEndian.AppendUint16(out, uint16(length))
		} else {
			out = binary.LittleEndian.AppendUint32(out, uint32(length))
		}
		out = append(out, body...)
		out = append(out, bytes.Repeat([]byte{' '}, pad)...)
		return append(out, '\n'), nil
	}
	return nil, fail(ndbuf.ErrValue, "header of %d bytes: more than %d", len(text), maxHeader)
}

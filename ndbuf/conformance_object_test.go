package ndbuf_test

import (
	"fmt"

	"github.com/strided-go/strided/ndbuf"
)

// Python's built-in exporters, as Go exporters.

// A pyBytes is a bytes object: read-only, hashable by its bytes.
type pyBytes struct{ mem []byte }

func (b *pyBytes) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	return ndbuf.FillInfo(b, b.mem, true, f)
}
func (b *pyBytes) ReleaseBuffer(*ndbuf.Buffer) {}
func (b *pyBytes) Hash() (uint64, error)       { return ndbuf.HashBytes(b.mem), nil }

// A pyByteArray is a bytearray: writable, resizable while it is not exported, not hashable.
type pyByteArray struct {
	mem     []byte
	exports int
}

func (b *pyByteArray) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	buf, err := ndbuf.FillInfo(b, b.mem, false, f)
	if err == nil {
		b.exports++
	}
	return buf, err
}

func (b *pyByteArray) ReleaseBuffer(*ndbuf.Buffer) { b.exports-- }

func (b *pyByteArray) Hash() (uint64, error) {
	return 0, fmt.Errorf("%w: unhashable: bytearray", ndbuf.ErrType)
}

func (b *pyByteArray) resize(n int) error {
	if n == len(b.mem) {
		return nil
	}
	if b.exports > 0 {
		return fmt.Errorf("%w: %d exports of data: object cannot be resized", ndbuf.ErrBuffer, b.exports)
	}
	mem := make([]byte, n)
	copy(mem, b.mem)
	b.mem = mem
	return nil
}

// A pyArray is an array.array of a format: writable, not hashable.
type pyArray struct {
	mem    []byte
	format string
	size   int
}

func (b *pyArray) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) {
	buf, err := ndbuf.FillInfo(b, b.mem, false, f)
	if err != nil {
		return nil, err
	}
	buf.Layout.ItemSize = b.size
	if buf.Format != "" {
		buf.Format = b.format
	}
	if buf.Layout.Shape != nil {
		buf.Layout.Shape = []int{len(b.mem) / b.size}
	}
	if buf.Layout.Strides != nil {
		buf.Layout.Strides = []int{b.size}
	}
	return buf, nil
}

func (b *pyArray) ReleaseBuffer(*ndbuf.Buffer) {}

func (b *pyArray) Hash() (uint64, error) {
	return 0, fmt.Errorf("%w: unhashable: array", ndbuf.ErrType)
}

// A holder has asked somebody for a buffer, keeps it, and exports it again.
type holder struct {
	of  ndbuf.Exporter
	buf *ndbuf.Buffer
}

func (h *holder) GetBuffer(f ndbuf.Flags) (*ndbuf.Buffer, error) { return h.buf.Grant(f) }
func (h *holder) ReleaseBuffer(*ndbuf.Buffer)                    {}

// exported is the object that stands for a Python value: an exporter for bytes and bytearray, else the value.
func exported(v any) any {
	switch x := v.(type) {
	case []byte:
		return &pyBytes{x}
	case mutable:
		return &pyByteArray{mem: x}
	case string:
		return pyStr{x}
	}
	return v
}

// A pyStr is a str: unlike a Go string it exports no buffer.
type pyStr struct{ text any }

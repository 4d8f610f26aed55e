package npy_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
)

// FuzzHeader reads any bytes as a header. What is refused has a class; what is taken is written and read again as the
// same, and in the other byte order and back as well.
func FuzzHeader(f *testing.F) {
	for _, c := range malformed {
		f.Add(c.data)
	}
	f.Add(file(1, dict("'<f8'", "False", "(2, 3)"), ""))
	f.Add(file(1, dict("[('a', '<i4'), ('', '|V4'), ('b', '>f8', (2, 3)), (('t', 'n'), [('x', '<M8[25s]')])]", "True", "(2, 3)"), ""))
	f.Add(file(2, dict("('<U3', 2)", "False", "()"), ""))
	f.Add(file(3, dict("[('日本\\u672c', '|b1')]", "False", "(0,)"), ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := npy.ReadHeader(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, ndbuf.ErrValue) && !errors.Is(err, ndbuf.ErrType) && !errors.Is(err, ndbuf.ErrOverflow) {
				t.Fatalf("error without a class: %v", err)
			}
			return
		}
		if h.DataOffset > len(data) || h.Type.Size() > h.ItemSize {
			t.Fatalf("%+v of %d bytes", h, len(data))
		}
		again(t, h)
		plain := h
		plain.Descr = "" // the dtype as the format says it
		if got := again(t, plain); !got.Type.Equal(h.Type) {
			t.Fatalf("type %s became %s", h.Type, got.Type)
		}
		big, err := h.WithOrder('>')
		if err != nil {
			t.Fatal(err)
		}
		little, err := big.WithOrder('<')
		if err != nil || little.ItemSize != h.ItemSize || !little.Type.Compatible(h.Type) {
			t.Fatalf("%s became %s, %v", h.Descr, little.Descr, err)
		}
	})
}

// again writes and reads a header.
func again(t *testing.T, h npy.Header) npy.Header {
	var b bytes.Buffer
	n, err := npy.WriteHeader(&b, h)
	if err != nil {
		t.Fatalf("header %+v cannot be written: %v", h, err)
	}
	if n%64 != 0 || n != b.Len() {
		t.Fatalf("header of %d bytes", n)
	}
	got, err := npy.ReadHeader(&b)
	if err != nil {
		t.Fatalf("header %+v cannot be read again: %v", h, err)
	}
	if !slices.Equal(got.Shape, h.Shape) || got.ItemSize != h.ItemSize || got.Fortran != h.Fortran || h.Descr != "" && got.Descr != h.Descr {
		t.Fatalf("header %+v became %+v", h, got)
	}
	return got
}

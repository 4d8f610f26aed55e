package npy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// HeaderOf is the header that Write gives a view. The order is the one that costs least: Fortran order for a view that
// is Fortran-contiguous and not C-contiguous, so that its memory is written as it lies; C order for any other. A view of
// a [File] that still has the file's format keeps the file's version and spelling of the dtype. Items of 0 bytes lie in
// both orders: with the file's shape they keep the file's order.
//
// Errors: ErrType for a format that has no dtype, as pointers; ErrNotImplemented for one that package format does not
// read; ErrReleased.
func HeaderOf(m *ndbuf.MemoryView) (Header, error) {
	if m.Released() {
		return Header{}, ndbuf.ErrReleased
	}
	t, err := m.Type()
	if err != nil {
		return Header{}, err
	}
	h := Header{
		Type: t, ItemSize: m.ItemSize(), Shape: m.Shape(),
		Fortran: m.IsContiguous(strides.F) && !m.IsContiguous(strides.C),
	}
	if f, ok := m.Base().(*File); ok && f.header.ItemSize == h.ItemSize && f.header.Type.String() == m.Format() {
		h.Version, h.Descr = f.header.Version, f.header.Descr
		if h.ItemSize == 0 && slices.Equal(h.Shape, f.header.Shape) {
			h.Fortran = f.header.Fortran
		}
		return h, nil
	}
	h.Descr, err = descrOf(t, h.ItemSize)
	return h, err
}

// Write writes any view as a .npy file, in the order that costs least (see [HeaderOf]). Items that lie in neither order
// are gathered in blocks: there is no copy of the whole. The result is the file that NumPy would write.
//
// Errors: as HeaderOf; those of w; ErrBuffer if the view is of a mapped file that was made shorter.
// As numpy.save.
func Write(w io.Writer, m *ndbuf.MemoryView) error {
	h, err := HeaderOf(m)
	if err != nil {
		return err
	}
	if _, err := WriteHeader(w, h); err != nil {
		return err
	}
	return writeItems(w, m, h)
}

// writeItems writes m's items in the order that h says.
func writeItems(w io.Writer, m *ndbuf.MemoryView, h Header) error {
	if h.Fortran {
		t, err := m.Transpose() // its C order is the Fortran order of m
		if err != nil {
			return err
		}
		defer t.Release()
		m = t
	}
	if _, err := m.WriteTo(w); err != nil {
		return fmt.Errorf("npy: writing items: %w", err)
	}
	return nil
}

// WriteFile writes any view to a file, which is made or replaced. A regular file is written beside path and renamed at
// the end, so that path is either what it was or complete, and m may be a view of the very file. The mode of a file that
// is replaced stays, and a link is followed, even to a file that is not there yet.
//
// Errors: those of the system; as [Write].
func WriteFile(path string, m *ndbuf.MemoryView) error {
	return replaceFile(path, func(w io.Writer) error { return Write(w, m) })
}

// replaceFile makes path what write writes.
func replaceFile(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("npy: %w", err)
		}
		err = fill(file, write)
		if e := file.Close(); err == nil && e != nil {
			err = fmt.Errorf("npy: %w", e)
		}
		return err
	}
	r, err := replace(path)
	if err != nil {
		return err
	}
	defer r.abandon()
	if err := fill(r.file, write); err != nil {
		return err
	}
	return r.commit()
}

// fill writes a file, through a buffer.
func fill(file *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(file, 64<<10)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

// Create makes a .npy file of zeroed items, or replaces one, and maps it Writable: for arrays that are filled piece by
// piece. See [WriteHeader] for what h needs. The file is made beside path and renamed, as by [WriteFile]: after an error
// path is what it was, and views of a file that was replaced keep its items.
//
// Shares the file's pages. The Base is a [*File].
// Errors: those of the system; as [WriteHeader]; ErrValue if path is there and not a regular file; ErrNotImplemented on
// systems other than Unix.
// As numpy.lib.format.open_memmap with mode 'w+'.
func Create(path string, h Header) (*ndbuf.MemoryView, error) {
	b, err := h.bytes()
	if err != nil {
		return nil, err
	}
	if !canMap {
		return nil, fail(ndbuf.ErrNotImplemented, "files are not mapped on this system")
	}
	h, err = ReadHeader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fail(ndbuf.ErrValue, "%s exists and is not a regular file", path)
	}
	r, err := replace(path)
	if err != nil {
		return nil, err
	}
	defer r.abandon()
	if _, err = r.file.Write(b); err == nil {
		err = r.file.Truncate(int64(len(b)) + int64(h.nbytes()))
	}
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	f := &File{name: path, header: h}
	if err := f.mapItems(r.file, 0, Writable); err != nil {
		return nil, named(path, err)
	}
	m, err := f.view()
	if err != nil {
		return nil, err
	}
	if err := r.commit(); err != nil {
		m.Release()
		return nil, err
	}
	return m, nil
}

package npy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// HeaderOf is the header that Write gives a view. The order is the one that costs least: Fortran order for a view that
// is Fortran-contiguous and not C-contiguous, so that its memory is written as it lies; C order for any other. A view of
// a [File] that still has the file's format keeps the file's version and spelling of the dtype.
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
// the end, so that path is either what it was or complete, and m may be a view of the very file.
//
// Errors: those of the system; as [Write].
func WriteFile(path string, m *ndbuf.MemoryView) error {
	return replaceFile(path, func(w io.Writer) error { return Write(w, m) })
}

// replaceFile makes path what write writes.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o666)
	if info, err := os.Stat(path); err == nil {
		if mode = info.Mode().Perm(); !info.Mode().IsRegular() {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return fmt.Errorf("npy: %w", err)
			}
			return fill(file, write)
		}
		// The file that a link leads to is replaced, not the link.
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return fmt.Errorf("npy: %w", err)
		}
	}
	var file *os.File
	for try := 0; file == nil; try++ {
		beside := path + ".tmp" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(try)
		file, err = os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil && !(errors.Is(err, fs.ErrExist) && try < 1000) {
			return fmt.Errorf("npy: %w", err)
		}
	}
	if err = fill(file, write); err == nil {
		if err = os.Rename(file.Name(), path); err != nil {
			err = fmt.Errorf("npy: %w", err)
		}
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// fill writes a file, through a buffer, and closes it.
func fill(file *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(file, 64<<10)
	err := write(w)
	if err == nil {
		if err = w.Flush(); err != nil {
			err = fmt.Errorf("npy: %w", err)
		}
	}
	if e := file.Close(); err == nil && e != nil {
		err = fmt.Errorf("npy: %w", e)
	}
	return err
}

// Create makes a .npy file of zeroed items, or replaces one, and maps it Writable: for arrays that are filled piece by
// piece. See [WriteHeader] for what h needs.
//
// Shares the file's pages. The Base is a [*File].
// Errors: those of the system; as [WriteHeader]; ErrNotImplemented on systems other than Unix.
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
	size := int64(len(b)) + int64(h.nbytes())
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	defer file.Close()
	if _, err = file.Write(b); err == nil {
		err = file.Truncate(size)
	}
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	f := &File{name: path, header: h}
	if err := f.mapItems(file, 0, Writable); err != nil {
		return nil, named(path, err)
	}
	return f.view()
}

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// A file is an array on disk, read by offsets.
type file struct {
	name   string
	header npy.Header
	data   io.ReaderAt // offset 0 is the header's first byte
	size   int64       // of the .npy file, header included
	packed int64       // bytes it takes in a compressed archive, else 0
	close  func() error
}

// splitMember divides the name of an archive's member, a.npz/weights, where the part before a slash is a regular file.
func splitMember(path string) (archive, member string) {
	if _, err := os.Stat(path); err == nil {
		return path, ""
	}
	for i, c := range path {
		if c != '/' {
			continue
		}
		if info, err := os.Stat(path[:i]); err == nil && info.Mode().IsRegular() {
			return path[:i], path[i+1:]
		}
	}
	return path, ""
}

// isArchive reports whether a file begins as a zip archive does, an empty one included.
func isArchive(f io.ReaderAt) bool {
	var start [4]byte
	n, _ := f.ReadAt(start[:], 0)
	return n == 4 && (string(start[:]) == "PK\x03\x04" || string(start[:]) == "PK\x05\x06")
}

// readArchive reads the directory of a zip archive. Nothing is unpacked under its members' names, so any name will do.
func readArchive(f io.ReaderAt, size int64) (*zip.Reader, error) {
	archive, err := zip.NewReader(f, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	return archive, nil
}

// memberName is the name of an array in an archive, as NumPy shows it.
func memberName(z *zip.File) string { return strings.TrimSuffix(z.Name, ".npy") }

// openFile opens path, a .npy file or a member of an archive, which may be left out if it is the only one. A compressed
// member is unpacked into a temporary file in scratch.
//
// Errors: those of the system; those of npy.ReadHeader; a file shorter than its header says; errInterrupted when ctx is done.
func openFile(ctx context.Context, path, scratch string) (*file, error) {
	name, member := splitMember(path)
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	out, err := readFile(ctx, f, path, member, scratch)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

// readFile is openFile with the file open.
func readFile(ctx context.Context, f *os.File, path, member, scratch string) (*file, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	out := &file{name: path, data: f, size: info.Size(), close: f.Close}
	if isArchive(f) {
		archive, err := readArchive(f, info.Size())
		if err != nil {
			return nil, err
		}
		z, err := findMember(archive, member)
		if err != nil {
			return nil, err
		}
		if err := out.enter(ctx, f, z, scratch); err != nil {
			return nil, fmt.Errorf("member %s: %w", quoted(memberName(z)), err)
		}
	} else if member != "" {
		return nil, fmt.Errorf("not an archive, so it has no member %q", member)
	}
	if err := out.readHeader(); err != nil {
		out.close()
		return nil, err
	}
	return out, nil
}

func (f *file) readHeader() (err error) {
	if f.header, err = npy.ReadHeader(io.NewSectionReader(f.data, 0, f.size)); err != nil {
		return err
	}
	return checkSize(f.header, f.size)
}

// checkSize reports an error if a file of size bytes ends before its last item.
func checkSize(h npy.Header, size int64) error {
	l, err := h.Layout()
	if err != nil {
		return err
	}
	if have := size - int64(h.DataOffset); have < int64(l.NBytes()) {
		return fmt.Errorf("the file ends too early: its items take %d bytes, %d are there", l.NBytes(), max(have, 0))
	}
	return nil
}

// findMember finds an array in an archive; of two with one name the last counts, as in NumPy.
func findMember(archive *zip.Reader, member string) (*zip.File, error) {
	var names []string
	var only *zip.File
	for _, z := range slices.Backward(archive.File) {
		if z.Name == member || memberName(z) == member {
			return z, nil
		}
		names, only = append(names, quoted(memberName(z))), z
	}
	slices.Reverse(names)
	switch {
	case len(names) == 0:
		return nil, errors.New("the archive is empty")
	case member != "":
		return nil, fmt.Errorf("no member %q; there are %s", member, strings.Join(names, ", "))
	case len(names) > 1:
		return nil, fmt.Errorf("an archive of %d arrays: name one after a slash: %s", len(names), strings.Join(names, ", "))
	}
	return only, nil
}

// checkMember reports why a member of an archive of size bytes cannot be read: what the archive's directory says of it is
// not believed. A stored member is read where it lies, so that its sizes must be right; its checksum is not looked at.
func checkMember(z *zip.File, size int64) error {
	if z.Flags&1 != 0 {
		return errors.New("it is encrypted")
	}
	if z.UncompressedSize64 > 1<<63-1 {
		return fmt.Errorf("a size of %d bytes", z.UncompressedSize64)
	}
	if z.Method != zip.Store {
		return nil
	}
	at, err := z.DataOffset()
	if err != nil {
		return err
	}
	if n := z.CompressedSize64; n != z.UncompressedSize64 || at < 0 || at > size || n > uint64(size-at) {
		return fmt.Errorf("stored as %d bytes from byte %d on, unpacked %d: it does not lie in the archive of %d bytes",
			n, at, z.UncompressedSize64, size)
	}
	return nil
}

// A contextReader ends with errInterrupted when its context is done.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, errInterrupted
	}
	return r.Reader.Read(p)
}

// enter makes f the member z of the archive in it.
func (f *file) enter(ctx context.Context, archive *os.File, z *zip.File, scratch string) error {
	if err := checkMember(z, f.size); err != nil {
		return err
	}
	f.size = int64(z.UncompressedSize64)
	if z.Method == zip.Store {
		at, err := z.DataOffset()
		if err != nil {
			return err
		}
		f.data = io.NewSectionReader(archive, at, f.size)
		return nil
	}
	f.packed = int64(z.CompressedSize64)
	r, err := z.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	tmp, err := os.CreateTemp(scratch, ".ndbuf-unpacked-*")
	if err != nil {
		return err
	}
	// Where a file can be removed while it is open, nothing of it is left however the program ends.
	removed := os.Remove(tmp.Name()) == nil
	f.data, f.close = tmp, func() error {
		err := errors.Join(tmp.Close(), archive.Close())
		if !removed {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
		return err
	}
	if _, err := io.Copy(tmp, contextReader{ctx, r}); err != nil {
		return errors.Join(err, f.close())
	}
	return nil
}

// array is the whole array.
func (f *file) array() (*array, error) {
	l, err := f.header.Layout()
	if err != nil {
		return nil, err
	}
	l.Offset = f.header.DataOffset
	return &array{format: f.header.Type.String(), layout: l, gap: maxReadGap}, nil
}

// peek returns the header of a member of an archive of size bytes without unpacking its items.
func peek(z *zip.File, size int64) (npy.Header, error) {
	if err := checkMember(z, size); err != nil {
		return npy.Header{}, err
	}
	r, err := z.Open()
	if err != nil {
		return npy.Header{}, err
	}
	defer r.Close()
	h, err := npy.ReadHeader(r)
	if err != nil {
		return h, err
	}
	return h, checkSize(h, int64(z.UncompressedSize64))
}

// A replacement is a file that is written beside the one it will replace, and becomes it when it is complete.
type replacement struct {
	*os.File
	path string // what commit makes of it
	done bool
}

// replace starts the replacement of path, which need not exist. A link is followed, even to a file that is not there yet,
// and a file that is keeps its mode.
func replace(path string) (*replacement, error) {
	path, err := followLinks(path)
	if err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o666)
	old, err := os.Stat(path)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return nil, fmt.Errorf("%s exists and is not a regular file", path)
	case err == nil:
		mode = old.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	r := &replacement{path: path}
	for try := 0; r.File == nil; try++ {
		r.File, err = os.OpenFile(fmt.Sprintf("%s.tmp-%d-%d", path, os.Getpid(), try), os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if err != nil && !(errors.Is(err, fs.ErrExist) && try < 100) {
			return nil, err
		}
	}
	if old == nil {
		return r, nil
	}
	// The umask may have taken bits from the mode. Some file systems have none to set.
	info, err := r.Stat()
	if err == nil && info.Mode().Perm() != mode {
		err = r.Chmod(mode)
	}
	if err != nil {
		r.abandon()
		return nil, err
	}
	return r, nil
}

// maxLinks is how many links lead to a file at most, as on Linux.
const maxLinks = 40

// followLinks returns the path of the file that path leads to, there or not.
func followLinks(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			folder, _ := filepath.Split(path) // filepath.Join would take folder/.. away, which may lead elsewhere
			to = folder + to
		}
		path = to
	}
	return "", fmt.Errorf("%s: too many links", path)
}

// commit brings the file to the disk and gives it its name, unless ctx is done by then.
func (r *replacement) commit(ctx context.Context) error {
	if err := r.Sync(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := os.Rename(r.Name(), r.path); err != nil {
		return err
	}
	r.done = true
	return syncFolder(r.path)
}

// abandon removes the file, unless it was committed.
func (r *replacement) abandon() {
	if !r.done {
		r.Close()
		os.Remove(r.Name())
	}
}

// header writes h at the start of the file and makes the file as long as its items need, which are the holes of it until
// they are written. It returns where the items begin.
func (r *replacement) header(h npy.Header, l strides.Layout) (int, error) {
	var b bytes.Buffer
	n, err := npy.WriteHeader(&b, h)
	if err != nil {
		return 0, err
	}
	if _, err := r.WriteAt(b.Bytes(), 0); err != nil {
		return 0, err
	}
	return n, r.Truncate(int64(n) + int64(l.NBytes()))
}

// syncFolder brings the name of a new file to the disk, where folders can be synced.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

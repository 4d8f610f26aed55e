package npy

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/strided-go/strided/ndbuf"
)

// An Archive is an open .npz file: a zip archive of .npy files. Arrays are opened one by one; those that are open outlive
// the archive.
type Archive struct {
	name    string
	file    *os.File // nil for an archive in a reader
	members map[string]*zip.File
	names   []string
}

// OpenArchive opens a .npz file and reads its directory.
//
// Errors: those of the system, as *fs.PathError; ErrValue for what is not a zip archive.
// As numpy.load.
func OpenArchive(path string) (*Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = errors.New(path + " is a directory")
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("npy: %w", err)
	}
	a, err := NewArchive(file, info.Size())
	if err != nil {
		file.Close()
		return nil, named(path, err)
	}
	a.name, a.file = path, file
	return a, nil
}

// NewArchive reads the directory of a .npz file of size bytes in r. Arrays of it are read, never mapped.
//
// Errors: ErrValue for what is not a zip archive; those of r.
func NewArchive(r io.ReaderAt, size int64) (*Archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are only names here
		return nil, fail(ndbuf.ErrValue, "not a .npz file: %w", err)
	}
	a := &Archive{members: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, ".npy")
		if _, ok := a.members[name]; !ok {
			a.names = append(a.names, name)
		}
		a.members[name] = f // of two with one name the last counts, as in Python
	}
	return a, nil
}

// Names are the names of the arrays, without ".npy", in the order of the directory. The caller may change the slice.
func (a *Archive) Names() []string { return slices.Clone(a.names) }

// Close closes the file. Arrays that were opened stay.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// member finds an array by its name, with or without ".npy".
func (a *Archive) member(name string) (*zip.File, string, error) {
	f, ok := a.members[name]
	if !ok {
		f, ok = a.members[strings.TrimSuffix(name, ".npy")]
	}
	where := a.name + "(" + name + ")"
	if !ok {
		return nil, where, fail(ndbuf.ErrIndex, "%s: no such array in the archive", where)
	}
	if f.Flags&1 != 0 {
		return nil, where, fail(ndbuf.ErrValue, "%s: encrypted archives are not read", where)
	}
	return f, where, nil
}

// Header reads the header of one array.
//
// Errors: ErrIndex if there is no array of that name; as [ReadHeader].
func (a *Archive) Header(name string) (Header, error) {
	zf, where, err := a.member(name)
	if err != nil {
		return Header{}, err
	}
	r, err := openMember(zf, where)
	if err != nil {
		return Header{}, err
	}
	defer r.Close()
	h, err := ReadHeader(r)
	if err != nil {
		return h, named(where, err)
	}
	return h, nil
}

// Open views one array. A stored one is mapped where [Open] would map a file, and its checksum is not looked at; a
// compressed one is read and checked.
//
// Shape: the header's. ReadOnly if it is mapped without CopyOnWrite. The Base is a [*File].
// Errors: ErrIndex if there is no array of that name; ErrValue for Writable, for a member cut short or with a wrong
// checksum; as [ReadHeader].
func (a *Archive) Open(name string, opts ...Option) (*ndbuf.MemoryView, error) {
	opt, err := combine(opts)
	if err != nil {
		return nil, err
	}
	if opt == Writable {
		return nil, fail(ndbuf.ErrValue, "arrays of an archive cannot be Writable: its checksums would be wrong")
	}
	zf, where, err := a.member(name)
	if err != nil {
		return nil, err
	}
	f := &File{name: where, readOnly: opt == 0}
	if zf.Method == zip.Store && opt != NoMap && canMap && a.file != nil {
		if err := f.mapMember(a.file, zf, opt); err != nil {
			return nil, named(where, err)
		}
		return f.view()
	}
	f.readOnly = false
	r, err := openMember(zf, where)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if f.header, err = ReadHeader(r); err != nil {
		return nil, named(where, err)
	}
	if zf.UncompressedSize64 < 1<<62 {
		if err := f.header.fits(int64(zf.UncompressedSize64)); err != nil {
			return nil, named(where, err)
		}
	}
	m, err := f.readItems(r)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // the checksum is compared at the end
		m.Release()
		return nil, named(where, err)
	}
	return m, nil
}

func openMember(zf *zip.File, where string) (io.ReadCloser, error) {
	r, err := zf.Open()
	if err != nil {
		return nil, fail(ndbuf.ErrValue, "%s: %w", where, err)
	}
	return member{r}, nil
}

// A member reads a file of an archive. What is wrong with the data, and not with the reader, is ErrValue.
type member struct{ io.ReadCloser }

func (m member) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	var corrupt flate.CorruptInputError
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) {
		err = fail(ndbuf.ErrValue, "damaged archive: %w", err)
	}
	return n, err
}

// mapMember maps the items of a stored member of the archive in file.
func (f *File) mapMember(file *os.File, zf *zip.File, opt Option) error {
	start, err := zf.DataOffset()
	if err != nil {
		return fail(ndbuf.ErrValue, "%w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	size := info.Size() - start
	if n := zf.CompressedSize64; n != zf.UncompressedSize64 || start < 0 || size < 0 || n > uint64(size) {
		return fail(ndbuf.ErrValue, "stored member of %d bytes, unpacked %d, does not lie in the archive of %d bytes",
			n, zf.UncompressedSize64, info.Size())
	}
	size = int64(zf.CompressedSize64)
	if f.header, err = ReadHeader(io.NewSectionReader(file, start, size)); err != nil {
		return err
	}
	if err := f.header.fits(size); err != nil {
		return err
	}
	return f.mapItems(file, start, opt)
}

// A Named is an array and its name in an archive.
type Named struct {
	Name string // without ".npy"
	View *ndbuf.MemoryView
}

// WriteArchive writes arrays as a .npz file: stored, or deflated with compress. Stored items begin at multiples of 64
// bytes, so that they are aligned when the archive is mapped.
//
// Errors: ErrValue for two arrays of one name; as [Write].
// As numpy.savez and numpy.savez_compressed.
func WriteArchive(w io.Writer, compress bool, arrays ...Named) error {
	names := make(map[string]bool, len(arrays))
	for _, a := range arrays {
		if names[a.Name] {
			return fail(ndbuf.ErrValue, "two arrays with the name %s", clip(a.Name))
		}
		names[a.Name] = true
	}
	out := &counter{w: w}
	z := zip.NewWriter(out)
	pending := 0 // bytes that z writes after a stored member, when the next one begins
	for _, a := range arrays {
		size, err := writeMember(z, out.n+int64(pending), compress, a)
		if err != nil {
			return fmt.Errorf("array %s: %w", clip(a.Name), err)
		}
		if err := z.Flush(); err != nil {
			return fmt.Errorf("npy: %w", err)
		}
		if pending = zipDescriptor; size >= zip32 {
			pending = zip64Descriptor
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

// WriteArchiveFile writes a .npz file as [WriteFile] writes a .npy file: complete or not at all.
//
// Errors: those of the system; as WriteArchive.
func WriteArchiveFile(path string, compress bool, arrays ...Named) error {
	return replaceFile(path, func(w io.Writer) error { return WriteArchive(w, compress, arrays...) })
}

const (
	zipLocal  = 30     // bytes of a zip member's local header before its name
	zipExtra  = 4      // bytes before the data of an extra field
	zipAlign  = 0xd935 // the extra field that zipalign pads with
	zipAlignN = 2      // bytes of its data before the padding: the alignment

	zipDescriptor   = 16        // bytes of the sizes and the checksum after a member
	zip64Descriptor = 24        // of one that is as long as zip32 or longer
	zip32           = 1<<32 - 1 // bytes
)

// writeMember writes one array, a member that begins at byte at of the archive if it is stored, and returns its size.
func writeMember(z *zip.Writer, at int64, compress bool, a Named) (int64, error) {
	h, err := HeaderOf(a.View)
	if err != nil {
		return 0, err
	}
	head, err := h.bytes()
	if err != nil {
		return 0, err
	}
	fh := &zip.FileHeader{Name: a.Name + ".npy", Method: zip.Deflate}
	if !compress {
		fh.Method = zip.Store
		data := at + int64(zipLocal+len(fh.Name)+zipExtra+zipAlignN)
		pad := int(-data & (alignment - 1))
		fh.Extra = make([]byte, zipExtra+zipAlignN+pad)
		for k, v := range []int{zipAlign, zipAlignN + pad, alignment} {
			fh.Extra[2*k], fh.Extra[2*k+1] = byte(v), byte(v>>8)
		}
	}
	member, err := z.CreateHeader(fh)
	if err != nil {
		return 0, fmt.Errorf("npy: %w", err)
	}
	if _, err := member.Write(head); err != nil {
		return 0, fmt.Errorf("npy: %w", err)
	}
	return int64(len(head)) + int64(a.View.NBytes()), writeItems(member, a.View, h)
}

// A counter counts what was written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

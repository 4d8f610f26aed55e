package npy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"unsafe"

	"github.com/strided-go/strided/ndbuf"
)

// An Option says how Open makes a file's items accessible. Options of one call are combined; the zero set maps the
// file privately, for reading.
type Option uint8

const (
	// Writable maps the file shared: what is written to the view is written to the file.
	Writable Option = 1 << iota
	// CopyOnWrite maps the file privately, and lets the view be written to: the file does not change.
	CopyOnWrite
	// NoMap reads the items into memory of their own, which may be written to, and closes the file.
	NoMap
)

// combine checks a set of options.
func combine(opts []Option) (o Option, err error) {
	for _, p := range opts {
		o |= p
	}
	switch o {
	case 0, Writable, CopyOnWrite, NoMap:
		return o, nil
	}
	return 0, fail(ndbuf.ErrValue, "options %#b: at most one of Writable, CopyOnWrite and NoMap", uint8(o))
}

// A File is the memory of one array from a file: the Base of the views of it. It is an [ndbuf.Exporter]; a mapping ends
// when the last view is released, or dropped and collected.
type File struct {
	name     string
	header   Header
	items    []byte
	mapping  *mapping // nil for memory of Go's own
	readOnly bool

	mu    sync.Mutex
	lent  map[*ndbuf.Buffer]struct{}
	ended bool
}

// Name is the path the file was opened with, "archive(member)" in an archive, "" for a stream.
func (f *File) Name() string { return f.name }

// Header is the file's header. The caller may change it.
func (f *File) Header() Header {
	h := f.header
	h.Shape = slices.Clone(h.Shape)
	return h
}

// Mapped reports whether the memory is the file itself: reading it can fail if the file is made shorter.
func (f *File) Mapped() bool { return f.mapping != nil }

// GetBuffer lends the items.
//
// Errors: ErrReleased once the mapping has ended; as [ndbuf.Buffer.Grant].
func (f *File) GetBuffer(flags ndbuf.Flags) (*ndbuf.Buffer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return nil, fail(ndbuf.ErrReleased, "%s is no longer mapped", f)
	}
	l, err := f.header.Layout()
	if err != nil {
		return nil, err
	}
	b := ndbuf.Buffer{Mem: f.items, Obj: f, Format: f.header.Type.String(), ReadOnly: f.readOnly, Layout: l}
	g, err := b.Grant(flags)
	if err != nil {
		return nil, err
	}
	if f.lent == nil {
		f.lent = make(map[*ndbuf.Buffer]struct{})
	}
	f.lent[g] = struct{}{}
	return g, nil
}

// ReleaseBuffer takes back what GetBuffer lent; after the last one a mapping ends. A buffer that is not lent, or no
// longer, is ignored.
func (f *File) ReleaseBuffer(b *ndbuf.Buffer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.lent[b]; !ok {
		return
	}
	if delete(f.lent, b); len(f.lent) == 0 {
		f.end()
	}
}

// end unmaps. The caller holds mu, or is the only one that knows f.
func (f *File) end() {
	if f.mapping != nil && !f.ended {
		f.ended = true
		f.items = nil
		f.mapping.close()
	}
}

// Flush waits until what was written to a Writable file is on the disk. For other files there is nothing to do.
//
// Errors: ErrReleased once the mapping has ended; those of the system.
// As numpy.memmap.flush.
func (f *File) Flush() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return fail(ndbuf.ErrReleased, "%s is no longer mapped", f)
	}
	if f.mapping == nil {
		return nil
	}
	if err := f.mapping.flush(); err != nil {
		return fmt.Errorf("npy: flushing %s: %w", f, err)
	}
	return nil
}

func (f *File) String() string {
	if f.name == "" {
		return "npy stream"
	}
	return f.name
}

// view makes the first view of f, which ends with it.
func (f *File) view() (*ndbuf.MemoryView, error) {
	m, err := ndbuf.FromObject(f)
	if err != nil {
		f.end()
		return nil, err
	}
	return m, nil
}

// Open views the array in a .npy file. The file is mapped, privately and for reading, unless an option says otherwise;
// what is no regular file (a pipe), and every file on systems other than Unix, is read instead. The items need not be
// aligned for their type: NumPy's files and ours are.
//
// Shape: the file's. Shares the file's pages; ReadOnly unless an option says otherwise. The Base is a [*File].
// Errors: those of the system, as *fs.PathError; as [ReadHeader]; ErrValue for a file shorter than its header says;
// ErrNotImplemented for Writable where files are not mapped.
// As numpy.load with mmap_mode 'r', 'r+' and 'c'.
func Open(path string, opts ...Option) (*ndbuf.MemoryView, error) {
	opt, err := combine(opts)
	if err != nil {
		return nil, err
	}
	flag := os.O_RDONLY
	if opt == Writable {
		flag = os.O_RDWR
	}
	file, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	regular := info.Mode().IsRegular()
	if opt == Writable && !(regular && canMap) {
		return nil, fail(ndbuf.ErrNotImplemented, "%s cannot be mapped: Writable needs a regular file, on Unix", path)
	}
	f := &File{name: path, readOnly: opt == 0}
	if !regular {
		return f.read(bufio.NewReader(file))
	}
	if f.header, err = ReadHeader(io.NewSectionReader(file, 0, info.Size())); err != nil {
		return nil, named(path, err)
	}
	if err := f.header.fits(info.Size()); err != nil {
		return nil, named(path, err)
	}
	if opt == NoMap || !canMap {
		return f.readItems(io.NewSectionReader(file, int64(f.header.DataOffset), info.Size()-int64(f.header.DataOffset)))
	}
	if err := f.mapItems(file, 0, opt); err != nil {
		return nil, named(path, err)
	}
	return f.view()
}

// named puts the name of a file before an error of it.
func named(name string, err error) error { return fmt.Errorf("%s: %w", name, err) }

// nbytes is the size of the items of a checked header.
func (h Header) nbytes() int {
	l, err := h.Layout()
	if err != nil {
		return 0
	}
	return l.NBytes()
}

// fits reports an error if a file of size bytes is too short for a checked header.
func (h Header) fits(size int64) error {
	n := h.nbytes()
	if have := size - int64(h.DataOffset); have < int64(n) {
		return fail(ndbuf.ErrValue, "file ends too early: shape %v of %d bytes an item needs %d bytes after the header, there are %d: %w",
			h.Shape, h.ItemSize, n, max(have, 0), io.ErrUnexpectedEOF)
	}
	return nil
}

// mapItems maps the items of an array that begins at byte start of file. Its header has been checked with the size.
func (f *File) mapItems(file *os.File, start int64, opt Option) error {
	f.items = []byte{}
	n := f.header.nbytes()
	if n == 0 {
		return nil // there is nothing to map, and no mapping is empty
	}
	m, items, err := mapFile(file, start+int64(f.header.DataOffset), n, opt)
	if err != nil {
		return err
	}
	f.mapping, f.items = m, items
	return nil
}

// Read reads an array from a stream, and not a byte more, into memory of its own.
//
// Shape: the header's. Writable; the Base is a [*File].
// Errors: as [ReadHeader]; ErrValue, also io.ErrUnexpectedEOF, if the items end too early; those of r.
// As numpy.load.
func Read(r io.Reader) (*ndbuf.MemoryView, error) { return new(File).read(r) }

// read reads header and items.
func (f *File) read(r io.Reader) (*ndbuf.MemoryView, error) {
	var err error
	if f.header, err = ReadHeader(r); err != nil {
		if f.name != "" {
			err = named(f.name, err)
		}
		return nil, err
	}
	return f.readItems(r)
}

// readStep is how much memory is taken before any item has been read: a header that lies costs no more.
const readStep = 16 << 20

// readItems reads the items that the header promises.
func (f *File) readItems(r io.Reader) (*ndbuf.MemoryView, error) {
	n := f.header.nbytes()
	mem := alignedBytes(min(n, readStep))
	for have := 0; ; {
		k, err := io.ReadFull(r, mem[have:])
		if have += k; err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = fail(ndbuf.ErrValue, "items end after %d of %d bytes: %w", have, n, io.ErrUnexpectedEOF)
			} else {
				err = fmt.Errorf("npy: reading items: %w", err)
			}
			if f.name != "" {
				err = named(f.name, err)
			}
			return nil, err
		}
		if have == n {
			break
		}
		more := alignedBytes(have + min(n-have, 3*have))
		copy(more, mem)
		mem = more
	}
	f.items = mem
	return f.view()
}

// alignedBytes returns n zeroed bytes at a multiple of 64.
func alignedBytes(n int) []byte {
	raw := make([]byte, n+alignment-1)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(raw))) & (alignment - 1))
	return raw[skip : skip+n : skip+n]
}

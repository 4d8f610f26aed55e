package ndbuf

import (
	"slices"
	"unsafe"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// A Buffer describes memory that somebody exports (Py_buffer). It is a plain value: what makes it safe to use is the
// check that every constructor of a view makes on its own copy.
type Buffer struct {
	// Mem is all the memory that the exporter vouches for. Item [0, ..., 0] lies Layout.Offset bytes from its start.
	Mem []byte
	// Blocks is used with SubOffsets only: every memory that a pointer in Mem, or in a block, may lead to.
	Blocks [][]byte
	// Obj is the exporter, or nil. A view of the buffer keeps it alive.
	Obj any
	// Format of one item, in the syntax of the struct module and PEP 3118; "" means "B".
	Format string
	// ReadOnly memory is never written to through a view.
	ReadOnly bool
	// Layout of the items in Mem. ItemSize 0 stands for the size of the format, nil Strides for C order, a nil Shape
	// for one axis over all of Mem from Offset on, and an empty Shape that is not nil for a scalar.
	Layout strides.Layout

	// origin is the view that the description was taken from, or nil. It keeps lent memory from going back while the
	// description is in use, and tells what the memory is: Go bools, a file mapping.
	origin *MemoryView
}

// An Exporter is an object with memory to share (bf_getbuffer and bf_releasebuffer). *MemoryView is one.
type Exporter interface {
	// GetBuffer describes the memory as flags ask, or refuses with ErrBuffer. [Buffer.Grant] applies the rules. The
	// memory stays valid, at its place, until ReleaseBuffer.
	GetBuffer(flags Flags) (*Buffer, error)
	// ReleaseBuffer gets back what GetBuffer returned, once.
	ReleaseBuffer(b *Buffer)
}

// Grant answers a request for b by the rules of memoryview's own exporter (memory_getbuf), so that an Exporter need not
// write them again: it returns a copy of b without the fields that flags do not ask for, or ErrBuffer if what remains
// would be read wrongly or is not what flags need. Without the shape the items are one axis, still of Layout.ItemSize bytes
// each, as in CPython.
//
// Shares: Mem and Blocks.
// Errors: ErrBuffer; with ErrReadOnly for BufWritable on read-only memory; what FromBuffer says of a malformed b.
func (b *Buffer) Grant(f Flags) (*Buffer, error) {
	d, err := describe(b)
	if err != nil {
		return nil, err
	}
	g := *b
	g.Layout = d.layout.Clone()
	if g.Format == "" {
		g.Format = "B"
	}
	if err := grant(&g, f); err != nil {
		return nil, err
	}
	return &g, nil
}

// grant does the work of Grant on a complete and valid description.
func grant(b *Buffer, f Flags) error {
	l := &b.Layout
	c := l.IsContiguous(strides.C)
	switch {
	case f.has(BufWritable) && b.ReadOnly:
		return failReadOnly(ErrBuffer, "underlying buffer is not writable")
	case f.has(BufCContiguous) && !c:
		return fail(ErrBuffer, "underlying buffer is not C-contiguous")
	case f.has(BufFContiguous) && !l.IsContiguous(strides.F):
		return fail(ErrBuffer, "underlying buffer is not Fortran contiguous")
	case f.has(BufAnyContiguous) && !l.IsContiguous(strides.A):
		return fail(ErrBuffer, "underlying buffer is not contiguous")
	case !f.has(BufIndirect) && l.SubOffsets != nil:
		return fail(ErrBuffer, "underlying buffer requires suboffsets")
	case !f.has(BufStrides) && !c:
		return fail(ErrBuffer, "underlying buffer is not C-contiguous")
	case !f.has(BufND) && f.has(BufFormat):
		return fail(ErrBuffer, "cannot cast to unsigned bytes if the format flag is present")
	}
	if !f.has(BufFormat) {
		b.Format = ""
	}
	if !f.has(BufStrides) {
		// The reader will see items from the start of Mem to its end: show it no more than the items.
		if n := l.NBytes(); n > 0 {
			b.Mem = b.Mem[l.Offset : l.Offset+n : l.Offset+n]
		} else {
			b.Mem = b.Mem[:0:0]
		}
		l.Offset, l.Strides = 0, nil
	}
	if !f.has(BufND) {
		l.Shape = nil
	}
	return nil
}

// FillInfo describes a run of bytes as flags ask (PyBuffer_FillInfo): what an exporter of plain bytes answers. Unlike
// Grant it takes BufSimple with BufFormat, as CPython's bytes and bytearray do.
//
// Errors: ErrBuffer with ErrReadOnly for BufWritable on read-only memory.
func FillInfo(obj any, mem []byte, readOnly bool, f Flags) (*Buffer, error) {
	if f.has(BufWritable) && readOnly {
		return nil, failReadOnly(ErrBuffer, "object is not writable")
	}
	if mem == nil {
		mem = []byte{}
	}
	b := &Buffer{Mem: mem, Obj: obj, ReadOnly: readOnly, Layout: strides.Layout{ItemSize: 1}}
	if f.has(BufFormat) {
		b.Format = "B"
	}
	if f.has(BufND) {
		b.Layout.Shape = []int{len(mem)}
	}
	if f.has(BufStrides) {
		b.Layout.Strides = []int{1}
	}
	return b, nil
}

// A description is a Buffer after its check: every default filled in, every byte that the layout can touch inside Mem,
// every pointer followed once. It never changes once a view of it can be seen, and views may share it.
type description struct {
	mem      []byte // what layout.Offset counts from; not used with rows
	format   string
	kind     *itemKind
	layout   strides.Layout // as CPython reports it
	rows     *indirection   // of a layout with suboffsets, else nil
	readOnly bool
	bools    bool // items are Go bools, or contain them, at their places: no Cast between them and Go memory that has bools

	// What settle makes of the layout.
	c, f       bool // contiguous in that order
	nbytes     int
	start, end int // the extent in mem; without items, and with suboffsets, nothing
}

// settle finds out what follows from the layout, which is valid, and is often asked for: IsContiguous, NBytes and Extent
// in one pass, as views are made more often than anything else.
func (d *description) settle() {
	shape, steps := d.layout.Shape, d.layout.Strides
	lo, hi := d.layout.Offset, d.layout.Offset+d.layout.ItemSize
	size, c, f := d.layout.ItemSize, true, true
	for k, n := range shape {
		reach := (n - 1) * steps[k]
		if reach < 0 {
			lo += reach
		} else {
			hi += reach
		}
		f = f && (n == 1 || steps[k] == size)
		size *= n
	}
	step := d.layout.ItemSize
	for k := len(shape) - 1; k >= 0; k-- {
		n := shape[k]
		c = c && (n == 1 || steps[k] == step)
		step *= n
	}
	if d.layout.ItemSize == 0 || hasZero(shape) {
		size, c, f, lo, hi = 0, true, true, 0, 0
	}
	if d.layout.SubOffsets != nil {
		c, f, lo, hi = false, false, 0, 0
	}
	d.nbytes, d.c, d.f, d.start, d.end = size, c, f, lo, hi
}

// contiguous is layout.IsContiguous.
func (d *description) contiguous(order strides.Order) bool {
	switch order {
	case strides.C:
		return d.c
	case strides.F:
		return d.f
	case strides.A:
		return d.c || d.f
	}
	return false
}

// base is the address of item [0, ..., 0] of a description without pointers, which has items with bytes; else nil.
func (d *description) base() unsafe.Pointer {
	if d.nbytes == 0 || d.rows != nil {
		return nil
	}
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(d.mem)), d.layout.Offset)
}

// describe checks b completely. Nothing but its pointer memory is read.
func describe(b *Buffer) (*description, error) {
	if b == nil {
		return nil, fail(ErrValue, "buffer is nil")
	}
	if b.Mem == nil {
		return nil, fail(ErrValue, "Buffer.Mem is nil")
	}
	d := &description{mem: b.Mem, format: b.Format, readOnly: b.ReadOnly, layout: b.Layout.Clone()}
	if d.format == "" {
		d.format = "B"
	}
	d.kind = kindOf(d.format)
	l := &d.layout
	if l.ItemSize == 0 && (d.kind.typ == nil || d.kind.typ.Size() != 0) {
		if d.kind.typ == nil {
			return nil, fail(ErrValue, "Buffer.Layout.ItemSize is 0 and Buffer.Format does not tell it: %w", d.kind.err)
		}
		l.ItemSize = d.kind.typ.Size()
	}
	if l.Shape == nil {
		if l.Strides != nil || l.SubOffsets != nil {
			return nil, fail(ErrValue, "Buffer.Layout has strides or suboffsets and no shape")
		}
		if l.Offset < 0 || l.Offset > len(b.Mem) {
			return nil, fail(ErrValue, "Buffer.Layout.Offset %d is outside memory of %d bytes", l.Offset, len(b.Mem))
		}
		n := 0
		if l.ItemSize > 0 {
			n = (len(b.Mem) - l.Offset) / l.ItemSize
		}
		l.Shape = []int{n}
	}
	if len(l.Shape) > strides.MaxDims {
		return nil, fail(ErrValue, "Buffer.Layout has %d dimensions, more than %d", len(l.Shape), strides.MaxDims)
	}
	if l.Strides == nil {
		s, err := strides.ContiguousStrides(strides.C, l.ItemSize, l.Shape...)
		if err != nil {
			return nil, fail(ErrValue, "Buffer.Layout: %w", err)
		}
		l.Strides = s
	}
	if err := l.Validate(); err != nil {
		return nil, fail(ErrValue, "Buffer.Layout: %w", err)
	}
	if l.SubOffsets != nil && lastIndirect(l.SubOffsets) < 0 {
		l.SubOffsets = nil // no axis follows a pointer: the same memory without them
	}
	if l.SubOffsets != nil {
		rows, err := resolve(d.mem, b.Blocks, *l)
		if err != nil {
			return nil, err
		}
		d.rows = rows
	} else if err := l.CheckBounds(len(d.mem)); err != nil {
		return nil, fail(ErrValue, "Buffer.Layout leaves Buffer.Mem: %w", err)
	}
	if o := b.origin; o != nil && o.reg.goBools {
		// Memory with Go bools: what the view may do that it comes from, if nobody changed the description since.
		if !b.describes(o) {
			d.readOnly = true
		} else {
			d.readOnly = d.readOnly || o.readOnly
			d.bools = o.bools
		}
	}
	return d, nil
}

// describes reports whether b is still the whole description of the view m.
func (b *Buffer) describes(m *MemoryView) bool {
	return b.Format == m.format && b.Layout.ItemSize == m.layout.ItemSize && b.Layout.Offset == m.layout.Offset &&
		slices.Equal(b.Layout.Shape, m.layout.Shape) && slices.Equal(b.Layout.Strides, m.layout.Strides) &&
		slices.Equal(b.Layout.SubOffsets, m.layout.SubOffsets) && unsafe.SliceData(b.Mem) == unsafe.SliceData(m.mem)
}

// SizeFromFormat returns the bytes of one item of a format (PyBuffer_SizeFromFormat).
//
// Errors: those of format.Calcsize.
func SizeFromFormat(s string) (int, error) { return format.Calcsize(s) }

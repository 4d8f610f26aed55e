package ndbuf

// Access says what a consumer will do with contiguous memory (the buffertype of PyMemoryView_GetContiguous).
type Access int

const (
	// Read (PyBUF_READ): a copy will do, read-only.
	Read Access = 0x100
	// Write (PyBUF_WRITE): the original memory or an error; writes must reach it.
	Write Access = 0x200
	// Shadow: a writable contiguous copy, written back to the source when it is released. CPython dropped it
	// (PyBUF_SHADOW) before release 3.
	Shadow Access = 0x400
)

// Flags is what a consumer asks of an exporter: which fields it understands and what it needs. The values are
// CPython's PyBUF_* constants.
type Flags int

const (
	BufSimple        Flags = 0                  // a flat run of bytes, C-contiguous
	BufWritable      Flags = 0x01               // writable, or an error
	BufFormat        Flags = 0x04               // the format is filled in
	BufND            Flags = 0x08               // the shape is filled in; C-contiguous
	BufStrides       Flags = 0x10 | BufND       // the strides are filled in
	BufCContiguous   Flags = 0x20 | BufStrides  // C-contiguous, or an error
	BufFContiguous   Flags = 0x40 | BufStrides  // Fortran-contiguous, or an error
	BufAnyContiguous Flags = 0x80 | BufStrides  // either, or an error
	BufIndirect      Flags = 0x100 | BufStrides // the consumer follows suboffsets
)

// The usual combinations.
const (
	BufContig    = BufND | BufWritable
	BufContigRO  = BufND
	BufStrided   = BufStrides | BufWritable
	BufStridedRO = BufStrides
	BufRecords   = BufStrides | BufWritable | BufFormat
	BufRecordsRO = BufStrides | BufFormat
	BufFull      = BufIndirect | BufWritable | BufFormat
	BufFullRO    = BufIndirect | BufFormat
)

// has reports whether every bit of want is set.
func (f Flags) has(want Flags) bool { return f&want == want }

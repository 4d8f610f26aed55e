package ndbuf

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/strided-go/strided/format"
)

// Lanes: how operations that look at every item walk a view. A lane is a run of items along the last axis, a constant
// number of bytes apart, so that an inner loop needs one address and one stride. Where a table of pointers answers for the
// last axis too, each item is a lane of its own.

// lanes returns how many axes are walked by index and how long the lanes along the remaining one are, for operands of one
// shape without a length of 0.
func lanes(ops ...*operand) (axes, n int) {
	shape := ops[0].shape
	axes = len(shape)
	for _, o := range ops {
		if o.depth() == len(shape) {
			return axes, 1
		}
	}
	return axes - 1, shape[axes-1]
}

// laneStride is the number of bytes from one item of a lane to the next.
func (o *operand) laneStride(axes int) int {
	if axes == len(o.shape) {
		return 0
	}
	return o.strides[axes]
}

// next steps index to the following one in C order, and reports false after the last.
func next(index, shape []int) bool {
	for k := len(index) - 1; k >= 0; k-- {
		if index[k]++; index[k] < shape[k] {
			return true
		}
		index[k] = 0
	}
	return false
}

// hasZero reports whether a shape has a length of 0.
func hasZero(shape []int) bool {
	for _, n := range shape {
		if n == 0 {
			return true
		}
	}
	return false
}

// A laneReader stores the values of the items of a lane, which begins at p, in out.
type laneReader func(out []any, p unsafe.Pointer, stride int) error

// readLane makes a laneReader of a function that reads one item of size bytes.
func readLane[T any](size int, read func(b []byte) T) laneReader {
	return func(out []any, p unsafe.Pointer, stride int) error {
		for i := range out {
			out[i] = read(unsafe.Slice((*byte)(unsafe.Add(p, i*stride)), size))
		}
		return nil
	}
}

// laneReaderOf returns the laneReader for a format: a loop without dispatch for the usual ones.
func laneReaderOf(typ *format.Type) laneReader {
	if typ.NativeOrder() {
		switch kind, size := typ.Kind(), typ.Size(); {
		case kind == format.Bool:
			return readLane(1, func(b []byte) bool { return b[0] != 0 })
		case kind == format.Int && size == 1:
			return readLane(1, func(b []byte) int8 { return int8(b[0]) })
		case kind == format.Int && size == 2:
			return readLane(2, func(b []byte) int16 { return int16(binary.NativeEndian.Uint16(b)) })
		case kind == format.Int && size == 4:
			return readLane(4, func(b []byte) int32 { return int32(binary.NativeEndian.Uint32(b)) })
		case kind == format.Int && size == 8:
			return readLane(8, func(b []byte) int64 { return int64(binary.NativeEndian.Uint64(b)) })
		case kind == format.Uint && size == 1:
			return readLane(1, func(b []byte) uint8 { return b[0] })
		case kind == format.Uint && size == 2:
			return readLane(2, binary.NativeEndian.Uint16)
		case kind == format.Uint && size == 4:
			return readLane(4, binary.NativeEndian.Uint32)
		case kind == format.Uint && size == 8:
			return readLane(8, binary.NativeEndian.Uint64)
		case kind == format.Float && typ.Code() == "f":
			return readLane(4, func(b []byte) float32 { return math.Float32frombits(binary.NativeEndian.Uint32(b)) })
		case kind == format.Float && typ.Code() == "d":
			return readLane(8, func(b []byte) float64 { return math.Float64frombits(binary.NativeEndian.Uint64(b)) })
		}
	}
	size := typ.Size()
	return func(out []any, p unsafe.Pointer, stride int) error {
		if size == 0 {
			stride = 0
		}
		for i := range out {
			v, err := typ.Decode(itemBytes(unsafe.Add(p, i*stride), size))
			if err != nil {
				return err
			}
			out[i] = v
		}
		return nil
	}
}

// maxListed bounds what ToList tries to allocate: beyond it no machine has the memory.
const maxListed = min(math.MaxInt/64, 1<<36)

// ToList returns all items as nested lists, one level an axis; of a scalar the value itself. Values are those of Get.
//
// Errors: ErrNotImplemented for a format that cannot be read; ErrOverflow for more items than memory can hold (a
// broadcast view can be that large); ErrValue for text that is not Unicode.
// As memoryview.tolist, which reads native single-character formats only.
func (m *MemoryView) ToList() (any, error) {
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	typ, err := m.itemType()
	if err != nil {
		return nil, err
	}
	shape := m.layout.Shape
	if len(shape) == 0 {
		return m.read(typ, m.place(nil))
	}
	lists := 1
	for _, n := range shape {
		if n > 0 && lists > maxListed/n {
			return nil, fail(ErrOverflow, "a list of shape %v does not fit in memory", shape)
		}
		if lists *= n; n == 0 {
			break
		}
	}
	flat, err := m.values(typ)
	if err != nil {
		return nil, err
	}
	return nest(flat, shape), nil
}

// values reads all items in C order. The caller holds m.
func (m *MemoryView) values(typ *format.Type) ([]any, error) {
	if hasZero(m.layout.Shape) {
		return nil, nil
	}
	flat := make([]any, m.layout.Len())
	var err error
	fault := m.guarded(func() { err = m.readInto(flat, laneReaderOf(typ)) })
	if fault != nil {
		return nil, fault
	}
	if err != nil {
		return nil, fromFormat(m.format, err)
	}
	return flat, nil
}

// readInto fills flat with all items of a view of at least one axis and no length 0.
func (m *MemoryView) readInto(flat []any, read laneReader) error {
	var o operand
	o.set(m)
	if m.layout.ItemSize == 0 {
		return read(flat, nil, 0)
	}
	axes, n := lanes(&o)
	stride := o.laneStride(axes)
	index := make([]int, axes)
	for {
		if err := read(flat[:n:n], o.at(index), stride); err != nil {
			return err
		}
		if flat = flat[n:]; !next(index, o.shape) {
			return nil
		}
	}
}

// nest cuts a flat list into lists of the given shape, which has at least one axis. The innermost share flat's memory.
func nest(flat []any, shape []int) []any {
	if len(shape) == 1 {
		if flat == nil {
			return []any{}
		}
		return flat
	}
	out := make([]any, shape[0])
	step := 0
	if len(out) > 0 {
		step = len(flat) / len(out)
	}
	for i := range out {
		var part []any
		if step > 0 {
			part = flat[i*step : (i+1)*step : (i+1)*step]
		}
		out[i] = nest(part, shape[1:])
	}
	return out
}

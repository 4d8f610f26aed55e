package ndbuf

import (
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"unsafe"

	"github.com/strided-go/strided/strides"
)

// touches reports whether mem and the view may have a byte in common.
func (m *MemoryView) touches(mem []byte) bool {
	if len(mem) == 0 || m.nbytes == 0 {
		return false
	}
	if m.rows != nil {
		lo := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
		for _, b := range m.rows.blocks {
			at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
			if at < lo+uintptr(len(mem)) && lo < at+uintptr(len(b)) {
				return true
			}
		}
		return false
	}
	lo, hi := m.addresses()
	at := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	return lo < at+uintptr(len(mem)) && at < hi
}

// CopyTo writes the items to dst, contiguous in the order asked for (PyBuffer_ToContiguous); A is m's own order if it is
// contiguous, else C. dst may overlap the view: the result is as if it did not.
//
// Cost: allocates nothing for a view of up to 8 dimensions, without pointers, that does not overlap dst.
// Errors: ErrValue if len(dst) is not NBytes, or for an unknown order.
func (m *MemoryView) CopyTo(dst []byte, order strides.Order) error {
	if err := checkOrder(order); err != nil {
		return err
	}
	if err := m.acquire(); err != nil {
		return err
	}
	defer m.done()
	if len(dst) != m.nbytes {
		return fail(ErrValue, "destination has %d bytes, the items have %d", len(dst), m.nbytes)
	}
	if m.touches(dst) {
		tmp := make([]byte, len(dst))
		if err := m.gather(tmp, order); err != nil {
			return err
		}
		copy(dst, tmp)
		return nil
	}
	return m.gather(dst, order)
}

// gather is CopyTo after its checks.
func (m *MemoryView) gather(dst []byte, order strides.Order) error {
	var d, s operand
	d.setRun(dst, m.concrete(order), m.layout.ItemSize, m.layout.Shape)
	s.set(m)
	return transfer(&d, &s, m.layout.ItemSize, nil, false)
}

// ToBytes returns the items as contiguous bytes in the order asked for (memoryview.tobytes).
//
// Errors: ErrValue for an unknown order; ErrOverflow if they do not fit in memory (a broadcast view can be that large).
func (m *MemoryView) ToBytes(order strides.Order) ([]byte, error) {
	if err := checkOrder(order); err != nil {
		return nil, err
	}
	if err := m.acquire(); err != nil {
		return nil, err
	}
	defer m.done()
	dst, err := freshBytes(m.nbytes)
	if err != nil {
		return nil, err
	}
	if err := m.gather(dst, order); err != nil {
		return nil, err
	}
	return dst, nil
}

// CopyFrom stores contiguous bytes, in the order given, as the items of the view (PyBuffer_FromContiguous). If src is
// shorter than NBytes, its whole items are stored and the others keep their values; if it is longer, the rest is ignored.
// src may overlap the view.
//
// Errors: ErrType with ErrReadOnly for a read-only view; ErrValue for an unknown order.
func (m *MemoryView) CopyFrom(src []byte, order strides.Order) error {
	if err := checkOrder(order); err != nil {
		return err
	}
	if err := m.acquire(); err != nil {
		return err
	}
	defer m.done()
	if m.readOnly {
		return errReadOnlyStore()
	}
	if m.touches(src) {
		src = slices.Clone(src)
	}
	order = m.concrete(order)
	if len(src) < m.nbytes {
		return m.scatterSome(src, order)
	}
	return m.scatter(src, order)
}

// scatter stores src, which has all the items and no byte of the view, in a definite order.
func (m *MemoryView) scatter(src []byte, order strides.Order) error {
	var d, s operand
	d.set(m)
	s.setRun(src, order, m.layout.ItemSize, m.layout.Shape)
	return transfer(&d, &s, m.layout.ItemSize, m.boolFixes(), m.visitsTwice())
}

// scatterSome stores the whole items of a src that has too few: the whole slabs along the slowest axis, then what is
// left within the next slab.
func (m *MemoryView) scatterSome(src []byte, order strides.Order) error {
	size := m.layout.ItemSize
	if size == 0 || len(src) < size {
		return nil
	}
	if len(m.layout.Shape) == 0 || m.nbytes <= len(src) {
		return m.scatter(src[:m.nbytes], order)
	}
	axis := 0
	if order == strides.F {
		axis = len(m.layout.Shape) - 1
	}
	slab := m.nbytes / m.layout.Shape[axis]
	ix := make([]strides.Index, len(m.layout.Shape))
	for k := range ix {
		ix[k] = strides.All
	}
	whole := len(src) / slab
	ix[axis] = strides.Range(0, whole, 1)
	part, err := m.Index(ix...)
	if err != nil {
		return err
	}
	defer part.Release()
	if err := part.scatter(src[:whole*slab], order); err != nil {
		return err
	}
	ix[axis] = strides.At(whole)
	rest, err := m.Index(ix...)
	if err != nil {
		return err
	}
	defer rest.Release()
	return rest.scatterSome(src[whole*slab:], order)
}

// blockBytes is how much WriteTo gathers before it writes: enough for one write to cost little, and to stay in cache.
const blockBytes = 256 << 10

// WriteTo writes the items to w in C order: an io.WriterTo. Memory that lies in that order is handed to w as it is,
// otherwise items are gathered in blocks.
//
// Errors: those of w; io.ErrShortWrite.
func (m *MemoryView) WriteTo(w io.Writer) (int64, error) {
	if err := m.acquire(); err != nil {
		return 0, err
	}
	defer m.done()
	out := &counter{w: w}
	if m.nbytes == 0 {
		return 0, nil
	}
	if m.c && !m.reg.isMapped() {
		err := out.write(m.mem[m.layout.Offset : m.layout.Offset+m.nbytes])
		return out.n, err
	}
	err := m.writeBlocks(out, make([]byte, 0, min(m.nbytes, max(blockBytes, m.layout.ItemSize))))
	return out.n, err
}

// writeBlocks writes m through buf: all of it if it fits, else slab by slab along the first axis.
func (m *MemoryView) writeBlocks(w *counter, buf []byte) error {
	n := m.nbytes
	if n <= cap(buf) {
		buf = buf[:n]
		if err := m.gather(buf, strides.C); err != nil {
			return err
		}
		return w.write(buf)
	}
	// As many whole slabs as fit at a time; a slab that does not fit is taken apart.
	rows := m.layout.Shape[0]
	step := max(cap(buf)/(n/rows), 1)
	for at := 0; at < rows; at += step {
		ix := strides.Range(at, min(at+step, rows), 1)
		if step == 1 && n/rows > cap(buf) {
			ix = strides.At(at)
		}
		if err := m.writeSlab(w, buf, ix); err != nil {
			return err
		}
	}
	return nil
}

// writeSlab is writeBlocks of a part.
func (m *MemoryView) writeSlab(w *counter, buf []byte, ix strides.Index) error {
	part, err := m.Index(ix)
	if err != nil {
		return err
	}
	defer part.Release()
	return part.writeBlocks(w, buf)
}

// A counter counts what was written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) write(p []byte) error {
	n, err := c.w.Write(p)
	c.n += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}

// Hex returns the bytes of the items, in C order, as hexadecimal digits (memoryview.hex). With bytesPerSep other than 0,
// sep stands between groups of that many bytes: counted from the right end if positive, from the left if negative.
//
// Errors: ErrValue if sep is needed and not ASCII.
func (m *MemoryView) Hex(sep byte, bytesPerSep int) (string, error) {
	b, err := m.ToBytes(strides.C)
	if err != nil {
		return "", err
	}
	if bytesPerSep == 0 || len(b) == 0 {
		return hex.EncodeToString(b), nil
	}
	if sep >= 0x80 {
		return "", fail(ErrValue, "separator %#x is not ASCII", sep)
	}
	group, first := bytesPerSep, 0
	if group < 0 {
		if group = -group; group < 0 {
			group = len(b) // -MinInt
		}
		first = group
	} else {
		first = len(b) % group
	}
	var s strings.Builder
	for i := range b {
		if i > 0 && (i-first)%group == 0 && i >= min(first, len(b)) {
			s.WriteByte(sep)
		}
		s.WriteString(hex.EncodeToString(b[i : i+1]))
	}
	return s.String(), nil
}

package gonum

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// What the matrices that this package made hold of their views.
var (
	// exports has the export of every matrix that is not released: a weak pointer to it -> *export.
	exports sync.Map
	// lent has every *export, that is not given back, of memory that an exporter lent: no garbage collector keeps it.
	lent sync.Map
)

// exportOf finds the export of the matrix with memory data, or nil: that of the weak pointer key, and, of memory that may
// go away, one that has the memory.
func exportOf(key any, data []float64) (found *export) {
	if key != nil {
		if e, ok := exports.Load(key); ok && e.(*export).has(data) {
			return e.(*export)
		}
	}
	lent.Range(func(e, _ any) bool {
		if e.(*export).has(data) {
			found = e.(*export)
		}
		return found == nil
	})
	return found
}

// keep makes d, whose memory is data, hold e.
func keep[T any](d *T, data []float64, e *export) {
	key := weak.Make(d)
	exports.Store(key, e)
	_, borrowed := e.view.Base().(ndbuf.Exporter)
	if borrowed || exportOf(nil, data) != nil {
		lent.Store(e, nil)
	} else {
		runtime.AddCleanup(d, func(key weak.Pointer[T]) { drop(key) }, key)
	}
}

// drop gives the export behind a weak pointer back, if there is one.
func drop(key any) bool {
	e, ok := exports.LoadAndDelete(key)
	if ok {
		e.(*export).giveBack()
	}
	return ok
}

// An export is what a matrix holds of a view, or a view of such a matrix.
type export struct {
	view *ndbuf.MemoryView
	buf  *ndbuf.Buffer
	over atomic.Bool
}

func (e *export) giveBack() {
	if e.over.CompareAndSwap(false, true) {
		lent.Delete(e)
		e.view.ReleaseBuffer(e.buf)
	}
}

// again lends the memory of a matrix once more: data, laid out as l. The export is the buffer's Obj and gets it back.
func (e *export) again(data []float64, l strides.Layout) (*ndbuf.Buffer, error) {
	b, err := e.view.GetBuffer(ndbuf.BufFull)
	if err != nil {
		return nil, err
	}
	more := &export{view: e.view, buf: b}
	if _, ok := lent.Load(e); ok {
		lent.Store(more, nil)
	}
	first := unsafe.Pointer(unsafe.SliceData(data))
	same := uintptr(first)-uintptr(unsafe.Pointer(unsafe.SliceData(b.Mem))) == uintptr(b.Layout.Offset) &&
		l.Offset == 0 && slices.Equal(l.Shape, b.Layout.Shape) && slices.Equal(l.Strides, b.Layout.Strides)
	if !same { // else it stays as it is: of memory with Go bools nothing else may be written
		b.Mem, b.Layout = bytesOf(data), l
	}
	b.Obj, b.Format = more, "d"
	return b, nil
}

// GetBuffer lends the view's memory.
func (e *export) GetBuffer(flags ndbuf.Flags) (*ndbuf.Buffer, error) { return e.view.GetBuffer(flags) }

// ReleaseBuffer takes back what again or GetBuffer lent.
func (e *export) ReleaseBuffer(b *ndbuf.Buffer) {
	if b == e.buf {
		e.giveBack()
		return
	}
	e.view.ReleaseBuffer(b)
}

// has reports whether data begins in the memory of the export.
func (e *export) has(data []float64) bool {
	if len(data) == 0 {
		return false
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(data))) - uintptr(unsafe.Pointer(unsafe.SliceData(e.buf.Mem)))
	return at < uintptr(len(e.buf.Mem))
}

// floats are the n items from the first one on; the layout has them in its memory.
func (e *export) floats(n int) ([]float64, error) {
	p := unsafe.Add(unsafe.Pointer(unsafe.SliceData(e.buf.Mem)), e.buf.Layout.Offset)
	if uintptr(p)%unsafe.Alignof(float64(0)) != 0 {
		return nil, fail(ndbuf.ErrValue, "items at address %p are not aligned (hint: Clone)", p)
	}
	return unsafe.Slice((*float64)(p), n), nil
}

// lend takes an export of a view that could be a *mat.Dense or, of one dimension, a *mat.VecDense. The layout is the
// caller's to change.
func lend(m *ndbuf.MemoryView, ndim int) (*export, strides.Layout, error) {
	if err := isReal(m); err != nil {
		return nil, strides.Layout{}, err
	}
	b, err := m.GetBuffer(ndbuf.BufFull) // writable
	if err != nil {
		return nil, strides.Layout{}, err
	}
	e, l := &export{view: m, buf: b}, b.Layout.Clone()
	typ, err := m.Type()
	switch {
	case err != nil:
	case typ.Code() != "d" || !typ.NativeOrder() || l.ItemSize != size:
		err = fail(ndbuf.ErrType, "items of format %q are not float64 in this machine's byte order (hint: Matrix, Vector)", b.Format)
	case l.SubOffsets != nil:
		err = fail(ndbuf.ErrValue, "rows lie in different memory (hint: Matrix)")
	case ndim == 1 && len(l.Shape) == 2 && l.Shape[1] == 1:
		l.Shape, l.Strides = l.Shape[:1], l.Strides[:1]
	case len(l.Shape) != ndim:
		err = wrongDims(l.Shape, ndim)
	}
	if err != nil {
		e.giveBack()
		return nil, strides.Layout{}, err
	}
	return e, l, nil
}

package ndbuf

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/strided-go/strided/strides"
)

// FromObject makes a view of an object's memory, without a copy (PyMemoryView_FromObject). It takes
//
//   - a *MemoryView: another view of the same memory, with the same Base;
//   - an [Exporter], which is asked for its most general buffer;
//   - what a package that called [Register] has taught it;
//   - a slice []T: writable, one axis. Where T is an array its axes follow; where T is a slice, at any depth, the result
//     has suboffsets: a [][]T has strides {size of a slice, size of T} and suboffsets {0, -1}. All rows must have the same
//     length; they are found once, so that replacing a row of the slice later does not change the view;
//   - a pointer to an array, nested arrays included, in the same way; a pointer to a number or struct: a scalar;
//   - a string: read-only bytes, format "B";
//   - the images of package image that have one Pix slice: height, width and, if there are several, channels; items of 16
//     bits are big-endian, ">H".
//
// T is any type of fixed size without pointers. obj becomes the Base. A nil slice is an empty view.
//
// Errors: ErrType naming the type, for everything else; ErrValue for rows of different lengths, naming one, and for nil
// pointers; ErrReleased; what an exporter or adapter says.
func FromObject(obj any) (*MemoryView, error) {
	switch o := obj.(type) {
	case nil:
		return nil, fail(ErrType, "nil exports no buffer")
	case *MemoryView:
		return o.again()
	case Exporter:
		return fromExporter(o)
	}
	if m, err := fromAdapters(obj); m != nil || err != nil {
		return m, err
	}
	v := reflect.ValueOf(obj)
	switch t := v.Type(); t.Kind() {
	case reflect.String:
		s := v.String()
		mem := bytesAt(unsafe.Pointer(unsafe.StringData(s)), len(s))
		d, err := describe(&Buffer{Mem: mem, ReadOnly: true})
		if err != nil {
			return nil, err
		}
		return newView(&region{base: obj, keep: obj}, d), nil
	case reflect.Slice:
		return fromNested(obj, t, v.UnsafePointer(), v.Len())
	case reflect.Pointer:
		if v.IsNil() {
			return nil, fail(ErrValue, "nil pointer of type %v", t)
		}
		if b, err := fromImage(obj); b != nil || err != nil {
			return viewOfImage(obj, b, err)
		}
		switch e := t.Elem(); e.Kind() {
		case reflect.Array:
			return fromNested(obj, e, v.UnsafePointer(), e.Len())
		case reflect.Slice, reflect.String, reflect.Pointer, reflect.Interface:
			return nil, fail(ErrType, "cannot view a %v: pass the %v itself", t, e)
		default:
			g, err := goTypeOf(e)
			if err != nil {
				return nil, noBuffer(t, err)
			}
			return g.view(obj, bytesAt(v.UnsafePointer(), g.size()), scalar(g.size())), nil
		}
	default:
		if _, err := goTypeOf(t); err != nil {
			return nil, noBuffer(t, err)
		}
		return nil, fail(ErrType, "cannot view a value of type %v: pass its address", t)
	}
}

// scalar is the layout of one item at the start of its memory.
func scalar(itemSize int) strides.Layout {
	return strides.Layout{Shape: []int{}, Strides: []int{}, ItemSize: itemSize}
}

// noBuffer is the error for an object of type t, which exports no buffer because of err.
func noBuffer(t reflect.Type, err error) error {
	e := t
	for e.Kind() == reflect.Pointer || e.Kind() == reflect.Slice || e.Kind() == reflect.Array {
		e = e.Elem()
	}
	hint := ""
	if strings.HasPrefix(e.PkgPath(), "gonum.org/v1/gonum/") {
		hint = fmt.Sprintf(" (hint: import %q to view gonum's dense matrices and vectors)",
			"github.com/strided-go/strided/ndbuf/gonum")
	}
	return fail(ErrType, "%v exports no buffer: %w%s", t, err, hint)
}

// An axis is one level of a nested slice or array type.
type axis struct {
	length int  // -1: of a slice, not known yet
	stride int  // bytes of an element
	follow bool // the elements are slices: their pointers lead to the next level
}

// axesOf takes a nested slice or array type apart.
func axesOf(t reflect.Type) (axes []axis, item reflect.Type) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		a := axis{length: -1, stride: int(t.Elem().Size()), follow: t.Elem().Kind() == reflect.Slice}
		if t.Kind() == reflect.Array {
			a.length = t.Len()
		}
		axes = append(axes, a)
		t = t.Elem()
	}
	return axes, t
}

// fromNested makes a view of n elements of t, a slice or array type, that begin at p.
func fromNested(obj any, t reflect.Type, p unsafe.Pointer, n int) (*MemoryView, error) {
	w := rowWalk{}
	var item reflect.Type
	w.axes, item = axesOf(t)
	g, err := goTypeOf(item)
	if err != nil {
		return nil, noBuffer(reflect.TypeOf(obj), err)
	}
	if len(w.axes) > strides.MaxDims {
		return nil, fail(ErrValue, "%v has %d dimensions, more than %d", t, len(w.axes), strides.MaxDims)
	}
	w.axes[0].length = n
	for k, a := range w.axes {
		if a.follow {
			w.deepest = k + 1
		}
	}
	if w.deepest > 0 {
		if err := w.walk(0, p); err != nil {
			return nil, err
		}
	}
	l := strides.Layout{ItemSize: g.size()}
	for _, a := range w.axes {
		l.Shape = append(l.Shape, max(a.length, 0))
		l.Strides = append(l.Strides, a.stride)
		if w.deepest > 0 {
			sub := -1
			if a.follow {
				sub = 0
			}
			l.SubOffsets = append(l.SubOffsets, sub)
		}
	}
	mem := bytesAt(p, n*w.axes[0].stride)
	if w.deepest == 0 {
		return g.view(obj, mem, l), nil
	}
	d, err := describe(&Buffer{Mem: mem, Blocks: w.blocks, Format: g.format, Layout: l})
	if err != nil {
		return nil, err
	}
	d.bools = g.hasBools()
	return newView(&region{base: obj, keep: obj, goBools: d.bools}, d), nil
}

// A rowWalk collects the rows of a slice of slices, and with them the lengths of its axes.
type rowWalk struct {
	axes    []axis
	deepest int // the last axis that is reached by a pointer
	blocks  [][]byte
	path    []int // indices of the row that is looked at
}

// walk visits the elements of axis k, which begin at p.
func (w *rowWalk) walk(k int, p unsafe.Pointer) error {
	if k >= w.deepest {
		return nil
	}
	a := w.axes[k]
	w.path = append(w.path, 0)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	for i := range a.length {
		w.path[k] = i
		at := unsafe.Add(p, i*a.stride)
		if a.follow {
			row := *(*[]byte)(at) // of another element type: only its pointer and its length are meant
			next := &w.axes[k+1]
			switch {
			case next.length < 0:
				next.length = len(row)
			case next.length != len(row):
				return fail(ErrValue, "ragged slice: row %v has %d items, the rows before it have %d",
					w.path, len(row), next.length)
			}
			at = unsafe.Pointer(unsafe.SliceData(row))
			if at == nil {
				continue
			}
			w.blocks = append(w.blocks, unsafe.Slice((*byte)(at), len(row)*next.stride))
		}
		if err := w.walk(k+1, at); err != nil {
			return err
		}
	}
	return nil
}

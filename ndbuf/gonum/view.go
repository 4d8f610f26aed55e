package gonum

import (
	"reflect"
	"runtime"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/ndbuf"
)

// A View is a mat.Matrix that reads the items of a view where they lie: any strides and suboffsets, either byte order, any
// integers, floats and bools, which are converted as they are read. Every gonum function takes it as an operand; none
// writes to it. It is an [ndbuf.Exporter] of the view it reads.
//
// Cost: a few nanoseconds an item for aligned float64 in this machine's byte order; many times as much for the others.
type View struct{ v *viewState }

// A VectorView is a mat.Vector that reads a view of one axis, or of one column, as a View does.
type VectorView struct{ View }

var (
	_ mat.Matrix     = (*View)(nil)
	_ mat.Vector     = (*VectorView)(nil)
	_ ndbuf.Exporter = (*View)(nil)
	_ ndbuf.Exporter = (*VectorView)(nil)
)

// A viewState is what a View reads.
type viewState struct {
	rows, cols int
	floats     ndbuf.Array[float64] // of a view that is fast
	fast       bool
	oneAxis    bool
	export     *export // of a view that is not fast
	view       *ndbuf.MemoryView
	over       atomic.Bool
}

// newView makes a View of ndim dimensions; of one, a column of two will do.
func newView(m *ndbuf.MemoryView, ndim int) (*View, error) {
	if err := isReal(m); err != nil {
		return nil, err
	}
	v := &viewState{view: m, cols: 1}
	shape := m.Shape()
	switch {
	case len(shape) == 1 && ndim == 1:
		v.rows, v.oneAxis = shape[0], true
	case len(shape) == 2 && (ndim == 2 || shape[1] == 1):
		v.rows, v.cols = shape[0], shape[1]
	default:
		return nil, wrongDims(shape, ndim)
	}
	var err error
	if v.floats, err = ndbuf.As[float64](m); err == nil {
		v.fast = true
		return &View{v}, nil
	}
	b, err := m.GetBuffer(ndbuf.BufFullRO)
	if err != nil {
		return nil, err
	}
	v.export = &export{view: m, buf: b}
	runtime.AddCleanup(v, (*export).giveBack, v.export)
	return &View{v}, nil
}

// Dims returns the numbers of rows and columns.
func (v *View) Dims() (r, c int) { return v.v.rows, v.v.cols }

// At returns an item as a float64.
//
// Panics: with mat.ErrRowAccess or mat.ErrColAccess for an index out of range, as gonum's own matrices do; with an error
// that answers ndbuf.ErrReleased after Release.
func (v *View) At(i, j int) float64 {
	s := v.v
	switch {
	case uint(i) >= uint(s.rows):
		panic(mat.ErrRowAccess)
	case uint(j) >= uint(s.cols):
		panic(mat.ErrColAccess)
	case !s.fast:
		return s.slow(i, j)
	case s.oneAxis:
		return s.floats.At1(i)
	}
	return s.floats.At2(i, j)
}

// slow reads an item through its format.
func (s *viewState) slow(i, j int) float64 {
	if s.over.Load() {
		panic(ndbuf.ErrReleased)
	}
	index := []int{i, j}
	if s.oneAxis {
		index = index[:1]
	}
	item, err := s.view.Get(index...)
	if err != nil {
		panic(err)
	}
	switch x := reflect.ValueOf(item); {
	case x.CanFloat():
		return x.Float()
	case x.CanInt():
		return float64(x.Int())
	case x.CanUint():
		return float64(x.Uint())
	case x.Kind() == reflect.Bool:
		if x.Bool() {
			return 1
		}
		return 0
	}
	if long, ok := item.(interface{ Float64() float64 }); ok {
		return long.Float64()
	}
	panic(fail(ndbuf.ErrType, "a %T is no real number", item))
}

// T returns the transpose.
func (v *View) T() mat.Matrix { return mat.Transpose{Matrix: v} }

// T returns the transpose.
func (v *VectorView) T() mat.Matrix { return mat.TransposeVec{Vector: v} }

// Len returns the number of items.
func (v *VectorView) Len() int { return v.v.rows }

// AtVec returns an item as a float64.
//
// Panics: with mat.ErrVectorAccess for an index out of range; with an error that answers ndbuf.ErrReleased after Release.
func (v *VectorView) AtVec(i int) float64 {
	if uint(i) >= uint(v.v.rows) {
		panic(mat.ErrVectorAccess)
	}
	return v.At(i, 0)
}

// GetBuffer lends the memory of the view that is read.
//
// Errors: ErrReleased; ErrValue for a View that this package did not make; as the view's own GetBuffer.
func (v *View) GetBuffer(flags ndbuf.Flags) (*ndbuf.Buffer, error) {
	if v == nil || v.v == nil {
		return nil, errNil(v)
	}
	if v.v.over.Load() {
		return nil, ndbuf.ErrReleased
	}
	return v.v.view.GetBuffer(flags)
}

// ReleaseBuffer takes back what GetBuffer lent.
func (v *View) ReleaseBuffer(b *ndbuf.Buffer) { v.v.view.ReleaseBuffer(b) }

func (v *View) release() error {
	if v == nil || v.v == nil {
		return errNil(v)
	}
	s := v.v
	if !s.over.CompareAndSwap(false, true) {
		return nil
	}
	if s.fast {
		return s.floats.Release()
	}
	s.export.giveBack()
	return nil
}

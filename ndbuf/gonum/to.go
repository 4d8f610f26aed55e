package gonum

import (
	"errors"
	"slices"
	"weak"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
)

const size = 8 // bytes of a float64

// Matrix makes a matrix of a 2-D view of real numbers.
//
// It is a *mat.Dense if the items are writable float64 in this machine's byte order, adjacent in their rows and at
// addresses that BLAS can work with; the transpose of one, a mat.Transpose, if they are so in their columns; and
// otherwise, and always for read-only memory, a *View.
//
// Shape: the view's. Shares the memory; holds an export until [Release].
// Errors: ErrValue if the view is not 2-D; ErrType if its items are no real numbers; ErrReleased.
func Matrix(m *ndbuf.MemoryView) (mat.Matrix, error) {
	if d, err := dense(m, false); err == nil {
		return d, nil
	}
	if d, err := dense(m, true); err == nil {
		return d.T(), nil
	}
	return newView(m, 2)
}

// Dense makes a *mat.Dense of a 2-D view: what BLAS can address. What gonum writes to it is written to the view.
//
// Shape: the view's; of lengths 0 only [0, 0], for gonum has no other empty matrices. Shares the memory; holds an export
// until [Release].
// Errors: ErrType for items that are not float64 in this machine's byte order; ErrReadOnly, also ErrBuffer, for read-only
// memory; ErrValue if the view is not 2-D, the items of a row are not adjacent, or rows overlap or are not a whole number
// of items apart. [Matrix] takes all these. ErrReleased.
func Dense(m *ndbuf.MemoryView) (*mat.Dense, error) { return dense(m, false) }

// dense is Dense of m or of its transpose.
func dense(m *ndbuf.MemoryView, transpose bool) (*mat.Dense, error) {
	e, l, err := lend(m, 2)
	if err != nil {
		return nil, err
	}
	if transpose {
		slices.Reverse(l.Shape)
		slices.Reverse(l.Strides)
	}
	rows, cols := l.Shape[0], l.Shape[1]
	raw := blas64.General{Rows: rows, Cols: cols, Stride: cols}
	switch {
	case rows == 0 && cols == 0:
	case rows == 0 || cols == 0:
		err = fail(ndbuf.ErrValue, "gonum has no matrix of %d rows and %d columns", rows, cols)
	case cols > 1 && l.Strides[1] != size:
		err = fail(ndbuf.ErrValue, "items of a row are %d bytes apart, BLAS wants %d (hint: Matrix)", l.Strides[1], size)
	case rows > 1 && (l.Strides[0]%size != 0 || l.Strides[0] < cols*size):
		err = fail(ndbuf.ErrValue, "rows of %d items are %d bytes apart, BLAS wants a multiple of %d and at least %d "+
			"(hint: Matrix)", cols, l.Strides[0], size, cols*size)
	default:
		if rows > 1 {
			raw.Stride = l.Strides[0] / size
		}
		raw.Data, err = e.floats((rows-1)*raw.Stride + cols)
	}
	if err != nil {
		e.giveBack()
		return nil, err
	}
	d := new(mat.Dense)
	d.SetRawMatrix(raw)
	keep(d, raw.Data, e)
	return d, nil
}

// Vector makes a vector of a 1-D view of real numbers, or of a 2-D one with a single column: a *mat.VecDense where
// [VecDense] can, and otherwise, and always for read-only memory, a *VectorView.
//
// Shape: the view's. Shares the memory; holds an export until [Release].
// Errors: ErrValue if the view is neither 1-D nor a column; ErrType if its items are no real numbers; ErrReleased.
func Vector(m *ndbuf.MemoryView) (mat.Vector, error) {
	if v, err := VecDense(m); err == nil {
		return v, nil
	}
	v, err := newView(m, 1)
	if err != nil {
		return nil, err
	}
	return &VectorView{*v}, nil
}

// VecDense makes a *mat.VecDense of a 1-D view, or of a 2-D one with a single column. What gonum writes to it is written
// to the view.
//
// Shape: the view's. Shares the memory; holds an export until [Release].
// Errors: ErrType and ErrReadOnly as Dense; ErrValue if the view is neither 1-D nor a column, is empty, or its items do
// not follow one another at a positive multiple of their size: [Vector] takes these. ErrReleased.
func VecDense(m *ndbuf.MemoryView) (*mat.VecDense, error) {
	e, l, err := lend(m, 1)
	if err != nil {
		return nil, err
	}
	n, step := l.Shape[0], size
	if n > 1 {
		step = l.Strides[0]
	}
	raw := blas64.Vector{N: n, Inc: step / size}
	switch {
	case n == 0:
		err = fail(ndbuf.ErrValue, "gonum has no vector of 0 items")
	case step <= 0 || step%size != 0:
		err = fail(ndbuf.ErrValue, "items are %d bytes apart, gonum wants a positive multiple of %d (hint: Vector)", step, size)
	default:
		raw.Data, err = e.floats((n-1)*raw.Inc + 1)
	}
	if err != nil {
		e.giveBack()
		return nil, err
	}
	v := new(mat.VecDense)
	v.SetRawVector(raw)
	keep(v, raw.Data, e)
	return v, nil
}

func wrongDims(shape []int, ndim int) error {
	return fail(ndbuf.ErrValue, "a view of shape %v, want %d dimensions", shape, ndim)
}

// Release gives back the export that a matrix or vector made by this package holds; it may be given transposed. The matrix,
// and what gonum made of it without a copy, must not be used any more. Views of it hold exports of their own: they stay as
// they are. Releasing twice is not an error.
//
// Errors: ErrType for a matrix that this package did not make; ErrValue for a nil pointer.
func Release(x mat.Matrix) error {
	switch x := x.(type) {
	case mat.Transpose:
		return Release(x.Matrix)
	case mat.TransposeVec:
		return Release(x.Vector)
	case *View:
		return x.release()
	case *VectorView:
		if x == nil {
			return errNil(x)
		}
		return x.release()
	case *mat.Dense:
		if x == nil {
			return errNil(x)
		}
		if !drop(weak.Make(x)) && x.RawMatrix().Data != nil {
			return errForeign
		}
		x.SetRawMatrix(blas64.General{})
		return nil
	case *mat.VecDense:
		if x == nil {
			return errNil(x)
		}
		if !drop(weak.Make(x)) && x.RawVector().Data != nil {
			return errForeign
		}
		x.SetRawVector(blas64.Vector{})
		return nil
	}
	return errForeign
}

var errForeign = fail(ndbuf.ErrType, "Release of a matrix that does not come from a view")

// isReal refuses views whose items are no real numbers.
func isReal(m *ndbuf.MemoryView) error {
	typ, err := m.Type()
	if err != nil {
		if errors.Is(err, ndbuf.ErrReleased) {
			return err
		}
		return fail(ndbuf.ErrType, "items of format %q are no real numbers: %v", m.Format(), err)
	}
	switch typ.Kind() {
	case format.Int, format.Uint, format.Float, format.Bool:
		return nil
	}
	return fail(ndbuf.ErrType, "items of format %q are no real numbers", m.Format())
}

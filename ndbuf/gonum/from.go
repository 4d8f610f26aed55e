package gonum

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

func init() { ndbuf.Register(describe) }

// describe is the adapter for gonum's types.
func describe(obj any) (*ndbuf.Buffer, error) {
	v := reflect.ValueOf(obj)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		v = v.Elem()
	}
	switch o := obj.(type) {
	case blas64.General:
		return general(o.Data, "d", o.Rows, o.Cols, o.Stride), nil
	case cblas128.General:
		return general(o.Data, "Zd", o.Rows, o.Cols, o.Stride), nil
	case blas64.Vector:
		return vector(o.Data, "d", o.N, o.Inc)
	case cblas128.Vector:
		return vector(o.Data, "Zd", o.N, o.Inc)
	case mat.Transpose:
		return transposed(describe(o.Matrix))
	case mat.TransposeVec:
		return transposed(describe(o.Vector))
	case mat.RawVectorer:
		return describe(o.RawVector())
	case mat.RawMatrixer:
		return describe(o.RawMatrix())
	case mat.RawCMatrixer:
		return describe(o.RawCMatrix())
	case mat.Matrix:
		if v.Type().PkgPath() == reflect.TypeFor[mat.Dense]().PkgPath() {
			return nil, fail(ndbuf.ErrType, "%T does not store a whole matrix in rows (hint: mat.DenseCopyOf)", obj)
		}
	}
	return nil, nil
}

// bytesOf is the memory of a slice.
func bytesOf[T any](data []T) []byte {
	if len(data) == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(data[0])))
}

// general describes rows that are stride items apart.
func general[T any](data []T, format string, rows, cols, stride int) *ndbuf.Buffer {
	var zero T
	size := int(unsafe.Sizeof(zero))
	return &ndbuf.Buffer{Mem: bytesOf(data), Format: format, Layout: strides.Layout{
		Shape: []int{rows, cols}, Strides: []int{stride * size, size}, ItemSize: size,
	}}
}

// vector describes n items that are inc apart. As in BLAS, a negative increment counts from the end of the data.
func vector[T any](data []T, format string, n, inc int) (*ndbuf.Buffer, error) {
	if inc == 0 {
		return nil, fail(ndbuf.ErrValue, "vector with increment 0")
	}
	var zero T
	size := int(unsafe.Sizeof(zero))
	b := &ndbuf.Buffer{Mem: bytesOf(data), Format: format, Layout: strides.Layout{
		Shape: []int{n}, Strides: []int{inc * size}, ItemSize: size,
	}}
	if inc < 0 && n > 0 {
		b.Layout.Offset = (1 - n) * inc * size
	}
	return b, nil
}

// transposed exchanges rows and columns. A vector is a column.
func transposed(b *ndbuf.Buffer, err error) (*ndbuf.Buffer, error) {
	if b == nil || err != nil {
		return b, err
	}
	l := &b.Layout
	if len(l.Shape) == 1 {
		l.Shape, l.Strides = append(l.Shape, 1), append(l.Strides, l.ItemSize)
	}
	slices.Reverse(l.Shape)
	slices.Reverse(l.Strides)
	return b, nil
}

// A failure is an error that answers to its class.
type failure struct {
	class error
	msg   string
}

func (f *failure) Error() string { return "ndbuf/gonum: " + f.msg }
func (f *failure) Unwrap() error { return f.class }

func fail(class error, format string, args ...any) error {
	return &failure{class, fmt.Sprintf(format, args...)}
}

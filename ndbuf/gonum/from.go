package gonum

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"unsafe"
	"weak"

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
		return ofFloats(nil, o.Data)(general(o.Rows, o.Cols, o.Stride, size))
	case cblas128.General:
		return described(o.Data, "Zd")(general(o.Rows, o.Cols, o.Stride, 2*size))
	case blas64.Vector:
		return ofFloats(nil, o.Data)(vector(o.N, o.Inc, size))
	case cblas128.Vector:
		return described(o.Data, "Zd")(vector(o.N, o.Inc, 2*size))
	case mat.Transpose:
		if isHollow(reflect.ValueOf(o.Matrix), "T") {
			return nil, errNil(obj)
		}
		return transposed(describe(o.Matrix))
	case mat.TransposeVec:
		if isHollow(reflect.ValueOf(o.Vector), "T") {
			return nil, errNil(obj)
		}
		return transposed(describe(o.Vector))
	case *mat.Dense:
		raw := o.RawMatrix()
		return ofFloats(weak.Make(o), raw.Data)(general(raw.Rows, raw.Cols, raw.Stride, size))
	case *mat.VecDense:
		raw := o.RawVector()
		return ofFloats(weak.Make(o), raw.Data)(vector(raw.N, raw.Inc, size))
	case mat.RawVectorer:
		if isHollow(v, "RawVector") {
			return nil, errNil(obj)
		}
		return describe(o.RawVector())
	case mat.RawMatrixer:
		if isHollow(v, "RawMatrix") {
			return nil, errNil(obj)
		}
		return describe(o.RawMatrix())
	case mat.RawCMatrixer:
		if isHollow(v, "RawCMatrix") {
			return nil, errNil(obj)
		}
		return describe(o.RawCMatrix())
	case mat.Matrix:
		if v.Type().PkgPath() == reflect.TypeFor[mat.Dense]().PkgPath() {
			return nil, fail(ndbuf.ErrType, "%T does not store a whole matrix in rows (hint: mat.DenseCopyOf)", obj)
		}
	}
	return nil, nil
}

func errNil(obj any) error {
	return fail(ndbuf.ErrValue, "a %T that is nil, or has a nil matrix in it", obj)
}

// isHollow reports whether v is nil or has the method from an embedded field that is.
func isHollow(v reflect.Value, method string) bool {
	seen := make(map[reflect.Type]bool) // a type may embed a pointer to itself
	var look func(v reflect.Value) bool
	look = func(v reflect.Value) bool {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if !v.IsValid() {
			return true
		}
		if v.Kind() != reflect.Struct || seen[v.Type()] {
			return false
		}
		seen[v.Type()] = true
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.Anonymous {
				continue
			}
			_, has := f.Type.MethodByName(method)
			if !has && f.Type.Kind() != reflect.Interface {
				_, has = reflect.PointerTo(f.Type).MethodByName(method)
			}
			if has && look(v.Field(i)) {
				return true
			}
		}
		return false
	}
	return look(v)
}

// bytesOf is the memory of a slice.
func bytesOf[T any](data []T) []byte {
	if len(data) == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(data[0])))
}

// A describer makes the description of a layout, or passes its error on.
type describer = func(l strides.Layout, err error) (*ndbuf.Buffer, error)

// described describes memory that the garbage collector keeps.
func described[T any](data []T, format string) describer {
	return func(l strides.Layout, err error) (*ndbuf.Buffer, error) {
		if err != nil {
			return nil, err
		}
		return &ndbuf.Buffer{Mem: bytesOf(data), Format: format, Layout: l}, nil
	}
}

// ofFloats describes memory of float64, which may be that of a view: a matrix made by this package, of the weak pointer key
// if there is one, or part of it. Then the view lends it once more.
func ofFloats(key any, data []float64) describer {
	return func(l strides.Layout, err error) (*ndbuf.Buffer, error) {
		if err != nil {
			return nil, err
		}
		e := exportOf(key, data)
		if e == nil {
			return described(data, "d")(l, nil)
		}
		return e.again(data, l)
	}
}

// general is the layout of rows that are stride items apart.
func general(rows, cols, stride, itemSize int) (strides.Layout, error) {
	if stride > math.MaxInt/itemSize || stride < math.MinInt/itemSize {
		return strides.Layout{}, fail(ndbuf.ErrValue, "stride of %d items of %d bytes overflows", stride, itemSize)
	}
	return strides.Layout{Shape: []int{rows, cols}, Strides: []int{stride * itemSize, itemSize}, ItemSize: itemSize}, nil
}

// vector is the layout of n items that are inc apart. As in BLAS, a negative increment counts from the end of the data.
func vector(n, inc, itemSize int) (strides.Layout, error) {
	switch {
	case inc == 0:
		return strides.Layout{}, fail(ndbuf.ErrValue, "vector with increment 0")
	case inc > math.MaxInt/itemSize || inc < -(math.MaxInt/itemSize):
		return strides.Layout{}, fail(ndbuf.ErrValue, "increment of %d items of %d bytes overflows", inc, itemSize)
	}
	step := inc * itemSize
	l := strides.Layout{Shape: []int{n}, Strides: []int{step}, ItemSize: itemSize}
	if inc < 0 && n > 1 {
		if n-1 > math.MaxInt/-step {
			return l, fail(ndbuf.ErrValue, "%d items with an increment of %d, of %d bytes, overflow", n, inc, itemSize)
		}
		l.Offset = (1 - n) * step
	}
	return l, nil
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

package gonum_test

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/gonum"
	"github.com/strided-go/strided/strides"
)

// counted returns a view of 0, 1, ... as float64.
func counted(shape ...int) *ndbuf.MemoryView {
	n := 1
	for _, k := range shape {
		n *= k
	}
	data := make([]float64, n)
	for i := range data {
		data[i] = float64(i)
	}
	return ndbuf.Must(ndbuf.Of(data, shape...))
}

func TestFromGonum(t *testing.T) {
	d := mat.NewDense(2, 3, []float64{0, 1, 2, 3, 4, 5})
	v := mat.NewVecDense(3, []float64{0, 1, 2})
	data := []float64{0, 1, 2, 3, 4, 5}
	for _, c := range []struct {
		name         string
		obj          any
		shape, steps []int
		want         string
	}{
		{"Dense", d, []int{2, 3}, []int{24, 8}, "[[0 1 2] [3 4 5]]"},
		{"Dense/slice", d.Slice(0, 2, 1, 3), []int{2, 2}, []int{24, 8}, "[[1 2] [4 5]]"},
		{"Dense/T", d.T(), []int{3, 2}, []int{8, 24}, "[[0 3] [1 4] [2 5]]"},
		{"Dense/empty", new(mat.Dense), []int{0, 0}, []int{0, 8}, "[]"},
		{"VecDense", v, []int{3}, []int{8}, "[0 1 2]"},
		{"VecDense/column", d.ColView(1), []int{2}, []int{24}, "[1 4]"},
		{"VecDense/T", v.T(), []int{1, 3}, []int{8, 8}, "[[0 1 2]]"},
		{"General", blas64.General{Rows: 2, Cols: 2, Stride: 3, Data: data}, []int{2, 2}, []int{24, 8}, "[[0 1] [3 4]]"},
		{"Vector", blas64.Vector{N: 3, Inc: 2, Data: data}, []int{3}, []int{16}, "[0 2 4]"},
		{"Vector/negative", blas64.Vector{N: 3, Inc: -2, Data: data}, []int{3}, []int{-16}, "[4 2 0]"},
		{"Vector/empty", blas64.Vector{Inc: -1}, []int{0}, []int{-8}, "[]"},
		{"complex", cblas128.General{Rows: 1, Cols: 2, Stride: 2, Data: []complex128{1, 2i}}, []int{1, 2}, []int{32, 16}, "[[(1+0i) (0+2i)]]"},
		{"CDense", mat.NewCDense(1, 2, []complex128{1, 2i}), []int{1, 2}, []int{32, 16}, "[[(1+0i) (0+2i)]]"},
		{"complex vector", cblas128.Vector{N: 2, Inc: -1, Data: []complex128{1, 2i}}, []int{2}, []int{-16}, "[(0+2i) (1+0i)]"},
	} {
		m, err := ndbuf.FromObject(c.obj)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := fmt.Sprint(ndbuf.Must(m.ToList()))
		if !slices.Equal(m.Shape(), c.shape) || !slices.Equal(m.Strides(), c.steps) || m.ReadOnly() || got != c.want {
			t.Errorf("%s: shape %v, strides %v, %s", c.name, m.Shape(), m.Strides(), got)
		}
	}
	m := ndbuf.Must(ndbuf.FromObject(d))
	if err := m.Set(70.0, 1, 2); err != nil || d.At(1, 2) != 70 || m.Base() != any(d) {
		t.Errorf("a store does not reach the matrix: %v", d.At(1, 2))
	}
}

const intBits = strconv.IntSize

// loop embeds itself, and a matrix.
type loop struct {
	*loop
	*mat.Dense
}

type hollow struct{ *mat.VecDense }

func TestFromGonumEmbedded(t *testing.T) {
	d := mat.NewDense(1, 2, []float64{3, 4})
	l := &loop{Dense: d}
	l.loop = l
	for _, obj := range []any{struct{ *mat.Dense }{d}, &struct{ mat.RawMatrixer }{d}, l} {
		m, err := ndbuf.FromObject(obj)
		if err != nil || fmt.Sprint(ndbuf.Must(m.ToList())) != "[[3 4]]" {
			t.Errorf("%T: %v, %v", obj, m, err)
		}
	}
}

func TestFromGonumErrors(t *testing.T) {
	for _, c := range []struct {
		obj   any
		class error
		text  string
	}{
		{mat.NewSymDense(2, nil), ndbuf.ErrType, "*mat.SymDense"},
		{mat.NewTriDense(2, mat.Upper, nil), ndbuf.ErrType, "*mat.TriDense"},
		{(*mat.Dense)(nil), ndbuf.ErrValue, "nil"},
		{blas64.Vector{N: 1, Data: []float64{1}}, ndbuf.ErrValue, "increment 0"},
		{blas64.Vector{N: 3, Inc: 2, Data: make([]float64, 4)}, ndbuf.ErrValue, "Layout"},
		{blas64.Vector{N: -3, Inc: -2, Data: make([]float64, 4)}, ndbuf.ErrValue, "Layout"},
		{blas64.General{Rows: 2, Cols: 2, Stride: 3, Data: make([]float64, 4)}, ndbuf.ErrValue, "Layout"},
		{&mat.LU{}, ndbuf.ErrType, "mat.LU"},
		{blas64.Vector{N: 2, Inc: 1 << (intBits - 3), Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.Vector{N: 2, Inc: -1 << (intBits - 3), Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.Vector{N: 2, Inc: math.MinInt, Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.Vector{N: 1<<(intBits/2) + 1, Inc: -1 << (intBits/2 - 3), Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.Vector{N: math.MaxInt, Inc: -1, Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.Vector{N: math.MaxInt, Inc: 1, Data: make([]float64, 4)}, ndbuf.ErrValue, "Layout"},
		{cblas128.Vector{N: 2, Inc: 1 << (intBits - 4), Data: make([]complex128, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.General{Rows: 2, Cols: 2, Stride: 1 << (intBits - 3), Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{blas64.General{Rows: 2, Cols: 2, Stride: math.MinInt, Data: make([]float64, 4)}, ndbuf.ErrValue, "overflow"},
		{cblas128.General{Rows: 2, Cols: 2, Stride: 1 << (intBits - 4), Data: make([]complex128, 4)}, ndbuf.ErrValue, "overflow"},
		{struct{ *mat.Dense }{}, ndbuf.ErrValue, "nil matrix"},
		{&struct{ *mat.Dense }{}, ndbuf.ErrValue, "nil matrix"},
		{struct{ hollow }{}, ndbuf.ErrValue, "nil matrix"},
		{struct{ *hollow }{}, ndbuf.ErrValue, "nil matrix"},
		{struct{ *mat.CDense }{}, ndbuf.ErrValue, "nil matrix"},
		{struct{ mat.RawMatrixer }{}, ndbuf.ErrValue, "nil matrix"},
		{struct{ mat.RawMatrixer }{(*mat.Dense)(nil)}, ndbuf.ErrValue, "nil matrix"},
		{mat.Transpose{}, ndbuf.ErrValue, "nil matrix"},
		{mat.Transpose{Matrix: (*mat.Dense)(nil)}, ndbuf.ErrValue, "nil matrix"},
		{mat.TransposeVec{}, ndbuf.ErrValue, "nil matrix"},
		{(*gonum.View)(nil), ndbuf.ErrValue, "nil"},
		{&gonum.View{}, ndbuf.ErrValue, "nil"},
		{&gonum.VectorView{}, ndbuf.ErrValue, "nil"},
	} {
		m, err := ndbuf.FromObject(c.obj)
		if m != nil || !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%T: %v, %v", c.obj, m, err)
		}
	}
}

func TestRoundTripShares(t *testing.T) {
	d := mat.NewDense(3, 4, nil)
	m := ndbuf.Must(ndbuf.FromObject(d))
	back := ndbuf.Must(gonum.Dense(m))
	back.Set(2, 3, 7)
	if d.At(2, 3) != 7 || &d.RawMatrix().Data[0] != &back.RawMatrix().Data[0] {
		t.Error("mat.Dense -> view -> mat.Dense does not share memory")
	}
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("Release beneath a matrix: %v", err)
	}
	if err := errors.Join(gonum.Release(back), gonum.Release(back), m.Release()); err != nil {
		t.Error(err)
	}
	if r, c := back.Dims(); r != 0 || c != 0 {
		t.Error("a released matrix has items")
	}
	if err := gonum.Release(d); !errors.Is(err, ndbuf.ErrType) {
		t.Errorf("Release of a matrix of its own: %v", err)
	}
	v := mat.NewVecDense(3, nil)
	w := ndbuf.Must(gonum.VecDense(ndbuf.Must(ndbuf.FromObject(v))))
	w.SetVec(1, 5)
	if v.AtVec(1) != 5 || gonum.Release(w) != nil {
		t.Error("mat.VecDense -> view -> mat.VecDense does not share memory")
	}
}

// Views of a matrix made here lend from the view beneath it, and what gonum did to the matrix since counts.
func TestViewsOfMatrices(t *testing.T) {
	m := counted(2, 3)
	d := ndbuf.Must(gonum.Dense(m))
	v := ndbuf.Must(ndbuf.FromObject(d))
	w := ndbuf.Must(ndbuf.FromObject(d.T()))
	if err := v.Set(70.0, 1, 2); err != nil || ndbuf.Must(m.Get(1, 2)) != 70.0 || ndbuf.Must(w.Get(2, 1)) != 70.0 || v.Base() != any(d) {
		t.Errorf("a store does not reach the view beneath: %v", err)
	}
	if err := errors.Join(gonum.Release(d), w.Release()); err != nil {
		t.Error(err)
	}
	if err := m.Release(); !errors.Is(err, ndbuf.ErrBuffer) {
		t.Errorf("Release beneath a view of a matrix: %v", err)
	}
	if err := errors.Join(v.Release(), m.Release()); err != nil {
		t.Error(err)
	}
	if e := ndbuf.Must(ndbuf.FromObject(d)); e.Len() != 0 {
		t.Errorf("a released matrix has shape %v", e.Shape())
	}

	m = counted(2, 3)
	d = ndbuf.Must(gonum.Dense(m))
	d.Reset()
	d.ReuseAs(3, 1) // the same memory
	d.Set(2, 0, 9)
	v = ndbuf.Must(ndbuf.FromObject(d))
	if got := fmt.Sprint(ndbuf.Must(v.ToList())); got != "[[0] [0] [9]]" || ndbuf.Must(m.Get(0, 2)) != 9.0 {
		t.Errorf("a matrix used again: %s", got)
	}
	d.SetRawMatrix(blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{5}}) // other memory
	if got := fmt.Sprint(ndbuf.Must(ndbuf.Must(ndbuf.FromObject(d)).ToList())); got != "[[5]]" {
		t.Errorf("a matrix with other memory: %s", got)
	}
	if err := errors.Join(gonum.Release(d), v.Release(), m.Release()); err != nil {
		t.Error(err)
	}

	// Floats between Go bools.
	type sample struct {
		X, Y float64
		Good bool
		_    [7]uint8
	}
	fields := ndbuf.Must(ndbuf.Of(make([]sample, 3)))
	y := ndbuf.Must(gonum.VecDense(ndbuf.Must(fields.Field("Y"))))
	v = ndbuf.Must(ndbuf.FromObject(y))
	if err := v.Set(2.0, 1); err != nil || y.AtVec(1) != 2 {
		t.Errorf("floats between bools: %v", err)
	}
	part := ndbuf.Must(ndbuf.FromObject(y.T()))
	if err := part.Set(2.0, 0, 1); !errors.Is(err, ndbuf.ErrReadOnly) {
		t.Errorf("another layout of memory with bools: %v", err)
	}
}

func TestDroppedMatrixGivesBack(t *testing.T) {
	m := counted(2, 3)
	if ndbuf.Must(gonum.Dense(m)).At(1, 1) != 4 || ndbuf.Must(gonum.Matrix(ndbuf.Must(m.Transpose()))).At(1, 1) != 4 {
		t.Error("At")
	}
	for i := 0; m.Release() != nil; i++ {
		if i > 100 {
			t.Fatal("a dropped matrix holds its view")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func TestMatrixKinds(t *testing.T) {
	long := counted(8, 12)
	slice := func(m *ndbuf.MemoryView, s string) *ndbuf.MemoryView { return ndbuf.Must(m.Slice(s)) }
	of := func(format string, off int, steps ...int) *ndbuf.MemoryView {
		mem := ndbuf.Must(ndbuf.New("B", strides.C, 400)).Buffer().Mem
		for i := range mem {
			mem[i] = byte(i % 3)
		}
		return ndbuf.Must(ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: format,
			Layout: strides.Layout{Shape: []int{3, 3}, Strides: steps, Offset: off}}))
	}
	rows := ndbuf.Must(ndbuf.FromObject([][]float64{{1, 2}, {3, 4}}))
	for _, c := range []struct {
		name string
		m    *ndbuf.MemoryView
		want string
	}{
		{"C", long, "*mat.Dense"},
		{"C/part", slice(long, "1:5, 2:7"), "*mat.Dense"},
		{"C/every second row", slice(long, "::2"), "*mat.Dense"},
		{"F", ndbuf.Must(long.Transpose()), "mat.Transpose"},
		{"F/part", ndbuf.Must(slice(long, "1:5, 2:7").Transpose()), "mat.Transpose"},
		{"one row", slice(long, "3:4, 1:5"), "*mat.Dense"},
		{"one row, every second", slice(long, "3:4, ::2"), "mat.Transpose"},
		{"one column", slice(long, ":, 3:4"), "*mat.Dense"},
		{"backwards", slice(long, "::-1"), "*gonum.View"},
		{"every second column", slice(long, ":, ::2"), "*gonum.View"},
		{"broadcast", ndbuf.Must(counted(4).BroadcastTo(3, 4)), "*gonum.View"},
		{"read-only", ndbuf.Must(long.ToReadOnly()), "*gonum.View"},
		{"rows apart", rows, "*gonum.View"},
		{"row stride no multiple", of("d", 0, 28, 8), "*gonum.View"},
		{"overlapping rows", of("d", 0, 16, 8), "*gonum.View"},
		{"unaligned", of("d", 3, 24, 8), "*gonum.View"},
		{"big-endian or little", of(">d", 0, 24, 8), "*gonum.View"},
		{"float32", of("f", 0, 12, 4), "*gonum.View"},
		{"float16", of("e", 0, 6, 2), "*gonum.View"},
		{"int16", slice(of(">h", 1, 6, 2), "::-1, ::-1"), "*gonum.View"},
		{"uint64", of("Q", 0, 24, 8), "*gonum.View"},
		{"bool", of("?", 0, 3, 1), "*gonum.View"},
		{"empty", counted(0, 3), "*gonum.View"},
		{"nothing", counted(0, 0), "*mat.Dense"},
	} {
		x, err := gonum.Matrix(c.m)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := fmt.Sprintf("%T", x); got != c.want && !strings.HasPrefix(c.name, "big-endian") {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		shape := c.m.Shape()
		if r, k := x.Dims(); r != shape[0] || k != shape[1] {
			t.Errorf("%s: %d rows, %d columns", c.name, r, k)
		}
		for i := range shape[0] {
			for j := range shape[1] {
				if got, want := fmt.Sprint(x.At(i, j)), number(ndbuf.Must(c.m.Get(i, j))); got != want {
					t.Errorf("%s: item %d, %d is %s, want %s", c.name, i, j, got, want)
				}
				if x.T().At(j, i) != x.At(i, j) {
					t.Errorf("%s: T", c.name)
				}
			}
		}
		if err := gonum.Release(x); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := c.m.Release(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// number prints what a float64 of an item prints.
func number(item any) string {
	if b, ok := item.(bool); ok {
		if b {
			return "1"
		}
		return "0"
	}
	var f float64
	if _, err := fmt.Sscan(fmt.Sprintf("%v", item), &f); err != nil {
		return err.Error()
	}
	if x, ok := item.(float32); ok {
		f = float64(x)
	}
	return fmt.Sprint(f)
}

func TestVectors(t *testing.T) {
	m := counted(6)
	for _, c := range []struct {
		name, expr, kind, want string
	}{
		{"all", ":", "*mat.VecDense", "[0 1 2 3 4 5]"},
		{"every second", "::2", "*mat.VecDense", "[0 2 4]"},
		{"backwards", "::-1", "*gonum.VectorView", "[5 4 3 2 1 0]"},
		{"one", "3:4", "*mat.VecDense", "[3]"},
		{"none", "3:3", "*gonum.VectorView", "[]"},
		{"column", "1:3, None", "*mat.VecDense", "[1 2]"},
	} {
		v, err := gonum.Vector(ndbuf.Must(m.Slice(c.expr)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := []float64{}
		for i := range v.Len() {
			got = append(got, v.AtVec(i))
		}
		if kind := fmt.Sprintf("%T", v); kind != c.kind || fmt.Sprint(got) != c.want {
			t.Errorf("%s: %s %v, want %s %s", c.name, kind, got, c.kind, c.want)
		}
		if r, k := v.T().Dims(); r != 1 || k != v.Len() {
			t.Errorf("%s: transpose has %d rows, %d columns", c.name, r, k)
		}
		if err := gonum.Release(v.T()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// A View lends what it reads.
	v := ndbuf.Must(gonum.Vector(ndbuf.Must(m.Slice("::-2"))))
	w := ndbuf.Must(ndbuf.FromObject(v))
	if got := fmt.Sprint(ndbuf.Must(w.ToList())); got != "[5 3 1]" || w.Base() != any(v) {
		t.Error(got)
	}
}

func TestErrors(t *testing.T) {
	gone := counted(2, 2)
	gone.Release()
	complexes := ndbuf.Must(ndbuf.Of(make([]complex128, 4), 2, 2))
	for _, c := range []struct {
		name  string
		call  func() error
		class error
		text  string
	}{
		{"Dense/read-only", func() error { return errOf(gonum.Dense(ndbuf.Must(counted(2, 2).ToReadOnly()))) }, ndbuf.ErrReadOnly, ""},
		{"VecDense/read-only", func() error { return errOf(gonum.VecDense(ndbuf.Must(counted(2).ToReadOnly()))) }, ndbuf.ErrReadOnly, ""},
		{"Dense/1-D", func() error { return errOf(gonum.Dense(counted(4))) }, ndbuf.ErrValue, "[4]"},
		{"Matrix/3-D", func() error { return errOf(gonum.Matrix(counted(2, 2, 2))) }, ndbuf.ErrValue, "[2 2 2]"},
		{"Matrix/1-D", func() error { return errOf(gonum.Matrix(counted(2))) }, ndbuf.ErrValue, "[2]"},
		{"Vector/2-D", func() error { return errOf(gonum.Vector(counted(2, 2))) }, ndbuf.ErrValue, "[2 2]"},
		{"Vector/0-D", func() error { return errOf(gonum.Vector(counted([]int{}...))) }, ndbuf.ErrValue, "[]"},
		{"Dense/F", func() error { return errOf(gonum.Dense(ndbuf.Must(counted(2, 3).Transpose()))) }, ndbuf.ErrValue, "24 bytes apart"},
		{"Dense/backwards", func() error { return errOf(gonum.Dense(ndbuf.Must(counted(2, 3).Slice("::-1")))) }, ndbuf.ErrValue, "-24 bytes"},
		{"Dense/empty", func() error { return errOf(gonum.Dense(counted(0, 3))) }, ndbuf.ErrValue, "0 rows"},
		{"Dense/rows", func() error { return errOf(gonum.Dense(ndbuf.Must(ndbuf.FromObject([][]float64{{1}, {2}})))) }, ndbuf.ErrValue, "different memory"},
		{"Dense/float32", func() error { return errOf(gonum.Dense(ndbuf.Must(ndbuf.Of(make([]float32, 4), 2, 2)))) }, ndbuf.ErrType, "float64"},
		{"VecDense/backwards", func() error { return errOf(gonum.VecDense(ndbuf.Must(counted(2).Slice("::-1")))) }, ndbuf.ErrValue, "-8 bytes"},
		{"Matrix/complex", func() error { return errOf(gonum.Matrix(complexes)) }, ndbuf.ErrType, "Zd"},
		{"Dense/complex", func() error { return errOf(gonum.Dense(complexes)) }, ndbuf.ErrType, "Zd"},
		{"Matrix/released", func() error { return errOf(gonum.Matrix(gone)) }, ndbuf.ErrReleased, ""},
		{"Release/nil", func() error { return gonum.Release(nil) }, ndbuf.ErrType, "Release"},
		{"Release/nil Dense", func() error { return gonum.Release((*mat.Dense)(nil)) }, ndbuf.ErrValue, "nil"},
		{"Release/nil VecDense", func() error { return gonum.Release((*mat.VecDense)(nil).T()) }, ndbuf.ErrValue, "nil"},
		{"Release/nil View", func() error { return gonum.Release((*gonum.View)(nil)) }, ndbuf.ErrValue, "nil"},
		{"Release/zero View", func() error { return gonum.Release(&gonum.View{}) }, ndbuf.ErrValue, "nil"},
		{"Release/nil VectorView", func() error { return gonum.Release((*gonum.VectorView)(nil)) }, ndbuf.ErrValue, "nil"},
		{"Release/foreign", func() error { return gonum.Release(mat.NewSymDense(1, nil)) }, ndbuf.ErrType, "Release"},
	} {
		if err := c.call(); !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v with %q", c.name, err, c.class, c.text)
		}
	}
	if err := complexes.Release(); err != nil {
		t.Errorf("an error keeps an export: %v", err)
	}
	v := ndbuf.Must(gonum.Matrix(ndbuf.Must(counted(2, 2).ToReadOnly())))
	for want, f := range map[error]func(){
		mat.ErrRowAccess: func() { v.At(2, 0) },
		mat.ErrColAccess: func() { v.At(0, -1) },
		ndbuf.ErrReleased: func() {
			gonum.Release(v)
			v.At(0, 0)
		},
	} {
		func() {
			defer func() {
				if err, _ := recover().(error); !errors.Is(err, want) && err != want {
					t.Errorf("panics with %v, want %v", err, want)
				}
			}()
			if want != ndbuf.ErrReleased {
				v = ndbuf.Must(gonum.Matrix(ndbuf.Must(counted(2, 2).ToReadOnly())))
			}
			f()
		}()
	}
}

func errOf[T any](_ T, err error) error { return err }

// sample is a well-conditioned matrix and its inverse's test: A x = b with x known.
var sample = mat.NewDense(3, 3, []float64{4, 1, 2, -1, 5, 3, 2, -2, 6})

// solves checks that gonum computes with x as with the sample.
func solves(t *testing.T, name string, x mat.Matrix) {
	t.Helper()
	if !mat.Equal(x, sample) {
		t.Errorf("%s: not equal to the sample", name)
	}
	if got, want := fmt.Sprintf("%v", mat.Formatted(x)), fmt.Sprintf("%v", mat.Formatted(sample)); got != want {
		t.Errorf("%s: Formatted prints\n%s\nwant\n%s", name, got, want)
	}
	var got, want mat.Dense
	got.Mul(x, x.T())
	want.Mul(sample, sample.T())
	if !mat.EqualApprox(&got, &want, 1e-12) {
		t.Errorf("%s: Mul gives\n%v", name, mat.Formatted(&got))
	}
	right := mat.NewVecDense(3, []float64{1, 2, 3})
	var b, solution mat.VecDense
	b.MulVec(sample, right)
	var lu mat.LU
	lu.Factorize(x)
	if err := lu.SolveVecTo(&solution, false, &b); err != nil || !mat.EqualApprox(&solution, right, 1e-12) {
		t.Errorf("%s: LU solves to %v, %v", name, mat.Formatted(&solution), err)
	}
}

func TestGonumComputes(t *testing.T) {
	transposed := ndbuf.Must(ndbuf.New("d", strides.F, 3, 3))
	strided := ndbuf.Must(ndbuf.Must(ndbuf.New("d", strides.C, 6, 7)).Slice("::-2, 1::2"))
	swapped := ndbuf.Must(ndbuf.New(">d", strides.C, 3, 3))
	floats := ndbuf.Must(ndbuf.New("f", strides.C, 3, 3))
	rows := ndbuf.Must(ndbuf.FromObject([][]float64{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}))
	for name, m := range map[string]*ndbuf.MemoryView{
		"transposed": transposed, "strided": strided, "big-endian": swapped, "float32": floats, "rows": rows,
	} {
		for i := range 3 {
			for j := range 3 {
				if err := m.Set(sample.At(i, j), i, j); err != nil {
					t.Fatal(err)
				}
			}
		}
		solves(t, name, ndbuf.Must(gonum.Matrix(m)))
		solves(t, name+"/read-only", ndbuf.Must(gonum.Matrix(ndbuf.Must(m.ToReadOnly()))))
	}
	// gonum writes where the view is.
	out := ndbuf.Must(ndbuf.New("d", strides.C, 5, 5))
	d := ndbuf.Must(gonum.Dense(ndbuf.Must(out.Slice("1:4, 2:5"))))
	d.Mul(sample, sample)
	var want mat.Dense
	want.Mul(sample, sample)
	if got := ndbuf.Must(out.Get(2, 3)); got != want.At(1, 1) || ndbuf.Must(out.Get(0, 0)) != 0.0 {
		t.Errorf("Mul wrote %v", got)
	}
}

func TestNdbufDoesNotLinkGonum(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("SKIPPED: no go command")
	}
	out, err := exec.Command(goTool, "list", "-deps", "github.com/strided-go/strided/ndbuf").CombinedOutput()
	if err != nil {
		t.Skipf("SKIPPED: go list: %v: %s", err, out)
	}
	if !strings.Contains(string(out), "strided/ndbuf\n") || strings.Contains(string(out), "gonum") {
		t.Errorf("ndbuf depends on gonum:\n%s", out)
	}
}

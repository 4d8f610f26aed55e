package gonum_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/gonum"
)

func Example() {
	d := mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	m := ndbuf.Must(ndbuf.FromObject(d)) // no copy
	if err := m.Set(60.0, 1, 2); err != nil {
		fmt.Println(err)
	}
	fmt.Println(d.At(1, 2), ndbuf.Must(ndbuf.Must(m.Slice(":, ::-1")).ToList()))
	// Output: 60 [[3 2 1] [60 5 4]]
}

func ExampleMatrix() {
	m := ndbuf.Must(ndbuf.Of([]float64{1, 2, 3, 4, 5, 6}, 2, 3))
	for _, expr := range []string{":, :", "::-1, :", ":, ::2"} {
		x := ndbuf.Must(gonum.Matrix(ndbuf.Must(m.Slice(expr))))
		var square mat.Dense
		square.Mul(x, x.T())
		fmt.Printf("%T\n%v\n", x, mat.Formatted(&square))
		gonum.Release(x)
	}
	// Output:
	// *mat.Dense
	// ⎡14  32⎤
	// ⎣32  77⎦
	// *gonum.View
	// ⎡77  32⎤
	// ⎣32  14⎦
	// *gonum.View
	// ⎡10  22⎤
	// ⎣22  52⎦
}

func ExampleDense() {
	m := ndbuf.Must(ndbuf.Of(make([]float64, 12), 3, 4))
	d := ndbuf.Must(gonum.Dense(ndbuf.Must(m.Slice("1:, 1:3"))))
	defer gonum.Release(d)
	d.Add(d, mat.NewDense(2, 2, []float64{1, 2, 3, 4}))
	fmt.Println(ndbuf.Must(m.ToList()))
	// Output: [[0 0 0 0] [0 1 2 0] [0 3 4 0]]
}

func ExampleVector() {
	m := ndbuf.Must(ndbuf.Of([]int16{1, 2, 3}))
	v := ndbuf.Must(gonum.Vector(ndbuf.Must(m.Slice("::-1"))))
	defer gonum.Release(v)
	fmt.Println(mat.Dot(v, v), v.AtVec(0))
	// Output: 14 3
}

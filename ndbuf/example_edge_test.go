package ndbuf_test

import (
	"errors"
	"fmt"
	"image"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

func ExampleFromObject() {
	rows := [][]float32{{1, 2, 3}, {4, 5, 6}}
	for _, obj := range []any{
		[]int32{1, 2, 3},
		&[2][3]uint8{},
		"text",
		rows,
		image.NewRGBA(image.Rect(0, 0, 640, 480)),
		&struct{ X, Y float64 }{1, 2},
	} {
		m := ndbuf.Must(ndbuf.FromObject(obj))
		fmt.Println(m.Format(), m.Shape(), m.ReadOnly())
	}
	// Output:
	// i [3] false
	// B [2 3] false
	// B [4] true
	// f [2 3] false
	// B [480 640 4] false
	// T{d:X:d:Y:} [] false
}

func ExampleRegister() {
	type celsius struct{ degrees []float64 }
	ndbuf.Register(func(obj any) (*ndbuf.Buffer, error) {
		c, ok := obj.(*celsius)
		if !ok {
			return nil, nil
		}
		m, err := ndbuf.Of(c.degrees)
		if err != nil {
			return nil, err
		}
		return m.Buffer(), nil
	})
	m := ndbuf.Must(ndbuf.FromObject(&celsius{[]float64{20.5, 21}}))
	fmt.Println(m.Format(), ndbuf.Must(m.ToList()))
	// Output: d [20.5 21]
}

func ExampleOf() {
	data := []float64{1, 2, 3, 4, 5, 6}
	m := ndbuf.Must(ndbuf.Of(data, 2, -1))
	data[5] = 60
	fmt.Println(m.Format(), m.Shape(), m.Strides(), ndbuf.Must(m.ToList()))
	// Output: d [2 3] [24 8] [[1 2 3] [4 5 60]]
}

func ExampleAs() {
	type pixel struct{ R, G, B uint8 }
	m := ndbuf.Must(ndbuf.Of([]byte{255, 0, 0, 0, 0, 255}))
	p := ndbuf.Must(ndbuf.As[pixel](ndbuf.Must(m.Cast("T{B:r:B:g:B:b:}"))))
	defer p.Release()
	p.Set1(0, pixel{R: 128})
	fmt.Println(p.Len(), p.At1(0), p.At1(1))

	_, err := ndbuf.As[int8](m)
	fmt.Println(errors.Is(err, ndbuf.ErrType), err)
	// Output:
	// 2 {128 0 0} {0 0 255}
	// true ndbuf: items of format "B" are not laid out as int8, which is "b" (hint: As[uint8])
}

func ExampleNewOf() {
	a := ndbuf.Must(ndbuf.NewOf[int16](strides.F, 2, 3))
	defer a.Release()
	a.Set2(1, 2, 7)
	fmt.Println(a.Shape(), a.View().Strides(), a.At2(1, 2), a.At(0, 0))
	// Output: [2 3] [2 4] 7 0
}

func ExampleArray_All() {
	a := ndbuf.Must(ndbuf.As[int](ndbuf.Must(ndbuf.Must(ndbuf.Of([]int{1, 2, 3, 4}, 2, 2)).Transpose())))
	for index, v := range a.All() {
		fmt.Println(index, v)
	}
	// Output:
	// [0 0] 1
	// [0 1] 3
	// [1 0] 2
	// [1 1] 4
}

func ExampleArray_Values() {
	a := ndbuf.Must(ndbuf.As[int](ndbuf.Must(ndbuf.Must(ndbuf.Of([]int{1, 2, 3, 4})).Slice("::-1"))))
	sum := 0
	for v := range a.Values() {
		sum = 10*sum + v
	}
	fmt.Println(sum)
	// Output: 4321
}

func ExampleArray_Rows() {
	a := ndbuf.Must(ndbuf.As[int](ndbuf.Must(ndbuf.Must(ndbuf.Of([]int{1, 2, 3, 4, 5, 6}, 2, 3)).Slice(":, 1:"))))
	for index, row := range ndbuf.Must(a.Rows()) {
		fmt.Println(index, row)
	}
	// Output:
	// [0] [2 3]
	// [1] [5 6]
}

func ExampleArray_Lane() {
	a := ndbuf.Must(ndbuf.NewOf[float64](strides.F, 3, 2))
	column := ndbuf.Must(a.Lane(0, 1))
	copy(column, []float64{1, 2, 3})
	fmt.Println(column, a.At2(2, 1))
	_, err := a.Lane(1, 0)
	fmt.Println(err)
	// Output:
	// [1 2 3] 3
	// ndbuf: items along axis 1 are not adjacent: stride 24, item size 8
}

func ExampleArray_Data() {
	a := ndbuf.Must(ndbuf.NewOf[float64](strides.C, 2, 2))
	copy(ndbuf.Must(a.Data()), []float64{1, 2, 3, 4})
	fmt.Println(a.At2(1, 0))
	// Output: 3
}

func ExampleTake() {
	table := ndbuf.Must(ndbuf.Of([]uint16{1, 2, 3, 4, 5, 6}, 2, 3))
	indices := ndbuf.Must(ndbuf.Of([]int8{2, -3, 2}))
	dst := ndbuf.Must(ndbuf.New("H", strides.C, 2, 3))
	fmt.Println(ndbuf.Take(dst, table, indices, 1, ndbuf.ModeRaise), ndbuf.Must(dst.ToList()))

	err := ndbuf.Take(dst, table, ndbuf.Must(ndbuf.Of([]int8{0, 1, 3})), 1, ndbuf.ModeRaise)
	fmt.Println(err)
	// Output:
	// <nil> [[3 1 3] [6 4 6]]
	// ndbuf: index 3 at position [2] is out of range for axis 1 of length 3
}

func ExamplePut() {
	dst := ndbuf.Must(ndbuf.New("i", strides.C, 2, 3))
	indices := ndbuf.Must(ndbuf.Of([]int{5, 0, 5}))
	src := ndbuf.Must(ndbuf.Of([]int32{7, 8, 9}))
	fmt.Println(ndbuf.Put(dst, indices, src, ndbuf.Flat, ndbuf.ModeRaise), ndbuf.Must(dst.ToList()))
	// Output: <nil> [[8 0 0] [0 0 9]]
}

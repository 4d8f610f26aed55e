package strides_test

import (
	"errors"
	"fmt"

	"github.com/strided-go/strided/strides"
)

// describe prints the facts of a layout.
func describe(l strides.Layout, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("shape", l.Shape, "strides", l.Strides, "offset", l.Offset)
}

func ExampleContiguous() {
	describe(strides.Contiguous(strides.C, 4, 2, 3))
	describe(strides.Contiguous(strides.F, 4, 2, 3))
	// Output:
	// shape [2 3] strides [12 4] offset 0
	// shape [2 3] strides [4 8] offset 0
}

func ExampleContiguousStrides() {
	fmt.Println(strides.ContiguousStrides(strides.C, 8, 4, 0, 3))
	// Output: [0 24 8] <nil>
}

func ExampleParseIndex() {
	ix, err := strides.ParseIndex("1:10:2, ..., ::-1, None")
	fmt.Println(ix, err)
	_, err = strides.ParseIndex("1:10, x")
	fmt.Println(err)
	// Output:
	// [1:10:2 ... ::-1 None] <nil>
	// strides: ParseIndex: an integer, a slice, ... or None expected at offset 6 of "1:10, x"
}

func ExampleIndex_Indices() {
	start, stop, step, count, _ := strides.Range(strides.None, 2, -3).Indices(10)
	fmt.Println(start, stop, step, count)
	// Output: 9 2 -3 3
}

func ExampleExpand() {
	fmt.Println(strides.Expand(4, []strides.Index{strides.At(0), strides.Ellipsis, strides.At(1)}))
	// Output: [0 : : 1] <nil>
}

func ExampleLayout_Index() {
	l, _ := strides.Contiguous(strides.C, 1, 4, 5)
	describe(l.Index(strides.At(-1), strides.Range(strides.None, strides.None, -2)))
	describe(l.Index(strides.Ellipsis, strides.NewAxis, strides.Range(1, 3, 1)))
	// Output:
	// shape [3] strides [-2] offset 19
	// shape [4 1 2] strides [5 0 1] offset 1
}

func ExampleLayout_Transpose() {
	hwc, _ := strides.Contiguous(strides.C, 1, 480, 640, 3)
	describe(hwc.Transpose(2, 0, 1))
	// Output: shape [3 480 640] strides [1 1920 3] offset 0
}

func ExampleLayout_SwapAxes() {
	l, _ := strides.Contiguous(strides.C, 1, 2, 3, 4)
	describe(l.SwapAxes(0, -1))
	// Output: shape [4 3 2] strides [1 4 12] offset 0
}

func ExampleLayout_MoveAxis() {
	l, _ := strides.Contiguous(strides.C, 1, 2, 3, 4)
	describe(l.MoveAxis(0, -1))
	// Output: shape [3 4 2] strides [4 1 12] offset 0
}

func ExampleLayout_Reshape() {
	l, _ := strides.Contiguous(strides.C, 2, 6, 4)
	describe(l.Reshape(2, -1, 2))
	t, _ := l.Transpose()
	_, err := t.Reshape(24)
	fmt.Println(errors.Is(err, strides.ErrCopyNeeded), err)
	// Output:
	// shape [2 6 2] strides [24 4 2] offset 0
	// true strides: Reshape: shape (4, 6) with strides (2, 8) cannot become shape (24,) without a copy
}

func ExampleLayout_BroadcastTo() {
	l, _ := strides.Contiguous(strides.C, 8, 3, 1)
	describe(l.BroadcastTo(2, 3, 4))
	// Output: shape [2 3 4] strides [0 8 0] offset 0
}

func ExampleLayout_Flip() {
	l, _ := strides.Contiguous(strides.C, 1, 3, 4)
	describe(l.Flip(0))
	// Output: shape [3 4] strides [-4 1] offset 8
}

func ExampleLayout_Squeeze() {
	l, _ := strides.Contiguous(strides.C, 1, 1, 3, 1)
	describe(l.Squeeze())
	// Output: shape [3] strides [1] offset 0
}

func ExampleLayout_Diagonal() {
	l, _ := strides.Contiguous(strides.C, 1, 3, 4)
	describe(l.Diagonal(1, 0, 1))
	// Output: shape [3] strides [5] offset 1
}

func ExampleLayout_SlidingWindow() {
	l, _ := strides.Contiguous(strides.C, 4, 10)
	describe(l.SlidingWindow([]int{3}))
	// Output: shape [8 3] strides [4 4] offset 0
}

func ExampleLayout_Split() {
	l, _ := strides.Contiguous(strides.C, 1, 2, 6)
	parts, _ := l.Split(1, 2, 5)
	for _, p := range parts {
		describe(p, nil)
	}
	// Output:
	// shape [2 2] strides [6 1] offset 0
	// shape [2 3] strides [6 1] offset 2
	// shape [2 1] strides [6 1] offset 5
}

func ExampleLayout_IsContiguous() {
	l, _ := strides.Contiguous(strides.C, 1, 3, 4)
	t, _ := l.Transpose()
	fmt.Println(l.IsContiguous(strides.C), t.IsContiguous(strides.C), t.IsContiguous(strides.F))
	// Output: true false true
}

func ExampleLayout_Extent() {
	l := strides.Layout{Shape: []int{5}, Strides: []int{-3}, Offset: 20, ItemSize: 2}
	fmt.Println(l.Extent())
	fmt.Println(l.CheckBounds(21))
	// Output:
	// 8 22
	// strides: CheckBounds: shape (5,), strides (-3,), offset 20 and item size 2 touch bytes 8 to 22 of a memory of 21 bytes
}

func ExampleMayOverlap() {
	image, _ := strides.Contiguous(strides.C, 1, 480, 640, 3)
	red, _ := image.Index(strides.Ellipsis, strides.At(0))
	green, _ := image.Index(strides.Ellipsis, strides.At(1))
	fmt.Println(strides.MayOverlap(red, green), strides.MayOverlap(red, image))
	// Output: false true
}

func ExampleLayout_SelfOverlap() {
	l, _ := strides.Contiguous(strides.C, 4, 10)
	w, _ := l.SlidingWindow([]int{3})
	fmt.Println(l.SelfOverlap(-1), w.SelfOverlap(-1))
	// Output: no yes
}

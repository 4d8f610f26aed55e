package strides_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	. "github.com/strided-go/strided/strides"
)

// factorings returns every shape of up to maxDims axes with n items; those with
// lengths of 1 included.
func factorings(n, maxDims int) [][]int {
	var list [][]int
	if n == 1 {
		list = append(list, []int{})
	}
	if maxDims == 0 {
		return list
	}
	for d := 1; d <= n; d++ {
		if n%d == 0 {
			for _, rest := range factorings(n/d, maxDims-1) {
				list = append(list, append([]int{d}, rest...))
			}
		}
	}
	return list
}

// viewExists reports whether some strides give the items, which lie at pos, the
// shape: each stride is the way from the first item to the next one along its
// axis, so there is at most one candidate.
func viewExists(pos, shape []int) bool {
	step := 1
	strides := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] > 1 {
			strides[k] = pos[step] - pos[0]
		}
		step *= shape[k]
	}
	l := Layout{Shape: shape, Strides: strides, Offset: pos[0]}
	return slices.Equal(positions(l), pos)
}

func TestReshape(t *testing.T) {
	r := newRand(t)
	views, copies := 0, 0
	for range 4000 {
		l := randomLayout(r, 4, 4)
		n := l.Len()
		if n == 0 || n > 64 {
			continue
		}
		pos := positions(l)
		all := factorings(n, 4)
		for range 12 {
			shape := all[r.IntN(len(all))]
			asked := slices.Clone(shape)
			if len(asked) > 0 && r.IntN(3) == 0 {
				asked[r.IntN(len(asked))] = -1
			}
			got, err := l.Reshape(asked...)
			if exists := viewExists(pos, shape); exists != (err == nil) {
				t.Fatalf("Reshape%v of %s: %v, but a view exists: %v", shape, show(l), err, exists)
			}
			if err != nil {
				wantErr(t, "Reshape", err, ErrCopyNeeded, ErrValue)
				copies++
				continue
			}
			views++
			wantValid(t, fmt.Sprint("Reshape", shape), l, got)
			if !slices.Equal(got.Shape, shape) || !slices.Equal(positions(got), pos) {
				t.Fatalf("Reshape%v of %s = %s", asked, show(l), show(got))
			}
		}
	}
	if views < 5000 || copies < 5000 {
		t.Errorf("%d views, %d copies", views, copies)
	}
}

func TestReshapeTable(t *testing.T) {
	scalar := Layout{ItemSize: 4, Offset: 8}
	empty, _ := Contiguous(C, 4, 3, 0, 2)
	six, _ := Contiguous(C, 4, 2, 3)
	huge := Layout{Shape: []int{0, maxInt}, Strides: []int{1, 1}, ItemSize: 8}
	for _, c := range []struct {
		l     Layout
		shape []int
		want  string // "" with an error
		class []error
	}{
		{scalar, []int{}, "4x[]/strides=[]/sub=[]/off=8", nil},
		{scalar, []int{1, 1}, "4x[1 1]/strides=[4 4]/sub=[]/off=8", nil},
		{scalar, []int{-1}, "4x[1]/strides=[4]/sub=[]/off=8", nil},
		{scalar, []int{2}, "", []error{ErrValue}},
		{six, []int{6}, "4x[6]/strides=[4]/sub=[]/off=0", nil},
		{six, []int{3, -1}, "4x[3 2]/strides=[8 4]/sub=[]/off=0", nil},
		{six, []int{1, 6, 1}, "4x[1 6 1]/strides=[24 4 4]/sub=[]/off=0", nil},
		{six, []int{-1, -1}, "", []error{ErrValue}},
		{six, []int{-2, 3}, "", []error{ErrValue}},
		{six, []int{4, -1}, "", []error{ErrValue}},
		{six, []int{0, -1}, "", []error{ErrValue}},
		{six, []int{5}, "", []error{ErrValue}},
		{six, []int{}, "", []error{ErrValue}},
		{six, []int{maxInt, 2}, "", []error{ErrValue}},
		{six, []int{maxInt, maxInt, -1}, "", []error{ErrValue}},
		{six, make([]int, 65), "", []error{ErrValue}},
		{empty, []int{0}, "4x[0]/strides=[4]/sub=[]/off=0", nil},
		{empty, []int{-1}, "4x[0]/strides=[4]/sub=[]/off=0", nil},
		{empty, []int{5, -1}, "4x[5 0]/strides=[0 4]/sub=[]/off=0", nil},
		{empty, []int{0, -1}, "", []error{ErrValue}},
		{empty, []int{1}, "", []error{ErrValue}},
		{huge, []int{maxInt, 0, maxInt, maxInt}, fmt.Sprintf("8x[%d 0 %[1]d %[1]d]/strides=[0 0 0 8]/sub=[]/off=0", maxInt), nil},
	} {
		got, err := c.l.Reshape(c.shape...)
		name := fmt.Sprintf("Reshape%v of %s", c.shape, show(c.l))
		if c.want != "" {
			if err != nil || show(got) != c.want {
				t.Errorf("%s = %s, %v, want %s", name, show(got), err, c.want)
			}
			continue
		}
		wantErr(t, name, err, c.class...)
	}
	rows := Layout{Shape: []int{2, 3}, Strides: []int{8, 4}, SubOffsets: []int{0, -1}, ItemSize: 4}
	_, err := rows.Reshape(6)
	wantErr(t, "pointers", err, ErrNotImplemented)
	if !errors.Is(ErrCopyNeeded, ErrValue) {
		t.Error("ErrCopyNeeded is an ErrValue")
	}
}

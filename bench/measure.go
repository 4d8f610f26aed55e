package main

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// A workload is one row: a view, to be made contiguous in C order.
type workload struct {
	name   string
	format string
	shape  []int // of the source, in C order
	perm   []int // axis i of the view is axis perm[i] of the source
}

// cases are the rows. Rows are only added, so that reports stay comparable.
func cases() []workload {
	var w []workload
	for _, n := range []int{16, 256, 4096} {
		for _, f := range []struct {
			format string
			size   int
		}{{"B", 1}, {"H", 2}, {"f", 4}, {"d", 8}, {"Zd", 16}} {
			w = append(w, workload{fmt.Sprintf("%d² transpose, %d bytes", n, f.size), f.format, []int{n, n}, []int{1, 0}})
		}
	}
	return append(w,
		workload{"HWC→CHW 1080×1920×3, 1 byte", "B", []int{1080, 1920, 3}, []int{2, 0, 1}},
		workload{"HWC→CHW 1080×1920×4, 1 byte", "B", []int{1080, 1920, 4}, []int{2, 0, 1}},
		workload{"CHW→HWC 3×1080×1920, 1 byte", "B", []int{3, 1080, 1920}, []int{1, 2, 0}},
		workload{"5-D reversal 24×32×20×28×36, 4 bytes", "f", []int{24, 32, 20, 28, 36}, []int{4, 3, 2, 1, 0}},
		workload{"NCHW→NHWC 32×64×56×56, 4 bytes", "f", []int{32, 64, 56, 56}, []int{0, 2, 3, 1}},
	)
}

// An operation is one column of a row and its samples: nanoseconds a call, one for each round.
type operation struct {
	name    string
	call    func() error
	calls   int
	samples []float64
}

func (o *operation) median() float64 { return quantile(o.samples, 0.5) }
func (o *operation) spread() float64 {
	return (quantile(o.samples, 0.75) - quantile(o.samples, 0.25)) / o.median()
}

// quantile interpolates between the sorted samples.
func quantile(samples []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(samples))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 == len(s) {
		return s[i]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

// A result is a measured row; ops[0] is the plain copy.
type result struct {
	bytes int
	ops   []*operation
}

// measure makes the row's view, checks that every operation gives the right bytes, and times them in turns.
func (c *workload) measure(rounds int, slice time.Duration) (*result, error) {
	src, err := ndbuf.New(c.format, strides.C, c.shape...)
	if err != nil {
		return nil, err
	}
	n := src.NBytes()
	pattern := make([]byte, n)
	for i := range pattern {
		pattern[i] = byte(131*i + 17*(i>>8) + 29*(i>>16))
	}
	if err := src.CopyFrom(pattern, strides.C); err != nil {
		return nil, err
	}
	view, err := src.Transpose(c.perm...)
	if err != nil {
		return nil, err
	}
	dst, err := ndbuf.New(c.format, strides.C, view.Shape()...)
	if err != nil {
		return nil, err
	}
	to := make([]byte, n)
	last := []*ndbuf.MemoryView{nil}
	r := &result{bytes: n, ops: []*operation{
		{name: "copy", call: func() error { copy(to, pattern); return nil }},
		{name: "GetContiguous", call: func() error {
			m, err := ndbuf.GetContiguous(view, ndbuf.Read, strides.C)
			last[0] = m
			return err
		}},
		{name: "CopyTo", call: func() error { return view.CopyTo(to, strides.C) }},
		{name: "Copy", call: func() error { return ndbuf.Copy(dst, view) }},
	}}
	want := permuted(pattern, src.ItemSize(), c.shape, c.perm)
	for i, got := range []func() ([]byte, error){
		1: func() ([]byte, error) { return last[0].ToBytes(strides.C) },
		2: func() ([]byte, error) { return to, nil },
		3: func() ([]byte, error) { return dst.ToBytes(strides.C) },
	} {
		if got == nil {
			continue
		}
		if err := r.ops[i].call(); err != nil {
			return nil, err
		}
		b, err := got()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(b, want) {
			return nil, fmt.Errorf("%s gives wrong bytes", r.ops[i].name)
		}
	}
	for _, op := range r.ops {
		if err := op.calibrate(slice); err != nil {
			return nil, err
		}
	}
	for range rounds {
		for _, op := range r.ops {
			start := time.Now()
			for range op.calls {
				if err := op.call(); err != nil {
					return nil, err
				}
			}
			op.samples = append(op.samples, float64(time.Since(start).Nanoseconds())/float64(op.calls))
		}
	}
	return r, nil
}

// calibrate finds how many calls fill a slice of time.
func (o *operation) calibrate(slice time.Duration) error {
	for o.calls = 1; ; o.calls *= 2 {
		start := time.Now()
		for range o.calls {
			if err := o.call(); err != nil {
				return err
			}
		}
		if took := time.Since(start); took >= slice/2 || o.calls >= 1<<24 {
			return nil
		}
	}
}

// permuted is the plain loop that every operation's answer is compared with.
func permuted(src []byte, size int, shape, perm []int) []byte {
	step := make([]int, len(shape))
	at := size
	for k := len(shape) - 1; k >= 0; k-- {
		step[k] = at
		at *= shape[k]
	}
	dst := make([]byte, 0, len(src))
	index := make([]int, len(perm))
	for {
		off := 0
		for i, k := range perm {
			off += index[i] * step[k]
		}
		dst = append(dst, src[off:off+size]...)
		k := len(perm) - 1
		for ; k >= 0; k-- {
			if index[k]++; index[k] < shape[perm[k]] {
				break
			}
			index[k] = 0
		}
		if k < 0 {
			return dst
		}
	}
}

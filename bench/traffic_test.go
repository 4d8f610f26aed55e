package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/strided-go/strided/strides"
)

// Lines counted by hand.
func TestLines(t *testing.T) {
	for _, c := range []struct {
		name string
		l    strides.Layout
		want int
	}{
		{"nothing", strides.Layout{Shape: []int{0, 5}, Strides: []int{8, 8}, ItemSize: 8}, 0},
		{"a scalar across two lines", strides.Layout{Offset: 60, ItemSize: 8}, 2},
		{"4096 floats", strides.Layout{Shape: []int{4096}, Strides: []int{4}, ItemSize: 4}, 256},
		{"the same, backwards", strides.Layout{Shape: []int{4096}, Strides: []int{-4}, Offset: 4 * 4095, ItemSize: 4}, 256},
		{"the same, one byte on", strides.Layout{Shape: []int{4096}, Strides: []int{4}, Offset: 1, ItemSize: 4}, 257},
		{"one item repeated", strides.Layout{Shape: []int{9, 9}, Strides: []int{0, 0}, ItemSize: 4}, 1},
		{"an item in each page", strides.Layout{Shape: []int{64}, Strides: []int{4096}, ItemSize: 4}, 64},
		{"an item every 96 bytes", strides.Layout{Shape: []int{4}, Strides: []int{96}, ItemSize: 8}, 4},
		{"gaps of less than a line", strides.Layout{Shape: []int{4}, Strides: []int{64}, ItemSize: 1}, 4},
		{"rows of 12 bytes at 0, 100, 200: lines 0, 1, 3", strides.Layout{Shape: []int{3, 3}, Strides: []int{100, 4}, ItemSize: 4}, 3},
		{"rows of 32 bytes at 0, 96, 192: lines 0, 1, 3", strides.Layout{Shape: []int{3, 8}, Strides: []int{96, 4}, ItemSize: 4}, 3},
		{"windows that overlap", strides.Layout{Shape: []int{3, 3}, Strides: []int{128, 256}, ItemSize: 64}, 7},
	} {
		if got := lines(c.l); got != c.want {
			t.Errorf("%s: %d lines, want %d", c.name, got, c.want)
		}
	}
}

// The same as marking the lines of every byte.
func TestLinesBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		l := strides.Layout{ItemSize: 1 + rng.IntN(70), Offset: rng.IntN(100)}
		for range rng.IntN(4) {
			n, s := rng.IntN(6), rng.IntN(500)-250
			l.Shape, l.Strides = append(l.Shape, n), append(l.Strides, s)
			if s < 0 {
				l.Offset -= 5 * s
			}
		}
		seen := map[int]bool{}
		var visit func(at, k int)
		visit = func(at, k int) {
			if k < len(l.Shape) {
				for i := range l.Shape[k] {
					visit(at+i*l.Strides[k], k+1)
				}
				return
			}
			for b := range l.ItemSize {
				seen[(at+b)/cacheLine] = true
			}
		}
		visit(l.Offset, 0)
		if got := lines(l); got != len(seen) {
			t.Fatalf("%+v: %d lines, want %d", l, got, len(seen))
		}
	}
}

// Each line of a table counts once, however often it is picked.
func TestPickedLines(t *testing.T) {
	b := &builder{}
	for _, r := range []struct {
		call     string
		dst, src strides.Layout
		p        picks
	}{
		{"Take", b.c(8, 100), b.c(8, 1000), picks{0, 100, 1000}},
		{"Put", b.c(8, 1000), b.c(8, 100), picks{0, 100, 1000}},
		{"Take", b.c(4, 30, 5), b.c(4, 50, 5), picks{0, 30, 50}},
		{"Take", b.c(4, 7, 9), b.c(4, 7, 300), picks{1, 9, 300}},
	} {
		b.pick(r.call, r.call, r.dst, r.src, r.p, bar{}, 0)
		j := b.jobs[len(b.jobs)-1]
		table := j.src
		if r.call == "Put" {
			table = j.dst
		}
		seen := map[int]bool{}
		rest := without(table, r.p.axis)
		for _, at := range j.picks.indices() {
			for i := range rest.Len() {
				item := int(at)*table.Strides[r.p.axis] + table.Offset
				if rest.NDim() > 0 {
					item += i * rest.Strides[0]
				}
				seen[item/cacheLine] = true // items of 4 and 8 bytes do not cross lines
			}
		}
		if got := j.pickedLines(table); b.err != nil || got != len(seen) {
			t.Errorf("%s of %v along %d: %d lines, %v, want %d", r.call, table.Shape, r.p.axis, got, b.err, len(seen))
		}
	}
}

// The limits of the table, worked out by hand.
func TestLimit(t *testing.T) {
	all, err := cases()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]float64{
		"transposes: 1024² transpose, 4 bytes":                          1,
		"lanes and fields: a[:, ::2], 1 byte":                           2.0 / 3, // all of a in, half as much out
		"lanes and fields: a[:, ::2] = c, 8 bytes":                      2.0 / 3,
		"lanes and fields: a[::2, ::3], 8 bytes":                        0.5, // three read for one written
		"lanes and fields: one field of 12-byte records":                0.5,
		"broadcasts: a scalar to 4096², 8 bytes":                        1,
		"calls: GetContiguous, 4×4 transpose, 8 bytes":                  1,
		"alignment: Copy of 65536 KiB, dst + 3, src + 5":                float64(128<<20) / float64(128<<20+2*cacheLine),
		"variants: src strides of 1025 items, 1024² transpose, 8 bytes": 1,
	} {
		found := false
		for _, j := range all {
			if j.id() == id {
				found = true
				if got := j.limit(); math.Abs(got-want) > 0.002 {
					t.Errorf("%s: limit %v, want %v", id, got, want)
				}
			}
		}
		if !found {
			t.Errorf("no row %q", id)
		}
	}
}

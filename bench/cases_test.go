package main

import (
	"bytes"
	"regexp"
	"slices"
	"testing"

	"github.com/strided-go/strided/strides"
)

// Every row is well formed, and what it is compared with is there.
func TestCases(t *testing.T) {
	all, err := cases()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, j := range all {
		if ids[j.id()] {
			t.Errorf("%s is there twice", j.id())
		}
		ids[j.id()] = true
	}
	count := map[string]int{}
	for _, j := range all {
		count[j.section]++
		for _, l := range []strides.Layout{j.dst, j.src} {
			if lo, _ := l.Extent(); lo < 0 || l.Validate() != nil {
				t.Errorf("%s: %+v begins at %d: %v", j.id(), l, lo, l.Validate())
			}
		}
		like := slices.Clone(j.src.Shape)
		if p := j.picks; p != nil {
			like[p.axis] = p.n
			if j.call == "Put" {
				like[p.axis] = p.limit
			}
		}
		if !slices.Equal(j.dst.Shape, like) || j.dst.ItemSize != j.src.ItemSize {
			t.Errorf("%s: from %v to %v", j.id(), j.src, j.dst)
		}
		if j.dst.SelfOverlap(-1) != strides.No {
			t.Errorf("%s writes a byte twice", j.id())
		}
		if p := j.bar.plain; p != "" && !ids[p] {
			t.Errorf("%s is a variant of %q, which is not there", j.id(), p)
		}
	}
	for _, s := range sections {
		if count[s] == 0 {
			t.Errorf("nothing in section %q", s)
		}
	}
	if count[sectionTTC] != 57 {
		t.Errorf("%d TTC cases, want 57", count[sectionTTC])
	}
}

// Sizes 2×3×4 with the first axis fastest, result axis i from source axis 1-2-0: the file's way of counting, done literally.
func TestFirstAxisFastest(t *testing.T) {
	sizes, perm := []int{2, 3, 4}, []int{1, 2, 0}
	src := make([]byte, 24)
	for i := range src {
		src[i] = byte(i)
	}
	var want []byte
	out := [3]int{sizes[perm[0]], sizes[perm[1]], sizes[perm[2]]}
	for c := range out[2] {
		for b := range out[1] {
			for a := range out[0] {
				at := [3]int{}
				at[perm[0]], at[perm[1]], at[perm[2]] = a, b, c
				want = append(want, src[at[0]+sizes[0]*(at[1]+sizes[1]*at[2])])
			}
		}
	}
	shape, axes := fromFirstAxisFastest(sizes, perm)
	b := &builder{}
	l := b.permuted(1, axes, shape...)
	if got := items(src, l); b.err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, b.err, want)
	}
}

func TestMalformedCases(t *testing.T) {
	b := &builder{}
	b.permuted(4, numbers("1-x", "-"), 3, 4)
	if b.err == nil {
		t.Error("a malformed permutation was taken")
	}
	b = &builder{}
	b.at(b.c(4, 3), "1:2:")
	b.at(b.c(4, 3), "(")
	if b.err == nil {
		t.Error("a malformed index was taken")
	}
}

// A variant brings its plain row along.
func TestChoose(t *testing.T) {
	all, err := cases()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range choose(all, regexp.MustCompile(`^variants: src strides of 1024.*, 4 bytes`)) {
		got = append(got, j.id())
	}
	want := []string{"variants: src strides of 1025 items, 1024² transpose, 4 bytes", "variants: src strides of 1024 items, 1024² transpose, 4 bytes"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The plain loop, where every answer can be seen.
func TestPlain(t *testing.T) {
	for _, size := range []int{1, 2, 4, 8} {
		b := &builder{}
		from := b.at(b.c(size, 3, 4), "::-1, ::2") // rows 2, 1, 0; columns 0 and 2
		to := b.at(b.c(size, 3, 4), ":, 1::2")
		src, dst := make([]byte, 12*size), bytes.Repeat([]byte{255}, 12*size)
		for i := range src {
			src[i] = byte(i / size)
		}
		plain(dst, to, src, from)
		var want []byte
		for _, v := range []byte{255, 8, 255, 10, 255, 4, 255, 6, 255, 0, 255, 2} {
			want = append(want, bytes.Repeat([]byte{v}, size)...)
		}
		if b.err != nil || !bytes.Equal(dst, want) {
			t.Errorf("%d bytes: got %v, %v, want %v", size, dst, b.err, want)
		}
	}
}

// What Take, Put and a swap are compared with, where it can be seen.
func TestAnswer(t *testing.T) {
	b := &builder{}
	at := (&picks{n: 3, limit: 5}).indices()
	src := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	b.pick("Take", "take", b.c(1, 2, 3), b.c(1, 2, 5), picks{1, 3, 5}, bar{}, 0)
	b.pick("Put", "put", b.c(2, 5), b.c(2, 3), picks{0, 3, 5}, bar{}, 0)
	b.add(sectionByteOrder, "swap", b.c(16, 1), bar{}, 0).swap = true
	take, put, swap := b.jobs[0], b.jobs[1], b.jobs[2]

	got := make([]byte, 6)
	take.answer(got, src)
	for i, want := range []int64{at[0], at[1], at[2], 5 + at[0], 5 + at[1], 5 + at[2]} {
		if int64(got[i]) != want {
			t.Errorf("take of %v: got %v", at, got)
		}
	}
	got, want := make([]byte, 10), make([]byte, 10)
	put.answer(got, src)
	for i, k := range at {
		copy(want[2*k:], src[2*i:2*i+2])
	}
	if !bytes.Equal(got, want) {
		t.Errorf("put at %v: got %v, want %v", at, got, want)
	}
	got = make([]byte, 16)
	swap.answer(got, []byte("abcdefghABCDEFGH"))
	if string(got) != "hgfedcbaHGFEDCBA" {
		t.Errorf("swap: got %s", got)
	}
	if b.err != nil || take.counted() != 2*6+3*8 || put.counted() != 2*6+3*8 {
		t.Errorf("%v; bytes counted: %d and %d, want 36", b.err, take.counted(), put.counted())
	}
}

// Memory grows, and begins where a line begins.
func TestArena(t *testing.T) {
	var a arena
	small := a.take(10)
	if small[1] != 131 || cap(small) != 10 {
		t.Errorf("byte 1 is %d of %d", small[1], cap(small))
	}
	if b := a.take(1 << 17)[1<<16+258]; b != byte(131*258%256+17+29) {
		t.Errorf("byte 65794 is %d", b)
	}
	if _, err := view(a.take(64), strides.Layout{Shape: []int{8}, Strides: []int{8}, ItemSize: 8}, true); err != nil {
		t.Error(err)
	}
}

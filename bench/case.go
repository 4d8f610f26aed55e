package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/strided-go/strided/strides"
)

// A job is one row: items to be moved from one layout to another, of the same shape unless it has picks, each in memory of
// its own that begins at a multiple of 64 bytes.
type job struct {
	section, name string
	dst, src      strides.Layout

	// How ours does it: "Copy", "CopyTo" (dst is in C order), "GetContiguous" into fresh memory, "Take" or
	// "Put". The row's baseline is copy; in the section of fresh memory it is append([]byte(nil), src...).
	call string

	picks   *picks // the indices of a "Take" or "Put"; the shapes then differ along its axis
	swap    bool   // src has the other byte order
	written bool   // only bytes written count: a broadcast

	bar   bar
	peers float64 // the best peer's figure, in the unit of the bar; 0: not known
}

// A bar is what this project wants the best level to reach; at most one field is set. The numbers in cases.go are for one
// thread of a Zen 5 with AVX-512, 48 KiB of L1, 1 MiB of L2 and 32 MiB of L3, Go heap, 4 KiB pages.
type bar struct {
	ratio    float64 // to copy
	ns       float64 // a call, at most
	overCopy float64 // ns a call, at most, more than copy takes
	plain    string  // the section and name of a plain row that this one is a variant of, and
	keep     float64 // the part of the plain row's ratio that the variant keeps at least
	numpy    float64 // times as fast as NumPy in the same run
}

func (j *job) id() string  { return j.section + ": " + j.name }
func (j *job) fresh() bool { return j.section == sectionFresh }

// inNs says whether the row's figures are nanoseconds a call.
func (j *job) inNs() bool { return j.section == sectionCalls }

// n is the bytes of the items that move.
func (j *job) n() int {
	if j.call == "Put" {
		return j.src.NBytes()
	}
	return j.dst.NBytes()
}

// counted is the bytes that the row's figure counts: those of items read, of items written, and of indices.
func (j *job) counted() int {
	switch {
	case j.written:
		return j.n()
	case j.picks != nil:
		return 2*j.n() + 8*j.picks.n
	}
	return 2 * j.n()
}

// aside says that the row only answers to a plain row: the two best levels will do, and no peers.
func (j *job) aside() bool { return j.section == sectionVariants || j.section == sectionAlignment }

// memory is the bytes from the start of the memory to the last byte that the layout touches.
func memory(l strides.Layout) int {
	_, hi := l.Extent()
	return hi
}

// The sections, in the order of the report.
const (
	sectionTransposes   = "transposes"
	sectionPermutations = "permutations"
	sectionTTC          = "TTC"
	sectionLanes        = "lanes and fields"
	sectionBroadcasts   = "broadcasts"
	sectionContiguous   = "contiguous"
	sectionFresh        = "fresh memory"
	sectionCalls        = "calls"
	sectionVariants     = "variants"
	sectionAlignment    = "alignment"
	sectionSelection    = "selection"
	sectionByteOrder    = "byte order"
)

var sections = []string{sectionTransposes, sectionPermutations, sectionTTC, sectionLanes, sectionBroadcasts, sectionContiguous,
	sectionFresh, sectionCalls, sectionVariants, sectionAlignment,
	sectionSelection, sectionByteOrder}

// choose returns the jobs that match, and the plain rows that these are compared with.
func choose(all []*job, filter *regexp.Regexp) []*job {
	want := map[string]bool{}
	for _, j := range all {
		if filter.MatchString(j.id()) {
			want[j.id()] = true
			want[j.bar.plain] = true
		}
	}
	var chosen []*job
	for _, j := range all {
		if want[j.id()] {
			chosen = append(chosen, j)
		}
	}
	return chosen
}

// A builder makes layouts and keeps the first error, so that tables of cases can be written without one on each line.
type builder struct {
	jobs []*job
	err  error
}

func (b *builder) must(l strides.Layout, err error) strides.Layout {
	if err != nil && b.err == nil {
		b.err = err
	}
	return l
}

// c is the layout of items without gaps in C order.
func (b *builder) c(size int, shape ...int) strides.Layout {
	return b.must(strides.Contiguous(strides.C, size, shape...))
}

// at is the part of l that an index list in NumPy's notation selects.
func (b *builder) at(l strides.Layout, index string) strides.Layout {
	ix, err := strides.ParseIndex(index)
	if err != nil {
		return b.must(l, err)
	}
	return b.must(l.Index(ix...))
}

// add makes a row: src, whatever its layout, to be made contiguous.
func (b *builder) add(section, name string, src strides.Layout, bar bar, peers float64) *job {
	return b.into(section, name, b.c(src.ItemSize, src.Shape...), src, bar, peers)
}

// into makes a row with a layout of dst.
func (b *builder) into(section, name string, dst, src strides.Layout, bar bar, peers float64) *job {
	j := &job{section: section, name: name, dst: dst, src: src, call: "Copy", bar: bar, peers: peers}
	b.jobs = append(b.jobs, j)
	return j
}

// permuted is the view of a C-ordered array whose axis i is axis perm[i] of the array.
func (b *builder) permuted(size int, perm []int, shape ...int) strides.Layout {
	return b.must(b.c(size, shape...).Transpose(perm...))
}

// padded is a C-ordered matrix of which each row is followed by a gap of extra items.
func (b *builder) padded(size, rows, cols, extra int) strides.Layout {
	return b.at(b.c(size, rows, cols+extra), fmt.Sprintf(":, :%d", cols))
}

// moved is l, by bytes further from the start of its memory.
func moved(l strides.Layout, by int) strides.Layout {
	l = l.Clone()
	l.Offset += by
	return l
}

// bytesOf names an item size.
func bytesOf(size int) string {
	if size == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", size)
}

// times writes a shape or permutation with a separator.
func times(sep string, n ...int) string {
	s := make([]string, len(n))
	for i, v := range n {
		s[i] = fmt.Sprint(v)
	}
	return strings.Join(s, sep)
}

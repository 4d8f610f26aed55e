package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

var cmpCommand = command{
	name: "cmp", usage: "A B", short: "tell whether two arrays hold the same, or where they first differ", files: [2]int{2, 2},
	long: `
The arrays are the same if they have one shape and the items at each index have the same value: the order in the file, the
byte order and the kind of number do not count, so 1 is the same as 1.0, 0.0 as -0.0, and NaN as NaN. Nor do NULs at the
end of a text, padding between the fields of a record, and titles of fields. What does count, for fields in their order:
their names; that both are dates or both durations, of one unit as it is written; that both are raw bytes (V), of one size.
Otherwise the first difference, in the order of the index, is printed. Text that is not Unicode has no value: items of one
type that hold it are the same if all their bytes are, and of two types they are trouble. Files must be regular: standard
input and pipes will not do. A compressed member is unpacked into a temporary file, and its checksum checked; that of a
stored one is not.
Exit status: 0 the same, 1 different, 2 trouble.`,
	prepare: func(f *flag.FlagSet) func(*tool, []string) error {
		quiet := f.Bool("q", false, "print nothing: the exit status tells")
		maxMem := defaultMaxMem
		f.Var(&maxMem, "max-mem", "`size` of the memory to use, at most (64MiB)")
		return func(t *tool, args []string) error {
			restore, err := maxMem.hold()
			if err != nil {
				return err
			}
			defer restore()
			difference, err := t.compare(args[0], args[1], maxMem)
			if err != nil || difference == "" {
				return err
			}
			if !*quiet {
				fmt.Fprintln(t.out, escape(difference))
			}
			return errDifferent
		}
	},
}

// compare describes the first difference of two files, or returns "".
func (t *tool) compare(nameA, nameB string, maxMem byteSize) (text string, err error) {
	t, stop := t.interruptible()
	defer stop()
	a, err := openFile(t.ctx, nameA, os.TempDir())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	b, err := openFile(t.ctx, nameB, os.TempDir())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if !slices.Equal(a.header.Shape, b.header.Shape) {
		return fmt.Sprintf("%s %s differ: shapes %s and %s", nameA, nameB, tuple(a.header.Shape), tuple(b.header.Shape)), nil
	}
	var dtypes [2]npy.Part
	for i, f := range []*file{a, b} {
		if dtypes[i], err = f.header.Parts(); err != nil {
			return "", fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if text := typeDifference(dtypes[0], dtypes[1]); text != "" {
		return fmt.Sprintf("%s %s differ: %s", nameA, nameB, text), nil
	}
	c := comparison{files: [2]*file{a, b}, matched: a.header.Type.Compatible(b.header.Type)}
	index, err := c.run(t, int(maxMem/4))
	if err != nil || index == nil {
		return "", err
	}
	at := "in their one item"
	if len(index) > 0 {
		at = fmt.Sprintf("at %s", indexText(index))
	}
	return fmt.Sprintf("%s %s differ %s: %s and %s", nameA, nameB, at, valueText(c.values[0]), valueText(c.values[1])), nil
}

// typeDifference describes how two dtypes differ where values do not tell it, or returns "": in the names of fields, in
// what integers count, in bytes that are a number or text here and raw there.
func typeDifference(a, b npy.Part) string {
	if len(a.Fields) != len(b.Fields) {
		return fmt.Sprintf("%d and %d fields", len(a.Fields), len(b.Fields))
	}
	for i, x := range a.Fields {
		y := b.Fields[i]
		if x.Name != y.Name {
			return fmt.Sprintf("field %d is named %q and %q", i, x.Name, y.Name)
		}
		if text := typeDifference(x, y); text != "" {
			return fmt.Sprintf("field %q: %s", x.Name, text)
		}
	}
	if a.Type != b.Type && (countsWhole(a.Type) || countsWhole(b.Type)) {
		return fmt.Sprintf("types %s and %s", typeText(a.Type), typeText(b.Type))
	}
	return ""
}

// countsWhole reports whether a type is the same only as itself: a date, a duration, raw bytes, or no fields.
func countsWhole(name string) bool { return name == "" || strings.IndexByte("MmV", name[0]) >= 0 }

func typeText(name string) string {
	if name == "" {
		return "without fields"
	}
	return name
}

// A comparison looks for the first difference of two files of one shape.
type comparison struct {
	files   [2]*file
	matched bool // both have the same kinds of items; the second's byte order becomes that of the first
	types   [2]*format.Type
	values  [2]any // at the difference
}

// run returns the index of the first difference, nil if there is none. Two boxes and their items take twice budget.
func (c *comparison) run(t *tool, budget int) ([]int, error) {
	var arrays [2]*array
	var formats [2]string
	for i, f := range c.files {
		var err error
		if arrays[i], err = f.array(); err != nil {
			return nil, err
		}
		c.types[i], formats[i] = f.header.Type, arrays[i].format
	}
	if c.matched {
		c.types[1], formats[1] = c.types[0], formats[0]
	}
	shape := arrays[0].layout.Shape
	if slices.Contains(shape, 0) {
		return nil, nil
	}
	box, err := grow(arrays[0], arrays[1], budget)
	if err != nil {
		return nil, err
	}
	items := 1
	for _, n := range box {
		items *= n
	}
	var raw, flat [2][]byte
	for i, a := range arrays {
		raw[i] = make([]byte, a.runs(box).bytes())
		flat[i] = make([]byte, items*a.layout.ItemSize)
	}
	bar := t.progress("compare", int64(arrays[0].layout.NBytes()))
	defer bar.end()
	var first []int
	err = boxes(shape, box, func(origin, lens []int) error {
		if t.ctx.Err() != nil {
			return errInterrupted
		}
		if first != nil && slices.Compare(origin, first) > 0 {
			return nil // all its indices come later
		}
		n := 1
		for _, k := range lens {
			n *= k
		}
		var items [2][]byte
		for i, a := range arrays {
			v, err := a.read(c.files[i].data, raw[i], origin, lens)
			if err != nil {
				return fmt.Errorf("%s: %w", c.files[i].name, err)
			}
			size := c.files[i].header.ItemSize
			items[i] = flat[i][:n*size]
			if err := flatten(items[i], v, formats[i], size); err != nil {
				return err
			}
		}
		bar.add(n * arrays[0].layout.ItemSize)
		at, err := c.difference(items, n)
		if at < 0 {
			return nil
		}
		index := make([]int, len(lens))
		for k := len(lens) - 1; k >= 0; k-- {
			index[k] = origin[k] + at%lens[k]
			at /= lens[k]
		}
		if err != nil {
			return fmt.Errorf("item %s of %w", indexText(index), err)
		}
		if first == nil || slices.Compare(index, first) < 0 {
			first = index
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if first != nil {
		return first, c.load(arrays, first)
	}
	return nil, nil
}

// flatten copies the items of v to dst, in C order and in a format that is v's but for the byte order.
func flatten(dst []byte, v *ndbuf.MemoryView, format string, size int) error {
	l, err := strides.Contiguous(strides.C, size, v.Shape()...)
	if err != nil {
		return err
	}
	out, err := ndbuf.FromBuffer(&ndbuf.Buffer{Mem: dst, Format: format, Layout: l})
	if err != nil {
		return err
	}
	return ndbuf.Copy(out, v)
}

// difference returns the first of n items that differ, or -1; with an error, the one that has no value.
func (c *comparison) difference(flat [2][]byte, n int) (int, error) {
	if c.matched && bytes.Equal(flat[0], flat[1]) {
		return -1, nil
	}
	var items [2][]byte
	var values [2]any
	for i := range n {
		for k, f := range c.files {
			size := f.header.ItemSize
			items[k] = flat[k][i*size : (i+1)*size]
		}
		if c.matched && bytes.Equal(items[0], items[1]) {
			continue
		}
		for k, f := range c.files {
			var err error
			if values[k], err = c.types[k].Decode(items[k]); err == nil {
				continue
			}
			if c.matched {
				return i, nil // the bytes are all there is to compare
			}
			return i, fmt.Errorf("%s: %w", f.name, err)
		}
		if !sameValue(values[0], values[1]) {
			return i, nil
		}
	}
	return -1, nil
}

// load reads the two items at index, to show them.
func (c *comparison) load(arrays [2]*array, index []int) (err error) {
	one := make([]int, len(index))
	for k := range one {
		one[k] = 1
	}
	for i, a := range arrays {
		mem := make([]byte, a.layout.ItemSize)
		if _, err := a.read(c.files[i].data, mem, index, one); err != nil {
			return err
		}
		if c.values[i], err = c.files[i].header.Type.Decode(mem); err != nil {
			c.values[i] = undecodable(mem)
		}
	}
	return nil
}

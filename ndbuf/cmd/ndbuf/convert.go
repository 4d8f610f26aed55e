package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// defaultMaxMem is what convert and cmp use when not told otherwise.
const defaultMaxMem = byteSize(64 << 20)

// minMaxMem is what the program itself takes, about.
const minMaxMem = byteSize(8 << 20)

// hold makes the collector keep the program's memory under the limit, which garbage would otherwise pass, until restore
// is called. It refuses a limit that no run would keep.
func (b byteSize) hold() (restore func(), err error) {
	if b < minMaxMem {
		return nil, usagef("--max-mem %v: at least %v", &b, formatBytes(int64(minMaxMem)))
	}
	old := debug.SetMemoryLimit(int64(b))
	return func() { debug.SetMemoryLimit(old) }, nil
}

var convertCommand = command{
	name: "convert", usage: "IN OUT", short: "write an array in another order, with other axes, in part, or byte-swapped",
	files: [2]int{2, 2},
	long: `
The part is taken first, then the axes are permuted, then the items are written in the order asked for. Without flags OUT
is a copy of IN's array. The array is not read whole: boxes of it are read, rearranged and written at their offsets, in
memory of --max-mem in all, and nothing is mapped. OUT appears when it is complete and on the disk; until then, and after
an error, it stays what it was. It may be IN, but is always a .npy file: a name that ends in .npz, and an archive that is
there, are refused. IN must be a regular file, and OUT one or none: pipes, and standard input and output, will not do. A
compressed member is unpacked into a temporary file beside OUT, and its checksum checked; that of a stored one is not.`,
	prepare: func(f *flag.FlagSet) func(*tool, []string) error {
		c := conversion{maxMem: defaultMaxMem}
		f.Var(&c.order, "order", "`order` of the items in OUT, C or F (IN's)")
		f.Var(&c.perm, "perm", "`axes` of IN in the order they have in OUT, as for numpy.transpose: 2,0,1")
		f.Var(&c.slice, "slice", "`index` of the part to take, in NumPy's notation: \"::2, 10:20, ..., -1\"")
		f.Var(&c.bytes, "byteorder", "byte `order` of the items in OUT: little, big or native (IN's)")
		f.Var(&c.maxMem, "max-mem", "`size` of the memory to use, at most (64MiB)")
		f.BoolVar(&c.quiet, "q", false, "do not tell what was written")
		return func(t *tool, args []string) error {
			restore, err := c.maxMem.hold()
			if err != nil {
				return err
			}
			defer restore()
			return c.run(t, args[0], args[1])
		}
	},
}

// A conversion is what the flags of convert ask for.
type conversion struct {
	order  orderFlag
	perm   axesFlag
	slice  sliceFlag
	bytes  orderOfBytes
	maxMem byteSize
	quiet  bool
}

// run converts the array in path in to one in path out.
func (c *conversion) run(t *tool, in, out string) (err error) {
	if err := checkOut(out); err != nil {
		return err
	}
	t, stop := t.interruptible()
	defer stop()
	begin := time.Now()
	src, err := openFile(t.ctx, in, filepath.Dir(out))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.close()) }()
	dst, err := replace(out)
	if err != nil {
		return err
	}
	defer dst.abandon()
	header, err := c.write(t, dst, src)
	if err != nil {
		return err
	}
	if err := dst.commit(t.ctx); err != nil {
		return err
	}
	if !c.quiet {
		fmt.Fprintf(t.err, "%s: %s, %s, %s order, in %.2f s\n", escape(out), quoted(header.Descr), tuple(header.Shape), header.Order(),
			time.Since(begin).Seconds())
	}
	return nil
}

// checkOut refuses a path that is not for a .npy file.
func checkOut(path string) error {
	name, _ := splitMember(path)
	archive := strings.EqualFold(filepath.Ext(name), ".npz")
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		if f, err := os.Open(name); err == nil {
			archive = archive || isArchive(f)
			f.Close()
		}
	}
	if archive {
		return usagef("%s: convert writes .npy files, not archives nor into them", path)
	}
	return nil
}

// write converts src to dst, which is not committed, and returns the header of dst.
func (c *conversion) write(t *tool, dst *replacement, src *file) (npy.Header, error) {
	from, err := src.array()
	if err != nil {
		return npy.Header{}, err
	}
	header, to, err := c.plan(src.header, from)
	if err != nil {
		return header, err
	}
	if to.layout.Offset, err = dst.header(header, to.layout); err != nil {
		return header, err
	}
	return header, t.transfer(dst, src, to, from, int(c.maxMem/2))
}

// plan narrows from to the part that is wanted, its axes permuted, and returns the header and the items of the output,
// whose offset is still 0.
func (c *conversion) plan(h npy.Header, from *array) (npy.Header, *array, error) {
	var err error
	if c.slice.text != "" {
		if from.layout, err = from.layout.Index(c.slice.index...); err != nil {
			return h, nil, fmt.Errorf("--slice %s: %w", c.slice.text, err)
		}
	}
	if c.perm.axes != nil {
		if from.layout, err = from.layout.Transpose(c.perm.axes...); err != nil {
			return h, nil, fmt.Errorf("--perm %s: %w", c.perm.String(), err)
		}
	}
	order := c.order.order
	if order == 0 {
		order = h.Order()
	}
	if c.bytes.name != "" {
		if h, err = h.WithOrder(byteOrders[c.bytes.name]); err != nil {
			return h, nil, err
		}
	}
	l, err := strides.Contiguous(order, h.ItemSize, from.layout.Shape...)
	if err != nil {
		return h, nil, err
	}
	h.Shape = l.Shape
	h.Fortran = order == strides.F && ordersDiffer(l.Shape) // what is in both orders NumPy calls C
	return h, &array{format: h.Type.String(), layout: l}, nil
}

// ordersDiffer reports whether items of a shape lie otherwise in C order than in Fortran order. (The strides do not tell:
// those of items of 0 bytes are 0 in both.)
func ordersDiffer(shape []int) bool {
	long := 0
	for _, n := range shape {
		if n > 1 {
			long++
		}
	}
	return long > 1 && !slices.Contains(shape, 0)
}

// transfer copies the items box by box, in memory of budget bytes.
func (t *tool) transfer(dst *replacement, src *file, to, from *array, budget int) error {
	if to.layout.NBytes() == 0 {
		return nil
	}
	box, err := grow(from, to, budget)
	if err != nil {
		return err
	}
	in, out := make([]byte, from.runs(box).bytes()), make([]byte, to.runs(box).bytes())
	bar := t.progress("convert", int64(to.layout.NBytes()))
	defer bar.end()
	return boxes(to.layout.Shape, box, func(origin, lens []int) error {
		if t.ctx.Err() != nil {
			return errInterrupted
		}
		a, err := from.read(src.data, in, origin, lens)
		if err != nil {
			return fmt.Errorf("%s: %w", src.name, err)
		}
		b, err := to.view(out, to.runs(lens), lens)
		if err != nil {
			return err
		}
		if err := ndbuf.Copy(b, a); err != nil {
			return err
		}
		bar.add(b.NBytes())
		return to.write(dst, out, origin, lens)
	})
}

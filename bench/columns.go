package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/simd"
	"github.com/strided-go/strided/strides"
)

// A bench holds what one process keeps from row to row.
type bench struct {
	*options
	rng            *rand.Rand
	dst, src, flat arena // what is written, what is read, the source of copy where src is smaller than dst
	want           arena // the plain loop's answer
	python         *python
	appended       []byte // what append made last
	contiguous     *ndbuf.MemoryView
}

func newBench(ctx context.Context, jobs []*job, o *options) (*bench, error) {
	dst, src := 0, 0
	for _, j := range jobs {
		dst, src = max(dst, memory(j.dst)), max(src, memory(j.src))
	}
	p, err := startPython(ctx, o, dst, src)
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, rng: rand.New(rand.NewPCG(uint64(o.worker), 0)), python: p}
	b.dst.take(dst)
	b.src.take(src)
	if o.check {
		b.want.take(dst)
	}
	return b, nil
}

// columns returns copy, ours at every level, and the peers that can do the work.
func (b *bench) columns(j *job) ([]*column, error) {
	src, dst := b.src.take(memory(j.src)), b.dst.take(memory(j.dst))
	var want []byte
	if b.check {
		want = b.want.take(len(dst))
		poison(want)
		j.answer(want, src)
	}

	columns := b.baselines(j, dst, src)
	levels := b.levels
	if j.aside() {
		levels = levels[:min(2, len(levels))]
	}
	for _, l := range levels {
		c, err := b.ours(j, dst, src, want)
		if err != nil {
			return nil, err
		}
		columns = append(columns, atLevel(c, l))
	}
	if b.threads > 1 && j.large() {
		c, err := b.ours(j, dst, src, want)
		if err != nil {
			return nil, err
		}
		columns = append(columns, onThreads(atLevel(c, b.levels[0]), b.threads))
	}
	if j.aside() {
		return columns, nil
	}
	if c := b.gonum(j, dst, src, want); c != nil && slices.Contains(b.peers, "gonum") {
		columns = append(columns, c)
	}
	if b.python == nil {
		return columns, nil
	}
	others, err := b.python.columns(j)
	if err != nil || !b.check {
		return append(columns, others...), err
	}
	crc := crc32.ChecksumIEEE(items(want, j.dst))
	for _, c := range others {
		c.check = func() error { return b.python.check(j, c.name, crc) }
	}
	return append(columns, others...), nil
}

// baselines are what a row is compared with: copy of as many bytes, from the row's own memory to the row's own memory where
// these are large enough, and where threads are asked for the same on these. For fresh memory it is append.
func (b *bench) baselines(j *job, dst, src []byte) []*column {
	if j.fresh() {
		return []*column{goColumn("append", func() error {
			b.appended = append([]byte(nil), src...)
			return nil
		})}
	}
	n := j.n()
	if len(src) < n {
		src = b.flat.take(n)
	}
	dst, src = dst[:n], src[:n]
	columns := []*column{goColumn("copy", func() error {
		copy(dst, src)
		return nil
	})}
	if b.threads > 1 && j.large() {
		columns = append(columns, goColumn(threaded("copy", b.threads), func() error {
			copyOn(b.threads, dst, src)
			return nil
		}))
	}
	return columns
}

// ours is the row's call of this library.
func (b *bench) ours(j *job, dst, src, want []byte) (*column, error) {
	from, err := view(src, j.src, j.swap)
	if err != nil {
		return nil, err
	}
	to, err := view(dst, j.dst, false)
	if err != nil {
		return nil, err
	}
	var indices *ndbuf.MemoryView
	if j.picks != nil {
		if indices, err = ndbuf.Of(j.picks.indices()); err != nil {
			return nil, err
		}
	}
	var c *column
	switch j.call {
	case "CopyTo":
		c = goColumn("", func() error { return from.CopyTo(dst, strides.C) })
	case "Take":
		c = goColumn("", func() error { return ndbuf.Take(to, from, indices, j.picks.axis, ndbuf.ModeRaise) })
	case "Put":
		c = goColumn("", func() error { return ndbuf.Put(to, indices, from, j.picks.axis, ndbuf.ModeRaise) })
	case "GetContiguous":
		c = goColumn("", func() (err error) {
			b.contiguous, err = ndbuf.GetContiguous(from, ndbuf.Read, strides.C)
			return err
		})
		c.check = func() error {
			if _, err := c.run(1, false); err != nil {
				return err
			}
			got, err := b.contiguous.ToBytes(strides.C)
			if err == nil && !bytes.Equal(got, want) {
				err = fmt.Errorf("%s: %s gives wrong bytes", j.id(), j.call)
			}
			return err
		}
		return c, nil
	default:
		c = goColumn("", func() error { return ndbuf.Copy(to, from) })
	}
	c.check = sameBytes(j, c, dst, want)
	return c, nil
}

// sameBytes checks a column that writes to dst: the items are right, and what it does not write is as it was.
func sameBytes(j *job, c *column, dst, want []byte) func() error {
	return func() error {
		poison(dst)
		if _, err := c.run(1, false); err != nil {
			return err
		}
		if !bytes.Equal(dst, want) {
			return fmt.Errorf("%s: %s gives wrong bytes", j.id(), c.name)
		}
		return nil
	}
}

// items returns the items of a layout in C order.
func items(mem []byte, l strides.Layout) []byte {
	if l.IsContiguous(strides.C) {
		return mem[l.Offset:][:l.NBytes()]
	}
	all := make([]byte, l.NBytes())
	plain(all, ndbuf.Must(strides.Contiguous(strides.C, l.ItemSize, l.Shape...)), mem, l)
	return all
}

// atLevel makes a column of ours run at a level.
func atLevel(c *column, l simd.Level) *column {
	run := c.run
	c.name = l.String()
	c.run = func(n int, warm bool) (time.Duration, error) {
		restore, err := simd.Use(l)
		if err != nil {
			return 0, err
		}
		defer restore()
		return run(n, warm)
	}
	return c
}

// gonum is a column for what mat.Dense can do: a matrix of float64 transposed into another.
func (b *bench) gonum(j *job, dst, src, want []byte) *column {
	rows, cols := 0, 0
	if len(j.src.Shape) == 2 {
		rows, cols = j.src.Shape[1], j.src.Shape[0] // of the matrix before it is transposed
	}
	ok := rows > 0 && cols > 0 && j.src.ItemSize == 8 && j.src.Offset == 0 && j.dst.Offset == 0 && (j.call == "Copy" || j.call == "CopyTo") && !j.swap &&
		j.src.Strides[0] == 8 && j.src.Strides[1] == 8*cols && j.dst.IsContiguous(strides.C)
	if !ok {
		return nil
	}
	from := mat.NewDense(rows, cols, float64s(src)).T()
	to := mat.NewDense(cols, rows, float64s(dst))
	c := goColumn("gonum", func() error {
		to.Copy(from)
		return nil
	})
	c.check = sameBytes(j, c, dst, want)
	return c
}

// float64s is memory as numbers.
func float64s(mem []byte) []float64 {
	m := ndbuf.Must(view(mem, ndbuf.Must(strides.Contiguous(strides.C, 8, len(mem)/8)), false))
	return ndbuf.Must(ndbuf.Must(ndbuf.As[float64](m)).Data())
}

// view is memory seen through a layout, its items of this machine's byte order or the other.
func view(mem []byte, l strides.Layout, swapped bool) (*ndbuf.MemoryView, error) {
	format := formatOf(l.ItemSize)
	if swapped {
		other := ">"
		if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
			other = "<"
		}
		format = other + format
	}
	return ndbuf.FromBuffer(&ndbuf.Buffer{Mem: mem, Format: format, Layout: l})
}

// formatOf is a format with items of size bytes.
func formatOf(size int) string {
	switch size {
	case 1:
		return "B"
	case 2:
		return "H"
	case 4:
		return "f"
	case 8:
		return "d"
	case 16:
		return "Zd"
	}
	return fmt.Sprintf("%ds", size)
}

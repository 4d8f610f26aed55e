package ndbuf_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// A choice is work that moves read+written bytes.
type choice struct {
	name  string
	bytes int
	run   func() error
}

// BenchmarkChoose times each choice between copies of as many bytes: the built-in copy of n bytes reads n and writes n. The
// metric "of-copy" is the median time of the copy by the median time of the work, on one goroutine.
//
//	go test ./ndbuf -run '^$' -bench Choose -benchtime 20x -cpu 1
func BenchmarkChoose(b *testing.B) {
	defer ndbuf.SetThreads(ndbuf.SetThreads(1))
	for _, group := range []func() []choice{gatherChoices, rowChoices, maskChoices, swapChoices, convertChoices, recordChoices} {
		for _, c := range group() {
			b.Run(c.name, func(b *testing.B) {
				from, to := make([]byte, c.bytes/2), make([]byte, c.bytes/2)
				for i := range from {
					from[i], to[i] = byte(i), 1
				}
				var copies, runs []time.Duration
				if err := c.run(); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(c.bytes))
				for b.Loop() {
					reps := max(1, 4<<20/c.bytes)
					start := time.Now()
					for range reps {
						copy(to, from)
					}
					middle := time.Now()
					for range reps {
						if err := c.run(); err != nil {
							b.Fatal(err)
						}
					}
					copies, runs = append(copies, middle.Sub(start)), append(runs, time.Since(middle))
				}
				slices.Sort(copies)
				slices.Sort(runs)
				b.ReportMetric(float64(copies[len(copies)/2])/float64(runs[len(runs)/2]), "of-copy")
			})
		}
	}
}

// benchArray returns an array of bytes that are small numbers in most formats.
func benchArray(f string, shape ...int) *ndbuf.MemoryView {
	m := ndbuf.Must(ndbuf.New(f, strides.C, shape...))
	mem := m.Buffer().Mem
	for i := range mem {
		mem[i] = byte(i % 61)
	}
	return m
}

func randomIndices(n, limit int) *ndbuf.MemoryView {
	r := rand.New(rand.NewPCG(1, 2))
	idx := make([]int64, n)
	for i := range idx {
		idx[i] = r.Int64N(int64(limit))
	}
	return ndbuf.Must(ndbuf.Of(idx))
}

func gatherChoices() (out []choice) {
	const n = 4 << 20
	for _, c := range []struct {
		name, format string
		size, table  int
	}{
		{"take/f8/256MiB", "d", 8, 256 << 20}, {"take/f4/256MiB", "f", 4, 256 << 20},
		{"take/f8/1MiB", "d", 8, 1 << 20}, {"take/f8/4KiB", "d", 8, 4 << 10},
	} {
		table, idx, list := benchArray(c.format, c.table/c.size), randomIndices(n, c.table/c.size), benchArray(c.format, n)
		out = append(out, choice{c.name, n * (8 + 2*c.size), func() error { return ndbuf.Take(list, table, idx, 0, ndbuf.ModeRaise) }})
		if c.name == "take/f8/256MiB" {
			out = append(out, choice{"put/f8/256MiB", n * (8 + 2*c.size), func() error { return ndbuf.Put(table, idx, list, 0, ndbuf.ModeRaise) }})
		}
	}
	return out
}

func rowChoices() []choice {
	const n = 100_000
	table, rows, idx := benchArray("f", 256<<20/512, 128), benchArray("f", n, 128), randomIndices(n, 256<<20/512)
	wide, some, cols := benchArray("f", n, 128), benchArray("f", n, 64), randomIndices(64, 128)
	return []choice{
		{"take/rows/512", n * (1024 + 8), func() error { return ndbuf.Take(rows, table, idx, 0, ndbuf.ModeRaise) }},
		{"take/columns/64of128", n * 64 * 8, func() error { return ndbuf.Take(some, wide, cols, 1, ndbuf.ModeRaise) }},
	}
}

func maskChoices() (out []choice) {
	const n = 8 << 20
	src, dst := benchArray("d", n), benchArray("d", n)
	for _, percent := range []int{50, 10, 5} {
		r := rand.New(rand.NewPCG(1, 2))
		keep := make([]bool, 2*n)
		kept, all := 0, 0
		for i := range keep {
			if keep[i] = r.IntN(100) < percent; keep[i] {
				all++
				if i < n {
					kept++
				}
			}
		}
		mask, long := ndbuf.Must(ndbuf.Of(keep[:n])), ndbuf.Must(ndbuf.Of(keep))
		name := map[int]string{50: "50%", 10: "10%", 5: "5%"}[percent]
		out = append(out,
			choice{"compress/f8/" + name, 9*n + 8*kept, func() error { _, err := ndbuf.Compress(src, mask, 0); return err }},
			choice{"nonzero/" + name, 2*n + 8*all, func() error { _, err := ndbuf.FlatNonzero(long); return err }},
			choice{"where/f8/" + name, 17 * n, func() error { return ndbuf.CopyWhere(dst, src, mask) }},
		)
	}
	return out
}

func swapChoices() (out []choice) {
	for _, f := range []string{"h", "i", "d", "Zd"} {
		for _, nbytes := range []int{16 << 10, 64 << 20} {
			size := ndbuf.Must(format.Parse("=" + f)).Size()
			src, dst := benchArray(foreign("<"+f), nbytes/size), benchArray("="+f, nbytes/size)
			name := map[int]string{16 << 10: "16KiB", 64 << 20: "64MiB"}[nbytes]
			out = append(out, choice{"swap/" + f + "/" + name, 2 * nbytes, func() error { return ndbuf.Copy(dst, src) }})
		}
	}
	for _, f := range []string{"i", "d"} {
		src, dst := benchArray(foreign("<"+f), 2048, 2048), benchArray("="+f, 2048, 2048)
		turned := ndbuf.Must(src.Transpose())
		out = append(out, choice{"swap+transpose/" + f, 2 * src.NBytes(), func() error { return ndbuf.Copy(dst, turned) }})
	}
	return out
}

func convertChoices() (out []choice) {
	for _, c := range [][2]string{{"e", "f"}, {"f", "e"}, {"B", "f"}, {"f", "d"}, {"d", "i"}} {
		size, to := ndbuf.Must(format.Parse(c[0])).Size(), ndbuf.Must(format.Parse(c[1])).Size()
		n := 64 << 20 / max(size, to)
		src, dst := benchArray(c[0], 2*n), benchArray(c[1], n)
		for _, x := range []string{"contiguous", "every second"} {
			from := ndbuf.Must(src.Slice(map[string]string{"contiguous": ":" + strconv.Itoa(n), "every second": "::2"}[x]))
			nbytes := n * (size + to)
			if x != "contiguous" {
				nbytes += n * size // what lies between is read too
			}
			out = append(out, choice{"convert/" + c[0] + c[1] + "/" + x, nbytes, func() error { return ndbuf.Convert(dst, from, ndbuf.CastUnsafe) }})
		}
	}
	src, dst := ndbuf.Must(benchArray("f", 2048, 2048).Transpose()), benchArray("d", 2048, 2048)
	return append(out, choice{"convert+transpose/fd", 12 << 22, func() error { return ndbuf.Convert(dst, src, ndbuf.CastUnsafe) }})
}

func recordChoices() []choice {
	const n = 400_000
	type point struct {
		A int32
		B uint32
		C float32
	}
	data := mem(benchArray("iIf", n))
	from, to := benchArray("B", 64<<20), benchArray("B", 64<<20)
	plain, shuffled := from.Buffer().Mem, to.Buffer().Mem
	return []choice{
		{"records/same", 24 * n, func() error { _, err := ndbuf.DecodeRecords[point](data, "=iIf"); return err }},
		{"records/swapped", 24 * n, func() error { _, err := ndbuf.DecodeRecords[point](data, foreign("<iIf")); return err }},
		{"shuffle/8", 128 << 20, func() error { return ndbuf.Shuffle(shuffled, plain, 8) }},
		{"unshuffle/8", 128 << 20, func() error { return ndbuf.Unshuffle(plain, shuffled, 8) }},
	}
}

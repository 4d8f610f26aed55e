package ndbuf_test

import (
	"fmt"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// BenchmarkOverhead times operations on so few bytes that what they cost is the call: checks, locks, allocations, the
// plan. docs/tuning.md, "Call overhead".
func BenchmarkOverhead(b *testing.B) {
	run := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	// What makes a view is timed together with its release.
	ending := func(v *ndbuf.MemoryView, err error) error {
		if err != nil {
			return err
		}
		return v.Release()
	}
	of := func(n int) (m, t *ndbuf.MemoryView, mem []byte) {
		m = ndbuf.Must(ndbuf.New("d", strides.C, n, n))
		return m, ndbuf.Must(m.Transpose()), make([]byte, m.NBytes())
	}
	m4, t4, _ := of(4)
	m16, t16, mem16 := of(16)
	other := ndbuf.Must(ndbuf.New("d", strides.C, 16, 16))
	plan := ndbuf.Must(ndbuf.PlanCopy(other.Layout(), t16.Layout(), "d"))
	run("CopyTo/16x16 transposed", func() error { return t16.CopyTo(mem16, strides.C) })
	run("CopyTo/16x16", func() error { return m16.CopyTo(mem16, strides.C) })
	run("CopyFrom/16x16 transposed", func() error { return t16.CopyFrom(mem16, strides.C) })
	run("Copy/16x16 transposed", func() error { return ndbuf.Copy(other, t16) })
	half := ndbuf.Must(ndbuf.Must(ndbuf.New("d", strides.C, 16, 32)).Slice(":, ::2"))
	run("Copy/into every second of 16x32", func() error { return ndbuf.Copy(half, m16) })
	run("Plan.Run/16x16 transposed", func() error { return plan.Run(other, t16) })
	run("GetContiguous/16x16", func() error { return ending(ndbuf.GetContiguous(m16, ndbuf.Read, strides.C)) })
	run("GetContiguous/16x16 not released", func() error {
		_, err := ndbuf.GetContiguous(m16, ndbuf.Read, strides.C)
		return err
	})
	run("GetContiguous/4x4 transposed", func() error { return ending(ndbuf.GetContiguous(t4, ndbuf.Read, strides.C)) })
	run("GetContiguous/4x4 transposed not released", func() error {
		_, err := ndbuf.GetContiguous(t4, ndbuf.Read, strides.C)
		return err
	})
	run("Contiguous/4x4 transposed", func() error { return ending(t4.Contiguous(strides.C)) })
	run("Clone/4x4", func() error { return ending(m4.Clone(strides.C)) })
	run("Transpose/4x4", func() error { return ending(m4.Transpose()) })
	run("Index/4x4", func() error { return ending(m4.Index(strides.At(1))) })
}

// BenchmarkContiguousCopy times Copy of what is one run of bytes, beside the built-in copy.
func BenchmarkContiguousCopy(b *testing.B) {
	for _, n := range []int{64, 1 << 10, 8 << 10, 32 << 10, 64 << 10, 1 << 20, 32 << 20} {
		dst, src := ndbuf.Must(ndbuf.New("B", strides.C, n)), ndbuf.Must(ndbuf.New("B", strides.C, n))
		to, from := dst.Buffer().Mem, src.Buffer().Mem
		run := func(name string, f func()) {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.SetBytes(int64(n))
				for b.Loop() {
					f()
				}
			})
		}
		run("copy", func() { copy(to, from) })
		run("Copy", func() {
			if err := ndbuf.Copy(dst, src); err != nil {
				b.Fatal(err)
			}
		})
	}
}

package ndbuf_test

import (
	"runtime"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/strides"
)

// What an operation allocates does not grow with its operands: no copy of indices, masks or sources.
func TestChoosingAllocs(t *testing.T) {
	const n = 1 << 16
	src, dst := numbered(n, 256, 256), numbered(n, 256, 256)
	turned := ndbuf.Must(src.Transpose())
	mask := ndbuf.Must(ndbuf.New("?", strides.C, 256, 256))
	indices := ndbuf.Must(ndbuf.New(">H", strides.C, 256, 256))
	floats := ndbuf.Must(ndbuf.New(">d", strides.C, 256, 256))
	values := ndbuf.Must(ndbuf.Of([]int32{1, 2, 3}))
	for _, c := range []struct {
		name string
		run  func() error
	}{
		{"Take", func() error { return ndbuf.Take(dst, turned, indices, ndbuf.Flat, ndbuf.ModeRaise) }},
		{"Put", func() error { return ndbuf.Put(dst, indices, turned, ndbuf.Flat, ndbuf.ModeRaise) }},
		{"CopyWhere", func() error { return ndbuf.CopyWhere(dst, turned, mask) }},
		{"PutMask", func() error { return ndbuf.PutMask(dst, mask, values) }},
		{"Convert", func() error { return ndbuf.Convert(floats, turned, ndbuf.CastSafe) }},
	} {
		got := testing.AllocsPerRun(5, func() {
			if err := c.run(); err != nil {
				t.Fatal(err)
			}
		})
		const most = 200 // a few dozen; more under the race detector, which empties pools at random
		if got > most {
			t.Errorf("%s: %v allocations", c.name, got)
		}
		t.Logf("%s: %v allocations", c.name, got)
	}
}

// A single long value is not repeated hundreds of times.
func TestPutMaskLongItem(t *testing.T) {
	const format = "1000000s"
	dst, value := ndbuf.Must(ndbuf.New(format, strides.C, 3)), ndbuf.Must(ndbuf.New(format, strides.C, 1))
	mask := ndbuf.Must(ndbuf.Of([]bool{false, true, false}))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := ndbuf.PutMask(dst, mask, value); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 50_000_000 {
		t.Errorf("%d bytes allocated", n)
	}
}

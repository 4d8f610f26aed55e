package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/simd"
)

// usualCaches are those of the processor that the thresholds were measured on.
var usualCaches = simd.CacheSizes{L1: 48 << 10, L2: 1 << 20, L3: 32 << 20}

// TestDecisions asserts what is decided, whole: a lost fast path is a bug even
// where the bytes are right.
func TestDecisions(t *testing.T) {
	restore, err := simd.Use(simd.Generic)
	if err != nil {
		t.Fatal(err)
	}
	defer restore()
	defer plan.SetCaches(usualCaches)()
	swap := func(size, count int) []plan.Fix { return []plan.Fix{{Size: size, Count: count}} }
	for _, c := range []struct {
		name     string
		shape    []int
		dst, src []int
		item     int
		fixes    []plan.Fix
		ordered  bool
		want     string
	}{
		{"scalar", nil, nil, nil, 8, nil, false,
			"copy: one run of 8 bytes"},
		{"contiguous", []int{2, 3, 4}, []int{48, 16, 4}, []int{48, 16, 4}, 4, nil, false,
			"copy: one run of 96 bytes"},
		{"contiguous in F order", []int{2, 3, 4}, []int{4, 8, 24}, []int{4, 8, 24}, 4, nil, false,
			"copy: one run of 96 bytes"},
		{"lengths of 1 with any strides", []int{1, 5, 1}, []int{999, 4, -7}, []int{0, 4, 123}, 4, nil, false,
			"copy: one run of 20 bytes"},
		{"both reversed", []int{3, 4}, []int{-16, -4}, []int{-16, -4}, 4, nil, false,
			"copy: one run of 48 bytes, from dst -44, src -44"},
		{"ordered contiguous", []int{3, 4}, []int{16, 4}, []int{16, 4}, 4, nil, true,
			"copy: one run of 48 bytes"},
		{"rows", []int{3, 4}, []int{16, 4}, []int{40, 4}, 4, nil, false, `
strided16 (generic): 3 × 16 bytes
  loop 3: dst +16, src +40, kernel col`},
		{"rows of 12 bytes", []int{5, 3}, []int{12, 4}, []int{16, 4}, 4, nil, false, `
items (generic): 5 × 12 bytes
  loop 5: dst +12, src +16, kernel col`},
		{"blocks within blocks", []int{2, 3, 4, 5}, []int{240, 80, 20, 4}, []int{1000, 100, 20, 4}, 4, nil, false, `
items (generic): 6 × 80 bytes
  loop 2: dst +240, src +1000, kernel row
  loop 3: dst +80, src +100, kernel col`},
		{"reversed src", []int{100}, []int{4}, []int{-4}, 4, nil, false, `
strided4 (generic): 100 × 4 bytes
  loop 100: dst +4, src -4, kernel col`},
		{"reversed dst", []int{100}, []int{-4}, []int{4}, 4, nil, false, `
strided4 (generic): 100 × 4 bytes, from dst -396, src +396
  loop 100: dst +4, src -4, kernel col`},
		{"reversed dst, ordered", []int{100}, []int{-4}, []int{4}, 4, nil, true, `
strided4 (generic): 100 × 4 bytes, in C order
  loop 100: dst -4, src +4, kernel col`},
		{"dst in F order, ordered", []int{3, 4}, []int{8, 32}, []int{64, 16}, 8, nil, true, `
strided8 (generic): 12 × 8 bytes, in C order
  loop 3: dst +8, src +64, kernel row
  loop 4: dst +32, src +16, kernel col`},
		{"fill with a scalar", []int{6, 7}, []int{28, 4}, []int{0, 0}, 4, nil, false, `
fill (generic): 42 × 4 bytes
  loop 42: dst +4, src +0, kernel col`},
		{"fill with a column", []int{6, 7}, []int{28, 4}, []int{4, 0}, 4, nil, false, `
fill (generic): 42 × 4 bytes
  loop 6: dst +28, src +4, kernel row
  loop 7: dst +4, src +0, kernel col`},
		{"fill with a row", []int{6, 3}, []int{12, 4}, []int{0, 4}, 4, nil, false, `
fill (generic): 6 × 12 bytes
  loop 6: dst +12, src +0, kernel col`},
		{"scalar to every other item", []int{50}, []int{8}, []int{0}, 4, nil, false, `
strided4 (generic): 50 × 4 bytes
  loop 50: dst +8, src +0, kernel col`},
		{"one byte over and over", []int{50}, []int{0}, []int{1}, 1, nil, true, `
strided1 (generic): 50 × 1 bytes, in C order
  loop 50: dst +0, src +1, kernel col`},

		{"transpose", []int{4096, 4096}, []int{16384, 4}, []int{4, 16384}, 4, nil, false, `
transpose4 (generic): 16777216 × 4 bytes
  loop 4096: dst +16384, src +4, tile 128, kernel row
  loop 4096: dst +4, src +16384, tile 64, kernel col`},
		{"transpose of few items", []int{60, 50}, []int{400, 8}, []int{8, 480}, 8, nil, false, `
transpose8 (generic): 3000 × 8 bytes
  loop 60: dst +400, src +8, kernel row
  loop 50: dst +8, src +480, tile 32, kernel col`},
		{"transpose to F order", []int{4096, 4096}, []int{4, 16384}, []int{16384, 4}, 4, nil, false, `
transpose4 (generic): 16777216 × 4 bytes
  loop 4096: dst +16384, src +4, tile 128, kernel row
  loop 4096: dst +4, src +16384, tile 64, kernel col`},
		{"transpose of a flipped src", []int{300, 300}, []int{600, 2}, []int{-2, 600}, 2, nil, false, `
transpose2 (generic): 90000 × 2 bytes, from dst +179400, src -598
  loop 300: dst -600, src +2, kernel row
  loop 300: dst +2, src +600, tile 128, kernel col`},
		{"transpose of 12 bytes", []int{300, 300}, []int{3600, 12}, []int{12, 3600}, 12, nil, false, `
items (generic): 90000 × 12 bytes
  loop 300: dst +3600, src +12, tile 42, kernel row
  loop 300: dst +12, src +3600, tile 21, kernel col`},
		{"transpose of pairs", []int{300, 300, 2}, []int{2400, 8, 4}, []int{8, 2400, 4}, 4, nil, false, `
transpose8 (generic): 90000 × 8 bytes
  loop 300: dst +2400, src +8, tile 64, kernel row
  loop 300: dst +8, src +2400, tile 32, kernel col`},
		{"large items need no blocks", []int{30, 20}, []int{4000, 200}, []int{200, 6000}, 200, nil, false, `
items (generic): 600 × 200 bytes
  loop 30: dst +4000, src +200, kernel row
  loop 20: dst +200, src +6000, kernel col`},
		{"a field to a transposed column", []int{300, 300}, []int{1200, 4}, []int{24, 7200}, 4, nil, false, `
strided4 (generic): 90000 × 4 bytes
  loop 300: dst +1200, src +24, tile 128, kernel row
  loop 300: dst +4, src +7200, tile 64, kernel col`},
		{"HWC to CHW", []int{3, 1080, 1920}, []int{2073600, 1920, 1}, []int{1, 5760, 3}, 1, nil, false, `
transpose1 (generic): 6220800 × 1 bytes
  loop 3: dst +2073600, src +1, kernel row
  loop 2073600: dst +1, src +3, tile 5440, kernel col`},
		{"CHW to HWC", []int{1080, 1920, 3}, []int{5760, 3, 1}, []int{1920, 1, 2073600}, 1, nil, false, `
transpose1 (generic): 6220800 × 1 bytes
  loop 2073600: dst +3, src +1, tile 5440, kernel row
  loop 3: dst +1, src +2073600, kernel col`},
		{"HWC to CHW, large", []int{3, 3000, 2000}, []int{6000000, 2000, 1}, []int{1, 6000, 3}, 1, nil, false, `
transpose1 (generic): 18000000 × 1 bytes
  loop 3: dst +6000000, src +1, kernel row
  loop 6000000: dst +1, src +3, tile 5440, kernel col`},
		{"CHW to HWC, large", []int{3000, 2000, 3}, []int{6000, 3, 1}, []int{2000, 1, 6000000}, 1, nil, false, `
transpose1 (generic): 18000000 × 1 bytes
  loop 6000000: dst +3, src +1, tile 5440, kernel row
  loop 3: dst +1, src +6000000, kernel col`},
		{"5-D reversal", []int{16, 16, 16, 16, 16}, []int{65536, 4096, 256, 16, 1}, []int{1, 16, 256, 4096, 65536}, 1, nil, false, `
transpose1 (generic): 1048576 × 1 bytes
  loop 16: dst +65536, src +1, kernel row
  loop 16: dst +16, src +4096
  loop 16: dst +256, src +256, tile 2
  loop 16: dst +4096, src +16
  loop 16: dst +1, src +65536, kernel col`},
		{"5-D permutation, large", []int{28, 28, 48, 28, 48}, []int{7225344, 258048, 5376, 192, 4}, []int{4, 5376, 4214784, 150528, 112}, 4, nil, false, `
transpose4 (generic): 50577408 × 4 bytes
  loop 28: dst +7225344, src +4, kernel row
  loop 1344: dst +192, src +150528, tile 2
  loop 28: dst +258048, src +5376, tile 1
  loop 48: dst +4, src +112, kernel col`},

		{"transpose of half lines, large", []int{1024, 1024}, []int{32768, 32}, []int{32, 32768}, 32, nil, false, `
items (generic): 1048576 × 32 bytes
  loop 1024: dst +32, src +32768, tile 8, kernel col
  loop 1024: dst +32768, src +32, tile 32, kernel row`},
		{"long items, large", []int{28, 48, 28, 48, 32}, []int{7225344, 150528, 5376, 128, 4}, []int{6272 * 28, 128, 6272, 4917248, 4}, 4, nil, false, `
items (generic): 1806336 × 128 bytes
  loop 48: dst +128, src +4917248, tile 2, kernel col
  loop 28: dst +7225344, src +175616, tile 1
  loop 28: dst +5376, src +6272, tile 1
  loop 48: dst +150528, src +128, tile 32, kernel row`},
		{"rows of many lines, large", []int{4096, 4000}, []int{4000, 1}, []int{4160, 1}, 1, nil, false, `
items (generic): 4096 × 4000 bytes
  loop 4096: dst +4000, src +4160, tile 2, kernel col`},
		{"fill with a row, large", []int{4096, 4096}, []int{32768, 8}, []int{0, 8}, 8, nil, false, `
items (generic): 4096 × 32768 bytes
  loop 4096: dst +32768, src +0, tile 1, kernel col`},

		{"swap of a run", []int{10, 10}, []int{40, 4}, []int{40, 4}, 4, swap(4, 1), false, `
swap4 (generic): 100 × 4 bytes
  loop 100: dst +4, src +4, kernel col`},
		{"swap of a scalar", nil, nil, nil, 4, swap(4, 1), false,
			"swap4 (generic): 1 × 4 bytes"},
		{"swap of complex items", []int{10}, []int{16}, []int{16}, 16, swap(8, 2), false, `
swap8 (generic): 20 × 8 bytes
  loop 20: dst +8, src +8, kernel col`},
		{"swap of complex items apart", []int{10}, []int{16}, []int{48}, 16, swap(8, 2), false, `
strided16 (generic): 10 × 16 bytes
  loop 10: dst +16, src +48, kernel col
  then reverse 2 × 8 bytes at 0`},
		{"swap of long items apart", []int{10}, []int{80}, []int{160}, 80, swap(8, 10), false, `
swap8 (generic): 100 × 8 bytes
  loop 10: dst +80, src +160, kernel row
  loop 10: dst +8, src +8, kernel col`},
		{"transpose and swap", []int{300, 300}, []int{1200, 4}, []int{4, 1200}, 4, swap(4, 1), false, `
transpose4 (generic): 90000 × 4 bytes
  loop 300: dst +1200, src +4, tile 128, kernel row
  loop 300: dst +4, src +1200, tile 64, kernel col
  then reverse 1 × 4 bytes at 0`},
		{"bools", []int{10, 10}, []int{10, 1}, []int{10, 1}, 1, []plan.Fix{{Size: 1, Count: 1, Bool: true}}, false, `
bool (generic): 100 × 1 bytes
  loop 100: dst +1, src +1, kernel col`},
		{"records", []int{4000}, []int{12}, []int{12}, 12, []plan.Fix{{Offset: 4, Size: 4, Count: 1}, {Offset: 8, Size: 1, Count: 1, Bool: true}}, false, `
items (generic): 4000 × 12 bytes
  loop 4000: dst +12, src +12, tile 1365, kernel col
  then reverse 1 × 4 bytes at 4
  then make 1 bytes 0 or 1 at 8`},
		{"records over one another", []int{4000}, []int{5}, []int{12}, 12, []plan.Fix{{Offset: 4, Size: 4, Count: 1}}, true, `
items (generic): 4000 × 12 bytes, in C order
  loop 4000: dst +5, src +12, tile 1
  then reverse 1 × 4 bytes at 4`},
	} {
		var p plan.Plan
		p.Init(c.shape, c.dst, c.src, c.item, c.fixes, c.ordered)
		if got, want := p.String(), strings.TrimPrefix(c.want, "\n"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
}

// TestStreamDecisions asserts what is fused where a level streams, and how tiles
// are cut: a permutation of each kind.
func TestStreamDecisions(t *testing.T) {
	defer plan.SetCaches(usualCaches)()
	ndtest.EachLevel(t, streamDecisions)
}

func streamDecisions(t *testing.T) {
	level := simd.Table().Level()
	if simd.Table().Stream[0] == nil {
		t.Skipf("level %v does not stream", level)
	}
	for _, c := range []struct {
		name  string
		shape []int // of src
		perm  []int
		item  int
		want  string
	}{
		{"transpose", []int{4096, 4096}, []int{1, 0}, 4, `
transpose4 (LEVEL): 16777216 × 4 bytes, streamed in tiles of 48 × 64
  loop 4096: dst +16384, src +4, in rows
  loop 4096: dst +4, src +16384, in runs`},
		{"transpose of bytes", []int{3000, 5000}, []int{1, 0}, 1, `
transpose1 (LEVEL): 15000000 × 1 bytes, streamed in tiles of 128 × 320
  loop 5000: dst +3000, src +1, in rows
  loop 3000: dst +1, src +5000, in runs`},
		{"whole runs", []int{32, 64, 56, 56}, []int{0, 2, 3, 1}, 4, `
transpose4 (LEVEL): 6422528 × 4 bytes, streamed in tiles of 64 × 64
  loop 32: dst +802816, src +802816
  loop 3136: dst +256, src +4, in rows
  loop 64: dst +4, src +12544, in runs`},
		{"short axes fused", []int{15, 15, 15, 15, 32, 32}, []int{5, 4, 3, 2, 1, 0}, 4, `
transpose4 (LEVEL): 51840000 × 4 bytes, streamed in tiles of 225 × 32
  loop 32: dst +6480000, src +4, in rows
  loop 15: dst +60, src +921600, in runs
  loop 15: dst +900, src +61440
  loop 15: dst +13500, src +4096
  loop 32: dst +202500, src +128, in rows
  loop 15: dst +4, src +13824000, in runs`},
		{"12 axes", []int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, 4, `
transpose4 (LEVEL): 16777216 × 4 bytes, streamed in tiles of 256 × 32
  loop 4: dst +16777216, src +4, in rows
  loop 4: dst +16, src +4194304, in runs
  loop 4: dst +64, src +1048576, in runs
  loop 4: dst +256, src +262144, in runs
  loop 4: dst +1024, src +65536
  loop 4: dst +4096, src +16384
  loop 4: dst +16384, src +4096
  loop 4: dst +65536, src +1024
  loop 4: dst +262144, src +256
  loop 4: dst +1048576, src +64, in rows
  loop 4: dst +4194304, src +16, in rows
  loop 4: dst +4, src +16777216, in runs`},
		{"an axis wanted by both", []int{48, 28, 28, 48, 28}, []int{4, 2, 0, 1, 3}, 4, `
transpose4 (LEVEL): 50577408 × 4 bytes, streamed in tiles of 48 × 28
  loop 28: dst +7225344, src +4, in rows
  loop 1344: dst +192, src +150528, in runs
  loop 28: dst +258048, src +5376
  loop 48: dst +4, src +112, in runs`},
		{"runs too short", []int{20000, 15, 64}, []int{0, 2, 1}, 4, `
transpose4 (LEVEL): 19200000 × 4 bytes
  loop 20000: dst +3840, src +3840, tile 1
  loop 64: dst +60, src +4, kernel row
  loop 15: dst +4, src +256, kernel col`},
		{"rows too short", []int{20000, 64, 8}, []int{0, 2, 1}, 4, `
transpose4 (LEVEL): 10240000 × 4 bytes
  loop 20000: dst +2048, src +2048, tile 1
  loop 8: dst +256, src +4, kernel row
  loop 64: dst +4, src +32, kernel col`},
	} {
		var p plan.Plan
		b := benchCase{c.name, c.shape, c.perm, c.item, nil}
		b.plan(&p)
		want := strings.ReplaceAll(strings.TrimPrefix(c.want, "\n"), "LEVEL", level.String())
		if got := p.String(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
}

// TestStreamCols: tiles that cannot begin at lines of src are wider.
func TestStreamCols(t *testing.T) {
	defer plan.SetCaches(usualCaches)()
	var p plan.Plan
	b := benchCase{"", []int{4096, 4096}, []int{1, 0}, 4, nil}
	b.plan(&p)
	for src, want := range map[uintptr]int{1 << 20: 64, 1<<20 + 4: 64, 1<<20 + 60: 64, 1<<20 + 1: 80, 1<<20 + 63: 80} {
		if got := p.StreamCols(src); got != want {
			t.Errorf("src at %#x: tiles of %d columns, want %d", src, got, want)
		}
	}
}

// TestDivisible asserts which loop goroutines share: one around the tiles of a
// streamed plan, so that rows and runs stay as long as they are, if there is one.
func TestDivisible(t *testing.T) {
	for _, c := range []struct {
		shape   []int // of src
		perm    []int
		threads int
		n, src  int // the loop: its length and src stride
	}{
		{[]int{4096, 4096}, []int{1, 0}, 2, 4096, 4},
		{[]int{7, 300, 500}, []int{0, 2, 1}, 2, 500, 4},
		{[]int{8, 300, 500}, []int{0, 2, 1}, 2, 8, 600000},
		{[]int{48, 28, 28, 48, 28}, []int{4, 2, 0, 1, 3}, 2, 28, 5376},
		{[]int{15, 15, 15, 15, 32, 32}, []int{5, 4, 3, 2, 1, 0}, 2, 15, 61440},
		{[]int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, 4, 4, 65536},
	} {
		var p plan.Plan
		b := benchCase{"", c.shape, c.perm, 4, nil}
		b.plan(&p)
		if n, src := p.Divisible(c.threads); n != c.n || src != c.src {
			t.Errorf("%v, axes %v, %d goroutines: loop of %d, src %+d; want %d, %+d", c.shape, c.perm, c.threads, n, src, c.n, c.src)
		}
	}
}

// ExamplePlan makes a photograph's planes contiguous: height × width × channel
// to channel × height × width.
func ExamplePlan() {
	defer plan.SetCaches(usualCaches)()
	if restore, err := simd.Use(simd.Generic); err == nil {
		defer restore()
	}
	var p plan.Plan
	p.Init([]int{3, 1080, 1920}, []int{1080 * 1920, 1920, 1}, []int{1, 5760, 3}, 1, nil, false)
	fmt.Println(p.String())
	// Output:
	// transpose1 (generic): 6220800 × 1 bytes
	//   loop 3: dst +2073600, src +1, kernel row
	//   loop 2073600: dst +1, src +3, tile 5440, kernel col
}

package plan_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/strided-go/strided/internal/plan"
)

// A benchCase is a copy of a C-ordered array of shape to one whose axes are
// those of perm.
type benchCase struct {
	name  string
	shape []int
	perm  []int
	item  int
	fixes []plan.Fix
}

// ttc has the permutations of the TTC benchmark: sizes with the first axis
// fastest, and which of them each axis of the result is.
// Source: Springer, Sankaran, Bientinesi, "TTC: A high-performance Compiler for
// Tensor Transpositions", ACM TOMS 2017, arXiv:1607.01249.
const ttc = `
7264x7264,1-0 43408x1216,1-0 1216x43408,1-0
368x384x384,0-2-1 2144x64x384,0-2-1 368x64x2307,0-2-1
384x384x355,1-0-2 2320x384x59,1-0-2 384x2320x59,1-0-2
384x355x384,2-1-0 2320x59x384,2-1-0 384x59x2320,2-1-0
80x96x75x96,0-3-2-1 464x16x75x96,0-3-2-1 80x16x75x582,0-3-2-1
96x75x96x75,2-1-3-0 608x12x96x75,2-1-3-0 96x12x608x75,2-1-3-0
96x75x96x75,2-0-3-1 608x12x96x75,2-0-3-1 96x12x608x75,2-0-3-1
96x96x75x75,1-0-3-2 608x96x12x75,1-0-3-2 96x608x12x75,1-0-3-2
96x75x75x96,3-2-1-0 608x12x75x96,3-2-1-0 96x12x75x608,3-2-1-0
32x48x28x28x48,0-4-2-1-3 176x8x28x28x48,0-4-2-1-3 32x8x28x28x298,0-4-2-1-3
48x28x28x48x28,3-2-1-4-0 352x4x28x48x28,3-2-1-4-0 48x4x28x352x28,3-2-1-4-0
48x28x48x28x28,2-0-4-1-3 352x4x48x28x28,2-0-4-1-3 48x4x352x28x28,2-0-4-1-3
48x48x28x28x28,1-3-0-4-2 352x48x4x28x28,1-3-0-4-2 48x352x4x28x28,1-3-0-4-2
48x28x28x28x48,4-3-2-1-0 352x4x28x28x48,4-3-2-1-0 48x4x28x28x352,4-3-2-1-0
16x32x15x32x15x15,0-3-2-5-4-1 48x10x15x32x15x15,0-3-2-5-4-1 16x10x15x103x15x15,0-3-2-5-4-1
32x15x15x32x15x15,3-2-0-5-1-4 112x5x15x32x15x15,3-2-0-5-1-4 32x5x15x112x15x15,3-2-0-5-1-4
32x15x32x15x15x15,2-0-4-1-5-3 112x5x32x15x15x15,2-0-4-1-5-3 32x5x112x15x15x15,2-0-4-1-5-3
32x15x15x32x15x15,3-2-5-1-0-4 112x5x15x32x15x15,3-2-5-1-0-4 32x5x15x112x15x15,3-2-5-1-0-4
32x15x15x15x15x32,5-4-3-2-1-0 112x5x15x15x15x32,5-4-3-2-1-0 32x5x15x15x15x112,5-4-3-2-1-0`

func ttcCases() []benchCase {
	var list []benchCase
	ints := func(s, sep string) []int {
		var n []int
		for _, f := range strings.Split(s, sep) {
			i, _ := strconv.Atoi(f)
			n = append(n, i)
		}
		return n
	}
	for i, f := range strings.Fields(ttc) {
		sizes, perm, _ := strings.Cut(f, ",")
		c := benchCase{name: fmt.Sprintf("%02d/%s/%s", i, sizes, perm), shape: ints(sizes, "x"), perm: ints(perm, "-"), item: 4}
		slices.Reverse(c.shape)
		slices.Reverse(c.perm)
		for k := range c.perm {
			c.perm[k] = len(c.perm) - 1 - c.perm[k]
		}
		list = append(list, c)
	}
	return list
}

func benchCases() []benchCase {
	var list []benchCase
	transpose := func(item, n, m int) {
		list = append(list, benchCase{fmt.Sprintf("transpose/%d/%dx%d", item, n, m), []int{n, m}, []int{1, 0}, item, nil})
	}
	for _, n := range []int{16, 64, 256, 1024, 4096} {
		for _, item := range []int{1, 2, 4, 8, 16} {
			transpose(item, n, n)
		}
	}
	transpose(1, 8192, 8192)
	transpose(4, 8192, 8192)
	transpose(4, 3000, 5000)
	transpose(8, 3000, 5000)
	transpose(4, 4100, 4100)
	for _, item := range []int{3, 12, 24, 32, 64, 128} {
		transpose(item, 1024, 1024)
	}
	for _, item := range []int{32, 64, 128, 192} {
		list = append(list, benchCase{fmt.Sprintf("transpose/%d/40x40", item), []int{40, 40}, []int{1, 0}, item, nil})
	}
	swap := []plan.Fix{{Size: 4, Count: 1}}
	list = append(list,
		benchCase{"swap/4/4194304", []int{4 << 20}, []int{0}, 4, swap},
		benchCase{"transpose+swap/4/2048x2048", []int{2048, 2048}, []int{1, 0}, 4, swap},
		benchCase{"hwc-chw/1/1080x1920x3", []int{1080, 1920, 3}, []int{2, 0, 1}, 1, nil},
		benchCase{"chw-hwc/1/3x1080x1920", []int{3, 1080, 1920}, []int{1, 2, 0}, 1, nil},
		benchCase{"nchw-nhwc/4/32x64x56x56", []int{32, 64, 56, 56}, []int{0, 2, 3, 1}, 4, nil},
		benchCase{"nhwc-nchw/4/32x56x56x64", []int{32, 56, 56, 64}, []int{0, 3, 1, 2}, 4, nil},
	)
	for _, perm := range [][]int{{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		list = append(list, benchCase{fmt.Sprintf("%d%d%d/4/128x256x512", perm[0], perm[1], perm[2]), []int{128, 256, 512}, perm, 4, nil})
	}
	return append(list,
		benchCase{"42013/4/48x28x28x48x28", []int{48, 28, 28, 48, 28}, []int{4, 2, 0, 1, 3}, 4, nil},
		benchCase{"reverse/4/24x32x20x28x36", []int{24, 32, 20, 28, 36}, []int{4, 3, 2, 1, 0}, 4, nil},
		benchCase{"reverse/4/16x16x16x16x256", []int{16, 16, 16, 16, 256}, []int{4, 3, 2, 1, 0}, 4, nil},
		benchCase{"reverse/4/15x15x15x15x32x32", []int{15, 15, 15, 15, 32, 32}, []int{5, 4, 3, 2, 1, 0}, 4, nil},
		benchCase{"reverse/4/4x4x4x4x4x4x4x4x4x4x4x4", []int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, 4, nil},
	)
}

func cStrides(shape []int, item int) []int {
	s := make([]int, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = item
		item *= shape[i]
	}
	return s
}

func (c *benchCase) bytes() int {
	n := c.item
	for _, l := range c.shape {
		n *= l
	}
	return n
}

func (c *benchCase) plan(p *plan.Plan) {
	of := cStrides(c.shape, c.item)
	shape, src := make([]int, len(c.shape)), make([]int, len(c.shape))
	for i, a := range c.perm {
		shape[i], src[i] = c.shape[a], of[a]
	}
	p.Init(shape, cStrides(shape, c.item), src, c.item, c.fixes, false)
}

// BenchmarkCopy runs each copy through a plan made once, in turns with the
// built-in copy of as many bytes between the same buffers. It reports the time of
// copy as a part of the plan's: medians, over as many turns as -benchtime has
// (-benchtime 9x).
func BenchmarkCopy(b *testing.B) {
	var d, s []byte
	for _, c := range benchCases() {
		b.Run(c.name, func(b *testing.B) { c.bench(b, &d, &s) })
	}
}

// BenchmarkTTC is BenchmarkCopy for the permutations of TTC, with the geometric
// mean and the worst of them at the end.
func BenchmarkTTC(b *testing.B) {
	var d, s []byte
	sum, worst, n := 0.0, math.Inf(1), 0
	for _, c := range ttcCases() {
		b.Run(c.name, func(b *testing.B) {
			if r := c.bench(b, &d, &s); r > 0 {
				sum, worst, n = sum+math.Log(r), min(worst, r), n+1
			}
		})
	}
	if n > 0 {
		fmt.Printf("geometric mean of %d: %.3f, worst %.3f\n", n, math.Exp(sum/float64(n)), worst)
	}
}

func (c *benchCase) bench(b *testing.B, dst, src *[]byte) float64 {
	n := c.bytes()
	if len(*dst) < n {
		*dst, *src = make([]byte, n), make([]byte, n)
		for i := range *src {
			(*src)[i], (*dst)[i] = byte(i), 1
		}
	}
	d, s := (*dst)[:n], (*src)[:n]
	var p plan.Plan
	c.plan(&p)
	repeat := max(1, 1<<18/n)
	var copies, plans []float64
	b.SetBytes(int64(n))
	for b.Loop() {
		start := time.Now()
		for range repeat {
			copy(d, s)
		}
		copies = append(copies, time.Since(start).Seconds())
		start = time.Now()
		for range repeat {
			p.Run(unsafe.Pointer(&d[0]), unsafe.Pointer(&s[0]))
		}
		plans = append(plans, time.Since(start).Seconds())
	}
	slices.Sort(copies)
	slices.Sort(plans)
	ratio := copies[len(copies)/2] / plans[len(plans)/2]
	b.ReportMetric(ratio, "x-copy")
	return ratio
}

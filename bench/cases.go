package main

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/strided-go/strided/strides"
)

// cases are the rows. Rows are only added, so that reports stay comparable. The numbers after a name are the bar and the
// peers' figure; see bar for what machine they are of. The peers are the best of NumPy 1.24, PyTorch 1.13, OpenBLAS,
// Eigen, oneDNN and HPTT without tuning.
func cases() ([]*job, error) {
	b := &builder{}
	b.transposes()
	b.permutations()
	b.ttc()
	b.lanes()
	b.broadcasts()
	b.contiguous()
	b.fresh()
	b.calls()
	b.variants()
	b.alignment()
	b.selection()
	b.byteOrder()
	slices.SortStableFunc(b.jobs, func(x, y *job) int {
		return cmp.Compare(slices.Index(sections, x.section), slices.Index(sections, y.section))
	})
	return b.jobs, b.err
}

func (b *builder) transposes() {
	for _, r := range []struct {
		rows, cols, size int
		bar, peers       float64
	}{
		{4096, 4096, 1, 0.45, 0.05},
		{4096, 4096, 2, 0.60, 0.12},
		{4096, 4096, 4, 0.75, 0.35},
		{4096, 4096, 8, 0.75, 0.34},
		{4096, 4096, 16, 0.70, 0.31},
		{8192, 8192, 1, 0.45, 0.05},
		{8192, 8192, 4, 0.75, 0.33},
		{3000, 5000, 4, 0.65, 0.32},
		{3000, 5000, 8, 0.70, 0.43},
		{4100, 4100, 4, 0.50, 0.46},
		{1024, 1024, 1, 0.30, 0.02},
		{1024, 1024, 2, 0.33, 0.08},
		{1024, 1024, 4, 0.60, 0.23},
		{1024, 1024, 8, 0.75, 0.66},
		{1024, 1024, 16, 0, 0},
		{1024, 1024, 3, 0.30, 0.03},
		{1024, 1024, 12, 0.50, 0.07},
		{1024, 1024, 24, 0.55, 0.16},
		{1024, 1024, 32, 0.85, 0.31},
		{256, 256, 1, 0.40, 0.02},
		{256, 256, 2, 0.35, 0.05},
		{256, 256, 4, 0.40, 0.39},
		{256, 256, 8, 0.57, 0.54},
		{256, 256, 16, 0, 0},
		{64, 64, 1, 0.22, 0.03},
		{64, 64, 2, 0, 0},
		{64, 64, 4, 0.40, 0.35},
		{64, 64, 8, 0.50, 0.45},
		{16, 16, 1, 0, 0},
		{16, 16, 4, 0, 0},
	} {
		b.add(sectionTransposes, transposeName(r.rows, r.cols, r.size),
			b.permuted(r.size, []int{1, 0}, r.rows, r.cols), bar{ratio: r.bar}, r.peers)
	}
}

func transposeName(rows, cols, size int) string {
	if rows == cols {
		return fmt.Sprintf("%d² transpose, %s", rows, bytesOf(size))
	}
	return fmt.Sprintf("%d×%d transpose, %s", rows, cols, bytesOf(size))
}

func (b *builder) permutations() {
	for _, p := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		b.add(sectionPermutations, "128×256×512 axes "+times(",", p...)+", 4 bytes", b.permuted(4, p, 128, 256, 512), bar{ratio: 0.55}, 0.29)
	}
	for _, r := range []struct {
		name        string
		size        int
		shape, perm []int
		bar, peers  float64
	}{
		{"NCHW→NHWC 32×64×56×56, 4 bytes", 4, []int{32, 64, 56, 56}, []int{0, 2, 3, 1}, 0.60, 0.35},
		{"NHWC→NCHW 32×56×56×64, 4 bytes", 4, []int{32, 56, 56, 64}, []int{0, 3, 1, 2}, 0.60, 0.40},
		{"HWC→CHW 1080×1920×3, 1 byte", 1, []int{1080, 1920, 3}, []int{2, 0, 1}, 0.70, 0.07},
		{"CHW→HWC 3×1080×1920, 1 byte", 1, []int{3, 1080, 1920}, []int{1, 2, 0}, 0.70, 0.07},
		{"HWC→CHW 1080×1920×4, 1 byte", 1, []int{1080, 1920, 4}, []int{2, 0, 1}, 0.70, 0.07},
		{"CHW→HWC 4×1080×1920, 1 byte", 1, []int{4, 1080, 1920}, []int{1, 2, 0}, 0.70, 0.07},
		{"48×28×28×48×28 axes 4,2,0,1,3, 4 bytes", 4, []int{48, 28, 28, 48, 28}, []int{4, 2, 0, 1, 3}, 0.60, 0.34},
		{"15×15×15×15×32×32 reversed, 4 bytes", 4, []int{15, 15, 15, 15, 32, 32}, []int{5, 4, 3, 2, 1, 0}, 0.38, 0.13},
		{"24×32×20×28×36 reversed, 4 bytes", 4, []int{24, 32, 20, 28, 36}, []int{4, 3, 2, 1, 0}, 0, 0},
	} {
		b.add(sectionPermutations, r.name, b.permuted(r.size, r.perm, r.shape...), bar{ratio: r.bar}, r.peers)
	}
	twelve := make([]int, 12)
	back := make([]int, 12)
	for i := range twelve {
		twelve[i], back[i] = 4, 11-i
	}
	b.add(sectionPermutations, "12 axes of 4 reversed, 4 bytes", b.permuted(4, back, twelve...), bar{numpy: 5}, 0)
}

// The TTC benchmark of Springer, Sankaran and Bientinesi, "TTC: A Tensor Transposition Compiler for Multiple
// Architectures", ARRAY 2016, arXiv:1607.01249. Sizes are given with the fastest axis first, and so are permutations.
//
//go:embed ttc.csv
var ttcCSV string

func (b *builder) ttc() {
	lines, err := csv.NewReader(strings.NewReader(ttcCSV)).ReadAll()
	if err != nil {
		b.must(strides.Layout{}, err)
		return
	}
	for _, line := range lines[1:] {
		sizes, perm := numbers(line[1], "x"), numbers(line[2], "-")
		shape, axes := fromFirstAxisFastest(sizes, perm)
		name := fmt.Sprintf("TTC %s: %s axes %s, 4 bytes", line[0], times("×", shape...), times(",", axes...))
		b.add(sectionTTC, name, b.permuted(4, axes, shape...), bar{}, 0)
	}
}

// fromFirstAxisFastest turns sizes and a permutation that count from the fastest axis into those of C order.
func fromFirstAxisFastest(sizes, perm []int) (shape, axes []int) {
	n := len(sizes)
	shape, axes = make([]int, n), make([]int, n)
	for i := range n {
		shape[n-1-i], axes[n-1-i] = sizes[i], n-1-perm[i]
	}
	return shape, axes
}

// numbers reads a list; a malformed one makes a layout that strides refuses.
func numbers(list, sep string) []int {
	var n []int
	for s := range strings.SplitSeq(list, sep) {
		v, err := strconv.Atoi(s)
		if err != nil {
			v = -1
		}
		n = append(n, v)
	}
	return n
}

func (b *builder) lanes() {
	peers := map[int][2]float64{1: {0.14, 0.15}, 2: {0.11, 0.30}, 4: {0.21, 0.47}, 8: {0.30, 0.49}}
	for _, size := range []int{1, 2, 4, 8} {
		b.add(sectionLanes, "a[:, ::-1], "+bytesOf(size), b.at(b.c(size, 4096, 8192/size), ":, ::-1"), bar{ratio: 0.85}, peers[size][0])
	}
	for _, size := range []int{1, 2, 4, 8} {
		b.add(sectionLanes, "a[:, ::2], "+bytesOf(size), b.at(b.c(size, 4096, 16384/size), ":, ::2"), bar{ratio: 0.57}, peers[size][1])
	}
	a := b.c(8, 4096, 4096)
	b.into(sectionLanes, "a[:, ::2] = c, 8 bytes", b.at(a, ":, ::2"), b.c(8, 4096, 2048), bar{ratio: 0.50}, 0.50)
	b.add(sectionLanes, "a[::2, ::3], 8 bytes", b.at(a, "::2, ::3"), bar{ratio: 0.30}, 0.24)
	for _, size := range []int{4, 8} {
		n := 1 << 24 / size
		record := fmt.Sprintf("%d-byte records", 3*size)
		peers := map[int]float64{4: 0.34, 8: 0.37}[size]
		b.add(sectionLanes, "one field of "+record, b.at(b.c(size, n, 3), ":, 1"), bar{ratio: 0.45}, peers)
		b.add(sectionLanes, "all three fields of "+record+", AoS→SoA", b.permuted(size, []int{1, 0}, n, 3), bar{ratio: 0.80}, 0.38)
		b.add(sectionLanes, "all three fields of "+record+", SoA→AoS", b.permuted(size, []int{1, 0}, 3, n), bar{ratio: 0.80}, 0.38)
	}
}

func (b *builder) broadcasts() {
	for _, r := range []struct {
		name string
		src  strides.Layout
	}{
		{"a row to 4096², 8 bytes", b.c(8, 4096)},
		{"a column to 4096², 8 bytes", b.c(8, 4096, 1)},
		{"a scalar to 4096², 8 bytes", b.c(8)},
	} {
		b.add(sectionBroadcasts, r.name, b.must(r.src.BroadcastTo(4096, 4096)), bar{ratio: 0.85}, 0.65).written = true
	}
}

func (b *builder) contiguous() {
	for _, kib := range []int{1, 4, 16, 63, 64, 256, 1024, 4096, 16384, 65536} {
		section, goal := sectionContiguous, bar{ratio: 0.97}
		if kib < 64 {
			section, goal = sectionCalls, bar{overCopy: 40}
		}
		b.add(section, fmt.Sprintf("Copy of %d KiB", kib), b.c(8, kib<<10/8), goal, 0)
	}
}

func (b *builder) fresh() {
	for _, n := range []int{1024, 4096} {
		goal, peers := bar{}, 0.0
		if n == 4096 {
			goal, peers = bar{ratio: 0.70}, 0.07
		}
		b.add(sectionFresh, fmt.Sprintf("GetContiguous of a %d² transpose, 8 bytes", n), b.permuted(8, []int{1, 0}, n, n), goal, peers).call = "GetContiguous"
	}
}

func (b *builder) calls() {
	b.add(sectionCalls, "CopyTo, 16×16 transpose, 8 bytes", b.permuted(8, []int{1, 0}, 16, 16), bar{ns: 80}, 46).call = "CopyTo"
	b.add(sectionCalls, "Copy, 16×16 transpose, 8 bytes", b.permuted(8, []int{1, 0}, 16, 16), bar{}, 0)
	b.add(sectionCalls, "GetContiguous, contiguous 16×16, 8 bytes", b.c(8, 16, 16), bar{ns: 45}, 39).call = "GetContiguous"
	b.add(sectionCalls, "GetContiguous, 4×4 transpose, 8 bytes", b.permuted(8, []int{1, 0}, 4, 4), bar{ns: 150}, 196).call = "GetContiguous"
}

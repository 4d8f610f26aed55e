package convert_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/convert"
	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/simd"
)

// generic is what the loops in pure Go do.
func generic(t testing.TB, f func()) {
	t.Helper()
	restore, err := simd.Use(simd.Generic)
	if err != nil {
		t.Fatal(err)
	}
	defer restore()
	f()
}

// edges returns numbers of a kind, one after the other, that are at some edge.
func edges(r *rand.Rand, k convert.Kind) (mem []byte) {
	list := words(r, k.Size())
	mem = make([]byte, len(list)*k.Size())
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i, u := range list {
		putWord(mem[i*k.Size():][:k.Size()], u)
	}
	return mem
}

// eachLane calls f with each pair of kinds that the active level has kernels for.
func eachLane(f func(to, from convert.Kind, fn, lines simd.ConvertFunc)) {
	k := simd.Table()
	for c := range simd.Conversions {
		if fn := k.Convert[c]; fn != nil {
			to, from := convert.LanePair(c)
			f(to, from, fn, k.ConvertLines[c])
		}
	}
}

// TestLanePairs: the kernels have the names of the kinds they are used for.
func TestLanePairs(t *testing.T) {
	for c := range simd.Conversions {
		to, from := convert.LanePair(c)
		if name := fmt.Sprintf("%v-%v", from, to); name != c.String() {
			t.Errorf("kernels %v are used for %s", c, name)
		}
	}
	ndtest.EachLevel(t, func(t *testing.T) {
		if n := 0; runtime.GOARCH == "amd64" && (simd.Active() == simd.AVX2 || simd.Active() == simd.AVX512) {
			eachLane(func(_, _ convert.Kind, _, _ simd.ConvertFunc) { n++ })
			if want := map[simd.Level]int{simd.AVX2: 19, simd.AVX512: 24}[simd.Active()]; n != want {
				t.Errorf("%d pairs have kernels, want %d", n, want)
			}
		}
	})
}

// TestKernels runs the kernels alone, on all lengths from the least one on to more than two lines, at either end of guarded
// memory, and on whole lines.
func TestKernels(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		eachLane(func(to, from convert.Kind, fn, lines simd.ConvertFunc) {
			d, s := to.Size(), from.Size()
			values := edges(r, from)
			const most = simd.ConvertLeast + 2*simd.StreamLine + 1
			var dsts, srcs [2][]byte
			for end := range 2 {
				dsts[end], srcs[end] = guard.Alloc(t, (most+1)*d, end == 1), guard.Alloc(t, (most+1)*s, end == 1)
			}
			want := make([]byte, most*d)
			check := func(n, shift int) {
				for end := range 2 {
					dst, src := dsts[end], srcs[1-end]
					for i := range dst {
						dst[i] = 0xa5
					}
					at := r.IntN(len(values)/s - n)
					d0, s0 := shift, len(src)-n*s
					if end == 1 {
						d0, s0 = len(dst)-n*d-shift, 0
					}
					copy(src[s0:], values[at*s:][:n*s])
					generic(t, func() {
						convert.Of(to, from)(unsafe.Pointer(&want[0]), unsafe.Pointer(&src[s0]), n, d, s)
					})
					fn(unsafe.Pointer(&dst[d0]), unsafe.Pointer(&src[s0]), n)
					simd.StreamFence()
					if got := dst[d0:][:n*d]; !bytes.Equal(got, want[:n*d]) {
						i := 0
						for bytes.Equal(got[i*d:][:d], want[i*d:][:d]) {
							i++
						}
						t.Fatalf("%v to %v, %d items: item %d, %x, is %x, want %x", from, to, n, i, src[s0+i*s:][:s], got[i*d:][:d], want[i*d:][:d])
					}
					outside := func(b byte) bool { return b != 0xa5 }
					if slices.ContainsFunc(dst[:d0], outside) || slices.ContainsFunc(dst[d0+n*d:], outside) {
						t.Fatalf("%v to %v, %d items: written outside dst", from, to, n)
					}
					if !bytes.Equal(src[s0:][:n*s], values[at*s:][:n*s]) {
						t.Fatalf("%v to %v, %d items: src has changed", from, to, n)
					}
				}
			}
			for n := simd.ConvertLeast; n <= most; n++ {
				check(n, n%(d+1))
			}
			for n := simd.ConvertLeast; n <= most; n += simd.StreamLine / d {
				checkLines(t, to, from, lines, values, n)
			}
		})
	})
}

// checkLines runs a kernel for whole lines, in memory whose pages end, and begin, with them.
func checkLines(t *testing.T, to, from convert.Kind, lines simd.ConvertFunc, values []byte, n int) {
	d, s := to.Size(), from.Size()
	want := make([]byte, n*d)
	for end := range 2 {
		dst, src := guard.Alloc(t, n*d, end == 1), guard.Alloc(t, n*s, end == 0)
		copy(src, values)
		generic(t, func() { convert.Of(to, from)(unsafe.Pointer(&want[0]), unsafe.Pointer(&src[0]), n, d, s) })
		lines(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), n)
		simd.StreamFence()
		if !bytes.Equal(dst, want) || !bytes.Equal(src, values[:n*s]) {
			t.Fatalf("%v to %v, %d items of whole lines: wrong", from, to, n)
		}
	}
}

// TestLanes runs the pairs with kernels through the table: lengths that are cut in pieces, streamed and not, between any
// strides, at any alignment, with gaps poisoned.
func TestLanes(t *testing.T) {
	type span struct{ n, dst, src int } // lengths, and strides in items
	cases := []span{}
	for _, n := range []int{63, 64, 65, 1087, 1088, 2200, 8255, 8256, 17000} {
		for _, c := range [][2]int{{1, 1}, {1, 2}, {1, -1}, {1, 3}, {1, 0}, {2, 1}, {-1, 1}, {2, 2}, {0, 1}, {-3, -2}} {
			cases = append(cases, span{n, c[0], c[1]})
		}
	}
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		eachLane(func(to, from convert.Kind, _, _ simd.ConvertFunc) {
			d, s := to.Size(), from.Size()
			values := edges(r, from)
			list := cases
			if n := (1 << 20) / d; !testing.Short() {
				for _, c := range []span{{n, 1, 1}, {n + 77, 1, 1}, {n + 99, 1, 2}, {n + 1, 1, -1}} {
					list = append(slices.Clip(list), c)
				}
			}
			for _, c := range list {
				for _, shift := range []int{0, 1, d, 3 * d} {
					dn := max(c.dst, -c.dst, 1) * c.n * d
					sn := max(c.src, -c.src, 1) * c.n * s
					dst, src := make([]byte, dn+shift+d+64), make([]byte, sn)
					for i := 0; i < len(src); i += len(values) {
						copy(src[i:], values)
					}
					for i := range dst {
						dst[i] = 0xa5
					}
					want := slices.Clone(dst)
					d0, s0 := shift, 0
					if c.dst < 0 {
						d0 += dn + c.dst*d
					}
					if c.src < 0 {
						s0 = sn + c.src*s
					}
					run := func(mem []byte) {
						convert.Of(to, from)(unsafe.Pointer(&mem[d0]), unsafe.Pointer(&src[s0]), c.n, c.dst*d, c.src*s)
					}
					was := slices.Clone(src)
					generic(t, func() { run(want) })
					run(dst)
					if !bytes.Equal(dst, want) || !bytes.Equal(src, was) {
						t.Fatalf("%v to %v, %+v, dst %d bytes on: wrong", from, to, c, shift)
					}
				}
			}
		})
	})
}

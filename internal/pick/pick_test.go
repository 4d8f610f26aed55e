package pick_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/guard"
	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/pick"
	"github.com/strided-go/strided/simd"
)

// A lane is n items of size bytes, a stride apart, flush against an unreadable page, with random bytes.
type lane struct {
	mem                  []byte
	first, n, size, step int
}

func newLane(t *testing.T, r *rand.Rand, n, size, stride int) lane {
	span := 0
	if n > 0 {
		span = max(stride, -stride)*(n-1) + size
	}
	l := lane{guard.Alloc(t, span, r.IntN(2) == 0), max(0, -stride*(n-1)), n, size, stride}
	for i := range l.mem {
		l.mem[i] = byte(r.Uint32())
	}
	return l
}

func (l lane) p() unsafe.Pointer {
	if l.n == 0 {
		return nil
	}
	return unsafe.Pointer(&l.mem[l.first])
}

func (l lane) item(i int) []byte { return l.mem[l.first+i*l.step:][:l.size] }

// clone returns a copy of the lane in plain memory.
func (l lane) clone() lane {
	l.mem = slices.Clone(l.mem)
	return l
}

var (
	sizes   = []int{1, 2, 3, 4, 5, 8, 12, 16, 24, 40}
	lengths = []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 64, 65, 131, 400}
)

// newMask makes a lane of bytes, mostly 0, mostly not, or half.
func newMask(t *testing.T, r *rand.Rand, n, stride int) lane {
	m := newLane(t, r, n, 1, stride)
	p := []float64{0, 0.05, 0.5, 0.95, 1}[r.IntN(5)]
	for i := range n {
		m.item(i)[0] = 0
		if r.Float64() < p {
			m.item(i)[0] = byte(1 + r.IntN(255))
		}
	}
	return m
}

func cases(f func(name string, n, size, a, b, c int)) {
	for _, n := range lengths {
		for _, size := range sizes {
			for _, s := range [][3]int{{1, 1, 1}, {2, 1, 1}, {1, 3, 1}, {-1, 1, 2}, {1, -2, -1}, {2, 0, 3}, {1, 1, 0}} {
				f(fmt.Sprintf("n=%d size=%d steps=%v", n, size, s), n, size, s[0]*size, s[1]*size, s[2])
			}
		}
	}
}

func TestMasked(t *testing.T) { ndtest.EachLevel(t, testMasked) }

func testMasked(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cases(func(name string, n, size, ds, ss, ms int) {
		dst, src, mask := newLane(t, r, n, size, ds), newLane(t, r, n, size, ss), newMask(t, r, n, ms)
		want, src0, mask0 := dst.clone(), src.clone(), mask.clone()
		for i := range n {
			if mask.item(i)[0] != 0 {
				copy(want.item(i), src.item(i))
			}
		}
		pick.Masked(size)(dst.p(), src.p(), mask.p(), n, ds, ss, ms, size)
		if !slices.Equal(dst.mem, want.mem) || !slices.Equal(src.mem, src0.mem) || !slices.Equal(mask.mem, mask0.mem) {
			t.Fatalf("%s: wrong bytes", name)
		}
	})
}

func TestCompress(t *testing.T) { ndtest.EachLevel(t, testCompress) }

func testCompress(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	cases(func(name string, n, size, _, ss, ms int) {
		src, mask := newLane(t, r, n, size, ss), newMask(t, r, n, ms)
		var want []byte
		for i := range n {
			if mask.item(i)[0] != 0 {
				want = append(want, src.item(i)...)
			}
		}
		total := len(want) / size
		if got := pick.Count(mask.p(), n, ms); got != total {
			t.Fatalf("%s: Count is %d, want %d", name, got, total)
		}
		for _, limit := range []int{total, total / 2} {
			dst := guard.Alloc(t, limit*size, true)
			var p unsafe.Pointer
			if len(dst) > 0 {
				p = unsafe.Pointer(&dst[0])
			}
			got := pick.Compress(size)(p, src.p(), mask.p(), n, ss, ms, size, limit)
			if got != limit || !slices.Equal(dst, want[:limit*size]) {
				t.Fatalf("%s: limit %d: %d items, wrong bytes", name, limit, got)
			}
			list := make([]int64, limit+1)
			list[limit] = -7
			if k := pick.Nonzero(list[:limit:limit], mask.p(), n, ms, 100); k != limit || list[limit] != -7 {
				t.Fatalf("%s: Nonzero stored %d of %d", name, k, limit)
			}
			for j, k := 0, 0; j < n && k < limit; j++ {
				if mask.item(j)[0] != 0 {
					if list[k] != int64(100+j) {
						t.Fatalf("%s: Nonzero: %d, want %d", name, list[k], 100+j)
					}
					k++
				}
			}
		}
	})
}

// Long rows and long lists, in memory that is aligned, or not.
func TestGatherLong(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		for _, size := range []int{4, 8, 64, 100, 512, 1024, 1100} {
			n := 140_000 / size
			for _, odd := range []int{0, 1, size % 64} {
				table := newLane(t, r, 50, size, size)
				offsets := make([]int, n)
				var want []byte
				for j := range offsets {
					offsets[j] = r.IntN(50) * size
					want = append(want, table.item(offsets[j]/size)...)
				}
				for _, stream := range []bool{false, true} {
					mem := make([]byte, n*size+256)
					at := int(-uintptr(unsafe.Pointer(&mem[0]))%64) + 64 + odd
					pick.Gather(size, stream)(table.p(), unsafe.Pointer(&mem[at]), size, offsets, size)
					pick.Fence()
					if !slices.Equal(mem[at:at+n*size], want) || slices.Max(mem[:at]) != 0 || slices.Max(mem[at+n*size:]) != 0 {
						t.Errorf("%d rows of %d bytes, %d off, streaming %v: wrong bytes", n, size, odd, stream)
					}
				}
			}
		}
	})
}

// The kernels there are, so that losing one is noticed.
func TestKernels(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		wide := simd.Table().Rows != nil // AVX2 or more, and assembly is built in
		for _, name := range []string{"count", "nonzero", "compress4", "compress8", "masked4", "masked8", "offsets", "check",
			"gather4", "gather8", "gatherstream4", "gatherstream8", "gatherrows", "gatherrowsstream"} {
			if _, ok := simd.Table().Impl(name); ok != wide {
				t.Errorf("%s: %v, want %v", name, ok, wide)
			}
		}
		if got := pick.HasLines(8, 8); got != wide || pick.HasLines(8, 24) || pick.HasLines(3, 4) {
			t.Errorf("HasLines: %v", got)
		}
	})
}

// Masks longer than what kernels are given at a time.
func TestLongMasks(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 12))
		for _, n := range []int{simd.MaskMost - 1, simd.MaskMost, simd.MaskMost + 1, 3*simd.MaskMost + 77} {
			for _, size := range []int{1, 2, 4, 8, 16} {
				src, mask, dst := newLane(t, r, n, size, size), newMask(t, r, n, 1), newLane(t, r, n, size, size)
				var kept []byte
				var numbers []int64
				where := dst.clone()
				for i := range n {
					if mask.item(i)[0] != 0 {
						kept, numbers = append(kept, src.item(i)...), append(numbers, int64(i))
						copy(where.item(i), src.item(i))
					}
				}
				pick.Masked(size)(dst.p(), src.p(), mask.p(), n, size, size, 1, size)
				if !slices.Equal(dst.mem, where.mem) {
					t.Errorf("%d items of %d bytes: masked: wrong bytes", n, size)
				}
				if k := pick.Compress(size)(dst.p(), src.p(), mask.p(), n, size, 1, size, n); !slices.Equal(dst.mem[:k*size], kept) {
					t.Errorf("%d items of %d bytes: compress: %d, wrong bytes", n, size, k)
				}
				list := make([]int64, len(numbers))
				if k := pick.Nonzero(list, mask.p(), n, 1, 0); k != len(list) || !slices.Equal(list, numbers) || k != pick.Count(mask.p(), n, 1) {
					t.Errorf("%d items: nonzero: %d, wrong numbers", n, k)
				}
			}
		}
	})
}

func TestMove(t *testing.T) { ndtest.EachLevel(t, testMove) }

func testMove(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	cases(func(name string, n, size, _, step, _ int) {
		table, list := newLane(t, r, 9, size, size), newLane(t, r, n, size, step)
		offsets := make([]int, n)
		for j := range offsets {
			offsets[j] = r.IntN(9) * size
		}
		wantList, wantTable := list.clone(), table.clone()
		for j := range n {
			copy(wantList.item(j), table.item(offsets[j]/size))
		}
		before := list.clone()
		for _, stream := range []bool{false, true} {
			copy(list.mem, before.mem)
			pick.Gather(size, stream)(table.p(), list.p(), step, offsets, size)
			pick.Fence()
			if !slices.Equal(list.mem, wantList.mem) || !slices.Equal(table.mem, wantTable.mem) {
				t.Fatalf("%s: Gather, streaming %v: wrong bytes", name, stream)
			}
		}
		for i := range list.mem {
			list.mem[i] = byte(r.Uint32())
		}
		wantList = list.clone()
		for j := range n {
			copy(wantTable.item(offsets[j]/size), list.item(j))
		}
		pick.Scatter(size)(table.p(), list.p(), step, offsets, size)
		if !slices.Equal(table.mem, wantTable.mem) || !slices.Equal(list.mem, wantList.mem) {
			t.Fatalf("%s: Scatter: wrong bytes", name)
		}
	})
}

// Every type of index, mode and length of axis, at and around the limits, against big integers.
func TestIndices(t *testing.T) { ndtest.EachLevel(t, testIndices) }

func testIndices(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, size := range []int{1, 2, 4, 8} {
		for _, signed := range []bool{true, false} {
			loops := pick.IndicesOf(size, signed)
			for _, n := range []int{1, 2, 7, 127, 128, 129, 255, 256, 40000, 1 << 20, math.MaxInt / 3, math.MaxInt} {
				for _, count := range []int{0, 1, 15, 16, 17, 40, 100} {
					stride := []int{size, 2 * size, -size, 0}[r.IntN(4)]
					src := newLane(t, r, count, size, stride)
					inRange := r.IntN(3) > 0
					for j := range count {
						put(src.item(j), candidate(r, n, size, signed, inRange))
					}
					bad := -1
					values := make([]*big.Int, count)
					for j := range count {
						values[j] = value(src.item(j), signed)
						v, length := values[j], big.NewInt(int64(n))
						if bad < 0 && (v.Cmp(length) >= 0 || v.Cmp(new(big.Int).Neg(length)) < 0) {
							bad = j
						}
					}
					name := fmt.Sprintf("size %d signed %v n %d indices %v", size, signed, n, values)
					if got := loops.Check(src.p(), stride, count, n); got != bad {
						t.Fatalf("%s: Check is %d, want %d", name, got, bad)
					}
					out := make([]int, count)
					for mode := pick.Raise; mode <= pick.Wrap; mode++ {
						got := loops.Offsets(out, src.p(), stride, n, 3, mode)
						if want := bad; mode == pick.Raise && got != want || mode != pick.Raise && got != -1 {
							t.Fatalf("%s: mode %d: Offsets is %d, want %d", name, mode, got, want)
						}
						for j := range count {
							if mode == pick.Raise && j == bad {
								break
							}
							if want := int(resolved(values[j], n, mode)) * 3; out[j] != want {
								t.Fatalf("%s: mode %d: index %d is %d bytes, want %d", name, mode, j, out[j], want)
							}
						}
					}
				}
			}
		}
	}
}

// The loops that read indices themselves do what Offsets and Gather or Scatter do, and stop where Offsets stops.
func TestDirect(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, size := range sizes {
		for _, indexSize := range []int{1, 4, 8} {
			gather, scatter := pick.Direct(size, indexSize, true)
			if none := gather == nil && scatter == nil; none != (indexSize == 1 || size&(size-1) != 0 || size > 16) {
				t.Errorf("size %d, indices of %d bytes: no loop: %v", size, indexSize, none)
			}
			if a, b := pick.Direct(size, indexSize, false); a != nil || b != nil {
				t.Errorf("size %d: loops for unsigned indices", size)
			}
			if gather == nil {
				continue
			}
			for _, n := range lengths {
				for _, stride := range []int{indexSize, -indexSize, 3 * indexSize, 0} {
					const length = 9
					indices := newLane(t, r, n, indexSize, stride)
					for j := range n {
						put(indices.item(j), candidate(r, length, indexSize, true, r.IntN(30) > 0))
					}
					offsets := make([]int, n)
					moved := n
					if bad := pick.IndicesOf(indexSize, true).Offsets(offsets, indices.p(), stride, length, 2*size, pick.Raise); bad >= 0 {
						moved = bad
					}
					table, list := newLane(t, r, length, size, 2*size), newLane(t, r, n, size, 3*size)
					wantTable, wantList := table.clone(), list.clone()
					pick.Gather(size, false)(wantTable.p(), wantList.p(), 3*size, offsets[:moved], size)
					if got := gather(table.p(), list.p(), indices.p(), n, length, 2*size, 3*size, stride); got != moved {
						t.Fatalf("size %d: %d moved, want %d", size, got, moved)
					}
					if !slices.Equal(list.mem, wantList.mem) || !slices.Equal(table.mem, wantTable.mem) {
						t.Fatalf("size %d, %d indices of %d bytes: gather: wrong bytes", size, n, indexSize)
					}
					for i := range list.mem {
						list.mem[i] = byte(r.Uint32())
					}
					pick.Scatter(size)(wantTable.p(), list.p(), 3*size, offsets[:moved], size)
					if got := scatter(table.p(), list.p(), indices.p(), n, length, 2*size, 3*size, stride); got != moved || !slices.Equal(table.mem, wantTable.mem) {
						t.Fatalf("size %d, %d indices of %d bytes: scatter: wrong bytes", size, n, indexSize)
					}
				}
			}
		}
	}
}

// candidate is an index near a limit or anywhere, in range if wanted and possible.
func candidate(r *rand.Rand, n, size int, signed, inRange bool) uint64 {
	for {
		v := []uint64{0, 1, uint64(n) - 1, uint64(n), uint64(n) + 1, -uint64(n), -uint64(n) - 1, math.MaxUint64, 1 << 63, 1<<63 - 1, r.Uint64(), r.Uint64N(uint64(n))}[r.IntN(12)]
		b := make([]byte, 8)
		put(b[:size], v)
		x := value(b[:size], signed)
		length := big.NewInt(int64(n))
		if !inRange || x.Cmp(length) < 0 && x.Cmp(new(big.Int).Neg(length)) >= 0 {
			return v
		}
	}
}

func put(b []byte, v uint64) {
	switch len(b) {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.NativeEndian.PutUint16(b, uint16(v))
	case 4:
		binary.NativeEndian.PutUint32(b, uint32(v))
	default:
		binary.NativeEndian.PutUint64(b, v)
	}
}

func value(b []byte, signed bool) *big.Int {
	var u uint64
	switch len(b) {
	case 1:
		u = uint64(b[0])
	case 2:
		u = uint64(binary.NativeEndian.Uint16(b))
	case 4:
		u = uint64(binary.NativeEndian.Uint32(b))
	default:
		u = binary.NativeEndian.Uint64(b)
	}
	if signed {
		shift := 64 - 8*len(b)
		return big.NewInt(int64(u) << shift >> shift)
	}
	return new(big.Int).SetUint64(u)
}

func resolved(v *big.Int, n int, mode pick.Mode) int64 {
	length := big.NewInt(int64(n))
	x := new(big.Int).Set(v)
	switch {
	case mode == pick.Wrap:
		x.Mod(x, length)
	case mode == pick.Clip && x.Sign() < 0:
		return 0
	case mode == pick.Clip && x.Cmp(length) >= 0:
		return int64(n - 1)
	case mode == pick.Raise && x.Sign() < 0:
		x.Add(x, length)
	}
	return x.Int64()
}

package plan_test

import (
	"bytes"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/internal/ref"
	"github.com/strided-go/strided/simd"
)

// TestPlanes copies three planes, apart and together, that are long enough for
// streaming stores, to every kind of alignment.
func TestPlanes(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		const item, n = 4, 1<<20 + 77
		kernel := "planes4 (avx2)"
		if simd.Table().Planes[simd.Slot(item)] == nil {
			kernel = "transpose4 ("
		}
		src := make([]byte, 3*n*item)
		for i := range src {
			src[i] = byte(i*31 + i>>8*7 + i>>16)
		}
		for _, c := range [][2]int{{0, 0}, {item, item}, {1, 0}} {
			shift, plane := c[0], n*item+c[1]
			dst, want := make([]byte, 3*plane+shift), make([]byte, 3*plane+shift)
			var p plan.Plan
			p.Init([]int{3, n}, []int{plane, item}, []int{item, 3 * item}, item, nil, false)
			if !strings.HasPrefix(p.String(), kernel) {
				t.Errorf("apart: %v", &p)
			}
			ref.Copy(want, shift, []int{plane, item}, src, 0, []int{item, 3 * item}, []int{3, n}, item)
			for _, threads := range []int{1, 2, 3, 6} {
				clear(dst)
				p.RunThreads(unsafe.Pointer(&dst[shift]), unsafe.Pointer(&src[0]), threads)
				if !bytes.Equal(dst, want) {
					t.Fatalf("apart, dst %d bytes into a line, planes %d bytes apart, %d goroutines: wrong", shift, plane, threads)
				}
			}
			back := make([]byte, len(src)+shift)
			p.Init([]int{n, 3}, []int{3 * item, item}, []int{item, plane}, item, nil, false)
			if !strings.HasPrefix(p.String(), kernel) {
				t.Errorf("together: %v", &p)
			}
			for _, threads := range []int{1, 3} {
				clear(back)
				p.RunThreads(unsafe.Pointer(&back[shift]), unsafe.Pointer(&dst[shift]), threads)
				if !bytes.Equal(back[shift:], src) {
					t.Fatalf("together, dst %d bytes into a line, planes %d bytes apart, %d goroutines: wrong", shift, plane, threads)
				}
			}
		}
	})
}

// TestPlanesInBlocks: three planes that the level has no kernel for are cut into blocks or tiles, none of which is as long
// as a plane.
func TestPlanesInBlocks(t *testing.T) {
	ndtest.EachLevel(t, func(t *testing.T) {
		for slot, kernel := range simd.Table().Planes {
			item, n := 1<<slot, 16<<20>>slot
			for _, c := range [][]int{{3, n, n * item, item, item, 3 * item}, {n, 3, 3 * item, item, item, n * item}} {
				var p plan.Plan
				p.Init(c[:2], c[2:4], c[4:], item, nil, false)
				if cut := strings.Contains(p.String(), "tile"); cut != (kernel == nil) {
					t.Errorf("planes of items of %d bytes: %v", item, &p)
				}
			}
		}
	})
}

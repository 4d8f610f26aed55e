package plan_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/internal/ref"
	"github.com/strided-go/strided/simd"
)

// TestBytePlanes takes the bytes of many items apart and puts them together, on one
// goroutine and on several, with planes that are whole lines and others.
func TestBytePlanes(t *testing.T) {
	type job struct{ count, n, shift, pad int }
	var jobs []job
	for _, count := range []int{2, 4, 8, 16} {
		n := (4<<20+count-1)/count&^(simd.StreamLine-1) + simd.StreamLine
		jobs = append(jobs, job{count, n, 0, 0}, job{count, n, 5, 0}, job{count, n + 3, count, 0}, job{count, n + 3, 0, simd.StreamLine - 3})
	}
	for _, j := range jobs {
		count, n, plane := j.count, j.n, j.n+j.pad
		src := make([]byte, count*n)
		for i := range src {
			src[i] = byte(i*31 + i>>8*7 + i>>16)
		}
		want := make([]byte, count*plane+j.shift)
		ref.Copy(want, j.shift, []int{plane, 1}, src, 0, []int{1, count}, []int{count, n}, 1)
		ndtest.EachLevel(t, func(t *testing.T) {
			kernel := "transpose1 ("
			if simd.Table().Planes[0] != nil {
				kernel = fmt.Sprintf("planes1 (%v)", simd.Active())
			}
			for threads := 1; threads <= 3; threads += 2 {
				dst, back := make([]byte, len(want)), make([]byte, len(src)+j.shift)
				var p plan.Plan
				p.Init([]int{count, n}, []int{plane, 1}, []int{1, count}, 1, nil, false)
				if !strings.HasPrefix(p.String(), kernel) {
					t.Errorf("apart: %v", &p)
				}
				p.RunThreads(unsafe.Pointer(&dst[j.shift]), unsafe.Pointer(&src[0]), threads)
				if !bytes.Equal(dst, want) {
					t.Fatalf("%+v apart, %d goroutines: wrong", j, threads)
				}
				p.Init([]int{n, count}, []int{count, 1}, []int{1, plane}, 1, nil, false)
				if !strings.HasPrefix(p.String(), kernel) {
					t.Errorf("together: %v", &p)
				}
				p.RunThreads(unsafe.Pointer(&back[j.shift]), unsafe.Pointer(&dst[j.shift]), threads)
				if !bytes.Equal(back[j.shift:], src) || bytes.Count(back[:j.shift], []byte{0}) != j.shift {
					t.Fatalf("%+v together, %d goroutines: wrong", j, threads)
				}
			}
		})
	}
}

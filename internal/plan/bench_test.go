package plan_test

import (
	"fmt"
	"testing"
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

func benchCases() []benchCase {
	var list []benchCase
	for _, n := range []int{16, 256, 4096} {
		for _, item := range []int{1, 2, 4, 8, 16} {
			list = append(list, benchCase{fmt.Sprintf("transpose/%d/%dx%d", item, n, n), []int{n, n}, []int{1, 0}, item, nil})
		}
	}
	for _, item := range []int{3, 12, 24, 32, 64, 128} {
		list = append(list, benchCase{fmt.Sprintf("transpose/%d/1024x1024", item), []int{1024, 1024}, []int{1, 0}, item, nil})
	}
	swap := []plan.Fix{{Size: 4, Count: 1}}
	return append(list,
		benchCase{"transpose/4/4100x4100", []int{4100, 4100}, []int{1, 0}, 4, nil},
		benchCase{"swap/4/4194304", []int{4 << 20}, []int{0}, 4, swap},
		benchCase{"transpose+swap/4/2048x2048", []int{2048, 2048}, []int{1, 0}, 4, swap},
		benchCase{"hwc-chw/1/1080x1920x3", []int{1080, 1920, 3}, []int{2, 0, 1}, 1, nil},
		benchCase{"chw-hwc/1/3x1080x1920", []int{3, 1080, 1920}, []int{1, 2, 0}, 1, nil},
		benchCase{"021/4/128x256x512", []int{128, 256, 512}, []int{0, 2, 1}, 4, nil},
		benchCase{"210/4/128x256x512", []int{128, 256, 512}, []int{2, 1, 0}, 4, nil},
		benchCase{"120/4/128x256x512", []int{128, 256, 512}, []int{1, 2, 0}, 4, nil},
		benchCase{"201/4/128x256x512", []int{128, 256, 512}, []int{2, 0, 1}, 4, nil},
		benchCase{"42013/4/48x28x28x48x28", []int{48, 28, 28, 48, 28}, []int{4, 2, 0, 1, 3}, 4, nil},
		benchCase{"reverse/4/16x16x16x16x256", []int{16, 16, 16, 16, 256}, []int{4, 3, 2, 1, 0}, 4, nil},
		benchCase{"reverse/4/15x15x15x15x32x32", []int{15, 15, 15, 15, 32, 32}, []int{5, 4, 3, 2, 1, 0}, 4, nil},
	)
}

// BenchmarkCopy runs each copy through a plan made once, beside the built-in
// copy of as many bytes between the same buffers.
func BenchmarkCopy(b *testing.B) {
	for _, c := range benchCases() {
		nbytes := c.item
		for _, n := range c.shape {
			nbytes *= n
		}
		strides := func(shape []int) []int {
			s := make([]int, len(shape))
			for i, next := len(shape)-1, c.item; i >= 0; i-- {
				s[i] = next
				next *= shape[i]
			}
			return s
		}
		of := strides(c.shape)
		shape, src := make([]int, len(c.shape)), make([]int, len(c.shape))
		for i, a := range c.perm {
			shape[i], src[i] = c.shape[a], of[a]
		}
		d, s := make([]byte, nbytes), make([]byte, nbytes)
		for i := range s {
			s[i], d[i] = byte(i), 1
		}
		var p plan.Plan
		p.Init(shape, strides(shape), src, c.item, c.fixes, false)
		b.Run(c.name+"/copy", func(b *testing.B) {
			b.SetBytes(int64(nbytes))
			for range b.N {
				copy(d, s)
			}
		})
		b.Run(c.name+"/plan", func(b *testing.B) {
			b.SetBytes(int64(nbytes))
			for range b.N {
				p.Run(unsafe.Pointer(&d[0]), unsafe.Pointer(&s[0]))
			}
		})
	}
}

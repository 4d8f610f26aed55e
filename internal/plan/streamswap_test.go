package plan_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/internal/ref"
	"github.com/strided-go/strided/simd"
)

// TestStreamSwap: large transposes of items whose words are reversed are streamed
// where the level has kernels, with rows as wide as a tile and others, on one
// goroutine and on two.
func TestStreamSwap(t *testing.T) {
	defer plan.SetCaches(usualCaches)()
	ndtest.EachLevel(t, func(t *testing.T) {
		for _, c := range []struct{ item, word, rows, cols int }{
			{2, 2, 1003, 1001}, {4, 4, 1030, 514}, {8, 8, 517, 520}, {8, 4, 511, 512}, {16, 16, 301, 307}, {16, 8, 300, 301}, {16, 2, 512, 256},
		} {
			shape := []int{c.cols, c.rows} // of dst
			dstStrides, srcStrides := []int{c.rows * c.item, c.item}, []int{c.item, c.cols * c.item}
			var p plan.Plan
			p.Init(shape, dstStrides, srcStrides, c.item, []plan.Fix{{Size: c.word, Count: c.item / c.word}}, false)
			streams := simd.Table().Stream[simd.Slot(c.item)] != nil
			text := p.String()
			if got := strings.Contains(text, ", streamed ") && strings.Contains(text, "packing does reverse"); got != streams {
				t.Errorf("%+v: streamed %t, want %t: %s", c, got, streams, text)
			}
			src := make([]byte, c.rows*c.cols*c.item)
			for i := range src {
				src[i] = byte(i*31 + i>>8*7 + i>>16)
			}
			want, was := make([]byte, len(src)), slices.Clone(src)
			ref.CopyFix(want, 0, dstStrides, src, 0, srcStrides, shape, c.item, func(item []byte) {
				for word := range slices.Chunk(item, c.word) {
					slices.Reverse(word)
				}
			})
			for threads := 1; threads <= 2; threads++ {
				dst := make([]byte, len(src))
				p.RunThreads(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), threads)
				if !bytes.Equal(dst, want) || !bytes.Equal(src, was) {
					t.Fatalf("%+v, %d goroutines: wrong", c, threads)
				}
			}
			// What a streamed copy works in is used again: the next one reverses nothing.
			dst := make([]byte, len(src))
			p.Init(shape, dstStrides, srcStrides, c.item, nil, false)
			p.Run(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]))
			if ref.Copy(want, 0, dstStrides, src, 0, srcStrides, shape, c.item); !bytes.Equal(dst, want) {
				t.Fatalf("%+v: a copy after that is wrong", c)
			}
		}
	})
}

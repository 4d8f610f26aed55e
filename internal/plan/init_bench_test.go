package plan_test

import (
	"testing"

	"github.com/strided-go/strided/internal/plan"
)

// BenchmarkInit times what it takes to plan a copy: half of what a small one costs.
func BenchmarkInit(b *testing.B) {
	for _, c := range []struct {
		name            string
		shape, dst, src []int
	}{
		{"transpose", []int{16, 16}, []int{128, 8}, []int{8, 128}},
		{"run", []int{16, 16}, []int{128, 8}, []int{128, 8}},
		{"rows", []int{16, 16}, []int{128, 8}, []int{256, 16}},
		{"axes=3", []int{16, 16, 16}, []int{2048, 128, 8}, []int{8, 128, 2048}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var p plan.Plan
			for b.Loop() {
				p.Init(c.shape, c.dst, c.src, 8, nil, false)
			}
		})
	}
}

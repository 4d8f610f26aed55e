package plan_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/strided-go/strided/internal/ndtest"
	"github.com/strided-go/strided/internal/plan"
	"github.com/strided-go/strided/internal/ref"
)

// FuzzPlan copies between two layouts that the input spells, in order if dst
// visits a byte twice.
func FuzzPlan(f *testing.F) {
	f.Add([]byte{3, 2, 5, 7, 4, 28, 20, 4, 0})
	f.Add([]byte{0, 4, 3, 3, 3, 3, 27, 9, 3, 1, 1, 3, 9, 27, 2, 1})
	f.Add([]byte{7, 3, 2, 9, 2, 0xF8, 16, 0, 8, 0, 8, 4, 2, 2, 8})
	f.Fuzz(func(t *testing.T, data []byte) {
		dl, dsize, data := ndtest.FromBytes(data, nil, 0)
		sl, ssize, data := ndtest.FromBytes(data, dl.Shape, dl.ItemSize)
		if dl.Len() > 1<<14 || dsize > memSize || ssize > memSize {
			return
		}
		visits := ref.Visits(dsize, dl.Offset, dl.Strides, dl.Shape, dl.ItemSize)
		ordered := dsize > 0 && slices.Max(visits) > 1
		var fixes []plan.Fix
		threads := 1
		if len(data) >= 2 {
			fixes = randomFixes(rand.New(rand.NewSource(int64(data[0]))), dl.ItemSize)
			threads += int(data[1] % 4)
		}
		newRig(t).check(t, rand.New(rand.NewSource(1)), dl, sl, dsize, ssize, fixes, ordered, threads)
	})
}

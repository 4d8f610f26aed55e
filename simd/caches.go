package simd

import (
	"fmt"

	"github.com/klauspost/cpuid/v2"
)

// CacheSizes are the sizes in bytes of the caches that one core uses: the
// first-level one for data, the second and the third level, whatever it shares them
// with.
type CacheSizes struct {
	L1, L2, L3 int
}

var caches = CacheSizes{cpuid.CPU.Cache.L1D, cpuid.CPU.Cache.L2, cpuid.CPU.Cache.L3}.plausible()

// Caches returns the sizes of this processor's caches, as far as it tells them.
// A size that it does not tell, as on most processors other than those of amd64
// and in some virtual machines, or that cannot be right, is a common one: 32 KiB,
// 1 MiB and 8 MiB.
func Caches() CacheSizes { return caches }

// plausible replaces sizes that are not known or cannot be right.
func (c CacheSizes) plausible() CacheSizes {
	or := func(size, least, most, common int) int {
		if size < least || size > most {
			return common
		}
		return size
	}
	c.L1 = or(c.L1, 4<<10, 1<<20, 32<<10)
	c.L2 = or(c.L2, c.L1, 256<<20, max(c.L1, 1<<20))
	c.L3 = or(c.L3, c.L2, 1<<30, max(c.L2, 8<<20))
	return c
}

// String returns the sizes as text.
func (c CacheSizes) String() string {
	return fmt.Sprintf("L1 %d KiB, L2 %d KiB, L3 %d KiB", c.L1>>10, c.L2>>10, c.L3>>10)
}

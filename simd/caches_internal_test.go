package simd

import (
	"strings"
	"testing"
)

func TestCaches(t *testing.T) {
	const k, m = 1 << 10, 1 << 20
	for _, c := range []struct{ told, want CacheSizes }{
		{CacheSizes{48 * k, m, 32 * m}, CacheSizes{48 * k, m, 32 * m}},
		{CacheSizes{}, CacheSizes{32 * k, m, 8 * m}},
		{CacheSizes{-1, -1, -1}, CacheSizes{32 * k, m, 8 * m}},
		{CacheSizes{64 * k, -1, 32 * m}, CacheSizes{64 * k, m, 32 * m}},
		{CacheSizes{32 * k, 256 * k, -1}, CacheSizes{32 * k, 256 * k, 8 * m}},
		{CacheSizes{128 * k, 16 * m, 0}, CacheSizes{128 * k, 16 * m, 16 * m}},
		{CacheSizes{m, 32 * k, 16 * k}, CacheSizes{m, m, 8 * m}}, // each larger than the next
		{CacheSizes{3, 1 << 30, 1 << 30}, CacheSizes{32 * k, m, 1 << 30}},
	} {
		if got := c.told.plausible(); got != c.want {
			t.Errorf("%v: got %v, want %v", c.told, got, c.want)
		}
	}
	if got := Caches(); got != got.plausible() {
		t.Errorf("Caches() = %v", got)
	}
	if !strings.Contains(Table().String(), Caches().String()) {
		t.Errorf("the table does not tell the caches:\n%v", Table())
	}
}

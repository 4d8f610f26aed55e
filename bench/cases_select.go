package main

import (
	"fmt"

	"github.com/strided-go/strided/strides"
)

// selection is what chooses items by indices, all of them checked.
func (b *builder) selection() {
	const n = 4 << 20
	for _, r := range []struct {
		name       string
		size       int
		table      int // bytes
		bar, peers float64
	}{
		{"256 MiB", 8, 256 << 20, 0.12, 0.06},
		{"256 MiB", 4, 256 << 20, 0.08, 0.04},
		{"1 MiB", 8, 1 << 20, 0.52, 0.36},
		{"4 KiB", 8, 4 << 10, 1.3, 0.4},
	} {
		b.pick("Take", fmt.Sprintf("take 4 M random items from %s, %s", r.name, bytesOf(r.size)),
			b.c(r.size, n), b.c(r.size, r.table/r.size), picks{0, n, r.table / r.size}, bar{ratio: r.bar}, r.peers)
	}
	table := 256 << 20 / 8
	b.pick("Put", "put 4 M random items into 256 MiB, 8 bytes", b.c(8, table), b.c(8, n), picks{0, n, table}, bar{ratio: 0.15}, 0.07)
	b.pick("Take", "take 100 000 random rows of 512 bytes", b.c(8, 100_000, 64), b.c(8, table/64, 64), picks{0, 100_000, table / 64}, bar{ratio: 0.70}, 0.16)
	b.pick("Take", "take 64 of 128 columns, 100 000 rows, 4 bytes", b.c(4, 100_000, 64), b.c(4, 100_000, 128), picks{1, 64, 128}, bar{ratio: 0.60}, 0.42)
}

func (b *builder) pick(call, name string, dst, src strides.Layout, p picks, bar bar, peers float64) {
	j := b.into(sectionSelection, name, dst, src, bar, peers)
	j.call, j.picks = call, &p
}

// byteOrder is items of the other byte order, swapped on their way; of 16 bytes two halves each.
func (b *builder) byteOrder() {
	add := func(name string, src strides.Layout, bar bar, peers float64) {
		b.add(sectionByteOrder, name+", "+bytesOf(src.ItemSize), src, bar, peers).swap = true
	}
	large := map[int]float64{2: 0.31, 4: 0.59, 8: 0.79, 16: 0.27}
	for _, size := range []int{2, 4, 8, 16} {
		add("swap 16 KiB", b.c(size, 16<<10/size), bar{ratio: 0.60}, 0.13)
		add("swap 64 MiB", b.c(size, 64<<20/size), bar{ratio: 0.90}, large[size])
	}
	for _, size := range []int{4, 8} {
		add("swap and transpose 2048²", b.permuted(size, []int{1, 0}, 2048, 2048), bar{ratio: 0.60}, 0.03)
	}
	n := 64 << 20 / 8
	b.add(sectionByteOrder, "shuffle 64 MiB of 8-byte items", b.permuted(1, []int{1, 0}, n, 8), bar{ratio: 0.60}, 0)
	b.add(sectionByteOrder, "unshuffle 64 MiB of 8-byte items", b.permuted(1, []int{1, 0}, 8, n), bar{ratio: 0.60}, 0)
}

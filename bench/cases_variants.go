package main

import (
	"fmt"

	"github.com/strided-go/strided/strides"
)

// variants are the same work in another dress: each keeps at least a part of the speed of its plain row.
func (b *builder) variants() {
	for _, size := range []int{1, 4, 8} {
		plain := sectionTransposes + ": " + transposeName(4096, 4096, size)
		t := b.permuted(size, []int{1, 0}, 4096, 4096)
		same := bar{plain: plain, keep: 0.80}
		items := ", " + bytesOf(size)
		b.add(sectionVariants, "4096² transpose in a batch of 7 of 1552²"+items, b.permuted(size, []int{0, 2, 1}, 7, 1552, 1552), same, 0)
		b.add(sectionVariants, "4096² transpose, an axis of 1 in the middle"+items, b.permuted(size, []int{2, 1, 0}, 4096, 1, 4096), same, 0)
		b.add(sectionVariants, "4096² transpose, first axis negative"+items, b.at(t, "::-1"), same, 0)
		b.add(sectionVariants, "4096² transpose, last axis negative"+items, b.at(t, ":, ::-1"), same, 0)
		b.add(sectionVariants, "4096² transpose, axes split as 64×64×64×64"+items, b.permuted(size, []int{2, 3, 0, 1}, 64, 64, 64, 64), same, 0)

		longer := "src strides of 4097 items, 4096² transpose" + items
		b.add(sectionVariants, longer, b.must(b.padded(size, 4096, 4096, 1).Transpose(1, 0)), bar{}, 0)
		b.add(sectionVariants, "src strides of 4096 items, 4096² transpose"+items, t, bar{plain: sectionVariants + ": " + longer, keep: 0.85}, 0)

		longer = "src strides of 1025 items, 1024² transpose" + items
		b.add(sectionVariants, longer, b.must(b.padded(size, 1024, 1024, 1).Transpose(1, 0)), bar{}, 0)
		b.add(sectionVariants, "src strides of 1024 items, 1024² transpose"+items, b.permuted(size, []int{1, 0}, 1024, 1024),
			bar{plain: sectionVariants + ": " + longer, keep: 0.85}, 0)
	}
	for _, r := range []struct{ name, index string }{{"a[:, ::-1]", "..., ::-1"}, {"a[:, ::2]", "..., ::2"}} {
		last := 2048
		if r.name == "a[:, ::2]" {
			last = 4096
		}
		same := bar{plain: sectionLanes + ": " + r.name + ", 4 bytes", keep: 0.80}
		b.add(sectionVariants, r.name+" in a batch of 7 of 640 rows, 4 bytes", b.at(b.c(4, 7, 640, last), r.index), same, 0)
		b.add(sectionVariants, r.name+", an axis of 1 in the middle, 4 bytes", b.at(b.c(4, 4096, 1, last), r.index), same, 0)
		b.add(sectionVariants, r.name+", first axis negative, 4 bytes", b.at(b.c(4, 4096, last), "::-1, "+r.index), same, 0)
		b.add(sectionVariants, r.name+", rows split as 64×64, 4 bytes", b.at(b.c(4, 64, 64, last), r.index), same, 0)
	}
}

// alignment is the same work some bytes further in memory.
func (b *builder) alignment() {
	for _, r := range []struct {
		section, name string
		src           strides.Layout
	}{
		{sectionTransposes, transposeName(4096, 4096, 4), b.permuted(4, []int{1, 0}, 4096, 4096)},
		{sectionTransposes, transposeName(1024, 1024, 4), b.permuted(4, []int{1, 0}, 1024, 1024)},
		{sectionLanes, "a[:, ::2], 4 bytes", b.at(b.c(4, 4096, 4096), ":, ::2")},
		{sectionContiguous, "Copy of 65536 KiB", b.c(8, 8<<20)},
	} {
		dst := b.c(r.src.ItemSize, r.src.Shape...)
		for _, by := range []struct{ dst, src int }{{0, 1}, {1, 0}, {4, 4}, {3, 5}} {
			name := fmt.Sprintf("%s, dst + %d, src + %d", r.name, by.dst, by.src)
			b.into(sectionAlignment, name, moved(dst, by.dst), moved(r.src, by.src), bar{plain: r.section + ": " + r.name, keep: 0.90}, 0)
		}
	}
}

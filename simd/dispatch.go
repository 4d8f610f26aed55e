package simd

import (
	"fmt"
	"strings"
)

// An impl is one implementation of a kernel and the CPU level it needs.
type impl[F any] struct {
	level Level
	fn    F
}

// pick returns the first implementation that level l can run. Lists end with a
// pure Go one, so there always is one.
func pick[F any](list []impl[F], l Level) impl[F] {
	for _, m := range list {
		if m.level.below(l) {
			return m
		}
	}
	panic("simd: a kernel without a generic implementation")
}

// Sizes is how many item sizes have kernels of their own: 1, 2, 4, 8 and 16
// bytes.
const Sizes = 5

// Slot returns the place of an item size in the arrays of [Kernels], or -1 when
// the size has no kernels of its own.
func Slot(size int) int {
	switch size {
	case 1:
		return 0
	case 2:
		return 1
	case 4:
		return 2
	case 8:
		return 3
	case 16:
		return 4
	}
	return -1
}

// Kernels is the set of kernels of one level. What [Table] returns is shared
// and must not be changed.
type Kernels struct {
	Strided   [Sizes]StridedFunc   // copies items, by Slot
	Swap      [Sizes]StridedFunc   // copies items and reverses their bytes, by Slot; dst may equal src
	Transpose [Sizes]TransposeFunc // by Slot
	Items     StridedFunc          // copies items of any size
	Bool      StridedFunc          // copies items of one byte and makes each 0 or 1; dst may equal src
	Fill      StridedFunc          // copies one item over each dst row: dst items adjacent, srcStride 0

	// Streaming transposes by Slot; nil at levels without them. StreamLines is
	// for a dst whose rows all begin at multiples of StreamLine bytes: it
	// carries nothing.
	Stream, StreamLines [Sizes]StreamFunc

	// StreamShift is for tiles with Begun and Keep of whole lines, wherever in a line
	// their runs begin; nil for items of 8 and 16 bytes, and without VBMI.
	StreamShift [Sizes]StreamFunc

	// Streaming transposes of items of any size up to StreamItem bytes.
	StreamItems StreamFunc

	// The same of blocks that are whole lines of dst, without packing; nil at
	// levels without them. dst and its stride are multiples of StreamLine, a row
	// of dst is one or more lines, and a row of src is one at least.
	TransposeLines [Sizes]TransposeFunc

	// Long items, and fills of rows of at least some kilobytes, with streaming
	// stores; nil at levels without them.
	Rows       RowsFunc
	Pairs      RowsFunc // of 32 bytes, adjacent in dst: even numbers of columns, rows of dst at multiples of StreamLine
	Join       JoinFunc
	FillStream StridedFunc

	// Transposes of three columns of src that are whole rows of it, or of three
	// rows that make whole rows of dst, with streaming stores; nil at levels
	// without them.
	Planes [Sizes]TransposeFunc

	// Items chosen by a mask, those of items by Slot; nil at levels without them.
	Count    CountFunc
	Nonzero  NonzeroFunc
	Compress [Sizes]CompressFunc
	Masked   [Sizes]MaskedFunc

	// Items chosen by indices, those of items by Slot, with ordinary and with
	// streaming stores; nil at levels without them.
	Offsets                      OffsetsFunc
	Check                        CheckFunc
	Gather, GatherStream         [Sizes]GatherFunc
	GatherRows, GatherRowsStream GatherRowsFunc

	// Conversions of adjacent numbers, with ordinary and with streaming stores; nil
	// at levels without them.
	Convert, ConvertLines [Conversions]ConvertFunc

	level Level
	rows  []tableRow
}

// A tableRow says which level a kernel in the table was written for.
type tableRow struct {
	name  string
	level Level
}

// Table returns the kernels of the active level. It prints as one line for each
// kernel, with the level of the implementation in use.
func Table() *Kernels { return active.Load() }

// Level returns the level that the table was made for.
func (k *Kernels) Level() Level { return k.level }

// Impl returns the level of the implementation in the table of the kernel that
// the table's text calls name, such as "transpose4".
func (k *Kernels) Impl(name string) (Level, bool) {
	for _, r := range k.rows {
		if r.name == name {
			return r.level, true
		}
	}
	return Generic, false
}

// String returns the table as text: the level, the caches, a note when STRIDED_SIMD
// could not be honoured, then a line for each kernel.
func (k *Kernels) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "simd: level %v of %v\n", k.level, levels)
	fmt.Fprintf(&b, "simd: caches %v\n", caches)
	if envNote != "" {
		fmt.Fprintf(&b, "simd: %s\n", envNote)
	}
	for _, r := range k.rows {
		fmt.Fprintf(&b, "  %-23s %v\n", r.name, r.level)
	}
	return b.String()
}

// makeTables makes the table of each level from the lists of implementations.
func makeTables(levels []Level) map[Level]*Kernels {
	tables := make(map[Level]*Kernels, len(levels))
	for _, l := range levels {
		k := &Kernels{level: l}
		for i := range Sizes {
			size := 1 << i
			set(k, &k.Strided[i], fmt.Sprint("strided", size), stridedImpls[i])
			set(k, &k.Transpose[i], fmt.Sprint("transpose", size), transposeImpls[i])
			setIfAny(k, &k.TransposeLines[i], fmt.Sprint("transposelines", size), transposeLinesImpls[i])
			setIfAny(k, &k.Planes[i], fmt.Sprint("planes", size), planesImpls[i])
			setIfAny(k, &k.Stream[i], fmt.Sprint("stream", size), streamImpls[i])
			setIfAny(k, &k.StreamLines[i], fmt.Sprint("streamlines", size), streamLinesImpls[i])
			setIfAny(k, &k.StreamShift[i], fmt.Sprint("streamshift", size), streamShiftImpls[i])
			setIfAny(k, &k.Compress[i], fmt.Sprint("compress", size), compressImpls[i])
			setIfAny(k, &k.Masked[i], fmt.Sprint("masked", size), maskedImpls[i])
			setIfAny(k, &k.Gather[i], fmt.Sprint("gather", size), gatherImpls[i])
			setIfAny(k, &k.GatherStream[i], fmt.Sprint("gatherstream", size), gatherStreamImpls[i])
			if size > 1 {
				set(k, &k.Swap[i], fmt.Sprint("swap", size), swapImpls[i])
			}
		}
		setIfAny(k, &k.StreamItems, "streamitems", streamItemsImpls)
		set(k, &k.Items, "items", itemsImpls)
		set(k, &k.Bool, "bool", boolImpls)
		set(k, &k.Fill, "fill", fillImpls)
		setIfAny(k, &k.FillStream, "fillstream", fillStreamImpls)
		setIfAny(k, &k.Rows, "rows", rowsImpls)
		setIfAny(k, &k.Pairs, "pairs", pairsImpls)
		setIfAny(k, &k.Join, "join", joinImpls)
		setIfAny(k, &k.Count, "count", countImpls)
		setIfAny(k, &k.Nonzero, "nonzero", nonzeroImpls)
		setIfAny(k, &k.Offsets, "offsets", offsetsImpls)
		setIfAny(k, &k.Check, "check", checkImpls)
		setIfAny(k, &k.GatherRows, "gatherrows", gatherRowsImpls)
		setIfAny(k, &k.GatherRowsStream, "gatherrowsstream", gatherRowsStreamImpls)
		for c := range Conversions {
			setIfAny(k, &k.Convert[c], c.String(), convertImpls[c])
			setIfAny(k, &k.ConvertLines[c], c.String()+"-lines", convertLinesImpls[c])
		}
		tables[l] = k
	}
	return tables
}

// setIfAny is set for a kernel that not every level has.
func setIfAny[F any](k *Kernels, field *F, name string, list []impl[F]) {
	for _, m := range list {
		if m.level.below(k.level) {
			set(k, field, name, list)
			return
		}
	}
}

// set puts the best implementation for the table's level into one of its
// fields and notes which it was.
func set[F any](k *Kernels, field *F, name string, list []impl[F]) {
	m := pick(list, k.level)
	*field = m.fn
	k.rows = append(k.rows, tableRow{name, m.level})
}

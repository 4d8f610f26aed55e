//go:build !purego && !noasm

package simd

// The implementations, best first.
var (
	rowsImpls       = []impl[RowsFunc]{{AVX512, rows512}, {AVX2, rows256}}
	joinImpls       = []impl[JoinFunc]{{AVX512, join512}, {AVX2, join256}}
	pairsImpls      = []impl[RowsFunc]{{AVX512, pairs512}, {AVX2, pairs256}}
	fillStreamImpls = []impl[StridedFunc]{{AVX512, fillStream(fill512)}, {AVX2, fillStream(fill256)}}
)

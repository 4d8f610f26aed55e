//go:build !purego && !noasm

package simd

// The implementations by Slot, best first. With AVX2 a line has to be put
// together before it can be stored, which is what the kernel for any runs does.
var (
	streamImpls = [Sizes][]impl[StreamFunc]{
		{{AVX512, stream1Runs512}, {AVX2, stream1Runs256}},
		{{AVX512, stream2Runs512}, {AVX2, stream2Runs256}},
		{{AVX512, stream4Runs512}, {AVX2, stream4Runs256}},
		{{AVX512, stream8Runs512}, {AVX2, stream8Runs256}},
		{{AVX512, stream16Runs512}, {AVX2, stream16Runs256}},
	}
	streamLinesImpls = [Sizes][]impl[StreamFunc]{
		{{AVX512, stream1Lines512}, {AVX2, stream1Runs256}},
		{{AVX512, stream2Lines512}, {AVX2, stream2Runs256}},
		{{AVX512, stream4Lines512}, {AVX2, stream4Runs256}},
		{{AVX512, stream8Lines512}, {AVX2, stream8Runs256}},
		{{AVX512, stream16Lines512}, {AVX2, stream16Runs256}},
	}
)

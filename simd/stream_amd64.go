//go:build !purego && !noasm

package simd

// The implementations by Slot, best first. With AVX2 a line has to be put
// together before it can be stored, which is what the carrying kernel does.
var (
	streamImpls = [Sizes][]impl[StreamFunc]{
		{{AVX512, stream1Carry512}, {AVX2, stream1Carry256}},
		{{AVX512, stream2Carry512}, {AVX2, stream2Carry256}},
		{{AVX512, stream4Carry512}, {AVX2, stream4Carry256}},
		{{AVX512, stream8Carry512}, {AVX2, stream8Carry256}},
		{{AVX512, stream16Carry512}, {AVX2, stream16Carry256}},
	}
	streamLinesImpls = [Sizes][]impl[StreamFunc]{
		{{AVX512, stream1Lines512}, {AVX2, stream1Carry256}},
		{{AVX512, stream2Lines512}, {AVX2, stream2Carry256}},
		{{AVX512, stream4Lines512}, {AVX2, stream4Carry256}},
		{{AVX512, stream8Lines512}, {AVX2, stream8Carry256}},
		{{AVX512, stream16Lines512}, {AVX2, stream16Carry256}},
	}
)

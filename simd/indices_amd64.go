//go:build !purego && !noasm

package simd

// The implementations, best first; those of items by Slot.
var (
	offsetsImpls = []impl[OffsetsFunc]{{AVX512, offsets512}, {AVX2, offsets256}}
	checkImpls   = []impl[CheckFunc]{{AVX512, check512}, {AVX2, check256}}
	gatherImpls  = [Sizes][]impl[GatherFunc]{
		2: {{AVX512, gather4Lines512}, {AVX2, gather4Lines256}},
		3: {{AVX512, gather8Lines512}, {AVX2, gather8Lines256}},
	}
	gatherStreamImpls = [Sizes][]impl[GatherFunc]{
		2: {{AVX512, gather4Stream512}, {AVX2, gather4Stream256}},
		3: {{AVX512, gather8Stream512}, {AVX2, gather8Stream256}},
	}
	gatherRowsImpls       = []impl[GatherRowsFunc]{{AVX512, gatherRows512}, {AVX2, gatherRows256}}
	gatherRowsStreamImpls = []impl[GatherRowsFunc]{{AVX512, gatherRowsStream512}, {AVX2, gatherRowsStream256}}
)

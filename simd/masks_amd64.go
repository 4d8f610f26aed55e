//go:build !purego && !noasm

package simd

// The implementations, best first; those of items by Slot. What AVX-512 needs
// VBMI2 for is left to AVX2 on processors without.
var (
	countImpls    = []impl[CountFunc]{{AVX512, count512}, {AVX2, count256}}
	nonzeroImpls  = append(nonzeroVBMI2(), impl[NonzeroFunc]{AVX2, nonzero256})
	compressImpls = [Sizes][]impl[CompressFunc]{
		2: {{AVX512, compress4Mask512}, {AVX2, compress4Mask256}},
		3: {{AVX512, compress8Mask512}, {AVX2, compress8Mask256}},
	}
	maskedImpls = [Sizes][]impl[MaskedFunc]{
		{{AVX512, masked1Items512}},
		{{AVX512, masked2Items512}},
		{{AVX512, masked4Items512}, {AVX2, masked4Items256}},
		{{AVX512, masked8Items512}, {AVX2, masked8Items256}},
		{},
	}
)

func nonzeroVBMI2() []impl[NonzeroFunc] {
	if hasVBMI2 {
		return []impl[NonzeroFunc]{{AVX512, nonzero512}}
	}
	return nil
}

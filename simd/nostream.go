//go:build !amd64 || purego || noasm

package simd

// Streaming stores and kernels for long items, masks, indices and numbers are on amd64 only.
var (
	transposeLinesImpls                    [Sizes][]impl[TransposeFunc]
	planesImpls                            [Sizes][]impl[TransposeFunc]
	streamImpls                            [Sizes][]impl[StreamFunc]
	streamLinesImpls, streamShiftImpls     [Sizes][]impl[StreamFunc]
	rowsImpls                              []impl[RowsFunc]
	pairsImpls                             []impl[RowsFunc]
	joinImpls                              []impl[JoinFunc]
	fillStreamImpls                        []impl[StridedFunc]
	streamItemsImpls                       []impl[StreamFunc]
	itemsAsm                               []impl[StridedFunc]
	countImpls                             []impl[CountFunc]
	nonzeroImpls                           []impl[NonzeroFunc]
	compressImpls                          [Sizes][]impl[CompressFunc]
	maskedImpls                            [Sizes][]impl[MaskedFunc]
	offsetsImpls                           []impl[OffsetsFunc]
	checkImpls                             []impl[CheckFunc]
	gatherImpls, gatherStreamImpls         [Sizes][]impl[GatherFunc]
	gatherRowsImpls, gatherRowsStreamImpls []impl[GatherRowsFunc]
	convertImpls, convertLinesImpls        [Conversions][]impl[ConvertFunc]
)

// streamFence has nothing to order without streaming stores.
func streamFence() {}

//go:build !amd64 || purego || noasm

package simd

// No assembly is built in: the lists end where they begin.
var (
	stridedAsm          [Sizes][]impl[StridedFunc]
	transposeAsm        [Sizes][]impl[TransposeFunc]
	transposeLinesImpls [Sizes][]impl[TransposeFunc]
	streamImpls         [Sizes][]impl[StreamFunc]
	streamLinesImpls    [Sizes][]impl[StreamFunc]
)

// streamFence has nothing to order without streaming stores.
func streamFence() {}

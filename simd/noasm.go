//go:build !(amd64 || arm64) || purego || noasm

package simd

// No assembly is built in: the lists end where they begin.
var (
	stridedAsm   [Sizes][]impl[StridedFunc]
	swapAsm      [Sizes][]impl[StridedFunc]
	transposeAsm [Sizes][]impl[TransposeFunc]
)

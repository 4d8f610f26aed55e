package convert

import "github.com/strided-go/strided/simd"

// LanePair returns the kinds that kernels are used for.
func LanePair(c simd.Conversion) (to, from Kind) { return lanePairs[c][0], lanePairs[c][1] }

//go:build !purego && !noasm

package simd

// The implementations in assembly by Slot, best first.
var swapAsm = [Sizes][]impl[StridedFunc]{
	{},
	{
		{AVX512, withSwap(2, swapLanes{swap2Lane512, swap2LaneStream512}, swap2Generic)},
		{AVX2, withSwap(2, swapLanes{swap2Lane256, swap2LaneStream256}, swap2Generic)},
		{SSE2, withSwap(2, swapLanes{swap2Lane128, swap2LaneStream128}, swap2Generic)},
	},
	{
		{AVX512, withSwap(4, swapLanes{swap4Lane512, swap4LaneStream512}, swap4Generic)},
		{AVX2, withSwap(4, swapLanes{swap4Lane256, swap4LaneStream256}, swap4Generic)},
		{SSE2, withSwap(4, swapLanes{swap4Lane128, swap4LaneStream128}, swap4Generic)},
	},
	{
		{AVX512, withSwap(8, swapLanes{swap8Lane512, swap8LaneStream512}, swap8Generic)},
		{AVX2, withSwap(8, swapLanes{swap8Lane256, swap8LaneStream256}, swap8Generic)},
		{SSE2, withSwap(8, swapLanes{swap8Lane128, swap8LaneStream128}, swap8Generic)},
	},
	{
		{AVX512, withSwap(16, swapLanes{swap16Lane512, swap16LaneStream512}, swap16Generic)},
		{AVX2, withSwap(16, swapLanes{swap16Lane256, swap16LaneStream256}, swap16Generic)},
		{SSE2, withSwap(16, swapLanes{swap16Lane128, swap16LaneStream128}, swap16Generic)},
	},
}

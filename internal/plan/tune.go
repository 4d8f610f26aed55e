package plan

// What was measured, and where: docs/tuning.md.
const (
	// largeItem is the size from which items need no blocks: each is several
	// cache lines, used up at once.
	largeItem = 128

	// fixBlock is about how many bytes move before their fixes are applied,
	// so that they are still in the first-level cache.
	fixBlock = 16 << 10

	// threadBytes is the least that a goroutine gets to copy.
	threadBytes = 1 << 20

	// dstRun and srcRun are how many bytes of each operand a block should
	// have in a row: a few cache lines, so that memory is read and written
	// in pieces worth the way, and rows few enough to stay in the
	// second-level cache.
	dstRun = 256
	srcRun = 512

	// streamBytes is the size from which a transpose is streamed.
	streamBytes = 1 << 20

	// streamRun is about how many bytes of a row of dst a tile makes.
	streamRun = 128
)

package plan

// What was measured, and where: docs/tuning.md.
const (
	// largeItem is the size from which items need no blocks: each is several
	// cache lines, used up at once.
	largeItem = 256

	// fixBlock is about how many bytes move before their fixes are applied,
	// so that they are still in the first-level cache.
	fixBlock = 16 << 10

	// threadBytes is the least that a goroutine gets to copy.
	threadBytes = 1 << 20
)

// tileBytes returns how long the runs of each operand in a block should be.
func tileBytes(size int) int {
	if size == 1 {
		return 128
	}
	return 256
}

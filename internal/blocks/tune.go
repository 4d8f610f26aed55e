package blocks

// What was measured, and where: docs/tuning.md, "Blocks of several operands".
const (
	// blockBytes is what a block of the largest staged items takes: two of
	// them are in the first-level cache.
	blockBytes = 16 << 10

	// orderedBytes is the same where items have to be taken in C order from an
	// operand that does not lie so: whole rows, in the second-level cache.
	orderedBytes = 256 << 10

	// tileItems is how many items a tile has along the innermost axis of the
	// first operand, if there are more along the other.
	tileItems = 64

	// slabRows is how many items of a slab follow one another in the first operand.
	slabRows = 64

	// slabsLeast is how many slabs make a walk that is worth them.
	slabsLeast = 4

	// worthTile is the least length of an axis along which staging in tiles
	// pays.
	worthTile = 4

	// line is a cache line: items further apart than that lie badly.
	line = 64

	// ThreadBytes is the least that a goroutine gets to do.
	ThreadBytes = 1 << 20
)

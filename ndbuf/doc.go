// Package ndbuf views any memory as an N-dimensional array of items, slices and permutes such views without moving a
// byte, and makes contiguous copies of them: CPython's buffer protocol and memoryview, with NumPy's part of it, for Go.
//
// # Views
//
// A [MemoryView] is a description (format, shape, strides in bytes) of memory that belongs to somebody else. [FromObject]
// makes one of Go slices, arrays, structs, images, strings, slices of slices, and whatever an [Exporter] or an imported
// adapter shares; [FromBuffer] of a description written by hand; [Of] and [New] of a Go slice and of fresh memory.
// Slice, Index, Transpose, Reshape, BroadcastTo, Field and Cast make new views of the same memory.
//
// The description is checked once, when the view is made: every byte that it can ever touch lies in memory that the
// exporter vouched for. No later step can leave it.
//
// # Copies
//
// [GetContiguous] returns the original memory if it already lies in the order that a consumer needs, and otherwise one
// copy. [Copy], CopyTo, CopyFrom, ToBytes and Clone move items between any two layouts; where source and destination
// overlap the result is as if the source had been copied first.
//
// [Take] and [Put] move items chosen by indices, [Compress], [CopyWhere] and [PutMask] those chosen by a mask; [Nonzero]
// finds them. [Convert] and AsType change numbers to another format, with NumPy's castings; ToNative changes byte order.
// [DecodeRecords] and [AppendRecords] are between the records of a file and a Go slice of structs.
//
// # Values
//
// Get, Set, ToList, Equal and %v read and write items through their format, structured ones too. [As] gives a view a Go
// element type: an [Array] reads and writes without a format and without allocating.
//
// # Lifetimes
//
// Each view has its share in the memory and gives it back with Release, or when it is garbage. The last share gives
// the memory back to its exporter. A view that is released answers every operation with ErrReleased; a view in use, or
// one whose buffer is lent, cannot be released. Several goroutines may read one view.
//
// # Errors
//
// Errors answer errors.Is for one of the sentinels in this package, the class that CPython raises at the same place.
// After an error nothing has been written.
package ndbuf

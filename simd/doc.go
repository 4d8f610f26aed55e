// Package simd holds the inner loops of the library: kernels that move items
// between two pieces of memory that are handed to them as pointers, counts and
// byte strides. It has never heard of a layout, a format or a buffer.
//
// # The contract of a kernel
//
//   - It checks nothing. The caller promises that every item named by the
//     arguments lies in memory it may touch and that dst and src do not
//     overlap, except where the kernel's type says that they may be equal.
//   - It touches the bytes of the items and no other byte, not even to write
//     back what it read there. It may read the gap between two items of src that
//     are less than a cache line apart: that is no page of its own.
//   - It assumes no alignment.
//   - It forms no pointer but to an item, so a count of zero forms none.
//   - It gives the same bytes at every [Level] and on every architecture.
//   - dst comes before src; strides and sizes are in bytes, every other number
//     counts items.
//
// The loop that a kernel runs is written once, on its func type
// ([StridedFunc], [TransposeFunc]); the implementations differ in speed only.
//
// # Levels
//
// Each kernel has a list of implementations, best first, the pure Go one last.
// [Table] holds, for each kernel, the first one that the active level can run.
// Levels are a chain, generic < sse2 < avx2 < avx512 or generic < neon, and
// never a set of flags, so that what has to be tested is a list.
//
// The highest level that the processor can run is active, unless
//
//   - the environment variable STRIDED_SIMD names a lower one. A level that the
//     processor lacks, or a name that does not exist, gives the highest one at
//     or below it ("generic" for an unknown name) and a note in Table's text;
//     the variable never raises the level;
//   - the program was built with -race: then the level is generic unless the
//     variable says otherwise, because the race detector cannot see into
//     assembly;
//   - [Use] has set another one, which is for tests and benchmarks.
//
// # What is promised
//
// [Level], [Levels], [Active], [Use] and the text of [Table] follow the
// module's compatibility promise. The kernels, their types and the fields of
// [Kernels] do not: they are for internal/plan and for the curious.
package simd

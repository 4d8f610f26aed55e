// Package gonum lets gonum's matrices and package ndbuf's views share memory.
//
// From gonum: importing the package, if only for that, teaches [ndbuf.FromObject] the types below. Their views are
// writable, and what is written through one side is seen on the other.
//
//	*mat.Dense, mat.RawMatrixer, blas64.General    [rows, cols] of "d"
//	*mat.VecDense, mat.RawVectorer, blas64.Vector  [n] of "d", any increment but 0
//	mat.Transpose, mat.TransposeVec of these       strides exchanged; [1, n]
//	*mat.CDense, cblas128.General                  [rows, cols] of "Zd"
//	cblas128.Vector                                [n] of "Zd"
//	*View, *VectorView                             the view it reads
//
// Types that store only a part of a matrix, such as mat.SymDense, have no such view. A type with the method RawMatrix,
// RawVector or RawCMatrix is viewed as what it returns, unless it embeds a nil matrix with that method: ErrValue.
//
// To gonum: [Matrix] makes a mat.Matrix of every 2-D view of real numbers, without a copy: a *mat.Dense, or the
// transpose of one, where BLAS can address the memory, so that gonum's fast paths apply, and otherwise a [View], which
// every gonum function reads item by item. [Vector] does the same for one axis. [Dense] and [VecDense] insist on what
// gonum can write to.
//
// # Lifetimes
//
// A matrix made here touches the memory unchecked, so it holds an export of its view: [Release] gives it back. Until
// then the view cannot be released. A matrix that is dropped gives its export back by itself, with one exception: that of
// a *mat.Dense or *mat.VecDense over memory that an [ndbuf.Exporter] lent, a mapped file say. gonum passes slices of that
// memory on, and no garbage collector knows when the last one is gone. Such memory stays until Release. An exporter is
// known by the view's Base, or by a matrix over the same memory that is not released: FromBuffer and FromMemory make
// views without a Base, so such memory is the caller's to keep until Release.
//
// A view of a matrix made here, or of a part of one over lent memory, holds an export of its own beneath the matrix. It
// may be used after Release of the matrix.
//
// Access is not guarded either against a mapped file that somebody makes shorter: where an operation of an ndbuf view is
// ErrBuffer, gonum's own operations on the matrix, a View's At included, end the program (SIGBUS); a View that has to
// convert its items panics with ErrBuffer. Read a file that others may shorten into memory, with npy.NoMap.
//
// # Aliasing
//
// gonum refuses most operations whose receiver overlaps an operand, but it cannot see what a View reads. Do not store a
// result in memory that a View among the operands reads.
package gonum

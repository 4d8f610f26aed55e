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
// Types that store only a part of a matrix, such as mat.SymDense, have no such view.
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
// memory on, and no garbage collector knows when the last one is gone. Such memory stays until Release.
//
// # Aliasing
//
// gonum refuses most operations whose receiver overlaps an operand, but it cannot see what a View reads. Do not store a
// result in memory that a View among the operands reads.
package gonum

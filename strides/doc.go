// Package strides is the arithmetic of N-dimensional layouts: shapes, byte
// strides and what indexing, permuting, reshaping and broadcasting make of them.
// It touches no memory and knows no item formats.
//
// # The model
//
// A [Layout] describes where the items of an array lie in some memory. The item
// with index (i[0], ..., i[n-1]), 0 <= i[k] < Shape[k], is the ItemSize bytes at
//
//	Offset + Σ i[k]·Strides[k]
//
// bytes from the start of the memory. Strides may be negative, zero, smaller than
// an item, and no multiple of it. With no axes there is one item, a scalar.
//
// With SubOffsets, as in CPython's Py_buffer, an array may be spread over several
// memories. The terms are added in the order of the axes, and after axis k, if
// SubOffsets[k] >= 0, a pointer is read at the position reached; the position goes
// on from where it points, plus SubOffsets[k]. This package never follows a
// pointer: what would need to is ErrNotImplemented.
//
// # Invariants
//
// Of the layouts that [Layout.Validate] accepts:
//
//  1. Shape, Strides, and SubOffsets unless nil, have one entry for each of at
//     most [MaxDims] axes. No length is negative, neither is ItemSize.
//  2. If no axis has length 0, Len and NBytes fit in an int, and so do the
//     position of every byte touched, one past the last included, and the way
//     from the first item to the last along each axis, in both directions.
//  3. If an axis has length 0, nothing is touched, and Offset, Strides and
//     SubOffsets may be any numbers. So may the stride of an axis of length 1 in
//     any layout.
//
// And of the methods:
//
//  4. A method on a valid layout returns a valid layout or an error, and no
//     result shares a slice with the layout.
//  5. A result touches no byte that the layout does not touch, so a layout whose
//     bounds have been checked need not be checked again after any operation.
//  6. A method on an invalid layout returns an error, or a number without
//     meaning where it returns no error. It does not panic and does not loop.
//
// Numbers are in bytes where the name says stride, offset, size or extent, and
// in items everywhere else. Every product and sum is checked for overflow in int,
// which may have 32 bits.
//
// Source: PEP 3118; Objects/memoryobject.c and Objects/abstract.c of CPython for
// the rules of contiguity and slicing, NumPy's reference for the others.
package strides

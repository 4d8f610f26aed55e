// Package npy reads and writes NumPy's files: .npy, one array, and .npz, a zip archive of them.
//
// A .npy file is a magic string, a version, a Python dictionary with the keys descr (the dtype), fortran_order and
// shape, and the items, contiguous in C or Fortran order. [Open] maps the file and returns a view of the items where
// they lie: nothing is read until it is needed. [Write] takes any view, strided, transposed or broadcast, and writes it
// in the order that costs least. Headers are written as NumPy writes them, byte for byte, so that a file that NumPy
// wrote goes back as it was.
//
// # Types
//
// The dtype becomes a format of package format, structured types with their names, sub-arrays, padding and byte order
// included. Two things have no format:
//
//   - datetime64 and timedelta64: their items are read as 64-bit integers of the same byte order, counts of the unit;
//   - titles of fields: they are left out.
//
// The dtype as the file spells it stays with the [File], the Base of every view of it: a view that still has the format
// of the file is written with that spelling, so such files go back unchanged too. A copy of the items, being memory of
// its own, has integers. [Header] carries the spelling for programs that write their own headers, and Parts takes it apart.
//
// Object arrays are pickles, programs in effect, and refused: ErrType.
//
// # Hostile files
//
// A header is read into private memory, bounded by a megabyte, parsed in one pass, and believed in nothing: lengths are
// compared with the file before anything is allocated, products are checked for overflow, and memory for items that come
// from a stream grows with what arrives. A mapped file that is made shorter while it is in use makes operations on its
// views fail with ErrBuffer. Of an archive, the checksum of an array that is stored and mapped is not looked at; that of one
// that is read is.
//
// Typed access, an ndbuf.Array and its slices, and the matrices of ndbuf/gonum are not guarded so: when they touch what is
// gone, the program ends with SIGBUS, as with any mapping. Read a file that others may shorten with [NoMap].
//
// On systems that are not Unix files are read into memory instead of being mapped, and cannot be opened Writable.
package npy

// Package format reads the format language of Python's buffers: the strings
// of the struct module and those of PEP 3118. A format describes one item,
// never an array; a Type is what Parse makes of it.
//
// # Grammar
//
//	format    = mode | { item }
//	item      = [ shape ] [ mode ] [ count ] code [ name ]
//	shape     = "(" length { "," length } ")"      sub-array of what follows
//	mode      = "@" | "^" | "=" | "<" | ">" | "!"  in force from here on
//	count     = digits                             repetition; for x s p u w a length
//	code      = letter | "Zf" | "Zd" | "Zg"
//	          | "T{" { item } "}"                  structure
//	          | "&" [ shape ] [ mode ] [ count ] code
//	          | "X{" text "}"                      function; braces in text balance
//	name      = ":" text ":"
//
// White space may stand before items, after a mode and around lengths. Names
// are unique within a structure; an empty name is none.
//
//	mode   byte order      sizes     alignment
//	@      this machine's  C's       C's; the default
//	^      this machine's  C's       none
//	=      this machine's  standard  none
//	<      little-endian   standard  none
//	> !    big-endian      standard  none
//
// A mode in T{} stays in force after the brace, as NumPy reads it; one after
// & concerns the target alone.
//
// # Codes
//
//	code      meaning                        standard  native (alignment)           known to
//	x         padding; raw bytes when named  1         1 (1)                        struct
//	c         one byte                       1         1 (1)                        struct
//	b B       int8, uint8                    1         1 (1)                        struct
//	?         bool                           1         1 (1)                        struct
//	h H       int16, uint16                  2         2 (2)                        struct
//	i I       int32, uint32                  4         4 (4)                        struct
//	l L       long                           4         pointer; 4 on Windows        struct
//	q Q       int64, uint64                  8         8 (8; 4 on 386 but Windows)  struct
//	n N       ssize_t, size_t                none      pointer                      struct
//	e         binary16                       2         2 (2)                        struct
//	f         binary32                       4         4 (4)                        struct
//	d         binary64                       8         8 (as q)                     struct
//	g         long double                    native    16, 12 or 8, by platform     PEP 3118
//	Zf Zd Zg  complex, two of f, d, g        twice     twice (as the half)          PEP 3118
//	s         bytes; count is the length     1 each    1 each (1)                   struct
//	p         Pascal string, likewise        1 each    1 each (1)                   struct
//	u         UCS-2 text, likewise           2 each    2 each (2)                   PEP 3118
//	w         UCS-4 text, likewise           4 each    4 each (4)                   PEP 3118
//	P         void *                         pointer   pointer                      struct, native alone
//	&         pointer to what follows        pointer   pointer                      PEP 3118
//	X{}       pointer to a function          pointer   pointer                      PEP 3118
//	z Z       char *, wchar_t *              pointer   pointer                      ctypes
//	O         Python object                  pointer   pointer                      PEP 3118
//
// Pointers and objects are sized and read as numbers; nothing follows them.
//
// # Sizes
//
// At the top level nothing is padded after the last member, as in
// struct.calcsize; PaddedSize is the size that NumPy gives the same format.
// T{...} is padded to its alignment if it ends in mode @. An exporter's item
// size may be larger than the format says, and then it is the item size that
// counts; Decode and Encode accept the longer item.
//
// # Sources
//
// CPython's struct module and memoryview; PEP 3118; what NumPy and ctypes
// read and write where the PEP leaves things open. Where these disagree, the
// records in docs/decisions say which one is followed.
package format

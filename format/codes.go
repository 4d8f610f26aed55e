package format

import (
	"encoding/binary"
	"runtime"
	"unsafe"
)

// Kind says how the bytes of a type are read.
type Kind uint8

// The kinds. Every one but Struct is a leaf: one value without members.
const (
	Invalid Kind = iota
	Void         // x: raw bytes; padding when it has no name
	Bool         // ?
	Int          // b h i l q n
	Uint         // B H I L Q N
	Float        // e f d g
	Complex      // Zf Zd Zg
	Char         // c: one byte
	Bytes        // s: bytes of a fixed length
	Pascal       // p: a length byte and bytes
	Text         // u w: UCS-2 or UCS-4 characters
	Pointer      // P & X{} z Z: an address, never followed
	Object       // O: a Python object, never followed
	Struct       // T{...}, or several items one after the other
)

var kindNames = [...]string{"Invalid", "Void", "Bool", "Int", "Uint", "Float", "Complex",
	"Char", "Bytes", "Pascal", "Text", "Pointer", "Object", "Struct"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind(?)"
}

// Sizes and alignments of C on this platform.
const ptrSize = int(unsafe.Sizeof(uintptr(0)))

var (
	longSize  = sizeOfLong()
	wideAlign = alignOfInt64()
	ldouble   = longDoubleOf(runtime.GOOS, runtime.GOARCH)
	bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1
)

// sizeOfLong is the size of a C long: a pointer's, except on Windows.
func sizeOfLong() int {
	if runtime.GOOS == "windows" {
		return 4
	}
	return ptrSize
}

// alignOfInt64 is the alignment of long long and double in a C structure: 8,
// except under the System V ABI of the 386.
func alignOfInt64() int {
	if runtime.GOARCH == "386" && runtime.GOOS != "windows" {
		return 4
	}
	return 8
}

// An encoding of C's long double.
type ldEncoding uint8

const (
	ldDouble ldEncoding = iota // binary64
	ldX87                      // 80 bits with an explicit leading one
	ldQuad                     // binary128
	ldPair                     // the sum of two binary64
)

// ldInfo describes C's long double on one platform.
type ldInfo struct {
	size, align int
	enc         ldEncoding
}

// longDoubleOf is the platform ABI of long double.
func longDoubleOf(goos, goarch string) ldInfo {
	switch {
	case goos == "windows":
		return ldInfo{8, 8, ldDouble}
	case goarch == "amd64":
		return ldInfo{16, 16, ldX87}
	case goarch == "386":
		return ldInfo{12, 4, ldX87}
	case goarch == "arm", goarch == "mips", goarch == "mipsle":
		return ldInfo{8, 8, ldDouble}
	case goarch == "arm64" && (goos == "darwin" || goos == "ios"):
		return ldInfo{8, 8, ldDouble}
	case goarch == "ppc64", goarch == "ppc64le":
		return ldInfo{16, 16, ldPair}
	}
	return ldInfo{16, 16, ldQuad}
}

// A code is one line of the table of the format language. Nothing else in
// the package knows the size of a code.
type code struct {
	kind   Kind
	std    int  // size in the modes = < > !; 0: the code does not exist there
	native int  // size in the modes @ and ^
	align  int  // alignment in mode @
	sized  bool // the count is a length, not a repetition
	struc  bool // known to the struct module
	swap   bool // bytes are in the order of the mode
}

// codes is the table, indexed by letter; Z stands for wchar_t* here.
var codes = [128]code{
	'x': {Void, 1, 1, 1, true, true, false},
	'c': {Char, 1, 1, 1, false, true, false},
	'b': {Int, 1, 1, 1, false, true, false},
	'B': {Uint, 1, 1, 1, false, true, false},
	'?': {Bool, 1, 1, 1, false, true, false},
	'h': {Int, 2, 2, 2, false, true, true},
	'H': {Uint, 2, 2, 2, false, true, true},
	'i': {Int, 4, 4, 4, false, true, true},
	'I': {Uint, 4, 4, 4, false, true, true},
	'l': {Int, 4, longSize, longSize, false, true, true},
	'L': {Uint, 4, longSize, longSize, false, true, true},
	'q': {Int, 8, 8, wideAlign, false, true, true},
	'Q': {Uint, 8, 8, wideAlign, false, true, true},
	'n': {Int, 0, ptrSize, ptrSize, false, true, true},
	'N': {Uint, 0, ptrSize, ptrSize, false, true, true},
	'e': {Float, 2, 2, 2, false, true, true},
	'f': {Float, 4, 4, 4, false, true, true},
	'd': {Float, 8, 8, wideAlign, false, true, true},
	'g': {Float, ldouble.size, ldouble.size, ldouble.align, false, false, true},
	's': {Bytes, 1, 1, 1, true, true, false},
	'p': {Pascal, 1, 1, 1, true, true, false},
	'u': {Text, 2, 2, 2, true, false, true},
	'w': {Text, 4, 4, 4, true, false, true},
	'P': {Pointer, ptrSize, ptrSize, ptrSize, false, true, true},
	'z': {Pointer, ptrSize, ptrSize, ptrSize, false, false, true},
	'Z': {Pointer, ptrSize, ptrSize, ptrSize, false, false, true},
	'&': {Pointer, ptrSize, ptrSize, ptrSize, false, false, true},
	'X': {Pointer, ptrSize, ptrSize, ptrSize, false, false, true},
	'O': {Object, ptrSize, ptrSize, ptrSize, false, false, false},
}

// isMode reports whether c chooses byte order, sizes and alignment.
func isMode(c byte) bool {
	switch c {
	case '@', '=', '<', '>', '!', '^':
		return true
	}
	return false
}

// isNative reports whether the mode has C's sizes and this machine's order.
func isNative(mode byte) bool { return mode == '@' || mode == '^' }

// isSwapped reports whether words of the mode are in the other byte order
// than this machine's.
func isSwapped(mode byte) bool {
	switch mode {
	case '<':
		return bigEndian
	case '>', '!':
		return !bigEndian
	}
	return false
}

// leaf makes the type of a code: "h", "Zd" and so on. The count is a length
// for x s p u w and 1 for every other code. The second result is false where
// the mode has no such code, the third where the size overflows.
func leaf(name string, mode byte, count int) (t *Type, known, fits bool) {
	c := name[0]
	if c >= 128 {
		return nil, false, true
	}
	kind, words := codes[c], 1
	if len(name) == 2 {
		kind, words = codes[name[1]], 2
		kind.kind = Complex
	}
	size, align := kind.std, 1
	if isNative(mode) {
		size = kind.native
	}
	if mode == '@' {
		align = kind.align
	}
	if kind.kind == Invalid || size == 0 {
		return nil, false, true
	}
	t = &Type{kind: kind.kind, code: name, mode: mode, align: align, count: count, values: 1, cost: 1}
	if kind.swap && size > 1 {
		t.word = size
		t.swapped = isSwapped(mode)
	}
	size *= words
	if kind.sized {
		if size, fits = mulInt(size, count); !fits {
			return nil, true, false
		}
	}
	t.size, t.padded = size, size
	return t, true, true
}

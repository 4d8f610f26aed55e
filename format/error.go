package format

import (
	"errors"
	"fmt"
	"strconv"
)

// The exception classes that the struct module and NumPy raise for formats
// and their values. Every error of this package answers errors.Is for the
// class that Python would raise at the same place.
var (
	ErrStruct   = errors.New("format: struct error")         // struct.error
	ErrOverflow = errors.New("format: overflow")             // OverflowError
	ErrValue    = errors.New("format: invalid value")        // ValueError
	ErrType     = errors.New("format: type has no such use") // TypeError
)

// A SyntaxError says what is wrong with a format, and where.
//
// It answers errors.Is for ErrStruct; also for ErrValue when a character is
// not ASCII, where Python raises UnicodeEncodeError, a kind of ValueError.
type SyntaxError struct {
	Format string // the whole format
	Offset int    // the byte at fault, len(Format) when something is missing
	Msg    string // the reason
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("format: %s at byte %d of %s", e.Msg, e.Offset, clip(e.Format))
}

// Is reports whether target is one of the error's classes.
func (e *SyntaxError) Is(target error) bool {
	if target == ErrValue {
		return e.Offset < len(e.Format) && e.Format[e.Offset] >= 0x80
	}
	return target == ErrStruct
}

// clip quotes s for a message: a hostile format must not make a huge one.
func clip(s string) string {
	const limit = 64
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	return strconv.Quote(s[:limit]) + fmt.Sprintf(" (%d bytes)", len(s))
}

// A Reason says why values do not fit a format.
type Reason uint8

// The reasons of a PackError. Pack and Unpack answer ErrStruct to all of
// them except TooLarge, which answers ErrOverflow.
const (
	WrongType   Reason = iota + 1 // the value is of a kind that the code does not take
	OutOfRange                    // an integer beyond the limits of the code
	TooLarge                      // a finite float beyond the limits of the code
	WrongCount                    // more or fewer values than the format has
	ShortBuffer                   // the buffer is not as long as the format needs
)

func (r Reason) String() string {
	switch r {
	case WrongType:
		return "wrong type"
	case OutOfRange:
		return "out of range"
	case TooLarge:
		return "too large"
	case WrongCount:
		return "wrong count"
	case ShortBuffer:
		return "short buffer"
	}
	return "Reason(" + strconv.Itoa(int(r)) + ")"
}

// A PackError says which value does not fit its code, or that the number of
// values or bytes is wrong.
type PackError struct {
	Code   byte   // first letter of the code, 'T' for a structure, 0 for the format as a whole
	Index  int    // which value, from 0; -1 when it is none in particular
	Reason Reason // why
	Msg    string // the same in words, with the numbers
}

func (e *PackError) Error() string {
	if e.Index < 0 {
		return "format: " + e.Msg
	}
	return fmt.Sprintf("format: value %d: %s", e.Index, e.Msg)
}

// Is reports whether target is the class of the error: ErrOverflow for
// TooLarge, else ErrStruct.
func (e *PackError) Is(target error) bool {
	if e.Reason == TooLarge {
		return target == ErrOverflow
	}
	return target == ErrStruct
}

// wrap makes an error of the given class.
func wrap(class error, f string, args ...any) error {
	return &classError{class, fmt.Sprintf("format: "+f, args...)}
}

// A classError carries a message and the exception class it stands for.
type classError struct {
	class error
	msg   string
}

func (e *classError) Error() string { return e.msg }
func (e *classError) Unwrap() error { return e.class }

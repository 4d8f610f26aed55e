package strides

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The classes of failure, one for each exception class that CPython or NumPy
// raises at the same place. Every error of this package answers [errors.Is]
// with at least one of them.
var (
	ErrValue          = errors.New("invalid value")                    // ValueError
	ErrType           = errors.New("invalid type")                     // TypeError
	ErrIndex          = errors.New("index out of range")               // IndexError
	ErrOverflow       = errors.New("integer overflow")                 // OverflowError
	ErrNotImplemented = errors.New("not implemented")                  // NotImplementedError
	ErrBuffer         = errors.New("buffer request refused")           // BufferError
	ErrCopyNeeded     = error(&subclass{"copy needed", ErrValue, nil}) // a ValueError: no view exists
)

// Two more classes that answer to several names. NumPy's AxisError is a
// ValueError and an IndexError. A layout too large for an int is a ValueError
// to NumPy; ErrOverflow tells it from other bad values.
var (
	errAxis   = error(&subclass{"axis out of range", ErrValue, ErrIndex})
	errTooBig = error(&subclass{"layout too large", ErrOverflow, ErrValue})
)

// A subclass is a sentinel that also answers to one or two others.
type subclass struct {
	msg  string
	a, b error
}

func (e *subclass) Error() string        { return e.msg }
func (e *subclass) Is(target error) bool { return target == e.a || e.b != nil && target == e.b }

// A LayoutError says which operation failed on which shapes.
type LayoutError struct {
	Op     string  // the method or function: "Reshape"
	Shapes [][]int // the shapes concerned: that of the layout, then what was asked for
	Err    error   // the class
	Msg    string  // what was given and what was expected
}

func (e *LayoutError) Error() string { return "strides: " + e.Op + ": " + e.Msg }

// Unwrap gives the class to [errors.Is].
func (e *LayoutError) Unwrap() error { return e.Err }

// A SyntaxError says where a text is not an index in NumPy's notation.
type SyntaxError struct {
	Text   string
	Offset int    // byte offset in Text of what is wrong
	Err    error  // ErrValue; ErrIndex for an integer index beyond int
	Msg    string // what was expected
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("strides: ParseIndex: %s at offset %d of %q", e.Msg, e.Offset, e.Text)
}

// Unwrap gives the class to [errors.Is].
func (e *SyntaxError) Unwrap() error { return e.Err }

// fail makes the error of an operation on a layout of the given shape.
func fail(op string, shape []int, class error, format string, args ...any) error {
	return &LayoutError{
		Op:     op,
		Shapes: [][]int{append([]int{}, shape...)},
		Err:    class,
		Msg:    fmt.Sprintf(format, args...),
	}
}

// fail2 is fail for an operation that was asked for a second shape.
func fail2(op string, shape, want []int, class error, format string, args ...any) error {
	e := fail(op, shape, class, format, args...).(*LayoutError)
	e.Shapes = append(e.Shapes, append([]int{}, want...))
	return e
}

// tuple prints a shape as Python does: (), (3,), (3, 4). A list too long for a
// message is cut.
func tuple(shape []int) string {
	const most = 70
	var b strings.Builder
	b.WriteByte('(')
	for i, n := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == most {
			b.WriteString("...")
			break
		}
		b.WriteString(strconv.Itoa(n))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

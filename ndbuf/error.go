package ndbuf

import (
	"errors"
	"fmt"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/strides"
)

// One sentinel for each exception class that CPython raises at the same place.
// Test with errors.Is; the message says what was given and what was expected.
// Those shared with package strides are the same values.
var (
	ErrBuffer         = strides.ErrBuffer         // BufferError: a request that the memory cannot grant
	ErrValue          = strides.ErrValue          // ValueError: a right kind of argument with a wrong value
	ErrType           = strides.ErrType           // TypeError: a wrong kind of argument
	ErrIndex          = strides.ErrIndex          // IndexError
	ErrOverflow       = strides.ErrOverflow       // OverflowError: a number that its type cannot hold
	ErrNotImplemented = strides.ErrNotImplemented // NotImplementedError
	ErrCopyNeeded     = strides.ErrCopyNeeded     // no view exists, only a copy would do; answers ErrValue too
)

var (
	// ErrReleased is the error of every operation on a released view. It answers ErrValue too, the class that
	// CPython raises.
	ErrReleased error = &failure{class: ErrValue, err: errors.New("ndbuf: operation forbidden on released memoryview")}

	// ErrReadOnly is part of every error for a write to read-only memory, beside the class that CPython raises at
	// that place: ErrType for an assignment, ErrBuffer for a request of writable memory.
	ErrReadOnly = errors.New("ndbuf: memory is read-only")
)

// A failure is an error that answers to its class and to what caused it.
type failure struct {
	class error
	err   error
}

func (f *failure) Error() string   { return f.err.Error() }
func (f *failure) Unwrap() []error { return []error{f.class, f.err} }

// fail makes an error of class. The text is prefixed with the package's name; %w wraps a cause.
func fail(class error, text string, args ...any) error {
	return &failure{class: class, err: fmt.Errorf("ndbuf: "+text, args...)}
}

// failReadOnly makes an error of class that also answers ErrReadOnly.
func failReadOnly(class error, text string) error {
	return &failure{class: class, err: &failure{class: ErrReadOnly, err: errors.New("ndbuf: " + text)}}
}

// fromFormat gives an error of package format the class that memoryview raises for it when an item is read or
// written: TypeError for a value of a wrong type, ValueError for one out of range.
func fromFormat(code string, err error) error {
	var pe *format.PackError
	if errors.As(err, &pe) {
		switch pe.Reason {
		case format.WrongType:
			return fail(ErrType, "invalid type for format %q: %w", code, err)
		case format.TooLarge:
			return fail(ErrOverflow, "value too large for format %q: %w", code, err)
		}
		return fail(ErrValue, "invalid value for format %q: %w", code, err)
	}
	switch {
	case errors.Is(err, format.ErrType):
		return fail(ErrType, "format %q: %w", code, err)
	case errors.Is(err, format.ErrOverflow):
		return fail(ErrOverflow, "format %q: %w", code, err)
	}
	return fail(ErrValue, "format %q: %w", code, err)
}

// Must returns v, or panics with err if it is not nil: for initialisers, examples and tests.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

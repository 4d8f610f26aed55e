package npy

import (
	"errors"
	"fmt"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
)

// A failure is an error that answers to its class and to what caused it.
type failure struct {
	class error
	err   error
}

func (f *failure) Error() string   { return f.err.Error() }
func (f *failure) Unwrap() []error { return []error{f.class, f.err} }

// tooLarge is the class of numbers that do not fit an int. NumPy, whose integers have no limit, raises ValueError when it
// needs the memory.
var tooLarge = errors.Join(ndbuf.ErrOverflow, ndbuf.ErrValue)

// fail makes an error of one of ndbuf's classes. The text is prefixed with the package's name; %w wraps a cause.
func fail(class error, text string, args ...any) error {
	if class == ndbuf.ErrOverflow {
		class = tooLarge
	}
	return &failure{class: class, err: fmt.Errorf("npy: "+text, args...)}
}

// classOf is ndbuf's class for an error of the packages below it.
func classOf(err error) error {
	switch {
	case errors.Is(err, format.ErrType), errors.Is(err, ndbuf.ErrType):
		return ndbuf.ErrType
	case errors.Is(err, format.ErrOverflow), errors.Is(err, ndbuf.ErrOverflow):
		return ndbuf.ErrOverflow
	case errors.Is(err, ndbuf.ErrNotImplemented):
		return ndbuf.ErrNotImplemented
	}
	return ndbuf.ErrValue
}

// clip quotes s for a message: a hostile header must not make a huge one.
func clip(s string) string {
	const limit = 48
	if len(s) <= limit {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q... (%d bytes)", s[:limit], len(s))
}

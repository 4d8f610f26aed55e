package ndbuf_test

import (
	"io"
	"iter"
	"math"
	"testing"

	"github.com/strided-go/strided/format"
	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/simd"
	"github.com/strided-go/strided/strides"
)

// The names and signatures that programs compile against. A change here breaks somebody: each line states one signature
// in full, so that it does not compile when the library's differs.

var (
	_ func(string) (*format.Type, error)             = format.Parse
	_ func(string) (int, error)                      = format.Calcsize
	_ func() (*format.Type, error)                   = format.For[int]
	_ func(*format.Type) int                         = (*format.Type).Size
	_ func(*format.Type) int                         = (*format.Type).Align
	_ func(*format.Type) string                      = (*format.Type).String
	_ func(*format.Type, []byte, ...any) error       = (*format.Type).Pack
	_ func(*format.Type, []byte) ([]any, error)      = (*format.Type).Unpack
	_ error                                          = format.ErrStruct
	_ error                                          = (*format.SyntaxError)(nil)
	_ error                                          = (*strides.LayoutError)(nil)
	_                                                = format.SyntaxError{Format: "", Offset: 0, Msg: ""}
	_                                                = strides.LayoutError{Op: "", Shapes: [][]int{}, Err: nil}
	_ []error                                        = []error{strides.ErrValue, strides.ErrCopyNeeded}
	_ func() []simd.Level                            = simd.Levels
	_ func() simd.Level                              = simd.Active
	_ func(simd.Level) (restore func(), err error)   = simd.Use
	_ func(any) (*ndbuf.MemoryView, error)           = ndbuf.FromObject
	_ func(*ndbuf.Buffer) (*ndbuf.MemoryView, error) = ndbuf.FromBuffer
	_ func(any) bool                                 = ndbuf.Check
)

var (
	_ [3]strides.Order = [3]strides.Order{strides.C, strides.F, strides.A}
	_ strides.Layout   = strides.Layout{Shape: []int{}, Strides: []int{}, SubOffsets: []int{}, Offset: 0, ItemSize: 0}

	_ func(strides.Order, int, ...int) (strides.Layout, error)       = strides.Contiguous
	_ func(strides.Layout) error                                     = strides.Layout.Validate
	_ func(strides.Layout) int                                       = strides.Layout.NDim
	_ func(strides.Layout) int                                       = strides.Layout.Len
	_ func(strides.Layout) int                                       = strides.Layout.NBytes
	_ func(strides.Layout, strides.Order) bool                       = strides.Layout.IsContiguous
	_ func(strides.Layout) (int, int)                                = strides.Layout.Extent
	_ func(strides.Layout, ...int) (strides.Layout, error)           = strides.Layout.Transpose
	_ func(strides.Layout, ...strides.Index) (strides.Layout, error) = strides.Layout.Index
	_ func(strides.Layout, ...int) (strides.Layout, error)           = strides.Layout.Reshape
	_ func(strides.Layout, ...int) (strides.Layout, error)           = strides.Layout.BroadcastTo
	_ func(strides.Layout, strides.Layout) bool                      = strides.MayOverlap
	_ func(int) strides.Index                                        = strides.At
	_ func(int, int, int) strides.Index                              = strides.Range
	_ func(string) ([]strides.Index, error)                          = strides.ParseIndex
	_ [3]strides.Index                                               = [3]strides.Index{strides.All, strides.Ellipsis, strides.NewAxis}
)

const _ = uint(strides.None - math.MinInt) // equal, or it does not compile

var (
	_ func([]byte, ndbuf.Access) (*ndbuf.MemoryView, error)             = ndbuf.FromMemory
	_ func(any, ndbuf.Access, strides.Order) (*ndbuf.MemoryView, error) = ndbuf.GetContiguous
	_ func(*ndbuf.MemoryView) *ndbuf.Buffer                             = (*ndbuf.MemoryView).Buffer
	_ func(*ndbuf.MemoryView) any                                       = (*ndbuf.MemoryView).Base
	_ func(*ndbuf.Buffer, ndbuf.Flags) (*ndbuf.Buffer, error)           = (*ndbuf.Buffer).Grant
	_ ndbuf.Exporter                                                    = (*ndbuf.MemoryView)(nil)
	_ io.WriterTo                                                       = (*ndbuf.MemoryView)(nil)

	_ ndbuf.Buffer = ndbuf.Buffer{Mem: []byte{}, Blocks: [][]byte{}, Obj: nil, Format: "", ReadOnly: false, Layout: strides.Layout{}}

	_ func(string, strides.Order, ...int) (*ndbuf.MemoryView, error)       = ndbuf.New
	_ func([]int, ...int) (*ndbuf.MemoryView, error)                       = ndbuf.Of[int]
	_ func(*ndbuf.MemoryView, string) (*ndbuf.MemoryView, error)           = (*ndbuf.MemoryView).Slice
	_ func(*ndbuf.MemoryView, ...strides.Index) (*ndbuf.MemoryView, error) = (*ndbuf.MemoryView).Index
	_ func(*ndbuf.MemoryView, string) (*ndbuf.MemoryView, error)           = (*ndbuf.MemoryView).Field
	_ func(*ndbuf.MemoryView, ...int) (*ndbuf.MemoryView, error)           = (*ndbuf.MemoryView).Transpose
	_ func(*ndbuf.MemoryView, ...int) (*ndbuf.MemoryView, error)           = (*ndbuf.MemoryView).Reshape
	_ func(*ndbuf.MemoryView, ...int) (*ndbuf.MemoryView, error)           = (*ndbuf.MemoryView).BroadcastTo
	_ func(*ndbuf.MemoryView, string, ...int) (*ndbuf.MemoryView, error)   = (*ndbuf.MemoryView).Cast
	_ func(*ndbuf.MemoryView) (*ndbuf.MemoryView, error)                   = (*ndbuf.MemoryView).ToReadOnly
	_ func(*ndbuf.MemoryView, ...int) (any, error)                         = (*ndbuf.MemoryView).Get
	_ func(*ndbuf.MemoryView, any, ...int) error                           = (*ndbuf.MemoryView).Set
	_ func(*ndbuf.MemoryView, *ndbuf.MemoryView, ...strides.Index) error   = (*ndbuf.MemoryView).Assign
	_ func(*ndbuf.MemoryView) (any, error)                                 = (*ndbuf.MemoryView).ToList
	_ func(*ndbuf.MemoryView, any) (bool, error)                           = (*ndbuf.MemoryView).Equal
	_ func(*ndbuf.MemoryView, byte, int) (string, error)                   = (*ndbuf.MemoryView).Hex
	_ func(*ndbuf.MemoryView) error                                        = (*ndbuf.MemoryView).Release
	_ func(int, error) int                                                 = ndbuf.Must[int]

	_ func(*ndbuf.MemoryView, strides.Order) (*ndbuf.MemoryView, error)          = (*ndbuf.MemoryView).Contiguous
	_ func(*ndbuf.MemoryView, strides.Order) (*ndbuf.MemoryView, error)          = (*ndbuf.MemoryView).Clone
	_ func(*ndbuf.MemoryView, strides.Order) ([]byte, error)                     = (*ndbuf.MemoryView).ToBytes
	_ func(*ndbuf.MemoryView, []byte, strides.Order) error                       = (*ndbuf.MemoryView).CopyTo
	_ func(*ndbuf.MemoryView, []byte, strides.Order) error                       = (*ndbuf.MemoryView).CopyFrom
	_ func(*ndbuf.MemoryView, io.Writer) (int64, error)                          = (*ndbuf.MemoryView).WriteTo
	_ func(dst, src *ndbuf.MemoryView) error                                     = ndbuf.Copy
	_ func(dst, src, indices *ndbuf.MemoryView, axis int, mode ndbuf.Mode) error = ndbuf.Take
	_ func(dst, indices, src *ndbuf.MemoryView, axis int, mode ndbuf.Mode) error = ndbuf.Put
	_ func(dst, src strides.Layout, format string) (*ndbuf.Plan, error)          = ndbuf.PlanCopy
	_ func(p *ndbuf.Plan, dst, src *ndbuf.MemoryView) error                      = (*ndbuf.Plan).Run
	_ func(*ndbuf.Plan) string                                                   = (*ndbuf.Plan).String
	_ func(int) int                                                              = ndbuf.SetThreads
	_ [3]ndbuf.Mode                                                              = [3]ndbuf.Mode{ndbuf.ModeRaise, ndbuf.ModeClip, ndbuf.ModeWrap}
)

const _ = uint(ndbuf.Flat - strides.None)

type floats = ndbuf.Array[float64]

var (
	_ func(strides.Order, ...int) (floats, error)               = ndbuf.NewOf[float64]
	_ func(*ndbuf.MemoryView) (floats, error)                   = ndbuf.As[float64]
	_ func(floats, ...int) float64                              = floats.At
	_ func(floats, int) float64                                 = floats.At1
	_ func(floats, int, int) float64                            = floats.At2
	_ func(floats, int, int, int) float64                       = floats.At3
	_ func(floats, float64, ...int)                             = floats.Set
	_ func(floats, int, float64)                                = floats.Set1
	_ func(floats, int, int, float64)                           = floats.Set2
	_ func(floats, int, int, int, float64)                      = floats.Set3
	_ func(floats) iter.Seq2[[]int, float64]                    = floats.All
	_ func(floats) iter.Seq[float64]                            = floats.Values
	_ func(floats) ([]float64, error)                           = floats.Data
	_ func(a floats, axis int, index ...int) ([]float64, error) = floats.Lane
	_ func(floats) *ndbuf.MemoryView                            = floats.View
	_ func(floats) []int                                        = floats.Shape
	_ func(floats) error                                        = floats.Release
)

func TestConstants(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"Read", int(ndbuf.Read), 0x100}, {"Write", int(ndbuf.Write), 0x200}, {"Shadow", int(ndbuf.Shadow), 0x400},
		{"BufSimple", int(ndbuf.BufSimple), 0}, {"BufWritable", int(ndbuf.BufWritable), 1}, {"BufFormat", int(ndbuf.BufFormat), 4},
		{"BufND", int(ndbuf.BufND), 8}, {"BufStrides", int(ndbuf.BufStrides), 24},
		{"BufCContiguous", int(ndbuf.BufCContiguous), 56}, {"BufFContiguous", int(ndbuf.BufFContiguous), 88},
		{"BufAnyContiguous", int(ndbuf.BufAnyContiguous), 152}, {"BufIndirect", int(ndbuf.BufIndirect), 280},
		{"BufContig", int(ndbuf.BufContig), 9}, {"BufContigRO", int(ndbuf.BufContigRO), 8},
		{"BufStrided", int(ndbuf.BufStrided), 25}, {"BufStridedRO", int(ndbuf.BufStridedRO), 24},
		{"BufRecords", int(ndbuf.BufRecords), 29}, {"BufRecordsRO", int(ndbuf.BufRecordsRO), 28},
		{"BufFull", int(ndbuf.BufFull), 285}, {"BufFullRO", int(ndbuf.BufFullRO), 284},
		{"C", int(strides.C), 'C'}, {"F", int(strides.F), 'F'}, {"A", int(strides.A), 'A'},
	} {
		if c.got != c.want {
			t.Errorf("%s is %#x, want %#x", c.name, c.got, c.want)
		}
	}
}

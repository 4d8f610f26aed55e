//go:build !purego && !noasm

package simd

// The implementations, best first. There is none in pure Go here: those loops
// belong to whoever knows what a number is.
var (
	convertImpls = [Conversions][]impl[ConvertFunc]{
		Float16ToFloat32:  {{AVX512, float16ToFloat32Lane512}, {AVX2, float16ToFloat32Lane256}},
		Float16ToFloat64:  {{AVX512, float16ToFloat64Lane512}, {AVX2, float16ToFloat64Lane256}},
		BFloat16ToFloat32: {{AVX512, bfloat16ToFloat32Lane512}, {AVX2, bfloat16ToFloat32Lane256}},
		Float32ToFloat16:  {{AVX512, float32ToFloat16Lane512}, {AVX2, float32ToFloat16Lane256}},
		Float32ToBFloat16: {{AVX512, float32ToBFloat16Lane512}, {AVX2, float32ToBFloat16Lane256}},
		Float32ToFloat64:  {{AVX512, float32ToFloat64Lane512}, {AVX2, float32ToFloat64Lane256}},
		Float64ToFloat32:  {{AVX512, float64ToFloat32Lane512}, {AVX2, float64ToFloat32Lane256}},
		Float64ToInt32:    {{AVX512, float64ToInt32Lane512}, {AVX2, float64ToInt32Lane256}},
		Float32ToInt32:    {{AVX512, float32ToInt32Lane512}, {AVX2, float32ToInt32Lane256}},
		Float64ToInt64:    {{AVX512, float64ToInt64Lane512}},
		Int32ToFloat32:    {{AVX512, int32ToFloat32Lane512}, {AVX2, int32ToFloat32Lane256}},
		Int32ToFloat64:    {{AVX512, int32ToFloat64Lane512}, {AVX2, int32ToFloat64Lane256}},
		Uint32ToFloat32:   {{AVX512, uint32ToFloat32Lane512}},
		Uint32ToFloat64:   {{AVX512, uint32ToFloat64Lane512}},
		Int64ToFloat64:    {{AVX512, int64ToFloat64Lane512}},
		Uint64ToFloat64:   {{AVX512, uint64ToFloat64Lane512}},
		Int8ToFloat32:     {{AVX512, int8ToFloat32Lane512}, {AVX2, int8ToFloat32Lane256}},
		Int8ToFloat64:     {{AVX512, int8ToFloat64Lane512}, {AVX2, int8ToFloat64Lane256}},
		Uint8ToFloat32:    {{AVX512, uint8ToFloat32Lane512}, {AVX2, uint8ToFloat32Lane256}},
		Uint8ToFloat64:    {{AVX512, uint8ToFloat64Lane512}, {AVX2, uint8ToFloat64Lane256}},
		Int16ToFloat32:    {{AVX512, int16ToFloat32Lane512}, {AVX2, int16ToFloat32Lane256}},
		Int16ToFloat64:    {{AVX512, int16ToFloat64Lane512}, {AVX2, int16ToFloat64Lane256}},
		Uint16ToFloat32:   {{AVX512, uint16ToFloat32Lane512}, {AVX2, uint16ToFloat32Lane256}},
		Uint16ToFloat64:   {{AVX512, uint16ToFloat64Lane512}, {AVX2, uint16ToFloat64Lane256}},
	}
	convertLinesImpls = [Conversions][]impl[ConvertFunc]{
		Float16ToFloat32:  {{AVX512, float16ToFloat32Lines512}, {AVX2, float16ToFloat32Lines256}},
		Float16ToFloat64:  {{AVX512, float16ToFloat64Lines512}, {AVX2, float16ToFloat64Lines256}},
		BFloat16ToFloat32: {{AVX512, bfloat16ToFloat32Lines512}, {AVX2, bfloat16ToFloat32Lines256}},
		Float32ToFloat16:  {{AVX512, float32ToFloat16Lines512}, {AVX2, float32ToFloat16Lines256}},
		Float32ToBFloat16: {{AVX512, float32ToBFloat16Lines512}, {AVX2, float32ToBFloat16Lines256}},
		Float32ToFloat64:  {{AVX512, float32ToFloat64Lines512}, {AVX2, float32ToFloat64Lines256}},
		Float64ToFloat32:  {{AVX512, float64ToFloat32Lines512}, {AVX2, float64ToFloat32Lines256}},
		Float64ToInt32:    {{AVX512, float64ToInt32Lines512}, {AVX2, float64ToInt32Lines256}},
		Float32ToInt32:    {{AVX512, float32ToInt32Lines512}, {AVX2, float32ToInt32Lines256}},
		Float64ToInt64:    {{AVX512, float64ToInt64Lines512}},
		Int32ToFloat32:    {{AVX512, int32ToFloat32Lines512}, {AVX2, int32ToFloat32Lines256}},
		Int32ToFloat64:    {{AVX512, int32ToFloat64Lines512}, {AVX2, int32ToFloat64Lines256}},
		Uint32ToFloat32:   {{AVX512, uint32ToFloat32Lines512}},
		Uint32ToFloat64:   {{AVX512, uint32ToFloat64Lines512}},
		Int64ToFloat64:    {{AVX512, int64ToFloat64Lines512}},
		Uint64ToFloat64:   {{AVX512, uint64ToFloat64Lines512}},
		Int8ToFloat32:     {{AVX512, int8ToFloat32Lines512}, {AVX2, int8ToFloat32Lines256}},
		Int8ToFloat64:     {{AVX512, int8ToFloat64Lines512}, {AVX2, int8ToFloat64Lines256}},
		Uint8ToFloat32:    {{AVX512, uint8ToFloat32Lines512}, {AVX2, uint8ToFloat32Lines256}},
		Uint8ToFloat64:    {{AVX512, uint8ToFloat64Lines512}, {AVX2, uint8ToFloat64Lines256}},
		Int16ToFloat32:    {{AVX512, int16ToFloat32Lines512}, {AVX2, int16ToFloat32Lines256}},
		Int16ToFloat64:    {{AVX512, int16ToFloat64Lines512}, {AVX2, int16ToFloat64Lines256}},
		Uint16ToFloat32:   {{AVX512, uint16ToFloat32Lines512}, {AVX2, uint16ToFloat32Lines256}},
		Uint16ToFloat64:   {{AVX512, uint16ToFloat64Lines512}, {AVX2, uint16ToFloat64Lines256}},
	}
)

package format

import (
	"reflect"
	"sync"
)

// For returns the format of a Go type: a code for bool, integers, floats and
// complex numbers, a sub-array for an array, T{...} with all padding written
// out for a structure. Fields keep their names; blank ones are padding. The
// size is that of the Go type.
//
// Errors: ErrType for a type that is or contains a pointer of any sort,
// naming where it stands, and for long arrays of elements without bytes.
func For[T any]() (*Type, error) { return ForType(reflect.TypeFor[T]()) }

// goTypes remembers the answers of ForType.
var goTypes sync.Map // reflect.Type -> *Type

// ForType is For with the type as a value.
func ForType(rt reflect.Type) (*Type, error) {
	if rt == nil {
		return nil, wrap(ErrType, "nil has no format")
	}
	if t, ok := goTypes.Load(rt); ok {
		return t.(*Type), nil
	}
	name := rt.Name()
	if name == "" {
		name = clip(rt.String())
	}
	f, err := goField(rt, name)
	if err != nil {
		return nil, err
	}
	t := f.Type
	if f.Shape != nil {
		t = sequence(f)
	}
	if !t.affordable(0) {
		return nil, wrap(ErrType, "%s: too many values for so few bytes", name)
	}
	kept, _ := goTypes.LoadOrStore(rt, t)
	return kept.(*Type), nil
}

// sequence is the type of a format with a single item.
func sequence(f Field) *Type {
	var b builder
	b.add(f, '@')
	t, _ := b.finish('@', true)
	return t
}

// goCodes are the codes of Go kinds, for the sizes that int and uintptr have
// on every platform.
var goCodes = map[reflect.Kind]string{
	reflect.Bool: "?", reflect.Float32: "f", reflect.Float64: "d",
	reflect.Complex64: "Zf", reflect.Complex128: "Zd",
}

// goField finds the format of a type; path names it in errors.
func goField(rt reflect.Type, path string) (Field, error) {
	name := goCodes[rt.Kind()]
	switch rt.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		name = intCode(int(rt.Size()), "bhiq")
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		name = intCode(int(rt.Size()), "BHIQ")
	case reflect.Array:
		f, err := goField(rt.Elem(), path+"[]")
		f.Shape = append([]int{rt.Len()}, f.Shape...)
		if len(f.Shape) > maxDims && err == nil {
			err = wrap(ErrType, "%s: array of more than %d dimensions", path, maxDims)
		}
		return f, err
	case reflect.Struct:
		t, err := goStruct(rt, path)
		return Field{Type: t}, err
	}
	if name == "" {
		return Field{}, wrap(ErrType, "%s: %s contains a pointer", path, rt)
	}
	t, _, _ := leaf(name, '@', 1)
	return Field{Type: t}, nil
}

func goStruct(rt reflect.Type, path string) (*Type, error) {
	var fields []Field
	for i := range rt.NumField() {
		sf := rt.Field(i)
		f, err := goField(sf.Type, path+"."+sf.Name)
		if err != nil {
			return nil, err
		}
		if sf.Name != "_" {
			f.Name, f.Offset = sf.Name, int(sf.Offset)
			fields = append(fields, f)
		}
	}
	return assemble(fields, int(rt.Size()), '^'), nil
}

// assemble makes T{...} from members at given offsets, in order. Its members
// keep mode '@' if that mode puts them at these offsets and pads to this
// size; else they get the mode given, which must not align.
func assemble(fields []Field, size int, mode byte) *Type {
	align, cost, natural := 1, 1, true
	for _, f := range fields {
		align = max(align, f.Type.align)
		natural = natural && f.Offset%f.Type.align == 0
		cost = saturate(cost, 1, fieldCost(f))
	}
	t := &Type{kind: Struct, mode: '@', size: size, align: align, padded: size,
		values: len(fields), cost: cost, fields: fields}
	if natural && size%align == 0 {
		return t
	}
	t.align, t.mode = 1, mode
	for i := range fields {
		fields[i].Type = unaligned(fields[i].Type, mode)
	}
	return t
}

// unaligned is a type whose elements may lie anywhere.
func unaligned(t *Type, mode byte) *Type {
	if t.kind == Struct {
		if t.align > 1 {
			u := *t
			u.mode = mode // at its end, where it decides about alignment
			return &u
		}
		return t
	}
	if t.mode != '@' {
		return t
	}
	if t.code == "g" || t.code == "Zg" {
		mode = '^' // they have no standard size in NumPy
	}
	u := *t
	u.mode, u.align = mode, 1
	return &u
}

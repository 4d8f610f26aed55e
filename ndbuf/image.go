package ndbuf

import (
	"image"

	"github.com/strided-go/strided/strides"
)

// fromImage describes an image of package image that has all its pixels in one Pix slice; nil, nil for anything else.
// Pixels of several channels make a third axis. 16-bit channels are big-endian, whatever the machine.
//
// Errors: ErrType for images of several planes.
func fromImage(obj any) (*Buffer, error) {
	switch o := obj.(type) {
	case *image.Gray:
		return pixels(o.Pix, o.Stride, o.Rect, 1, 1), nil
	case *image.Alpha:
		return pixels(o.Pix, o.Stride, o.Rect, 1, 1), nil
	case *image.Paletted:
		return pixels(o.Pix, o.Stride, o.Rect, 1, 1), nil
	case *image.Gray16:
		return pixels(o.Pix, o.Stride, o.Rect, 2, 1), nil
	case *image.Alpha16:
		return pixels(o.Pix, o.Stride, o.Rect, 2, 1), nil
	case *image.RGBA:
		return pixels(o.Pix, o.Stride, o.Rect, 1, 4), nil
	case *image.NRGBA:
		return pixels(o.Pix, o.Stride, o.Rect, 1, 4), nil
	case *image.CMYK:
		return pixels(o.Pix, o.Stride, o.Rect, 1, 4), nil
	case *image.RGBA64:
		return pixels(o.Pix, o.Stride, o.Rect, 2, 4), nil
	case *image.NRGBA64:
		return pixels(o.Pix, o.Stride, o.Rect, 2, 4), nil
	case *image.YCbCr, *image.NYCbCrA:
		return nil, fail(ErrType, "%T has several planes of different sizes (hint: view its slices Y, Cb, Cr one by one)", obj)
	}
	return nil, nil
}

// pixels describes Pix: stride bytes from one row to the next, pixels of channels items of size bytes.
func pixels(pix []uint8, stride int, r image.Rectangle, size, channels int) *Buffer {
	if pix == nil {
		pix = []uint8{}
	}
	b := &Buffer{Mem: pix, Format: "B", Layout: strides.Layout{
		Shape:    []int{r.Dy(), r.Dx()},
		Strides:  []int{stride, size * channels},
		ItemSize: size,
	}}
	if size == 2 {
		b.Format = ">H"
	}
	if channels > 1 {
		b.Layout.Shape = append(b.Layout.Shape, channels)
		b.Layout.Strides = append(b.Layout.Strides, size)
	}
	return b
}

// viewOfImage makes a view of what fromImage answered.
func viewOfImage(obj any, b *Buffer, err error) (*MemoryView, error) {
	if err != nil {
		return nil, err
	}
	d, err := describe(b)
	if err != nil {
		return nil, fail(ErrValue, "%T: %w", obj, err)
	}
	return newView(&region{base: obj, keep: obj}, d), nil
}

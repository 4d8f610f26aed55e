package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// sample is a photograph as a .npy file; sample/README.md tells whose.
//
//go:embed sample/raccoon.npy
var sample []byte

var demoCommand = command{
	name: "demo", short: "show the library at work on a photograph", files: [2]int{0, 0},
	long: `
Views a photograph that is part of the program, height × width × channel, where its bytes lie; permutes, flips and slices
the view; and asks for each view in C and in Fortran order, which shares the memory or takes one copy. The speed of a copy
is told beside that of a plain copy of as many bytes. With -o, writes pictures and arrays to look at.`,
	prepare: func(f *flag.FlagSet) func(*tool, []string) error {
		folder := f.String("o", "", "`folder` to write .npy and .png files to; it is made if missing")
		return func(t *tool, _ []string) error { return t.demo(*folder) }
	},
}

// A scene is one view of the photograph.
type scene struct {
	how  string // the call that makes it
	view *ndbuf.MemoryView
}

// photograph views the sample's items where they lie in the program.
func photograph() (*ndbuf.MemoryView, error) {
	h, err := npy.ReadHeader(bytes.NewReader(sample))
	if err != nil {
		return nil, err
	}
	l, err := h.Layout()
	if err != nil {
		return nil, err
	}
	l.Offset = h.DataOffset
	return ndbuf.FromBuffer(&ndbuf.Buffer{Mem: sample, Format: h.Type.String(), ReadOnly: true, Layout: l})
}

// scenes makes every view that demo shows.
func scenes() ([]scene, error) {
	photo, err := photograph()
	if err != nil {
		return nil, err
	}
	planes, err := photo.Transpose(2, 0, 1)
	if err != nil {
		return nil, err
	}
	all := []scene{{"photo", photo}, {"planes = photo.Transpose(2, 0, 1)", planes}}
	for _, s := range []struct {
		name string
		of   *ndbuf.MemoryView
		expr string
	}{
		{"planes", planes, "..., ::-1"},
		{"planes", planes, ":, 20:230, 140:390"},
		{"photo", photo, "::-2, ::2"},
	} {
		v, err := s.of.Slice(s.expr)
		if err != nil {
			return nil, err
		}
		all = append(all, scene{fmt.Sprintf("%s.Slice(%q)", s.name, s.expr), v})
	}
	turned, err := photo.Transpose()
	if err != nil {
		return nil, err
	}
	return append(all, scene{"photo.Transpose()", turned}), nil
}

func (t *tool) demo(folder string) error {
	all, err := scenes()
	if err != nil {
		return err
	}
	photo := all[0].view
	shape := photo.Shape()
	fmt.Fprintf(t.out, "A photograph of %d × %d pixels, %d bytes (%s) within this program.\n\n", shape[1], shape[0], photo.NBytes(),
		formatBytes(int64(photo.NBytes())))
	fmt.Fprintf(t.out, "Views: the same bytes, none copied\n\n  %-38s %-15s %-15s %s\n", "", "shape", "strides", "contiguous")
	for _, s := range all {
		fmt.Fprintf(t.out, "  %-38s %-15s %-15s %s\n", s.how, tuple(s.view.Shape()), tuple(s.view.Strides()), contiguity(s.view))
	}
	fmt.Fprintf(t.out, "\nGetContiguous: shared if the bytes already lie so, else one copy\n\n  %-38s %-5s %-17s %-7s %6s %11s %6s\n",
		"", "order", "strides", "memory", "GB/s", "plain copy", "ratio")
	for _, s := range all {
		for _, order := range []strides.Order{strides.C, strides.F} {
			if err := t.demoOne(s, order); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(t.out, "\nGB/s is of the view's bytes, copied to memory that is there already.\n")
	if folder == "" {
		return nil
	}
	return t.demoFiles(all, folder)
}

// contiguity names the orders in which a view lies without gaps.
func contiguity(m *ndbuf.MemoryView) string {
	switch c, f := m.IsContiguous(strides.C), m.IsContiguous(strides.F); {
	case c && f:
		return "C F"
	case c:
		return "C"
	case f:
		return "F"
	}
	return "-"
}

// demoOne asks for one view in one order and prints what came of it.
func (t *tool) demoOne(s scene, order strides.Order) error {
	got, err := ndbuf.GetContiguous(s.view, ndbuf.Read, order)
	if err != nil {
		return err
	}
	defer got.Release()
	fmt.Fprintf(t.out, "  %-38s %-5s %-17s ", s.how, order, tuple(got.Strides()))
	if sharesMemory(got, s.view) {
		fmt.Fprintln(t.out, "shared")
		return nil
	}
	n := s.view.NBytes()
	dst, src := make([]byte, n), make([]byte, n)
	var failed error
	ours := speed(n, func() {
		if err := s.view.CopyTo(dst, order); err != nil {
			failed = err
		}
	})
	plain := speed(n, func() { copy(dst, src) })
	fmt.Fprintf(t.out, "%-7s %6.2f %11.2f %5.0f%%\n", "copied", ours, plain, 100*ours/plain)
	return failed
}

// sharesMemory reports whether two views begin in one piece of memory.
func sharesMemory(a, b *ndbuf.MemoryView) bool {
	x, y := a.Buffer().Mem, b.Buffer().Mem
	return len(x) > 0 && len(y) > 0 && &x[0] == &y[0]
}

// speed returns how fast f moves n bytes, in GB/s: the best of a few runs of about a millisecond each.
func speed(n int, f func()) float64 {
	f()
	best := 0.0
	for range 5 {
		begin, runs := time.Now(), 0
		for time.Since(begin) < time.Millisecond {
			f()
			runs++
		}
		best = max(best, float64(n)*float64(runs)/float64(time.Since(begin).Nanoseconds()))
	}
	return best
}

// demoFiles writes the views as files.
func (t *tool) demoFiles(all []scene, folder string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	photo, planes := all[0].view, all[1].view
	pictures := []struct {
		name string
		view *ndbuf.MemoryView
		axes []int // that make the view height × width × channel
	}{
		{"photo", photo, []int{0, 1, 2}},
		{"mirrored", all[2].view, []int{1, 2, 0}},
		{"face", all[3].view, []int{1, 2, 0}},
		{"half", all[4].view, []int{0, 1, 2}},
	}
	fmt.Fprintf(t.out, "\nFiles\n\n")
	for _, p := range pictures {
		upright, err := p.view.Transpose(p.axes...)
		if err != nil {
			return err
		}
		if err := t.writePicture(filepath.Join(folder, p.name+".png"), upright); err != nil {
			return err
		}
	}
	stack, err := stacked(planes)
	if err != nil {
		return err
	}
	if err := t.writeImage(filepath.Join(folder, "planes.png"), stack); err != nil {
		return err
	}
	inF, err := ndbuf.GetContiguous(photo, ndbuf.Read, strides.F)
	if err != nil {
		return err
	}
	for _, a := range []scene{{"planes", planes}, {"photo-fortran", inF}, {"face", all[3].view}} {
		path := filepath.Join(folder, a.how+".npy")
		if err := npy.WriteFile(path, a.view); err != nil {
			return err
		}
		h, err := npy.HeaderOf(a.view)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "  %-38s %-15s %s order\n", path, tuple(a.view.Shape()), h.Order())
	}
	return nil
}

// writePicture writes a view of height × width × 3 bytes as a PNG. The image's own pixels, four bytes each, are viewed
// too: one Assign sets the first three of all.
func (t *tool) writePicture(path string, m *ndbuf.MemoryView) error {
	shape := m.Shape()
	img := image.NewNRGBA(image.Rect(0, 0, shape[1], shape[0]))
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 0xff
	}
	pixels, err := ndbuf.FromObject(img)
	if err != nil {
		return err
	}
	if err := pixels.Assign(m, strides.Ellipsis, strides.Range(0, 3, 1)); err != nil {
		return err
	}
	return t.writeImage(path, img)
}

// stacked makes a grey image of the planes, one below the other: a reshaped C-ordered copy.
func stacked(planes *ndbuf.MemoryView) (image.Image, error) {
	c, err := planes.Contiguous(strides.C)
	if err != nil {
		return nil, err
	}
	shape := c.Shape()
	img := image.NewGray(image.Rect(0, 0, shape[2], shape[0]*shape[1]))
	return img, c.CopyTo(img.Pix, strides.C)
}

func (t *tool) writeImage(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	err = png.Encode(f, img)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "  %-38s %d × %d pixels\n", path, img.Bounds().Dx(), img.Bounds().Dy())
	return nil
}

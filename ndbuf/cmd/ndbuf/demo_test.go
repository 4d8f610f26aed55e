package main

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

// TestDemo: what is printed says what was shared and what was copied, and the files hold the views.
func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	out := succeed(t, "demo", "-o", dir)
	for _, want := range []string{
		`photo +\(320, 426, 3\) +\(1278, 3, 1\) +C\n`,
		`planes = photo.Transpose\(2, 0, 1\) +\(3, 320, 426\) +\(1, 1278, 3\) +-\n`,
		`photo +C +\(1278, 3, 1\) +shared\n`,
		`planes = photo.Transpose\(2, 0, 1\) +C +\(136320, 426, 1\) +copied +[0-9.]+ +[0-9.]+ +[0-9]+%\n`,
		`photo.Transpose\(\) +F +\(1, 3, 1278\) +shared\n`,
		`planes.npy +\(3, 320, 426\) +C order\n`,
		`photo-fortran.npy +\(320, 426, 3\) +F order\n`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if n := strings.Count(out, "shared\n"); n != 2 {
		t.Errorf("%d views are shared, want 2", n)
	}
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]*ndbuf.MemoryView{
		"planes.npy": all[1].view, "photo-fortran.npy": all[0].view, "face.npy": all[3].view,
	} {
		m, err := npy.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		same, err := m.Equal(want)
		if err != nil || !same {
			t.Errorf("%s does not hold the view: %v", name, err)
		}
		m.Release()
	}
	for name, want := range map[string]*ndbuf.MemoryView{
		"photo.png": all[0].view, "mirrored.png": ndbuf.Must(all[2].view.Transpose(1, 2, 0)),
		"face.png": ndbuf.Must(all[3].view.Transpose(1, 2, 0)), "half.png": all[4].view,
	} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		shape := want.Shape()
		b := img.Bounds()
		if b.Dx() != shape[1] || b.Dy() != shape[0] {
			t.Fatalf("%s is %v, want %v", name, b, shape)
		}
		pixels := ndbuf.Must(want.ToBytes(strides.C))
		for i := range shape[0] * shape[1] {
			c := color.NRGBAModel.Convert(img.At(b.Min.X+i%shape[1], b.Min.Y+i/shape[1])).(color.NRGBA)
			if !bytes.Equal(pixels[3*i:3*i+3], []byte{c.R, c.G, c.B}) || c.A != 0xff {
				t.Fatalf("%s: pixel %d is %v, want %v", name, i, c, pixels[3*i:3*i+3])
			}
		}
	}
}

// TestPhotograph: the sample is small enough to be kept, and its view is no copy.
func TestPhotograph(t *testing.T) {
	if len(sample) > 400<<10 {
		t.Errorf("the sample has %d bytes", len(sample))
	}
	m, err := photograph()
	if err != nil {
		t.Fatal(err)
	}
	if !m.ReadOnly() || &m.Buffer().Mem[0] != &sample[0] {
		t.Error("the photograph is not a read-only view of the sample")
	}
}

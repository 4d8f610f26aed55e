package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
	"github.com/strided-go/strided/strides"
)

var infoCommand = command{
	name: "info", usage: "FILE...", short: "tell what is in a file: format, shape, strides, order, size", files: [2]int{1, 1 << 20},
	long: `
Reads headers only. Of an archive every member is told, or the one that is named: a.npz/weights. Names and formats that a
terminal would not print as they are are quoted. With --plan it also tells how the library would copy the array, or the part
of it with its axes permuted, into memory in the order asked for: the kernel and its CPU level, the loops with their strides
in bytes, the tiles.`,
	prepare: func(f *flag.FlagSet) func(*tool, []string) error {
		asJSON := f.Bool("json", false, "print one JSON document for each file")
		plan := f.Bool("plan", false, "tell the plan of a copy of the array")
		c := conversion{order: orderFlag{strides.C}}
		f.Var(&c.order, "order", "with --plan: `order` of the copy, C or F")
		f.Var(&c.perm, "perm", "with --plan: `axes` in the order they have in the copy: 2,0,1")
		f.Var(&c.slice, "slice", "with --plan: `index` of the part to copy, in NumPy's notation")
		return func(t *tool, files []string) error {
			var copied *conversion
			if *plan {
				copied = &c
			} else if c.order.order != strides.C || c.perm.axes != nil || c.slice.text != "" {
				return usagef("--order, --perm and --slice are about the copy of --plan")
			}
			for i, name := range files {
				about, err := inspect(name, copied)
				if err != nil {
					return err
				}
				if *asJSON {
					var text strings.Builder
					e := json.NewEncoder(&text)
					e.SetEscapeHTML(false)
					e.SetIndent("", "  ")
					if err := e.Encode(about); err != nil {
						return err
					}
					fmt.Fprint(t.out, escapeJSON(text.String()))
					continue
				}
				if i > 0 {
					fmt.Fprintln(t.out)
				}
				about.print(t)
			}
			return nil
		}
	},
}

// A fileInfo is what info tells of a file: an array, or an archive of arrays.
type fileInfo struct {
	File    string      `json:"file"`
	Bytes   int64       `json:"bytes"`           // of the file
	Array   *arrayInfo  `json:"array,omitempty"` // of a .npy file
	Members []arrayInfo `json:"members,omitempty"`
	archive bool
}

// An arrayInfo is what info tells of an array.
type arrayInfo struct {
	Name        string `json:"name,omitempty"`    // of a member
	Version     string `json:"version,omitempty"` // of the .npy format
	Descr       string `json:"descr,omitempty"`   // as NumPy writes the dtype
	Format      string `json:"format,omitempty"`  // as struct and PEP 3118 write it
	ItemSize    int    `json:"itemsize"`
	Shape       []int  `json:"shape"`
	Strides     []int  `json:"strides"` // bytes
	Order       string `json:"order,omitempty"`
	CContiguous bool   `json:"c_contiguous"`
	FContiguous bool   `json:"f_contiguous"`
	Items       int    `json:"items"`
	NBytes      int    `json:"nbytes"`           // of the items
	Offset      int    `json:"offset"`           // of the items in the file or member
	Stored      int64  `json:"stored,omitempty"` // bytes of the member in the archive
	Compressed  bool   `json:"compressed,omitempty"`
	Plan        string `json:"plan,omitempty"`    // of a copy
	Problem     string `json:"problem,omitempty"` // why a member is no array that can be read
}

// inspect reads the headers of a file. It plans a copy of its arrays unless c is nil.
func inspect(path string, c *conversion) (*fileInfo, error) {
	name, member := splitMember(path)
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	about, err := inspectFile(f, path, member, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return about, nil
}

func inspectFile(f *os.File, path, member string, c *conversion) (*fileInfo, error) {
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	about := &fileInfo{File: path, Bytes: stat.Size()}
	if !isArchive(f) {
		if member != "" {
			return nil, fmt.Errorf("not an archive, so it has no member %q", member)
		}
		h, err := npy.ReadHeader(f)
		if err != nil {
			return nil, err
		}
		if err := checkSize(h, about.Bytes); err != nil {
			return nil, err
		}
		about.Array = &arrayInfo{}
		return about, about.Array.fill(h, c)
	}
	about.archive = true
	archive, err := readArchive(f, about.Bytes)
	if err != nil {
		return nil, err
	}
	files := archive.File
	if member != "" {
		z, err := findMember(archive, member)
		if err != nil {
			return nil, err
		}
		files = []*zip.File{z}
	}
	for _, z := range files {
		a := arrayInfo{
			Name: memberName(z), Stored: int64(min(z.CompressedSize64, 1<<63-1)), Compressed: z.Method != zip.Store,
		}
		h, err := peek(z, about.Bytes)
		if err == nil {
			err = a.fill(h, c)
		}
		if err != nil {
			a.Problem = err.Error()
		}
		about.Members = append(about.Members, a)
	}
	return about, nil
}

// fill tells what a header says, and the plan of the copy that c asks for unless it is nil.
func (a *arrayInfo) fill(h npy.Header, c *conversion) error {
	l, err := h.Layout()
	if err != nil {
		return err
	}
	a.Version, a.Descr, a.Format = fmt.Sprintf("%d.0", h.Version), h.Descr, h.Type.String()
	a.ItemSize, a.Shape, a.Strides = l.ItemSize, append([]int{}, l.Shape...), append([]int{}, l.Strides...)
	a.Order, a.CContiguous, a.FContiguous = h.Order().String(), l.IsContiguous(strides.C), l.IsContiguous(strides.F)
	a.Items, a.NBytes, a.Offset = l.Len(), l.NBytes(), h.DataOffset
	if c == nil {
		return nil
	}
	from := &array{layout: l}
	_, to, err := c.plan(h, from)
	if err != nil {
		return err
	}
	plan, err := ndbuf.PlanCopy(to.layout, from.layout, a.Format)
	if err != nil {
		return err
	}
	a.Plan = plan.String()
	return nil
}

func (about *fileInfo) print(t *tool) {
	if about.archive {
		fmt.Fprintf(t.out, "%s: an archive, %d bytes (%s), %d shown\n", escape(about.File), about.Bytes, formatBytes(about.Bytes),
			len(about.Members))
		for i := range about.Members {
			m := &about.Members[i]
			how := "stored"
			if m.Compressed {
				how = "compressed"
			}
			fmt.Fprintf(t.out, "\n%s: %s, %s\n", quoted(m.Name), how, formatBytes(m.Stored))
			m.print(t)
		}
		return
	}
	fmt.Fprintf(t.out, "%s: %d bytes (%s)\n", escape(about.File), about.Bytes, formatBytes(about.Bytes))
	about.Array.print(t)
}

func (a *arrayInfo) print(t *tool) {
	line := func(name, text string, args ...any) {
		fmt.Fprintf(t.out, "  %-12s"+text+"\n", append([]any{name}, args...)...)
	}
	if a.Problem != "" {
		line("problem", "%s", escape(a.Problem))
		return
	}
	line("dtype", "%s", quoted(a.Descr))
	line("format", "%s", quoted(a.Format))
	line("shape", "%s", tuple(a.Shape))
	line("strides", "%s", tuple(a.Strides))
	line("order", "%s", a.Order)
	var in []string
	if a.CContiguous {
		in = append(in, "C")
	}
	if a.FContiguous {
		in = append(in, "F")
	}
	line("contiguous", "%s", strings.Join(in, " and "))
	line("items", "%d of %s", a.Items, plural(a.ItemSize, "byte"))
	line("size", "%s (%s), from byte %d on", plural(a.NBytes, "byte"), formatBytes(int64(a.NBytes)), a.Offset)
	line("version", "%s", a.Version)
	if a.Plan != "" {
		line("plan", "%s", strings.ReplaceAll(a.Plan, "\n", "\n"+strings.Repeat(" ", 14)))
	}
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

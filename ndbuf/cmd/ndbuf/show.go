package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/strided-go/strided/ndbuf"
	"github.com/strided-go/strided/ndbuf/npy"
)

var showCommand = command{
	name: "show", usage: "FILE[slice]", short: "print items, as NumPy prints an array", files: [2]int{1, 1},
	long: `
The slice is in NumPy's notation, and quoted for the shell: 'a.npy[::2, 10:20, ..., -1]', 'a.npz/weights[0]'. The file is
mapped, and only what is printed is read from it (a compressed member is unpacked whole; the checksum of a stored one is
not checked). [] and [()] are the whole array. Of more than 1000 items the
first and last few along each axis are printed.`,
	prepare: func(f *flag.FlagSet) func(*tool, []string) error {
		verbose := f.Bool("v", false, "a line with format, shape and strides of the view, too")
		return func(t *tool, args []string) error { return t.show(args[0], *verbose) }
	},
}

// splitSlice divides a.npy[1:2] into file and index. A file whose name is all of it has no index.
func splitSlice(arg string) (path, index string) {
	if _, err := os.Stat(arg); err == nil || !strings.HasSuffix(arg, "]") {
		return arg, ""
	}
	if i := strings.LastIndexByte(arg, '['); i >= 0 {
		return arg[:i], arg[i+1 : len(arg)-1]
	}
	return arg, ""
}

func (t *tool) show(arg string, verbose bool) (err error) {
	path, index := splitSlice(arg)
	m, closer, err := openView(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closer()) }()
	defer m.Release()
	if !isWhole(index) {
		part, err := m.Slice(index)
		if err != nil {
			return fmt.Errorf("%s[%s]: %w", path, index, err)
		}
		defer part.Release()
		m = part
	}
	if verbose {
		typ, err := m.Type()
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "format %s, shape %s, strides %s\n", quoted(typ.String()), tuple(m.Shape()), tuple(m.Strides()))
	}
	_, err = fmt.Fprintln(t.out, m.String())
	return err
}

// openView maps a .npy file or a member of an archive.
func openView(path string) (m *ndbuf.MemoryView, closer func() error, err error) {
	name, member := splitMember(path)
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	archived := isArchive(f)
	f.Close()
	if !archived {
		if member != "" {
			return nil, nil, fmt.Errorf("%s: not an archive, so it has no member %q", name, member)
		}
		m, err := npy.Open(path)
		return m, func() error { return nil }, err
	}
	a, err := npy.OpenArchive(name)
	if err != nil {
		return nil, nil, err
	}
	if member == "" {
		names := a.Names()
		if len(names) != 1 {
			a.Close()
			for i := range names {
				names[i] = quoted(names[i])
			}
			return nil, nil, fmt.Errorf("%s: an archive of %d arrays: name one after a slash: %s", name, len(names),
				strings.Join(names, ", "))
		}
		member = names[0]
	}
	m, err = a.Open(strings.TrimSuffix(member, ".npy"))
	if err != nil {
		a.Close()
		return nil, nil, err
	}
	return m, a.Close, nil
}

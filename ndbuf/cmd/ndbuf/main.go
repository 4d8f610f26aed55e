// Command ndbuf looks into arrays in .npy and .npz files, and rearranges them, without loading them whole.
//
//	ndbuf info FILE                      what is in a file
//	ndbuf show FILE[slice]               items, as NumPy prints them
//	ndbuf convert IN OUT [--order ...]   another order, axes, part or byte order
//	ndbuf cmp A B                        the first difference of two arrays
//	ndbuf demo                           the library at work on a photograph
//
// "ndbuf help COMMAND" tells the flags of each, which may stand before or after the files. A member of an archive is
// named as a file in a folder: a.npz/weights. "-" is a file of that name, not standard input, and info, convert and cmp,
// which read at offsets, refuse pipes. Checksums are checked of compressed members, not of stored ones.
// The exit status is 0 for success, 1 when cmp finds a difference, and 2 for trouble of any kind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/strided-go/strided/simd"
)

// Exit statuses.
const (
	exitOK        = 0
	exitDifferent = 1
	exitTrouble   = 2
)

func main() {
	t := &tool{ctx: context.Background(), out: os.Stdout, err: os.Stderr}
	os.Exit(t.run(os.Args[1:]))
}

// A tool is one run of the program, with what a test replaces.
type tool struct {
	ctx      context.Context
	out, err io.Writer
}

// errInterrupted is what a command ends with that the user, or the system, has interrupted.
var errInterrupted = errors.New("interrupted")

// interruptible returns t for a command that has something to clean up: its context is done when the program is
// interrupted, terminated or its terminal goes away. The second time the program is ended at once. A signal that the
// program was told to ignore when it was started, as by nohup, stays ignored.
func (t *tool) interruptible() (inner *tool, stop func()) {
	var ctx context.Context
	if heeded := interrupts(); len(heeded) > 0 {
		ctx, stop = signal.NotifyContext(t.ctx, heeded...)
	} else { // to be notified of no signals means of all
		ctx, stop = context.WithCancel(t.ctx)
	}
	context.AfterFunc(ctx, stop)
	return &tool{ctx: ctx, out: t.out, err: t.err}, stop
}

// interrupts are the signals that end the program, without those that are ignored.
func interrupts() []os.Signal {
	return slices.DeleteFunc(append([]os.Signal{os.Interrupt, syscall.SIGTERM}, hangup...), signal.Ignored)
}

// An output remembers the first error of writing to it: what a command prints piece by piece is complete or an error.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (n int, err error) {
	if o.err == nil {
		n, o.err = o.w.Write(p)
	}
	return n, o.err
}

// A command is one of the program's words.
type command struct {
	name    string
	usage   string // after the name
	short   string
	long    string
	files   [2]int // how many positional arguments: at least, at most
	prepare func(f *flag.FlagSet) func(t *tool, args []string) error
}

func commands() []command {
	return []command{infoCommand, showCommand, convertCommand, cmpCommand, demoCommand, versionCommand, helpCommand()}
}

// errDifferent is what cmp ends with when it has printed a difference.
var errDifferent = errors.New("the arrays differ")

// A usageError is a fault in the command line.
type usageError struct{ error }

func usagef(text string, args ...any) error { return usageError{fmt.Errorf(text, args...)} }

// run does what the arguments say and returns the exit status.
func (t *tool) run(args []string) int {
	out := &output{w: t.out}
	status := (&tool{ctx: t.ctx, out: out, err: t.err}).obey(args)
	if out.err != nil && status != exitTrouble {
		fmt.Fprintf(t.err, "ndbuf: what was to be printed is not complete: %s\n", escape(out.err.Error()))
		return exitTrouble
	}
	return status
}

// obey is run but for errors of what is printed, which commands may leave to it.
func (t *tool) obey(args []string) int {
	if len(args) == 0 {
		t.help(t.err)
		return exitTrouble
	}
	name, args := args[0], args[1:]
	if name == "-h" || name == "--help" || name == "-help" {
		name = "help"
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		err := t.command(c, args)
		var usage usageError
		switch {
		case err == nil:
			return exitOK
		case errors.Is(err, errDifferent):
			return exitDifferent
		case errors.Is(err, flag.ErrHelp):
			t.describe(t.out, c)
			return exitOK
		case errors.As(err, &usage):
			fmt.Fprintf(t.err, "ndbuf %s: %s\nusage: ndbuf %s\n\"ndbuf help %s\" tells more.\n", name, escape(err.Error()),
				strings.TrimSpace(c.name+" "+c.usage), name)
		default:
			fmt.Fprintf(t.err, "ndbuf %s: %s\n", name, escape(err.Error()))
		}
		return exitTrouble
	}
	fmt.Fprintf(t.err, "ndbuf: there is no command %q. \"ndbuf help\" lists them.\n", name)
	return exitTrouble
}

func (t *tool) command(c command, args []string) error {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	do := c.prepare(f)
	files, err := parse(f, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return usageError{err}
	case len(files) < c.files[0]:
		return usagef("%d arguments given, %d needed", len(files), c.files[0])
	case len(files) > c.files[1]:
		return usagef("argument %q is one too many", files[c.files[1]])
	}
	return do(t, files)
}

// parse is f.Parse for flags that stand before, between or after the positional arguments, which it returns. After "--"
// all arguments are positional.
func parse(f *flag.FlagSet, args []string) (files []string, err error) {
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		rest := f.Args()
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" && !isValue(f, args[:used]) {
			return append(files, rest...), nil
		}
		if len(rest) > 0 {
			files, rest = append(files, rest[0]), rest[1:]
		}
		args = rest
	}
	return files, nil
}

// isValue reports whether the last argument is the value of the flag before it.
func isValue(f *flag.FlagSet, args []string) bool {
	if len(args) < 2 || !strings.HasPrefix(args[len(args)-2], "-") || strings.Contains(args[len(args)-2], "=") {
		return false
	}
	fl := f.Lookup(strings.TrimLeft(args[len(args)-2], "-"))
	if fl == nil {
		return false
	}
	b, ok := fl.Value.(interface{ IsBoolFlag() bool })
	return !ok || !b.IsBoolFlag()
}

// helpCommand is a function because it lists the commands, of which it is one.
func helpCommand() command {
	return command{
		name: "help", usage: "[COMMAND]", short: "tell about a command", files: [2]int{0, 1},
		prepare: func(*flag.FlagSet) func(*tool, []string) error {
			return func(t *tool, args []string) error {
				if len(args) == 0 {
					t.help(t.out)
					return nil
				}
				for _, c := range commands() {
					if c.name == args[0] {
						t.describe(t.out, c)
						return nil
					}
				}
				return usagef("there is no command %q", args[0])
			}
		},
	}
}

func (t *tool) help(w io.Writer) {
	fmt.Fprint(w, "ndbuf looks into arrays in .npy and .npz files, and rearranges them, without loading them whole.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  ndbuf %-22s %s\n", c.name+" "+c.usage, c.short)
	}
	fmt.Fprint(w, "\nFILE is a .npy file, or a member of an archive: a.npz/weights. - is not standard\n"+
		"input, and info, convert and cmp, which read at offsets, refuse pipes. Checksums are checked of compressed\n"+
		"members, not of stored ones.\n"+
		"Exit status: 0 success, 1 cmp found a difference, 2 trouble.\n")
}

// describe prints the help of one command.
func (t *tool) describe(w io.Writer, c command) {
	fmt.Fprintf(w, "usage: ndbuf %s\n\n%s.\n", strings.TrimSpace(c.name+" "+c.usage), capital(c.short))
	if c.long != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(c.long))
	}
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.prepare(f)
	first := true
	f.VisitAll(func(fl *flag.Flag) {
		if first {
			fmt.Fprint(w, "\nFlags:\n")
			first = false
		}
		value, text := flag.UnquoteUsage(fl)
		dashes := "--"
		if len(fl.Name) == 1 {
			dashes = " -"
		}
		fmt.Fprintf(w, "  %-22s %s\n", strings.TrimRight(dashes+fl.Name+" "+value, " "), text)
	})
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var versionCommand = command{
	name: "version", short: "tell the version, and what this processor runs", files: [2]int{0, 0},
	prepare: func(f *flag.FlagSet) func(*tool, []string) error {
		verbose := f.Bool("v", false, "the kernel that each operation uses, too")
		return func(t *tool, _ []string) error {
			version := "(devel)"
			if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
				version = b.Main.Version
			}
			fmt.Fprintf(t.out, "ndbuf %s, %s, %s/%s, kernels: %v\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
				simd.Active())
			if *verbose {
				fmt.Fprint(t.out, simd.Table())
			}
			return nil
		}
	},
}

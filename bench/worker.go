package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/strided-go/strided/ndbuf"
)

// A worker measures all rows in a process of its own and prints messages, one JSON value a line: one with a head, one for
// each row, and one that says it is done, so that a worker that dies is not taken for one with few rows.
type message struct {
	Head   *workerHead `json:",omitempty"`
	Sample *sample     `json:",omitempty"`
	Done   bool        `json:",omitempty"`
}

// A workerHead says what the worker found.
type workerHead struct {
	Peers []peerVersion // those that are there, in the order of the columns
}

type peerVersion struct{ Name, Version string }

// A sample is one row as one process measured it.
type sample struct {
	Row      string
	Attempts int
	Void     bool // copy was unsteady in every attempt
	Columns  []columnSample
}

type columnSample struct {
	Name  string
	Calls int       // in a round
	Ns    []float64 // a call, for each round
}

// work measures the jobs and prints what a worker prints.
func work(ctx context.Context, w io.Writer, jobs []*job, o *options) error {
	defer ndbuf.SetThreads(ndbuf.SetThreads(1))
	b, err := newBench(ctx, jobs, o)
	if err != nil {
		return err
	}
	defer b.python.stop()
	out := json.NewEncoder(w)
	if err := out.Encode(message{Head: &workerHead{b.python.versions()}}); err != nil {
		return err
	}
	for _, j := range jobs {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := b.measure(j)
		if err != nil {
			return fmt.Errorf("%s: %w", j.id(), err)
		}
		if err := out.Encode(message{Sample: s}); err != nil {
			return err
		}
	}
	return out.Encode(message{Done: true})
}

// A starter starts worker i with the program's arguments. It returns what the worker prints, and a function that waits
// for its end.
type starter func(ctx context.Context, args []string, i int) (io.Reader, func() error, error)

// A process is what one worker measured.
type process struct {
	head    workerHead
	samples []*sample
}

// collect runs the workers one after another.
func collect(ctx context.Context, log io.Writer, args []string, processes int, start starter) ([]*process, error) {
	var all []*process
	for i := 1; i <= processes; i++ {
		begin := time.Now()
		out, wait, err := start(ctx, args, i)
		if err != nil {
			return nil, err
		}
		p, err := listen(out)
		if end := wait(); end != nil {
			err = end // the worker has said why
		}
		if err != nil {
			return nil, fmt.Errorf("process %d of %d: %w", i, processes, err)
		}
		fmt.Fprintf(log, "process %d of %d: %d rows in %v\n", i, processes, len(p.samples), time.Since(begin).Round(time.Second/10))
		all = append(all, p)
	}
	return all, nil
}

// listen reads what a worker prints, to its end.
func listen(r io.Reader) (*process, error) {
	p := &process{}
	in := json.NewDecoder(r)
	for {
		var m message
		if err := in.Decode(&m); err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("ended before it was done")
			}
			return nil, err
		}
		switch {
		case m.Head != nil:
			p.head = *m.Head
		case m.Sample != nil:
			p.samples = append(p.samples, m.Sample)
		case m.Done:
			return p, nil
		}
	}
}

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/strided-go/strided/strides"
)

// The other end of the conversation; its comment says what is said.
//
//go:embed peers.py
var peersScript string

// A python is a process that does the same work with NumPy, PyTorch and libraries of the user's, on request, so that its
// rounds and ours take turns. It uses one thread.
type python struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *json.Decoder
	peers []peerVersion
}

// reply is an answer to any request.
type reply struct {
	Error    string
	Versions [][2]string
	Can      []string
	Ns       int64
	CRC      uint32
}

// startPython starts the process, or returns nil where no peer wants it or no python3 has NumPy. A program or library that
// the user asked for by name has to be there.
// dst and src are the most bytes that a case will need.
func startPython(ctx context.Context, o *options, dst, src int) (*python, error) {
	peers := []string{}
	for _, p := range o.peers {
		if p != "gonum" {
			peers = append(peers, p)
		}
	}
	if len(peers) == 0 && len(o.libraries) == 0 {
		return nil, nil
	}
	program, err := findPython(ctx, o.python)
	if err != nil {
		if o.python == "" && len(o.libraries) == 0 {
			return nil, nil
		}
		return nil, err
	}
	libraries := map[string]string{}
	for _, l := range o.libraries {
		if libraries[l.name], err = filepath.Abs(l.path); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, program, "-c", peersScript)
	cmd.Stderr = os.Stderr
	for _, v := range []string{"OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR"} {
		cmd.Env = append(cmd.Environ(), v+"_NUM_THREADS=1")
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &python{cmd: cmd, in: in, out: json.NewDecoder(out)}
	r, err := p.ask(map[string]any{"libraries": libraries, "peers": peers, "dst": dst, "src": src})
	if err != nil {
		p.stop()
		return nil, err
	}
	for _, v := range r.Versions {
		p.peers = append(p.peers, peerVersion{v[0], v[1]})
	}
	return p, nil
}

// findPython returns the first python3 that can import NumPy.
func findPython(ctx context.Context, want string) (string, error) {
	candidates := []string{want}
	if want == "" {
		candidates = []string{"python3", "/usr/local/bin/python3", "/usr/bin/python3"}
	}
	for _, c := range candidates {
		if exec.CommandContext(ctx, c, "-c", "import numpy").Run() == nil {
			return c, nil
		}
	}
	return "", fmt.Errorf("none of the programs %q has NumPy", candidates)
}

// ask sends a request and returns the answer.
func (p *python) ask(request any) (*reply, error) {
	line, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("the peers' process: %w", err)
	}
	var r reply
	if err := p.out.Decode(&r); err != nil {
		return nil, fmt.Errorf("the peers' process ended: %w", err)
	}
	if r.Error != "" {
		return nil, errors.New("the peers' process: " + r.Error)
	}
	return &r, nil
}

// columns tells the process of a row and returns those of its peers that can do the work.
func (p *python) columns(j *job) ([]*column, error) {
	side := func(l strides.Layout) map[string]any {
		return map[string]any{"bytes": memory(l), "shape": ints(l.Shape), "offset": l.Offset, "strides": ints(l.Strides)}
	}
	request := map[string]any{"size": j.src.ItemSize, "call": j.call, "swap": j.swap, "dst": side(j.dst), "src": side(j.src)}
	if j.picks != nil {
		request["picks"] = []int{j.picks.axis, j.picks.n, j.picks.limit}
	}
	r, err := p.ask(map[string]any{"case": request})
	if err != nil {
		return nil, err
	}
	var columns []*column
	for _, name := range r.Can {
		columns = append(columns, &column{name: name, run: func(n int, warm bool) (time.Duration, error) {
			r, err := p.ask(map[string]any{"run": name, "n": n, "warm": warm})
			if err != nil {
				return 0, err
			}
			return time.Duration(r.Ns), nil
		}})
	}
	return columns, nil
}

// ints is a list that JSON writes as [] where it is empty.
func ints(v []int) []int { return append([]int{}, v...) }

// check lets a peer do the work once and compares its result.
func (p *python) check(j *job, name string, want uint32) error {
	r, err := p.ask(map[string]any{"check": name})
	if err == nil && r.CRC != want {
		err = fmt.Errorf("%s: %s gives wrong bytes", j.id(), name)
	}
	return err
}

// versions of the peers that are there, in the order of the columns.
func (p *python) versions() []peerVersion {
	if p == nil {
		return nil
	}
	return p.peers
}

// stop ends the process.
func (p *python) stop() {
	if p != nil {
		p.in.Close()
		p.cmd.Wait() // how it ended does not matter now
	}
}

package main

import (
	"math/rand/v2"
	"runtime"
	"time"
)

const (
	voidAbove = 0.15                  // a row whose copy is less steady than this is measured again
	attempts  = 3                     // how often a row is measured before it is printed as void
	warmBelow = 50 * time.Millisecond // a call that takes longer needs no call of its own before it
	share     = 20                    // slices of time that a column may use in a row
)

// A column is one way to do a row's work.
type column struct {
	name string
	// run does the work n times, after once more without the clock if warm is set, and returns the time of the n.
	run func(n int, warm bool) (time.Duration, error)
	// check does the work once and compares the answer with the plain loop's.
	check func() error

	calls   int           // in a round
	rounds  int           // that the column takes part in
	once    time.Duration // about what a call takes
	samples []float64     // ns a call
}

// goColumn is a column of this process.
func goColumn(name string, call func() error) *column {
	return &column{name: name, run: func(n int, warm bool) (time.Duration, error) {
		if warm {
			if err := call(); err != nil {
				return 0, err
			}
		}
		start := time.Now()
		for range n {
			if err := call(); err != nil {
				return 0, err
			}
		}
		return time.Since(start), nil
	}}
}

// timeColumns takes turns between the columns. In each round they come in another order, drawn afresh, and each begins with
// a call that is not timed: what it finds in the caches is then what it left there itself, whoever was before it. A column
// that is slow takes part in fewer rounds, spread over all of them; of a very slow one the call that found out how slow it
// is will do.
func timeColumns(columns []*column, rounds int, slice time.Duration, rng *rand.Rand) error {
	for _, c := range columns {
		if err := c.calibrate(rounds, slice); err != nil {
			return err
		}
	}
	order := rng.Perm(len(columns))
	for r := range rounds {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			c := columns[i]
			if len(c.samples) >= c.rounds || r*c.rounds%rounds >= c.rounds {
				continue
			}
			took, err := c.run(c.calls, c.once < warmBelow)
			if err != nil {
				return err
			}
			c.samples = append(c.samples, float64(took.Nanoseconds())/float64(c.calls))
		}
	}
	return nil
}

// calibrate finds how many calls fill a slice of time, and how many rounds the column can have.
func (c *column) calibrate(rounds int, slice time.Duration) error {
	for c.calls = 1; ; c.calls *= 2 {
		took, err := c.run(c.calls, false)
		if err != nil {
			return err
		}
		c.once = took / time.Duration(c.calls)
		if took >= slice/2 || c.calls >= 1<<24 {
			c.rounds, c.samples = rounds, nil
			if took > slice {
				c.rounds = int(min(max(share*slice/took, 1), time.Duration(rounds)))
			}
			if c.calls == 1 && c.rounds == 1 && took > warmBelow {
				c.samples = []float64{float64(took.Nanoseconds())} // very slow: this call was its round
			}
			return nil
		}
	}
}

// measure does the work of a row in every column that can, and returns their samples; the first process compares every
// answer with the plain loop's before it times any. A row whose copy is unsteady is measured again; after some attempts the
// last one is returned as void.
func (b *bench) measure(j *job) (*sample, error) {
	columns, err := b.columns(j)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if c.check == nil || !b.check {
			continue
		}
		if err := c.check(); err != nil {
			return nil, err
		}
	}
	runtime.GC()
	s := &sample{Row: j.id()}
	for s.Attempts < attempts {
		if err := timeColumns(columns, b.rounds, b.slice, b.rng); err != nil {
			return nil, err
		}
		s.Attempts++
		if s.Void = unsteady(columns[0].samples) > voidAbove; !s.Void {
			break
		}
	}
	for _, c := range columns {
		s.Columns = append(s.Columns, columnSample{c.name, c.calls, c.samples})
	}
	return s, nil
}

package strides

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// This file decides whether two layouts have a byte in common.
//
// The problem. Layout a touches the bytes A + Σ x[k]·s[k] + p, with 0 ≤ x[k] < n[k]
// and 0 ≤ p < item size; layout b likewise. Flipping negative strides and moving
// everything to one side leaves one equation with bounded unknowns,
//
//	Σ a[i]·x[i] = c,   0 ≤ x[i] ≤ u[i],   a[i] > 0,
//
// a bounded subset sum. It is NP-complete in general, so the work is limited.
//
// The idea. Two unknowns a·x and m·a·y, whose steps are dense enough (m ≤ u[x]+1),
// reach the same sums as one: contiguous axes, equal strides and most real layouts
// collapse to one or two unknowns here. The rest is searched from the largest
// coefficient down. At each step what is left for the smaller ones must lie
// between 0 and the most they reach, and be a multiple of their common divisor g;
// the first bounds x[i] to an interval, the second to every g/gcd(a[i], g)-th
// number of it. With two unknowns left every number that passes is a solution,
// so up to two nothing is tried in vain.
//
// Easy: disjoint extents, common divisors (the channels of an image), dense axes,
// one axis much coarser than the rest. Hard: many axes with large, nearly equal
// strides without structure, which no program has except to be hard.
//
// Overflow: all sums are checked in int64; beyond it the answer is TooHard. That
// takes layouts which no memory can hold, or 2^62 items in one byte.
//
// References: the pruning by divisors is P. Ramachandran, "Use of Extended
// Euclidean Algorithm in Solving a System of Linear Diophantine Equations with
// Bounded Variables", ANTS-VII, LNCS 4076, 2006; NumPy's solve_may_share_memory
// has the same statement of the problem.

// An Answer is what Overlap knows.
type Answer uint8

// The answers.
const (
	No      Answer = iota // certainly not
	Yes                   // certainly
	TooHard               // more work than the budget, or not decidable from layouts
)

// String returns "no", "yes" or "too hard".
func (a Answer) String() string {
	switch a {
	case No:
		return "no"
	case Yes:
		return "yes"
	}
	return "too hard"
}

// overlapBudget is how many values MayOverlap tries, some 10 ns each. Chosen, since
// the layouts met in practice need none or a few.
const overlapBudget = 1 << 12

// MayOverlap reports whether the layouts, both in the same memory, have a byte in
// common. Yes may be wrong: it is also the answer where layouts have suboffsets,
// are invalid, or where deciding takes more than 4096 tries.
//
// As numpy.may_share_memory, which compares the extents alone;
// numpy.shares_memory decides.
func MayOverlap(a, b Layout) bool { return Overlap(a, b, overlapBudget) != No }

// Overlap decides whether the layouts, both in the same memory, have a byte in
// common. budget limits how many values are tried for the unknowns; 0 decides
// only what bounds and common divisors decide, a negative one has no limit and
// may take time exponential in the number of axes.
//
// TooHard also where a layout is invalid or where pointers have to be followed
// to know; a layout that touches nothing overlaps with none.
//
// Cost: cubic in the number of axes, plus the tries.
//
// As numpy.shares_memory.
func Overlap(a, b Layout, budget int) Answer {
	if a.Validate() != nil || b.Validate() != nil {
		return TooHard
	}
	if a.touchesNothing() || b.touchesNothing() {
		return No
	}
	if a.Indirect() || b.Indirect() {
		return TooHard
	}
	alo, ahi := a.extent()
	blo, bhi := b.extent()
	if ahi <= blo || bhi <= alo {
		return No
	}
	// alo + Σ x·|s| + p = bhi-1 - (Σ y·|t| + q), each b index and byte counted
	// from its end.
	c := int64(bhi) - 1 - int64(alo)
	if c < 0 { // bhi > alo
		return TooHard
	}
	p := problem{left: budget}
	p.addAxes(a)
	p.addAxes(b)
	p.add(1, int64(a.ItemSize)-1)
	p.add(1, int64(b.ItemSize)-1)
	return p.solve(c)
}

// SelfOverlap decides whether two different items have a byte in common, so that
// writing the items in another order may give another result. budget is that of
// Overlap, and so are the cases of TooHard.
//
// Take two items, and of the axes along which their indices differ the one with
// the largest stride. It is each axis in turn here, the difference along it at
// least 1, and along the axes with smaller strides anything: again one equation
// with bounded unknowns.
//
// Cost: as Overlap, times the number of axes, but an axis with a stride that
// covers all the smaller ones costs nothing.
func (l Layout) SelfOverlap(budget int) Answer {
	if l.Validate() != nil {
		return TooHard
	}
	if l.touchesNothing() {
		return No
	}
	if l.Indirect() {
		return TooHard
	}
	var whole problem
	whole.addAxes(l)
	if whole.zero {
		return Yes
	}
	if whole.overflow {
		return TooHard
	}
	slices.SortFunc(whole.terms(), bySize)
	answer, left := No, budget
	reach := int64(l.ItemSize) - 1 // of an item's bytes and the axes with smaller strides
	for k, t := range whole.terms() {
		if t.a <= reach {
			p := problem{left: left}
			for _, s := range whole.terms()[:k] {
				p.addDoubled(s.a, s.u)
			}
			p.add(t.a, t.u-1)
			p.addDoubled(1, int64(l.ItemSize)-1)
			switch p.solve(reach - t.a) {
			case Yes:
				return Yes
			case TooHard:
				answer = TooHard
			}
			left = p.left
		}
		span, ok1 := mul(t.a, t.u)
		sum, ok2 := add(reach, span)
		if !ok1 || !ok2 {
			return TooHard
		}
		reach = sum
	}
	return answer
}

// A term is a coefficient and the bound of its unknown, both positive.
type term struct{ a, u int64 }

// bySize orders terms from the smallest coefficient up.
func bySize(s, t term) int { return cmp.Compare(s.a, t.a) }

// A problem is the left side of an equation: which sums do its terms reach? The
// arrays have room for two layouts and two items, so that asking allocates nothing.
type problem struct {
	n        int  // terms in use
	left     int  // values that may still be tried; negative: any number
	zero     bool // an axis with stride 0 was added
	overflow bool // a number did not fit
	room     [2*MaxDims + 2]term
	suffix   [2*MaxDims + 3]rest // suffix[i] describes the terms from i on
}

// terms returns the terms added so far.
func (p *problem) terms() []term { return p.room[:p.n] }

// A rest is what the terms from some place on can do together.
type rest struct {
	reach int64 // the largest sum
	gcd   int64 // of the coefficients
	inv   int64 // inverse of the coefficient/gcd, modulo step
	step  int64 // the gcd behind, over gcd
}

// add adds an unknown, unless it can only be 0.
func (p *problem) add(a, u int64) {
	if u > 0 {
		p.room[p.n] = term{a, u}
		p.n++
	}
}

// addDoubled is add for an unknown between -u and u, counted from -u.
func (p *problem) addDoubled(a, u int64) {
	d, ok := mul(u, 2)
	p.overflow = p.overflow || !ok
	p.add(a, d)
}

// addAxes adds an unknown for each axis of a layout along which there is more
// than one item; its coefficient is the size of the stride.
func (p *problem) addAxes(l Layout) {
	for k, n := range l.Shape {
		s := int64(l.Strides[k])
		switch {
		case n < 2:
		case s == 0:
			p.zero = true
		case s == math.MinInt64:
			p.overflow = true
		default:
			p.add(max(s, -s), int64(n)-1)
		}
	}
}

// solve decides whether the terms reach c.
func (p *problem) solve(c int64) Answer {
	if p.overflow {
		return TooHard
	}
	if c < 0 {
		return No
	}
	if !p.simplify() {
		return TooHard
	}
	terms := p.terms()
	slices.SortFunc(terms, func(s, t term) int { return bySize(t, s) })
	n := len(terms)
	for i := n - 1; i >= 0; i-- {
		t, next := terms[i], p.suffix[i+1]
		span, ok1 := mul(t.a, t.u)
		reach, ok2 := add(next.reach, span)
		if !ok1 || !ok2 {
			return TooHard
		}
		r := rest{reach: reach, gcd: gcd(t.a, next.gcd), step: 1}
		if i < n-1 {
			r.step = next.gcd / r.gcd
			r.inv = inverse(t.a/r.gcd%r.step, r.step)
		}
		p.suffix[i] = r
	}
	if c > p.suffix[0].reach || n > 0 && c%p.suffix[0].gcd != 0 {
		return No
	}
	return p.search(0, c)
}

// simplify merges terms a·x and m·a·y with m <= u+1, u the bound of x, into one
// a·z: z = x + m·y takes every value up to u + m·v, v the bound of y. It reports
// whether all numbers fit.
func (p *problem) simplify() bool {
	slices.SortFunc(p.terms(), bySize)
	for i := 0; i < p.n; i++ {
		t := &p.room[i]
		for merged := true; merged; {
			merged = false
			kept := i + 1
			for _, s := range p.room[i+1 : p.n] {
				m := s.a / t.a
				if s.a%t.a != 0 || m-1 > t.u {
					p.room[kept] = s
					kept++
					continue
				}
				more, ok1 := mul(m, s.u)
				u, ok2 := add(t.u, more)
				if !ok1 || !ok2 {
					return false
				}
				t.u, merged = u, true
			}
			p.n = kept
		}
	}
	return true
}

// search decides whether the terms from i on reach c, which is a multiple of their common
// divisor between 0 and the most they reach.
func (p *problem) search(i int, c int64) Answer {
	if p.n-i <= 1 {
		return Yes
	}
	t, r, next := p.room[i], p.suffix[i], p.suffix[i+1]
	first := int64(0)
	if c > next.reach {
		first = (c-next.reach-1)/t.a + 1
	}
	last := min(t.u, c/t.a)
	if r.step > 1 {
		// the smallest x >= first with t.a·x = c modulo next.gcd
		skip := mulMod(c/r.gcd%r.step, r.inv, r.step) - first%r.step
		if skip < 0 {
			skip += r.step
		}
		if skip > last-first {
			return No
		}
		first += skip
	}
	if first > last {
		return No
	}
	if p.n-i == 2 {
		return Yes
	}
	for x := first; ; x += r.step {
		if p.left == 0 {
			return TooHard
		}
		if p.left > 0 {
			p.left--
		}
		if answer := p.search(i+1, c-t.a*x); answer != No {
			return answer
		}
		if last-x < r.step {
			return No
		}
	}
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// inverse returns the x in 0..m-1 with a·x = 1 modulo m, for a and m without a
// common divisor and 0 <= a < m.
func inverse(a, m int64) int64 {
	x, y := int64(0), int64(1) // invariant: a = ±y·a0, m = ±x·a0 modulo m0
	r, s := m, a
	for s != 0 {
		q := r / s
		r, s = s, r-q*s
		x, y = y, x-q*y
	}
	if x < 0 {
		x += m
	}
	return x % m
}

// mulMod returns a·b modulo m, for 0 <= a, b < m.
func mulMod(a, b, m int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(bits.Rem64(hi, lo, uint64(m)))
}

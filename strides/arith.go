package strides

// mul returns a*b and whether it fits.
func mul[T int | int64](a, b T) (T, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, c/b == a && (c < 0) == ((a < 0) != (b < 0))
}

// add returns a+b and whether it fits.
func add[T int | int64](a, b T) (T, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

// mulOrZero returns a*b, or 0 if it does not fit: for the stride of an axis
// along which no layout that passes Validate ever takes a step.
func mulOrZero(a, b int) int {
	if c, ok := mul(a, b); ok {
		return c
	}
	return 0
}

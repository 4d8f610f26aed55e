package ref_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/strided-go/strided/internal/ref"
)

func TestVisit(t *testing.T) {
	for _, c := range []struct {
		shape []int
		want  string
	}{
		{nil, "[]"},
		{[]int{0}, ""},
		{[]int{2, 0}, ""},
		{[]int{3}, "[0][1][2]"},
		{[]int{2, 2}, "[0 0][0 1][1 0][1 1]"},
	} {
		got := ""
		ref.Visit(c.shape, func(index []int) { got += fmt.Sprint(index) })
		if got != c.want {
			t.Errorf("Visit(%v) = %s, want %s", c.shape, got, c.want)
		}
	}
}

func TestCopy(t *testing.T) {
	src := []byte("abcdef")
	dst := []byte("......")
	ref.Copy(dst, 0, []int{2, 1}, src, 4, []int{1, -2}, []int{2, 3}, 1)
	// Row i of dst is src[4+i], src[2+i], src[0+i]; rows overlap in dst[2].
	if string(dst) != "ecfdb." {
		t.Errorf("got %q", dst)
	}
	same := []byte("abcdef")
	ref.Copy(same, 0, []int{2}, same, 4, []int{-2}, []int{3}, 2)
	if string(same) != "efcdab" {
		t.Errorf("in place: got %q", same)
	}
}

func TestTransposeReverseVisits(t *testing.T) {
	dst := make([]byte, 6)
	ref.Transpose(dst, []byte("abcdef"), 1, 3, 2)
	if string(dst) != "abcdef" {
		t.Errorf("1x3: %q", dst)
	}
	ref.Transpose(dst, []byte("abcdef"), 2, 3, 1)
	if string(dst) != "adbecf" {
		t.Errorf("2x3: %q", dst)
	}
	ref.Reverse(dst, 1, 2, 2)
	if string(dst) != "abdcef" {
		t.Errorf("Reverse: %q", dst)
	}
	got := ref.Visits(5, 1, []int{1, 0}, []int{2, 2}, 2)
	if !slices.Equal(got, []int{0, 2, 4, 2, 0}) {
		t.Errorf("Visits: %v", got)
	}
}

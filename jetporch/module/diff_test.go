package module

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

func numbered(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

func TestADiffHasThreeLinesOfContext(t *testing.T) {
	t.Parallel()
	ten := numbered(10)
	for _, c := range []struct{ name, a, b, want string }{
		{"nothing", "a\n", "a\n", ""},
		{"new", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"emptied", "a\n", "", "@@ -1,1 +0,0 @@\n-a\n"},
		{"middle", ten, strings.Replace(ten, "5\n", "five\n", 1), "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"first", ten, "0\n" + ten, "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n"},
		{"last", ten, strings.TrimSuffix(ten, "10\n"), "@@ -7,4 +7,3 @@\n 7\n 8\n 9\n-10\n"},
		{"line end", "a\nb\n", "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n"},
		{"one hunk", ten, strings.NewReplacer("2\n", "", "9\n", "").Replace(ten), "@@ -1,10 +1,8 @@\n 1\n-2\n 3\n 4\n 5\n 6\n 7\n 8\n-9\n 10\n"},
		{"two hunks", numbered(11), strings.NewReplacer("\n2\n", "\n", "\n10\n", "\n").Replace(numbered(11)),
			"@@ -1,5 +1,4 @@\n 1\n-2\n 3\n 4\n 5\n@@ -7,5 +6,4 @@\n 7\n 8\n 9\n-10\n 11\n"},
	} {
		if c.want != "" {
			c.want = "--- old\n+++ new\n" + c.want
		}
		if got := unified("old", "new", c.a, c.b); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

func TestADiffOfTextsThatHaveLittleInCommonSaysSo(t *testing.T) {
	t.Parallel()
	got := unified("old", "new", strings.Repeat("a\n", 300), strings.Repeat("b\n", 300))
	if want := "--- old\n+++ new\nthe content differs in more than 500 lines\n"; got != want {
		t.Errorf("got %q", got)
	}
}

func FuzzApplyingADiffGivesTheNewText(f *testing.F) {
	f.Add("", "a")
	f.Add("a\n\nb", "a\nb\n")
	f.Add(numbered(30), numbered(9)+"x\n"+numbered(28))
	f.Fuzz(func(t *testing.T, a, b string) {
		diff := unified("old", "new", a, b)
		if (diff == "") != (a == b) {
			t.Fatalf("got %q for %q and %q", diff, a, b)
		}
		if strings.HasSuffix(diff, "\nthe content differs in more than 500 lines\n") {
			return
		}
		if got := applied(t, a, diff); got != b {
			t.Errorf("got %q want %q by\n%s", got, b, diff)
		}
	})
}

// applied applies a diff as patch(1) does.
func applied(t *testing.T, a, diff string) string {
	t.Helper()
	if diff == "" {
		return a
	}
	old, at := textLines(a), 0
	var out strings.Builder
	lines := textLines(diff)[2:]
	for i, line := range lines {
		body := line[1:]
		if i+1 < len(lines) && lines[i+1][0] == '\\' {
			body = strings.TrimSuffix(body, "\n")
		}
		switch line[0] {
		case '@':
			from, size, _ := strings.Cut(strings.Fields(line)[1][1:], ",")
			begin, err := strconv.Atoi(from)
			if err != nil {
				t.Fatal(line, err)
			}
			if size != "0" {
				begin--
			}
			for ; at < begin; at++ {
				out.WriteString(old[at])
			}
		case ' ', '-':
			if at >= len(old) || old[at] != body {
				t.Fatalf("line %d is not %q in %q:\n%s", at+1, body, a, diff)
			}
			if line[0] == ' ' {
				out.WriteString(body)
			}
			at++
		case '+':
			out.WriteString(body)
		}
	}
	return out.String() + strings.Join(old[at:], "")
}

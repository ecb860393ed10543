package install

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sluicehq/sluice/install/job"
)

const (
	headOutput = job.MaxOutput / 2
	tailOutput = job.MaxOutput/2 - 64 // room for the line between the two
)

// capture keeps the head and the tail of what a command prints and throws the
// middle away, however much that is.
type capture struct {
	head, tail []byte
	dropped    int64
}

func (c *capture) Write(p []byte) (int, error) {
	n := len(p)
	if room := headOutput - len(c.head); room > 0 {
		take := min(room, len(p))
		c.head = append(c.head, p[:take]...)
		p = p[take:]
	}
	c.tail = append(c.tail, p[max(0, len(p)-tailOutput):]...)
	c.dropped += int64(max(0, len(p)-tailOutput))
	if over := len(c.tail) - tailOutput; over > 0 {
		c.dropped += int64(over)
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	return n, nil
}

// terminal matches what colours text, moves the cursor and names the window:
// whoever shows a report has it on a terminal.
var terminal = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)")

// String is at most job.MaxOutput bytes of valid UTF-8.
func (c *capture) String() string {
	text := string(c.head) + string(c.tail)
	if c.dropped > 0 {
		text = fmt.Sprintf("%s\n[%d bytes left out]\n%s", c.head, c.dropped, c.tail)
	}
	return limit(plain(text), job.MaxOutput)
}

// limit cuts a text at a rune, to at most max bytes.
func limit(text string, max int) string {
	if len(text) <= max {
		return text
	}
	for max > 0 && !utf8.RuneStart(text[max]) {
		max--
	}
	return text[:max]
}

// lastLine is what a program most likely says about its failure.
func (c *capture) lastLine() string { return lastLine(c.String()) }

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return limit(text[strings.LastIndexByte(text, '\n')+1:], 200)
}

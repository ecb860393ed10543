package demo

import (
	"fmt"
	"io"
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress shows how many devices have ended.
type progress interface {
	show(ended, of int)
	end()
}

// bar returns a bar on a terminal, and a line for each change elsewhere.
func (d *demo) bar(title string) progress {
	if out, ok := d.out.(*os.File); ok && term.IsTerminal(int(out.Fd())) {
		return newBar(out, title)
	}
	return &lines{out: d.out, title: title, last: -1}
}

type bar struct {
	all *mpb.Progress
	one *mpb.Bar
}

func newBar(out io.Writer, title string) *bar {
	all := mpb.New(mpb.WithOutput(out), mpb.WithWidth(48))
	one := all.AddBar(0, mpb.PrependDecorators(decor.Name(title+" ")), mpb.AppendDecorators(decor.CountersNoUnit("%d / %d devices")))
	return &bar{all, one}
}

func (b *bar) show(ended, of int) {
	b.one.SetTotal(int64(of), false)
	b.one.SetCurrent(int64(ended))
}

func (b *bar) end() {
	b.one.SetTotal(-1, true)
	b.all.Wait()
}

type lines struct {
	out   io.Writer
	title string
	last  int
}

func (l *lines) show(ended, of int) {
	if ended != l.last {
		fmt.Fprintf(l.out, "  %s: %d of %d devices have ended\n", l.title, ended, of)
		l.last = ended
	}
}

func (l *lines) end() {}

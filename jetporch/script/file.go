package script

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/sluicehq/sluice/jetporch/value"
)

// Files is where the files of a bundle are read; names are relative to the
// folder of the playbook.
type Files interface {
	Open(name string) (fs.File, error)
}

// Dir is a folder of this machine. Absolute names are read as they are.
type Dir string

// Open opens a file or folder. It does not wait for the other end of a pipe.
func (d Dir) Open(name string) (fs.File, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(string(d), name)
	}
	return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// Read reads a regular file of at most value.MaxBytes.
func Read(files Files, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, value.MaxBytes+1))
	if err == nil && len(data) > value.MaxBytes {
		err = value.ErrLimit
	}
	return data, err
}

// Exists tells whether there is such a file or folder.
func Exists(files Files, name string) bool {
	f, err := files.Open(name)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid)
	}
	f.Close()
	return true
}

// File is one YAML file.
type File struct {
	Name  string
	lines [][]byte
	used  int // nodes
	b     *Bundle
}

func (b *Bundle) file(name string, source []byte) *File {
	return &File{Name: name, lines: bytes.Split(source, []byte("\n")), b: b}
}

func (f *File) report(code Code, at Pos, sentence, mend string) {
	if len(f.b.Findings) >= maxFindings {
		return
	}
	f.b.Findings = append(f.b.Findings, Finding{File: f.Name, Pos: at, Severity: code.Severity(), Code: code, Sentence: sentence, Mend: mend})
}

// maxFindings bounds what is said about one bundle while it is read.
const maxFindings = 250

// use follows an alias and counts the node. It answers nil when the file has
// more nodes than are allowed.
func (f *File) use(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if f.used++; f.used == value.MaxNodes {
		f.report(TooLarge, at(n), "the file has more nodes than are read, each alias counted as often as it is used", "")
	}
	if f.used >= value.MaxNodes {
		return nil
	}
	return n
}

func at(n *yaml.Node) Pos {
	if n == nil {
		return Pos{1, 1}
	}
	return Pos{max(n.Line, 1), max(n.Column, 1)}
}

// Text is a scalar as it is written, with its place.
type Text struct {
	Pos   Pos
	Value string
	file  *File
	style yaml.Style
}

// Given tells whether the text is in the file at all.
func (t Text) Given() bool { return t.Pos.Line > 0 }

// Null tells whether the text is a plain null or empty, which is "not given"
// for an optional key.
func (t Text) Null() bool {
	if t.style&(quotedStyles) != 0 {
		return false
	}
	switch t.Value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// trimmed is the text without the white space around it.
func (t Text) trimmed() Text {
	t.Value = strings.TrimSpace(t.Value)
	return t
}

const quotedStyles = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// At is the place of a byte of the value. It is exact in literal blocks and
// in texts on one line without escapes, else the start of the text.
func (t Text) At(offset int) Pos {
	if !t.Given() {
		return t.Pos
	}
	offset = min(max(offset, 0), len(t.Value))
	before := t.Value[:offset]
	if t.style == whole {
		last := before[strings.LastIndexByte(before, '\n')+1:]
		return Pos{1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(last)}
	}
	if t.style&yaml.LiteralStyle != 0 {
		return t.inBlock(before)
	}
	if t.style&yaml.FoldedStyle != 0 || t.Pos.Line > len(t.file.lines) {
		return t.Pos
	}
	col := t.Pos.Col
	line := string(t.file.lines[t.Pos.Line-1])
	rest := []rune(line)[min(col-1, utf8.RuneCountInString(line)):]
	written := string(rest)
	if t.style&quotedStyles != 0 {
		// Past the tag or anchor, if any, and the quote.
		n := strings.IndexAny(written, `'"`)
		if n < 0 {
			return t.Pos
		}
		col += utf8.RuneCountInString(written[:n]) + 1
		written = written[n+1:]
	}
	if !strings.HasPrefix(written, t.Value) {
		return t.Pos
	}
	return Pos{t.Pos.Line, col + utf8.RuneCountInString(before)}
}

// inBlock is At for a literal block: the indentation is that of its first
// line that is not blank.
func (t Text) inBlock(before string) Pos {
	indent := -1
	for i := t.Pos.Line; i < len(t.file.lines); i++ {
		if line := bytes.TrimRight(t.file.lines[i], " \r"); len(bytes.TrimLeft(line, " ")) > 0 {
			indent = len(line) - len(bytes.TrimLeft(line, " "))
			break
		}
	}
	if indent < 0 {
		return t.Pos
	}
	nl := strings.Count(before, "\n")
	last := before[strings.LastIndexByte(before, '\n')+1:]
	// Spaces at the start of the value stand there by an indentation indicator.
	indent -= len(t.Value) - len(strings.TrimLeft(t.Value, " "))
	return Pos{t.Pos.Line + 1 + nl, indent + 1 + utf8.RuneCountInString(last)}
}

// Whole is a file that is one text, such as the source of a template.
func Whole(name string, source []byte) (Text, *File) {
	f := &File{Name: name, lines: bytes.Split(source, []byte("\n"))}
	return Text{Pos: Pos{1, 1}, Value: string(source), file: f, style: whole}, f
}

// whole marks a text that is all of its file; YAML has no such style.
const whole yaml.Style = 1 << 20

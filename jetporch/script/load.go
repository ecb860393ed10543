package script

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluicehq/sluice/jetporch/value"
)

// maxFiles bounds the role files and vars_files of one bundle.
const maxFiles = 1000

// Load reads a playbook and the files it names. name is shown in findings.
// files may be nil for a playbook that is sent alone; then roles and
// vars_files are findings. It never fails: what is wrong is in Findings.
func Load(name string, source []byte, files Files, profile Profile) *Bundle {
	b := &Bundle{Roles: map[string]*Role{}, Files: files, Profile: profile}
	b.Playbook = b.file(name, source)
	root := b.Playbook.parse(source)
	if root == nil || null(root) && root.Value == "" {
		return b
	}
	if root.Kind != yaml.SequenceNode || root.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(root.Tag, "!!") {
		b.Playbook.report(NotAList, at(root), "a playbook is a list of plays, and this is "+kindName(root), "begin each play with - name:")
		return b
	}
	l := loader{b: b}
	for _, n := range root.Content {
		if n = b.Playbook.use(n); n == nil {
			break
		}
		b.Plays = append(b.Plays, l.play(b.Playbook, n))
	}
	return b
}

// Roles of the bundle in order of their names.
func (b *Bundle) roles() []*Role {
	var out []*Role
	for _, name := range slices.Sorted(maps.Keys(b.Roles)) {
		out = append(out, b.Roles[name])
	}
	return out
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// parse reads the YAML of a file and reports why it cannot.
func (f *File) parse(source []byte) *yaml.Node {
	if bytes.HasPrefix(source, []byte("\ufeff")) {
		f.report(YAMLSyntax, Pos{1, 1}, "the file begins with a byte order mark, which jetp cannot read", "save it as UTF-8 without one")
		return nil
	}
	root, err := value.Parse(source)
	var many *value.ManyError
	switch {
	case err == nil:
		return root
	case errors.As(err, &many):
		f.report(ManyDocuments, Pos{max(many.Line, 1), 1}, "a second YAML document begins here; jetp reads one only", "put all plays into one list")
	case errors.Is(err, value.ErrLimit):
		f.report(TooLarge, Pos{1, 1}, err.Error(), "")
	default:
		where, sentence := Pos{1, 1}, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(sentence); m != nil {
			where.Line, _ = strconv.Atoi(m[1])
			sentence = strings.Replace(sentence, m[0], "", 1)
		}
		f.report(YAMLSyntax, where, "the YAML cannot be read: "+sentence, "")
	}
	return nil
}

type loader struct {
	b     *Bundle
	files int
}

func (l *loader) play(f *File, n *yaml.Node) *Play {
	p := &Play{Pos: at(n)}
	s, ok := f.fields(n, "a play", playKeys)
	if !ok {
		return p
	}
	p.Name, p.Groups = s.text("name", true), s.list("groups")
	if g := s.by["groups"]; g != nil && len(p.Groups) == 0 && (null(g) || g.Kind == yaml.SequenceNode) {
		f.report(UnknownGroup, at(g), "the play is for no group, so that it has no host", "write [all]")
	}
	p.VarsFiles = s.list("vars_files")
	p.Sudo, p.SudoTemplate = s.text("sudo", false), s.text("sudo_template", false)
	s.text("ssh_user", false)
	s.integer("ssh_port")
	p.Batch = s.integer("batch_size")
	p.Defaults, p.Vars = s.vars("defaults"), s.vars("vars")
	l.varsFiles(f, p)
	l.uses(f, p, s.by["roles"])
	p.Tasks = f.tasks(s.by["tasks"], "tasks", false, nil)
	p.Handlers = f.tasks(s.by["handlers"], "handlers", true, nil)
	return p
}

func (s fields) vars(name string) Vars {
	if n := s.by[name]; n != nil {
		return s.f.vars(n, s.what+"."+name)
	}
	return Vars{}
}

// integer reads a whole number that YAML itself must see as one.
func (s fields) integer(name string) Text {
	t := s.text(name, false)
	if t.Given() {
		if n, ok := value.Scalar(t.Value).(int64); !ok || n < 0 || t.style&quotedStyles != 0 {
			s.f.report(NotAnInteger, t.Pos, fmt.Sprintf("%s must be a whole number without quotes", name), "")
			return Text{}
		}
	}
	return t
}

func (l *loader) varsFiles(f *File, p *Play) {
	for _, t := range p.VarsFiles {
		vf, root := l.open(f, t, t.Value, MissingFile)
		if root != nil && null(root) && root.Value != "" {
			vf.report(WrongKind, at(root), "a file of variables must be a map, and this is null", "")
			continue
		}
		if root != nil {
			p.FileVars = append(p.FileVars, vf.vars(root, "a file of variables"))
		}
	}
}

// open reads a YAML file that a text of another file names.
func (l *loader) open(from *File, t Text, name string, code Code) (*File, *yaml.Node) {
	if _, here := l.b.Files.(Dir); path.IsAbs(name) && !here {
		// It lies on the device, where nobody can look now.
		return nil, nil
	}
	if l.b.Files == nil {
		from.report(code, t.Pos, fmt.Sprintf("%s is not sent: this is a single playbook", name), "send a bundle, or write its content into the playbook")
		return nil, nil
	}
	if l.files++; l.files > maxFiles {
		from.report(TooLarge, t.Pos, fmt.Sprintf("the playbook names more than %d files", maxFiles), "")
		return nil, nil
	}
	source, err := Read(l.b.Files, name)
	if err != nil {
		reason := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			reason = "is not there"
		}
		from.report(code, t.Pos, fmt.Sprintf("%s %s", name, reason), "")
		return nil, nil
	}
	f := l.b.file(path.Join(path.Dir(l.b.Playbook.Name), name), source)
	return f, f.parse(source)
}

func (l *loader) uses(f *File, p *Play, n *yaml.Node) {
	if n == nil || null(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		f.report(WrongKind, at(n), "roles must be a list, and this is "+kindName(n), "")
		return
	}
	for _, c := range n.Content {
		if c = f.use(c); c == nil {
			return
		}
		s, ok := f.fields(c, "an entry of roles", useKeys)
		if !ok {
			continue
		}
		u := &Use{Pos: at(c), Role: s.text("role", true), Vars: s.vars("vars"), Tags: s.list("tags")}
		p.Roles = append(p.Roles, u)
		if u.Role.Given() && l.b.Roles[u.Role.Value] == nil {
			l.role(f, u.Role)
		}
	}
}

// role reads role.yml and the files it names.
func (l *loader) role(from *File, t Text) {
	r := &Role{Name: t.Value, Dir: path.Join("roles", t.Value)}
	f, root := l.open(from, t, path.Join(r.Dir, "role.yml"), MissingRole)
	if root == nil {
		return
	}
	l.b.Roles[t.Value] = r
	r.File = f
	s, ok := f.fields(root, "a role", roleKeys)
	if !ok {
		return
	}
	s.text("name", true)
	r.Defaults = s.vars("defaults")
	tasks, handlers := s.list("tasks"), s.list("handlers")
	r.Files = slices.Concat(tasks, handlers)
	r.Tasks = l.roleTasks(f, r, tasks, "tasks", false)
	r.Handlers = l.roleTasks(f, r, handlers, "handlers", true)
}

func (l *loader) roleTasks(f *File, r *Role, list []Text, dir string, handler bool) (out []*Task) {
	for _, t := range list {
		name := t.Value
		if !path.IsAbs(name) {
			name = path.Join(r.Dir, dir, name)
		}
		tf, root := l.open(f, t, name, MissingFile)
		if root != nil {
			out = append(out, tf.tasks(root, "the file", handler, r)...)
		}
	}
	return out
}

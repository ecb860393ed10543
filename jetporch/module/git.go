package module

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sluicehq/sluice/jetporch/value"
)

// checkout is a clone that a git task looks after.
type checkout struct {
	c          *Call
	repo, path string // path is the name on the device
	real       string // path on this machine
	branch     string
	look, move []string // environments: to ask the repository, and to take from it
	own        owned
}

// git clones a repository and keeps the clone at the head of a branch.
func git(c *Call) (Plan, error) {
	own, err := c.owned()
	if err != nil {
		return Plan{}, err
	}
	w := checkout{c: c, repo: c.Args.Text("repo"), path: c.Host.abs(c.Args.Text("path")), branch: c.Args.Text("branch"), own: own,
		look: gitEnv(c.Args, false), move: gitEnv(c.Args, true)}
	if strings.HasPrefix(w.repo, "-") || strings.HasPrefix(w.branch, "-") {
		return Plan{}, fmt.Errorf("a repository or branch does not begin with a dash")
	}
	there := false
	if err := c.Host.Files(func() error { there, err = w.there(); return err }); err != nil {
		return Plan{}, err
	}
	if !there {
		return plan(Create, nil, w.clone), nil
	}
	return w.compare()
}

// there tells whether there is a clone already, and notes where the task's
// folder lies on this machine.
func (w *checkout) there() (bool, error) {
	dot, err := w.c.Host.path(filepath.Join(w.path, ".git"))
	if err != nil {
		return false, err
	}
	if w.real, err = w.c.Host.path(w.path); err != nil {
		return false, err
	}
	info, err := look(dot)
	return info != nil, err
}

// gitEnv is the environment of git. Only a change notes the keys of servers
// that are not known yet: ssh writes to the first of its files.
func gitEnv(a Args, notes bool) []string {
	ssh := "ssh -o BatchMode=yes"
	option := func(name, v string) { ssh += " -o " + quote([]string{name + "=" + v}) }
	accepts := a.Bool("accept_keys", true)
	if accepts {
		option("StrictHostKeyChecking", "accept-new")
	}
	known := ""
	options := a.Maps["ssh_options"]
	for _, k := range options.Keys() {
		v, _ := options.Get(k)
		if strings.EqualFold(k, "UserKnownHostsFile") {
			known = value.Text(v)
			continue
		}
		option(k, value.Text(v))
	}
	if accepts && !notes {
		known = "/dev/null " + cmp.Or(known, "~/.ssh/known_hosts ~/.ssh/known_hosts2")
	}
	if known != "" {
		option("UserKnownHostsFile", known)
	}
	return []string{"GIT_TERMINAL_PROMPT=0", "GIT_SSH_COMMAND=" + ssh, "LC_ALL=C"}
}

func (w checkout) git(env []string, args ...string) (string, error) {
	argv := append([]string{"git", "-c", "safe.directory=*"}, args...)
	out, err := w.c.Host.Run(w.c.Ctx, Command{Argv: argv, Env: env})
	if err != nil {
		return "", err
	}
	if out.RC != 0 {
		return "", fmt.Errorf("git %s failed: %s", args[0], out.All)
	}
	return strings.TrimSpace(out.Stdout), nil
}

func (w checkout) in(args ...string) (string, error) {
	return w.git(w.move, append([]string{"-C", w.path}, args...)...)
}

// head asks the repository for its branch and the version at its head.
func (w checkout) head() (branch, version string, err error) {
	if w.branch == "" {
		out, err := w.git(w.look, "ls-remote", "--symref", "--", w.repo, "HEAD")
		if err != nil {
			return "", "", err
		}
		for _, line := range lines(out) {
			if rest, ok := strings.CutPrefix(line, "ref: refs/heads/"); ok {
				branch, _, _ = strings.Cut(rest, "\t")
			} else if v, _, ok := strings.Cut(line, "\t"); ok {
				version = v
			}
		}
		if branch == "" {
			return "", "", fmt.Errorf("the repository %s has no branch that is its default; give a branch", w.repo)
		}
		return branch, version, nil
	}
	out, err := w.git(w.look, "ls-remote", "--", w.repo, "refs/heads/"+w.branch)
	if err != nil {
		return "", "", err
	}
	version, _, ok := strings.Cut(out, "\t")
	if !ok {
		return "", "", fmt.Errorf("the repository %s has no branch %s", w.repo, w.branch)
	}
	return w.branch, version, nil
}

func (w checkout) clone() error {
	branch, _, err := w.head()
	if err != nil {
		return err
	}
	if _, err := w.git(w.move, "clone", "-q", "--branch", branch, "--", w.repo, w.path); err != nil {
		return err
	}
	return w.c.Host.Files(func() error { return w.own.applyTree(w.c.Ctx, w.real) })
}

func (w checkout) compare() (Plan, error) {
	url, err := w.in("remote", "get-url", "origin")
	if err != nil {
		return Plan{}, err
	}
	onBranch, err := w.in("rev-parse", "--abbrev-ref", "HEAD")
	if err != nil {
		return Plan{}, err
	}
	var fields []string
	if url != w.repo {
		fields = append(fields, "Repo")
	}
	branch := onBranch
	if w.c.Args.Bool("update", true) {
		version, err := w.in("rev-parse", "HEAD")
		if err != nil {
			return Plan{}, err
		}
		wanted, newest, err := w.head()
		if err != nil {
			return Plan{}, err
		}
		if branch = wanted; newest != version {
			fields = append(fields, "Version")
		}
	} else if w.branch != "" {
		branch = w.branch
	}
	if branch != onBranch {
		fields = append(fields, "Branch")
	}
	var drift []string
	if err := w.c.Host.Files(func() error { drift, err = w.own.treeDrift(w.c.Ctx, w.real); return err }); err != nil {
		return Plan{}, err
	}
	if fields = append(fields, drift...); len(fields) == 0 {
		return Plan{Need: Matched}, nil
	}
	return plan(Modify, fields, func() error { return w.bring(branch, len(fields) > len(drift)) }), nil
}

// bring moves the clone to the head of a branch. Work that was done in it is
// never thrown away: a branch that cannot be moved forward is an error.
func (w checkout) bring(branch string, move bool) error {
	if move {
		for _, args := range [][]string{
			{"remote", "set-url", "origin", w.repo},
			{"fetch", "-q", "origin", "+refs/heads/" + branch + ":refs/remotes/origin/" + branch},
			{"checkout", "-q", branch},
			{"merge", "-q", "--ff-only", "refs/remotes/origin/" + branch},
		} {
			if _, err := w.in(args...); err != nil {
				return err
			}
		}
	}
	return w.c.Host.Files(func() error { return w.own.applyTree(w.c.Ctx, w.real) })
}

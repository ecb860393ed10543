package lint

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/sluicehq/sluice/jetporch/script"
)

// commands looks at each program that a command starts.
func (l *linter) commands(t *script.Task, cmd script.Text, file *syntax.File) {
	background := map[syntax.Node]bool{}
	piped := map[syntax.Node]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			if n.Background {
				background[n.Cmd] = true
			}
		case *syntax.BinaryCmd:
			piped[n.X.Cmd], piped[n.Y.Cmd] = true, true
		case *syntax.WhileClause:
			l.loop(t, cmd, n)
		case *syntax.CallExpr:
			words := literals(n.Args)
			if len(words) > 0 && words[0] == "sudo" {
				words = words[1:]
			}
			if len(words) == 0 {
				break
			}
			at := cmd.At(int(n.Pos().Offset()))
			switch {
			case cutting(words):
				l.report(t.File, script.CutsItself, at, "make it the last task", "%s ends what runs this script, or the network it reports by", words[0])
			case !background[n] && !piped[n] && endless(words):
				l.report(t.File, script.Endless, at, "bound it, for example with timeout 10", "%s does not end by itself", words[0])
			case !piped[n] && interactive(words):
				l.report(t.File, script.Interactive, at, "", "%s waits for an answer that nobody gives", words[0])
			}
		}
		return true
	})
}

func literals(args []*syntax.Word) (out []string) {
	for _, w := range args {
		out = append(out, w.Lit())
	}
	return out
}

// loop warns of "while true" without a way out.
func (l *linter) loop(t *script.Task, cmd script.Text, n *syntax.WhileClause) {
	if len(n.Cond) != 1 {
		return
	}
	call, ok := n.Cond[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 1 || call.Args[0].Lit() != "true" && call.Args[0].Lit() != ":" {
		return
	}
	out := false
	for _, s := range n.Do {
		syntax.Walk(s, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
				out = out || slices.Contains([]string{"break", "exit", "return", "exec"}, c.Args[0].Lit())
			}
			return true
		})
	}
	if !out {
		l.report(t.File, script.Endless, cmd.At(int(n.Pos().Offset())), "count the rounds", "this loop has no way out")
	}
}

func has(words []string, any ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
}

func short(words []string, letter string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.Contains(w, letter)
	})
}

func interactive(w []string) bool {
	rest := w[1:]
	switch w[0] {
	case "vi", "vim", "nano", "emacs", "ed", "less", "more", "top", "htop", "passwd", "mysql_secure_installation", "visudo", "read":
		return !has(rest, "-b", "--version", "--stdin", "-l", "-u", "-d") && !short(rest, "b")
	case "apt", "apt-get", "aptitude", "yum", "dnf":
		return has(rest, "install", "upgrade", "remove", "purge", "dist-upgrade", "update") &&
			!(strings.HasPrefix(w[0], "apt") && has(rest, "update")) &&
			!has(rest, "--yes", "--assume-yes", "--assumeyes", "--simulate", "--dry-run") && !short(rest, "y") && !short(rest, "q") && !short(rest, "s")
	case "fdisk", "cfdisk":
		return !short(rest, "l")
	case "dpkg-reconfigure":
		return !short(rest, "f") && !has(rest, "--frontend=noninteractive", "--frontend")
	}
	return false
}

func endless(w []string) bool {
	rest := w[1:]
	switch w[0] {
	case "tail":
		return short(rest, "f") || short(rest, "F") || has(rest, "--follow")
	case "journalctl", "dmesg":
		return short(rest, "f") || short(rest, "w") || has(rest, "--follow")
	case "watch", "yes":
		return true
	case "ping", "ping6":
		return !short(rest, "c") && !short(rest, "w")
	case "sleep":
		return has(rest, "infinity", "inf")
	case "tcpdump":
		return !short(rest, "c")
	}
	return false
}

// links are services without which a device cannot report.
var links = []string{"NetworkManager", "systemd-networkd", "networking", "network", "dhcpcd", "wpa_supplicant", "connman", "ModemManager", "sluice-agent"}

func isLink(unit string) bool { return slices.Contains(links, strings.TrimSuffix(unit, ".service")) }

func cutting(w []string) bool {
	rest := w[1:]
	switch w[0] {
	case "reboot", "shutdown", "poweroff", "halt", "kexec":
		return !has(rest, "--help", "--show", "-c")
	case "init", "telinit":
		return has(rest, "0", "6", "1")
	case "systemctl":
		return has(rest, "reboot", "poweroff", "halt", "kexec", "soft-reboot") ||
			has(rest, "restart", "stop", "try-restart") && slices.ContainsFunc(rest, isLink)
	case "service":
		return len(rest) == 2 && isLink(rest[0]) && (rest[1] == "restart" || rest[1] == "stop")
	case "ifdown":
		return true
	case "ip":
		return has(rest, "link") && has(rest, "down")
	case "ifconfig":
		return has(rest, "down")
	}
	return false
}

// cuts looks at sd_service for services without which nothing is reported.
func (l *linter) cuts(t *script.Task) {
	if t.Module.Name != "sd_service" || !isLink(strings.TrimSpace(t.Param("service").Text.Value)) {
		return
	}
	if strings.TrimSpace(t.Param("restart").Text.Value) == "true" || strings.TrimSpace(t.Param("started").Text.Value) == "false" {
		l.report(t.File, script.CutsItself, t.Param("service").Text.Pos, "make it the last task",
			"%s ends what runs this script, or the network it reports by", t.Param("service").Text.Value)
	}
}

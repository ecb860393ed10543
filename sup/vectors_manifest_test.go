package sup_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluicehq/sluice/sup"
)

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// edit is a text of the good manifest that is replaced and signed again.
type edit struct{ name, comment, from, to, expect string }

func (c *collector) edits(list []edit) {
	for _, e := range list {
		c.add(e.name, e.comment, refused+e.expect, edited(c.t, e.from, e.to).bytes())
	}
}

func (c *collector) manifest() {
	const canonical = "the manifest is not in canonical form: a key comes twice, in another case, out of order or with an empty value"
	c.edits([]edit{
		{"unknown-format", "a later format", `"sluice-sup/1"`, `"sluice-sup/2"`, "its format is sluice-sup/2, this version reads sluice-sup/1; update the program that reads it"},
		{"unknown-format-and-key", "a later format with a key that this one does not have", `"sluice-sup/1"`, `"sluice-sup/2","later":1`, "its format is sluice-sup/2, this version reads sluice-sup/1; update the program that reads it"},
		{"name-slash", "a name with a slash", `"name":"vector"`, `"name":"../vector"`, "its name ../vector is not 1 to 100 letters, digits, dots, underscores and hyphens"},
		{"name-nul", "a name with a NUL byte", `"name":"vector"`, `"name":"vec\u0000tor"`, `its name "vec\x00tor" is not 1 to 100 letters, digits, dots, underscores and hyphens`},
		{"no-version", "no version", `"1.2.0"`, `""`, "its version  is not 1 to 100 letters, digits and . _ + ~ : -"},
		{"counter-zero", "a release counter of 0", `"release_counter":7`, `"release_counter":0`, "its release counter is 0; it counts from 1 to 9007199254740991"},
		{"counter-too-large", "a release counter beyond 2^53", `"release_counter":7`, `"release_counter":9007199254740992`, "its release counter is 9007199254740992; it counts from 1 to 9007199254740991"},
		{"counter-negative", "a negative release counter", `"release_counter":7`, `"release_counter":-1`, "cannot read manifest: release_counter cannot be a JSON number -1"},
		{"bad-range", "a range of versions that cannot be read", `">=1 <2"`, `"=>1"`, `its compatibility: cannot read version range "=>1": "=>" is no operator; use = != < <= > >=`},
		{"compatibility-escape", "a kind that would write to a terminal", `"kinds":["gateway"]`, `"kinds":["\u001b[2J"]`, `its compatibility: "\x1b[2J" is not text of 1 to 100 bytes without control characters`},
		{"description-escape", "a description that would write to a terminal", `"release_counter":7`, `"description":"\u001b[2J","release_counter":7`, "its description is not text of at most 4096 bytes without control characters"},
		{"timeout-negative", "a negative timeout", `"actions":[`, `"timeout_seconds":-1,"actions":[`, "its timeout of -1 seconds is not between 0 and 604800"},
		{"manifest-unknown-key", "a key that a manifest does not have", `"actions":[`, `"run_first":"x","actions":[`, `cannot read manifest: unknown field "run_first"`},
		{"manifest-key-twice", "a key that comes twice", `"version":"1.2.0"`, `"version":"9.9.9","version":"1.2.0"`, canonical},
		{"manifest-key-case", "a key in another case", `"version":"1.2.0"`, `"Version":"1.2.0"`, canonical},
		{"manifest-white-space", "white space in the manifest", `"version":"1.2.0"`, `"version": "1.2.0"`, canonical},
		{"param-key-twice", "a parameter that comes twice", `"path":"/opt/tool"`, `"path":"/etc/passwd","path":"/opt/tool"`, canonical},
		{"param-escape", "a character that needs no escape is escaped", `"path":"/opt/tool"`, `"path":"/opt/t\u006fol"`, canonical},
		{"listed-twice", "a member that is listed twice", `{"path":"empty",`, `{"path":"bin/tool",`, "member bin/tool: it is listed twice"},
		{"not-ascending", "members that are not in ascending order", `{"path":"empty",`, `{"path":"aaa",`, "member aaa: it is not listed in ascending order of the paths"},
		{"listed-nowhere", "a member that is listed under another path", `{"path":"empty",`, `{"path":"emptz",`, "member empty: it is not listed in the manifest"},
		{"member-dot-dot", "a member path with ..", `{"path":"empty",`, `{"path":"e/../../empty",`, "member e/../../empty: its path contains .."},
		{"member-absolute", "an absolute member path", `{"path":"empty",`, `{"path":"/etc/passwd",`, "member /etc/passwd: its path is absolute"},
		{"member-not-clean", "a member path that is not clean", `{"path":"empty",`, `{"path":"./empty",`, "member ./empty: its path is not clean"},
		{"member-directory", "a member path that ends in a slash", `{"path":"empty",`, `{"path":"empty/",`, "member empty/: its path is not clean"},
		{"member-no-path", "a member without a path", `{"path":"empty",`, `{"path":"",`, "its path is empty"},
		{"member-nul", "a member path with a NUL byte", `{"path":"empty",`, `{"path":"emp\u0000ty",`, `member "emp\x00ty": its path holds a character that is not printable ASCII, or a backslash`},
		{"member-backslash", "a member path with a backslash", `{"path":"empty",`, `{"path":"e\\mpty",`, `member e\mpty: its path holds a character that is not printable ASCII, or a backslash`},
		{"member-envelope", "a member called like the envelope", `{"path":"empty",`, `{"path":"manifest.dsse.json",`, "member manifest.dsse.json: its path is that of the envelope"},
		{"member-long", "a member path that no ustar header holds", `{"path":"empty",`, `{"path":"` + strings.Repeat("d", 101) + `",`, "member " + strings.Repeat("d", 101) + ": its name or size does not fit a ustar header; use at most 100 bytes behind the last slash and 155 before it"},
		{"member-file-and-directory", "a member that is the directory of another", `{"path":"notes.md",`, `{"path":"empty/notes",`, "member empty: it is a file and the directory of another member"},
		{"sum-upper-case", "a sum in upper case", hexSum(nil), strings.ToUpper(hexSum(nil)), "member empty: its SHA-256 is not 64 lower-case hexadecimal digits"},
		{"sum-empty", "an empty sum, which must not mean unchecked", hexSum(nil), "", "member empty: its SHA-256 is not 64 lower-case hexadecimal digits"},
		{"sum-wrong", "a wrong sum", hexSum(nil), hexSum([]byte("x")), "member empty: its SHA-256 is " + hexSum(nil) + ", the manifest says " + hexSum([]byte("x"))},
	})
	c.add("no-json", "a payload that is no JSON", refused+"cannot read manifest: the JSON is broken near byte 1", forge(c.t, []byte("manifest"), 1).bytes())
}

func (c *collector) actions() {
	many := strings.Repeat(`{"type":"reboot"},`, sup.MaxActions-1)
	c.edits([]edit{
		{"too-many-actions", "1001 actions", `"actions":[`, `"actions":[` + many, "it has 1001 actions, more than the 1000 allowed"},
		{"unknown-action", "an action that the library does not have", `"file.install"`, `"file.explode"`, "action 1 (file.explode): there is no such action; `sluice sup actions` lists them"},
		{"unknown-parameter", "a parameter that the action does not have", `"mode":"0755"`, `"moode":"0755"`, `action 1 (file.install): cannot read its parameters: unknown field "moode"`},
		{"setuid-mode", "a mode with setuid", `"mode":"0755"`, `"mode":"4755"`, "action 1 (file.install): mode 4755 sets setuid, setgid or sticky, which no package may"},
		{"setgid-mode", "a mode with setgid", `"mode":"0755"`, `"mode":"2755"`, "action 1 (file.install): mode 2755 sets setuid, setgid or sticky, which no package may"},
		{"sticky-mode", "a mode with sticky", `"mode":"0755"`, `"mode":"1755"`, "action 1 (file.install): mode 1755 sets setuid, setgid or sticky, which no package may"},
		{"mode-no-octal", "a mode that is no octal number", `"mode":"0755"`, `"mode":"0x1f"`, "action 1 (file.install): mode 0x1f is not three or four octal digits"},
		{"path-dot-dot", "a device path with ..", `"/opt/tool"`, `"/opt/../etc/shadow"`, "action 1 (file.install): path /opt/../etc/shadow contains .."},
		{"path-relative", "a device path that is not absolute", `"/opt/tool"`, `"opt/tool"`, "action 1 (file.install): path opt/tool is not absolute"},
		{"path-not-clean", "a device path that is not clean", `"/opt/tool"`, `"/opt//tool"`, "action 1 (file.install): path /opt//tool is not clean; write /opt/tool"},
		{"path-root", "the root as a file", `"/opt/tool"`, `"/"`, "action 1 (file.install): path is the root directory"},
		{"path-nul", "a device path with a NUL byte", `"/opt/tool"`, `"/opt/to\u0000ol"`, `action 1 (file.install): path "/opt/to\x00ol" contains a control character`},
		{"path-long-component", "a component of 256 bytes", `"/opt/tool"`, `"/` + strings.Repeat("c", 256) + `"`, "action 1 (file.install): path has a component of more than 255 bytes"},
		{"path-long", "a path of 1026 bytes", `"/opt/tool"`, `"` + strings.Repeat("/c", 513) + `"`, "action 1 (file.install): path is longer than 1024 bytes"},
		{"source-missing", "a source that is no member", `"bin/tool","path":"/opt`, `"bin/other","path":"/opt`, "action 1 (file.install): source bin/other is not a member of the package"},
		{"on-failure-unknown", "an unknown on_failure", `"on_failure":"rollback"`, `"on_failure":"ignore"`, "action 1 (file.install): on_failure is ignore; use stop, continue or rollback"},
		{"service-option", "a service name that is an option", `{"name":"tool"}`, `{"name":"--now"}`, "action 2 (service.restart): name --now is no service name"},
	})
	var actions []json.RawMessage
	var m struct {
		Actions []json.RawMessage `json:"actions"`
	}
	if err := json.Unmarshal(goodPayload(c.t), &m); err != nil {
		c.t.Fatal(err)
	}
	actions = m.Actions
	c.edits([]edit{{"no-action", "a package that does nothing", fmt.Sprintf("%s,%s", actions[0], actions[1]), "", "it has no action"}})
}

// sizes are those at which a signed or a 32-bit number turns over.
func (c *collector) sizes() {
	listed := fmt.Sprintf(`"size":512,"sha256":%q`, hexSum([]byte(strings.Repeat("n", 512))))
	sized := func(n int64) string { return strings.Replace(listed, "512", fmt.Sprint(n), 1) }
	for _, s := range []struct {
		name string
		size int64
	}{{"2-31-1", 1<<31 - 1}, {"2-31", 1 << 31}, {"2-31+1", 1<<31 + 1}, {"2-32-1", 1<<32 - 1}, {"2-32", 1 << 32}, {"2-32+512", 1<<32 + 512}, {"2-33-1", 1<<33 - 1}} {
		f := edited(c.t, listed, sized(s.size))
		f.members[2].header = plainHeader("notes.md", s.size)
		c.add("size-"+s.name, fmt.Sprintf("manifest and header say %d bytes and 512 follow", s.size), refused+"member notes.md: the package ends in the middle of it", f.bytes())
		f = c.good(1)
		f.members[2].header = plainHeader("notes.md", s.size)
		c.add("header-size-"+s.name, fmt.Sprintf("the header says %d bytes, the manifest 512", s.size), refused+"member notes.md: its header gives a size other than the 512 bytes that the manifest says", f.bytes())
	}
	f := c.good(1)
	f.first = plainHeader(sup.EnvelopeName, 1<<33-1)
	c.add("envelope-size", "an envelope that claims 8 GiB", inFirst+"it has 8589934591 bytes, more than the 2097152 allowed", f.bytes())
	f = c.good(1)
	raw := headerBytes(plainHeader("notes.md", 512))
	copy(raw[124:136], "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00")
	f.members[2].raw = checksum(raw)
	c.add("size-base-256", "a size in the binary form of GNU tar", refused+"member notes.md: its header gives a size other than the 512 bytes that the manifest says", f.bytes())
	c.edits([]edit{
		{"size-2-33", "a member of 8 GiB", listed, sized(1 << 33), "member notes.md: its size of 8589934592 bytes is not between 0 and 8589934591"},
		{"size-2-63", "a size beyond 63 bits", listed, strings.Replace(listed, "512", "9223372036854775808", 1), "cannot read manifest: members.size cannot be a JSON number 9223372036854775808"},
		{"size-negative", "a negative size", listed, sized(-1), "member notes.md: its size of -1 bytes is not between 0 and 8589934591"},
		{"size-total", "members of more than 16 GiB together", listed, sized(1<<33-1) + `},{"path":"p",` + sized(1<<33-1), "member p: with it the members have more than the 17179869184 bytes allowed"},
	})
}

package sup_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/sup"
)

// Each line: an action, its parameters, and the end of the refusal or "ok".
// The package has the members a, b.tar.zst, p.yaml and u.
const paramLines = `
file.install {"source":"a","path":"/x"} => ok
file.install {"source":"a","path":"/x","mode":"755","owner":"root","group":"0"} => ok
file.install {"source":"a","path":"/x","owner":"-R"} => owner -R is no user or group
file.install {"path":"/x"} => source is missing
file.install {"source":"a"} => path is missing
file.remove {"path":"/etc/lorafwd/old.conf"} => ok
file.remove {} => path is missing
file.remove {"path":"/"} => path is the root directory
directory.create {"path":"/opt/x","mode":"0700"} => ok
directory.create {"path":"/opt/x","mode":"7777"} => mode 7777 sets setuid, setgid or sticky, which no package may
archive.extract {"source":"b.tar.zst","path":"/"} => ok
archive.extract {"source":"a","path":"/opt"} => source a is no .tar, .tar.gz or .tar.zst
archive.extract {"source":"b.tar.zst","path":"/opt","max_bytes":-1} => max_bytes is -1, not between 0 and 17179869184
command.run {"argv":["sync"]} => ok
command.run {"argv":["/bin/echo","a b","$(x)"],"environment":{"LANG":"C"},"directory":"/"} => ok
command.run {"argv":[]} => argv is empty
command.run {"argv":[""]} => argv names no program
command.run {"argv":["./x"]} => argv ./x is not absolute
command.run {"argv":["/x","a\u0000b"]} => argv: argument "a\x00b" contains a NUL byte
command.run {"argv":["/x"],"environment":{"A=B":"c"}} => environment: A=B is no name of a variable
command.run {"argv":["/x"],"environment":{"SLUICE_ROOT":"/"}} => environment: SLUICE_ROOT is set by the installer; choose another name
command.run {"argv":["/x"],"directory":"opt"} => directory opt is not absolute
command.run {"argv":"/bin/sh -c x"} => cannot read its parameters: argv cannot be a JSON string
script.run {"source":"a","undo":"u","interpreter":"/bin/sh","arguments":["x"]} => ok
script.run {"source":"a","undo":"v"} => undo v is not a member of the package
script.run {"source":"a","interpreter":"bin/sh"} => interpreter bin/sh is not absolute
playbook.apply {"source":"p.yaml"} => ok
playbook.apply {"source":"p.yaml","engine":"jetp"} => ok
playbook.apply {"source":"p.yaml","engine":"builtin"} => ok
playbook.apply {"source":"p.yaml","engine":"ansible"} => engine is ansible; use auto, jetp, builtin
playbook.apply {"source":"a"} => source a is no .yaml or .yml
playbook.apply {"source":"q.yaml"} => source q.yaml is not a member of the package
playbook.apply {} => source is missing
package.install {"source":"a"} => ok
package.install {"name":"libc6","version":"2.36-9+deb12u4","manager":"apt"} => ok
package.install {} => give either source or name
package.install {"source":"a","name":"b"} => give either source or name
package.install {"source":"a","version":"1"} => version goes with name, not with source
package.install {"name":"--force"} => name --force is no package name
package.install {"name":"x","version":"1 2"} => version 1 2 is no package version
package.install {"name":"x","manager":"yum"} => manager is yum; use apt, opkg
package.remove {"name":"lib-x"} => ok
package.remove {"name":""} => name  is no package name
service.start {"name":"lorafwd@1.service"} => ok
service.stop {"name":"a b"} => name a b is no service name
service.enable {"name":"lorafwd"} => ok
check.service {} => name  is no service name
config.set {"path":"/etc/a.json","values":{"a.b":[1,{"c":null}]}} => ok
config.set {"path":"/etc/a.conf","values":{"a":1}} => format is missing: the ending of /etc/a.conf is none of .json .yaml .yml .ini
config.set {"path":"/etc/a.conf","format":"ini","values":{"s.a":"x"}} => ok
config.set {"path":"/etc/a.ini","values":{"s.a":[1]}} => values: s.a is a list or a map, which an INI file cannot hold
config.set {"path":"/etc/a.ini","values":{"s.a":"x\n[y]"}} => values: s.a has more than one line, which an INI file cannot hold
config.set {"path":"/etc/a.yaml","values":{"a..b":1}} => values: a..b is no dotted key
config.set {"path":"/etc/a.yaml","values":{}} => values is empty
config.set {"path":"/etc/a.yaml","values":{"a":1e999}} => values: a: the number 1e999 is too large; put it in quotes
config.set {"path":"/etc/a.json","values":{"l.0":null}} => values: l.0 cannot be removed: it may be an element of a list, and removing it twice would remove two; set the whole list
config.set {"path":"/etc/a.yaml","values":{"0":null}} => values: 0 cannot be removed: it may be an element of a list, and removing it twice would remove two; set the whole list
config.set {"path":"/etc/a.yaml","values":{"l.0.a":null,"l.1":2}} => ok
config.set {"path":"/etc/a.ini","values":{"s.0":null}} => ok
runtime.stop {} => ok
runtime.start {"x":1} => cannot read its parameters: unknown field "x"
firmware.update {"source":"a","installer":"rauc"} => ok
firmware.update {"source":"a","installer":"sh"} => installer is sh; use rauc, swupdate, command
reboot {"delay_seconds":5} => ok
reboot {"delay_seconds":599} => ok
reboot {"delay_seconds":600} => it may wait for 600 seconds, and its timeout is 600; raise timeout_seconds of the action
check.http {"url":"http://localhost/","interval_seconds":150} => it may wait for 600 seconds, and its timeout is 600; raise timeout_seconds of the action
check.command {"argv":["true"],"attempts":1000} => it may wait for 999 seconds, and its timeout is 600; raise timeout_seconds of the action
check.command {"argv":["true"],"attempts":600} => ok
reboot {"delay_seconds":3601} => delay_seconds is 3601, not between 0 and 3600
check.command {"argv":["true"],"attempts":3,"interval_seconds":2} => ok
check.command {"argv":["true"],"attempts":1001} => attempts is 1001, not between 0 and 1000
check.http {"url":"http://127.0.0.1:8080/healthz","status":204} => ok
check.http {"url":"http://[::1]/"} => ok
check.http {"url":"http://127.0.0.1.example.org/"} => url http://127.0.0.1.example.org/ is no http or https address of localhost, 127.0.0.1 or [::1]
check.http {"url":"http://localhost@example.org/"} => url http://localhost@example.org/ is no http or https address of localhost, 127.0.0.1 or [::1]
check.http {"url":"http://localhost/","status":42} => status is 42, not between 100 and 599
`

func TestParametersAreJudged(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(paramLines)) {
		line = strings.TrimSuffix(line, "\n")
		call, want, _ := strings.Cut(line, " => ")
		name, text, _ := strings.Cut(call, " ")
		seen[name] = true
		m := testManifest()
		m.Format = sup.Format
		m.Members = []sup.Member{{Path: "a", SHA256: hexSum(nil)}, {Path: "b.tar.zst", SHA256: hexSum(nil)}, {Path: "p.yaml", SHA256: hexSum(nil)}, {Path: "u", SHA256: hexSum(nil)}}
		m.Actions = []sup.Action{{Type: name, Params: json.RawMessage(text)}}
		got := "ok"
		if err := m.Validate(); err != nil {
			got = strings.TrimPrefix(err.Error(), fmt.Sprintf("package refused: action 1 (%s): ", name))
		}
		if got != want {
			t.Errorf("%s: got %s", line, got)
		}
	}
	for _, a := range sup.Library {
		if !seen[a.Name] && a.Name != "service.restart" {
			t.Errorf("%s is not tried", a.Name)
		}
	}
}

func TestNumbersOfConfigValuesStayAsWritten(t *testing.T) {
	t.Parallel()
	const values = `{"f":1.10,"i":9007199254740993,"l":[12345678.0,{"m":true}],"n":null,"x":-1.5e3}`
	got, err := sup.DecodeParams(sup.Action{Type: "config.set", Params: json.RawMessage(`{"path":"/a.json","values":` + values + `}`)})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(got.(*sup.ConfigSet).Values); err != nil || string(text) != values {
		t.Errorf("got %s, %v", text, err)
	}
	m, err := sup.ParseSource([]byte("actions: [{type: config.set, params: {path: /a.json, values: {f: 1.10, i: 9007199254740993, l: [12345678.0, {m: true}], n: ~, x: -1.5e3}}}]"))
	if err != nil || !strings.Contains(string(m.Actions[0].Params), values) {
		t.Errorf("from YAML: %s, %v", m.Actions[0].Params, err)
	}
	if p, err := sup.DecodeParams(sup.Action{Type: "reboot"}); err != nil || !reflect.DeepEqual(p, &sup.Reboot{}) {
		t.Errorf("no parameters: %#v, %v", p, err)
	}
}

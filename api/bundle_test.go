package api_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

const head = `name: line
version: "1.0"
description: The speed of the line.
variables:
  - {name: speed, type: integer, values: ["9600", "19200"], required: true}
  - {name: port, pattern: "tty[A-Z]+[0-9]"}
compatibility: {models: [m]}
`

const play = `- name: line
  groups: [all]
  roles:
    - role: serial
`

const roleTasks = `- !template
  src: line.hb
  dest: /etc/line
`

// zipped is a bundle in a folder, with the changes: a name and its content in turn.
func (c caller) zipped(changes ...string) []byte {
	files := []string{"b/bundle.yaml", head, "b/playbook.yml", play, "b/roles/serial/tasks/main.yml", roleTasks,
		"b/roles/serial/role.yml", "name: serial\ntasks: [main.yml]\n", "b/roles/serial/templates/line.hb", "{{ speed }}\n"}
	for i := 0; i+1 < len(changes); i += 2 {
		at := -1
		for j := 0; j < len(files); j += 2 {
			if files[j] == changes[i] {
				at = j
			}
		}
		if at < 0 {
			files = append(files, changes[i], changes[i+1])
			continue
		}
		files[at+1] = changes[i+1]
	}
	return c.Zip(files...)
}

// upload makes a release of the content.
func (c caller) upload(name string, content []byte, more object) answer {
	c.t.Helper()
	var f struct{ ID int }
	c.do("POST", "/files?name="+name, content).into(201, &f)
	body := object{"file_id": f.ID}
	for k, v := range more {
		body[k] = v
	}
	return c.do("POST", "/releases", body)
}

func TestABundleBecomesASignedReleaseThatTakesItsVariables(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "m")
	c.Checks(d)
	var r struct {
		ID             int
		Name, Version  string
		Format         string
		ReleaseCounter int `json:"release_counter"`
		Actions        []string
		Variables      []struct{ Name string }
		File           struct{ ID int }
	}
	c.upload("line.zip", c.zipped(), nil).into(201, &r)
	if r.Name != "line" || r.Version != "1.0" || r.Format != "playbook" || r.ReleaseCounter != 1 || len(r.Variables) != 2 || len(r.Actions) != 1 {
		t.Errorf("got %+v", r)
	}
	pack := c.do("GET", fmt.Sprintf("/files/%d/content", r.File.ID), nil)
	m, err := sup.Verify(bytes.NewReader(pack.body), sup.Trust{Keys: []ed25519.PublicKey{c.Signer.PublicKey()}, Threshold: 1})
	if err != nil || m.Checkable() != nil || len(m.Members) != 5 || len(m.Variables) != 2 || m.Compatibility.Models[0] != "m" {
		t.Fatalf("got %+v, %v", m, err)
	}
	if c.upload("line.zip", c.zipped("b/bundle.yaml", strings.Replace(head, "1.0", "1.1", 1)), nil).into(201, &r); r.ReleaseCounter != 2 {
		t.Errorf("the second has release counter %d", r.ReleaseCounter)
	}
	c.upload("line.zip", c.zipped("b/playbook.yml", play+"# changed\n"), nil).problem(409, "conflict", "line 1.0")
	var l items
	if c.do("GET", "/files", nil).into(200, &l); len(l.Items) != 5 {
		t.Errorf("a refused release leaves a package: %d files", len(l.Items))
	}

	command := object{"type": "jetporch", "release_id": r.ID, "audience": c.audience("gw")}
	for given, want := range map[string]string{
		"":           `the variable speed is missing`,
		"speed=1":    `the variable speed cannot be "1", which is not one of its values: it is one of "9600", "19200"`,
		"other=1":    `the variable "other" is not declared by the package: it takes speed, port`,
		"port=tty/0": `the variable port cannot be "tty/0"`,
	} {
		delete(command, "variables")
		if name, value, ok := strings.Cut(given, "="); ok {
			command["variables"] = object{name: value}
		}
		for _, path := range []string{"/updates", "/updates?dry_run=true"} {
			c.do("POST", path, command).problem(422, "invalid", want)
		}
	}
	command["variables"], command["check"] = object{"speed": "9600"}, true
	c.do("POST", fmt.Sprintf("/releases/%d/predefined", r.ID), object{"predefined": true}).into(200, nil)
	var link struct{ Hash string }
	c.do("POST", "/magic-links", object{"release_id": r.ID, "devices": []string{"gw"}}).into(201, &link)
	for _, kind := range []string{"jetporch", "sup", "predefined", "magic_link"} {
		var check, apply object
		if command["type"] = kind; kind == "magic_link" {
			delete(command, "release_id")
			command["magic_link"] = link.Hash
		}
		c.do("POST", "/updates", command).into(201, &check)
		c.Contact(d)
		c.Offer(d)
		c.Report(d, fleet.Succeed, "would change 1 of 1 tasks", nil)
		c.do("POST", fmt.Sprintf("/updates/%v/apply", check["id"]), nil).into(201, &apply)
		if fmt.Sprint(apply["variables"]) != "map[speed:9600]" || apply["type"] != kind || apply["title"] != fmt.Sprint(check["title"], " (checked)") ||
			fmt.Sprint(apply["release"]) != fmt.Sprint(check["release"]) {
			t.Errorf("got %v", apply)
		}
		c.Contact(d)
		c.Offer(d)
		c.Report(d, fleet.Succeed, "changed 1 of 1 tasks", nil)
	}
}

func TestABundleIsRefusedOrConfirmedByWhatIsFoundInIt(t *testing.T) {
	c := newCaller(t)
	var p struct {
		Findings []struct{ File, Severity string }
	}
	a := c.upload("line.zip", c.zipped("b/roles/serial/templates/line.hb", "{{ sped }}\n"), nil)
	a.problem(409, "unconfirmed", "cannot make a release of line.zip before its warning is accepted: roles/serial/templates/line.hb, line 1, column ")
	if a.into(409, &p); len(p.Findings) != 1 || p.Findings[0].File != "roles/serial/templates/line.hb" {
		t.Errorf("got %s", a.body)
	}
	c.upload("line.zip", c.zipped("b/roles/serial/templates/line.hb", "{{ sped }}\n"), object{"accept_warnings": true}).into(201, nil)
	a = c.upload("line.zip", c.zipped("b/roles/serial/templates/line.hb", "{{ sped"), object{"accept_warnings": true})
	a.problem(422, "invalid", "cannot make a release of line.zip: roles/serial/templates/line.hb, line 1")
	if a.into(422, &p); len(p.Findings) == 0 || p.Findings[0].Severity != "error" {
		t.Errorf("got %s", a.body)
	}
	for _, row := range []struct{ change, content, want string }{
		{"b/bundle.yaml", head + "colour: red\n", "cannot make a release of line.zip: bundle.yaml: line 8: unknown key colour"},
		{"b/bundle.yaml", strings.Replace(head, "name: line", "name: jetporch-0a", 1), "names that begin with jetporch- are for typed scripts"},
		{"b/bundle.yaml", strings.Replace(head, ", pattern: \"tty[A-Z]+[0-9]\"", "", 1), "is a string without a pattern or values"},
		{"b/bundle.yaml", strings.Replace(head, "name: line", "name: a b", 1), "package refused"},
		{"b/playbook.yaml", play, "it has a playbook.yml and a playbook.yaml; name one"},
		{"b/../x", "", "its name is no plain path below the bundle"},
	} {
		c.upload("line.zip", c.zipped(row.change, row.content), nil).problem(422, "invalid", row.want)
	}
	c.upload("line.zip", []byte("no zip"), nil).problem(422, "invalid", "it is no .zip that can be read")
	c.upload("line.txt", []byte("text"), nil).problem(422, "invalid", "neither a software update package (.sup) nor a bundle (.zip)")
}

func TestAPackageOfPlaybooksAloneIsReleasedAndJudgedAsABundle(t *testing.T) {
	c := newCaller(t)
	var r struct {
		Format    string
		Variables []struct{ Name string }
	}
	a := c.upload("a.sup", c.Playbooks("a", play, roleTasks, "{{ sped }}\n"), nil)
	a.problem(409, "unconfirmed", "cannot make a release of a.sup before its warning is accepted: line/roles/serial/templates/line.hb, line 1")
	c.upload("b.sup", c.Playbooks("b", play, roleTasks, "{{ speed }}\n"), nil).into(201, &r)
	if r.Format != "playbook" || len(r.Variables) != 1 {
		t.Errorf("got %+v", r)
	}
	c.upload("c.sup", c.Playbooks("c", play, roleTasks, "{{ speed"), nil).problem(422, "invalid", "line/roles/serial/templates/line.hb")
	c.upload("jetporch-0a.sup", c.Playbooks("jetporch-0a", play, roleTasks, ""), nil).problem(422, "invalid", "are for typed scripts")
}

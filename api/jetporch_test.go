package api_test

import "testing"

func TestAScriptIsCheckedByLineAndColumnBeforeItIsSent(t *testing.T) {
	w := newRightsWorld(t)
	var found struct {
		Findings []struct {
			Line, Column             int
			Severity, Code, Sentence string
		}
	}
	w.do("POST", "/jetporch/lint", object{"script": "- name: site\n  groups:\n    - all\n  tasks:\n    - !echo\n      msg: hello\n"}).into(200, &found)
	if len(found.Findings) != 0 {
		t.Errorf("nothing is wrong, got %+v", found.Findings)
	}
	w.do("POST", "/jetporch/lint", object{"script": "- name: site\n  groups:\n    - all\n  tasks:\n    - !ecko\n      msg: hello\n"}).into(200, &found)
	if len(found.Findings) == 0 || found.Findings[0].Line != 5 || found.Findings[0].Column != 7 || found.Findings[0].Severity != "error" || found.Findings[0].Sentence == "" {
		t.Errorf("got %+v", found.Findings)
	}
	w.do("POST", "/jetporch/lint", object{"script": ""}).problem(422, "invalid", "")
}

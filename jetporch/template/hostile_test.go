package template_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/jetporch/template"
	"github.com/sluicehq/sluice/jetporch/value"
)

// Each template has size bytes or few, and the variables have at most as many.
func TestRenderingOfHostileTextsEndsWithinASecond(t *testing.T) {
	t.Parallel()
	fill := func(text string) string { return strings.Repeat(text, size/len(text)) }
	list := make([]any, size/8)
	for i := range list {
		list[i] = "a"
	}
	vars := value.Of("l", list, "same", append([]any{}, list...), "s", strings.Repeat("a", size/2), "a", "a", "e", "")
	for name, text := range map[string]string{
		"tags":                              fill("{{a}}"),
		"empty tags":                        fill("{{e}}"),
		"escapes":                           fill(`\{{`),
		"comments":                          fill("{{!}}"),
		"lines":                             fill("{{#if a}}\n{{/if}}\n"),
		"rounds of nothing":                 "{{#each l}}{{#each @root.l}}{{/each}}{{/each}}",
		"rounds of names":                   "{{#each l as |x|}}{{#each @root.l as |y|}}{{#if y}}{{/if}}{{/each}}{{/each}}",
		"a list compared":                   fill("{{#if (eq l same)}}{{/if}}"),
		"a list as a key":                   "{{#each l}}{{#if (lookup @root.l @root.l)}}{{/if}}{{/each}}",
		"a text searched":                   fill(`{{#if (contains s "b")}}{{/if}}`),
		"a text in capitals":                fill("{{#if (to_upper_case s)}}{{/if}}"),
		"a text counted":                    fill("{{#if (len s)}}{{/if}}"),
		"many arguments":                    "{{#each l}}{{#if (or a " + strings.Repeat("@root.a ", size/16) + ")}}{{/if}}{{/each}}",
		"comments without an end of theirs": fill("{{!--c}}"),
		"escapes in a raw block":            "{{{{raw}}}}" + fill(`\{{\\{{`) + "{{{{/raw}}}}",
		"raw blocks":                        fill("{{{{raw}}}}{{{{/raw}}}}"),
		"lists that are names":              "{{eq " + fill("[1,[1,[1,x] ") + "}}",
		"nested lists":                      "{{eq " + fill("[") + "}}",
		"tags far into a line":              strings.Repeat(" ", size/2) + fill("{{! }} ")[:size/2],
		"partials of many lines":            `{{#*inline "p"}}{{s}}{{/inline}}` + strings.Repeat(" ", 1000) + "{{> p}}",
		"a large text":                      fill("{{s}}"),
		"partials":                          `{{#*inline "p"}}` + strings.Repeat("{{a}}", size/32) + "{{/inline}}" + fill("{{> p}}")[:size/2/7*7],
	} {
		start := cpu(t)
		_, err := template.Render(text, vars)
		if took := cpu(t) - start; took > limit {
			t.Errorf("%s took %v (%v)", name, took, err)
		}
	}
}

func TestATemplateOfHelpersIsRenderedToItsEnd(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(`{{#if (eq a "a")}}x{{/if}}`, size/32)
	out, err := template.Render(text, value.Of("a", "a"))
	if err != nil || len(out) != size/32 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}

// cpu is the time that this thread has computed.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

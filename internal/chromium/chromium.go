// Package chromium starts a real browser for the tests of the console.
package chromium

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// patience is how long one test may use its browser.
const patience = 3 * time.Minute

// Open starts a browser that ends with the test, 1440 x 900. Without Chromium
// on this machine the test is skipped, and fails where CI says that everything
// must be there.
func Open(t *testing.T) context.Context {
	t.Helper()
	path := find()
	if path == "" {
		const missing = "there is no chromium: apt-get install chromium"
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1440, 900), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...) // it quits by itself in the clean-up
	t.Cleanup(stop)
	// What the library does not know of the protocol is no error of ours.
	browser, quit := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(quit)
	ctx, done := context.WithTimeout(browser, patience)
	t.Cleanup(done)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("cannot start %s: %v", path, err)
	}
	return ctx
}

func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Do does the actions one after the other. A page that is live may put another
// element in the place of one that was found and not yet used; the action is
// then done again.
func Do(ctx context.Context, actions ...chromedp.Action) error {
	for _, a := range actions {
		err := chromedp.Run(ctx, a)
		for replaced(err) {
			err = chromedp.Run(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// replaced tells by the browser's words that an element is no part of the page
// any more. The time of the test ends a page that never stands still.
func replaced(err error) bool {
	var said *cdproto.Error
	return errors.As(err, &said) && (strings.Contains(said.Message, "Could not find node") || strings.Contains(said.Message, "does not belong to the document") ||
		strings.Contains(said.Message, "Node is detached"))
}

package install

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/sluicehq/sluice/sup"
)

const defaultHTTPStatus = 200

// retry calls check until it is good or the attempts are used up.
func (s *step) retry(ctx context.Context, attempts int, interval time.Duration, check func() error) error {
	for n := 1; ; n++ {
		err := check()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if n >= attempts {
			if attempts > 1 {
				err = fmt.Errorf("%w (%d attempts)", err, attempts)
			}
			return err
		}
		if err := s.run.options.wait(ctx, interval); err != nil {
			return err
		}
	}
}

func interval(seconds int) time.Duration {
	return time.Duration(max(seconds, 1)) * time.Second
}

func checkCommand(ctx context.Context, s *step, p *sup.CheckCommand) error {
	return s.retry(ctx, p.Attempts, interval(p.Interval), func() error {
		_, err := s.exec(ctx, command{argv: p.Argv})
		return err
	})
}

func checkHTTP(ctx context.Context, s *step, p *sup.CheckHTTP) error {
	attempts, want := p.Attempts, p.Status
	if attempts == 0 {
		attempts = sup.DefaultHTTPAttempts
	}
	if want == 0 {
		want = defaultHTTPStatus
	}
	argv, err := s.run.httpCheck(want)
	if err != nil {
		return err
	}
	argv = expand(argv, "{url}", p.URL)
	return s.retry(ctx, attempts, interval(p.Interval), func() error {
		output, err := s.exec(ctx, command{argv: argv})
		if err != nil {
			return err
		}
		if got := statusLine(output); got != want {
			return fmt.Errorf("%s answered %d instead of %d", p.URL, got, want)
		}
		return nil
	})
}

// httpCheck is the command that the device is configured with, or what is there.
func (r *run) httpCheck(want int) ([]string, error) {
	if argv := r.job.Configuration.HTTPCheckCommand; len(argv) > 0 {
		return argv, nil
	}
	if _, err := exec.LookPath("curl"); err == nil {
		return []string{"curl", "--silent", "--show-error", "--max-time", "10",
			"--output", "/dev/null", "--write-out", "%{http_code}", "{url}"}, nil
	}
	switch _, err := exec.LookPath("wget"); {
	case err != nil:
		return nil, errors.New("cannot check over HTTP: this device has neither curl nor wget; install one, or configure an HTTP check command")
	case want != defaultHTTPStatus:
		return nil, fmt.Errorf("cannot check for status %d: this device has no curl, and wget knows only whether the answer is %d", want, defaultHTTPStatus)
	}
	return []string{"wget", "-q", "-T", "10", "-O", "/dev/null", "{url}"}, nil
}

// statusLine reads the status that the program printed last. One that prints
// none, as wget, says by its exit code that the answer was 200.
func statusLine(output string) int {
	text := strings.TrimSpace(output)
	var status int
	last := text[strings.LastIndexByte(text, '\n')+1:]
	if n, err := fmt.Sscanf(last, "%d", &status); n == 1 && err == nil && len(last) == 3 {
		return status
	}
	return defaultHTTPStatus
}

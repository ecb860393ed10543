package install

import (
	"context"
	"fmt"
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
	argv := expand(s.run.job.Configuration.HTTPCheckCommand, "{url}", p.URL)
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

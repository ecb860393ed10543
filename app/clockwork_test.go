package app_test

import (
	"testing"
	"time"

	"github.com/sluicehq/sluice/app"
	"github.com/sluicehq/sluice/client"
)

// TestARunningServerSealsItsAuditLog waits until the entries of the start are
// sealed.
func TestARunningServerSealsItsAuditLog(t *testing.T) {
	t.Parallel()
	s := serve(t, app.Config{Data: t.TempDir(), SealEvery: time.Millisecond})
	c, err := client.New(s.URL(), "")
	if err != nil {
		t.Fatal(err)
	}
	session, err := c.SignIn(t.Context(), "admin", s.Password)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := client.New(s.URL(), session.Token)
	if err != nil {
		t.Fatal(err)
	}
	for entries := 0; entries < 2; { // admin was made, and signed in
		v, err := mine.VerifyAudit(t.Context())
		if err != nil || !v.Intact {
			t.Fatalf("got %+v, %v", v, err)
		}
		entries = v.Entries
	}
}

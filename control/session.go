package control

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// How long a session lasts, and how often a name may be tried.
const (
	sessionLife   = 12 * time.Hour
	maxTries      = 8 // TR50 1.2: eight failures in half an hour lock for half an hour
	triesPer      = 30 * time.Minute
	maxTriedNames = 10_000
	maxUserName   = 200 // bytes
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// FirstAdministrator makes the user "admin" when there is no user yet, and
// returns the password, which is kept nowhere else. With a user there, the
// password is empty.
func (c *Control) FirstAdministrator(ctx context.Context) (password string, err error) {
	n, err := c.Store.CountUsers(ctx)
	if err != nil || n > 0 {
		return "", err
	}
	password = secret(20, base62)
	hash, err := c.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		id, err := tx.InsertUser(ctx, fleet.User{Name: "admin", PasswordHash: hash, CreatedAt: c.Now()})
		if err != nil {
			return err
		}
		if err := tx.SetGrant(ctx, id, fleet.Root, fleet.ChannelAdministrator); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.audit("server", "user.create", "user admin", "the first administrator"))
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// SignIn checks name and password and opens a session. The token is shown
// once; the store keeps its SHA-256. A wrong name and a wrong password cost
// and say the same.
func (c *Control) SignIn(ctx context.Context, name, password string) (token string, s fleet.Session, err error) {
	refused := fleet.Errorf(fleet.Denied, "cannot sign in: name or password is wrong")
	if len(name) > maxUserName { // nobody's, and not worth remembering
		return "", s, refused
	}
	if err := c.logins.admit(name); err != nil {
		return "", s, err
	}
	u, err := c.Store.UserByName(ctx, name)
	if err != nil && fleet.CodeOf(err) != fleet.NotFound {
		return "", s, err
	}
	matches, err := c.hasher.matches(ctx, u.PasswordHash, password)
	if err != nil {
		return "", s, err
	}
	if !matches || !u.DisabledAt.IsZero() {
		c.logins.failed(name)
		if err := c.noteRefusal(ctx, u.ID, name); err != nil {
			return "", s, err
		}
		return "", s, refused
	}
	c.logins.succeeded(name)
	token = secret(43, base62)
	s = fleet.Session{Hash: tokenHash(token), UserID: u.ID, CreatedAt: c.Now(), ExpiresAt: c.Now().Add(sessionLife)}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.InsertSession(ctx, s); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.audit(u.Name, "user.sign_in", "user "+u.Name, ""))
	})
	return token, s, err
}

// noteRefusal leaves a row in the audit log, once a minute for each user; names
// that are nobody's share one.
func (c *Control) noteRefusal(ctx context.Context, u fleet.UserID, name string) error {
	if !c.refusals.due(u) {
		return nil
	}
	return c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		return tx.InsertAudit(ctx, c.audit("server", "user.sign_in_refused", "user "+clip(name, 100), ""))
	})
}

// Authenticate returns who holds the session token, or fleet.Denied.
func (c *Control) Authenticate(ctx context.Context, token string) (Actor, error) {
	refused := fleet.Errorf(fleet.Denied, "not signed in: the token is unknown or has expired; sign in again")
	if token == "" {
		return Actor{}, refused
	}
	s, err := c.Store.Session(ctx, tokenHash(token))
	if fleet.CodeOf(err) == fleet.NotFound || err == nil && !c.Now().Before(s.ExpiresAt) {
		return Actor{}, refused
	}
	if err != nil {
		return Actor{}, err
	}
	a := Actor{Only: s.Actions}
	if a.User, err = c.Store.User(ctx, s.UserID); err != nil {
		return Actor{}, err
	}
	if !a.User.DisabledAt.IsZero() {
		return Actor{}, refused
	}
	a.User.PasswordHash = ""
	a.Grants, err = c.Store.Grants(ctx, s.UserID)
	return a, err
}

// SignOut ends the session; one that is not there is no error.
func (c *Control) SignOut(ctx context.Context, token string) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		return tx.DeleteSession(ctx, tokenHash(token))
	})
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// logins slow down the guessing of passwords, a name at a time.
type logins struct {
	now   func() time.Time
	mu    sync.Mutex
	tries map[string][]time.Time
}

func newLogins(now func() time.Time) *logins {
	return &logins{now: now, tries: map[string][]time.Time{}}
}

func (l *logins) admit(name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	recent := l.tries[name][:0]
	for _, at := range l.tries[name] {
		if l.now().Sub(at) < triesPer {
			recent = append(recent, at)
		}
	}
	l.tries[name] = recent
	if len(recent) == 0 {
		delete(l.tries, name)
	}
	if len(recent) >= maxTries {
		free := recent[0].Add(triesPer)
		return &fleet.Error{Code: fleet.Unavailable, After: free.Sub(l.now()),
			Msg: fmt.Sprintf("cannot sign in: %d wrong passwords in a row; try again after %s", maxTries, free.UTC().Format("15:04 UTC"))}
	}
	return nil
}

func (l *logins) failed(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.tries) >= maxTriedNames {
		clear(l.tries)
	}
	l.tries[name] = append(l.tries[name], l.now())
}

func (l *logins) succeeded(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, name)
}

package control

import (
	"context"
	"crypto/subtle"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sluicehq/sluice/fleet"
)

// Lengths of secrets in characters of base62: 131 bits for a one-time token,
// and what TR50 clients insist on for an application token (TR50 1.2).
const (
	oneTimeLength     = 22
	applicationLength = 16
)

// defaultPollEvery is the telemetry interval of a device that names none.
const defaultPollEvery = time.Hour

// ErrBadLogin is the answer to a device whose password opens nothing. Every
// other refusal of Admit is a fleet.Denied error of its own.
var ErrBadLogin = fleet.Errorf(fleet.Denied, "the token is unknown, used or expired")

// NewToken asks for an enrolment token.
type NewToken struct {
	Kind      fleet.TokenKind
	DeviceKey string       // one-time only: the one device that may use it, also to replace what it had
	UnitID    fleet.UnitID // where the devices are put; 0 means the actor's own unit
	Note      string
	Life      time.Duration // 0 means 24 hours for a one-time token, and for ever for an application's
}

// CreateToken makes an enrolment token. The secret is returned once.
func (c *Control) CreateToken(ctx context.Context, a Actor, n NewToken) (string, fleet.EnrolmentToken, error) {
	var t fleet.EnrolmentToken
	if n.UnitID == 0 {
		n.UnitID = home(a, fleet.TokenWrite)
	}
	if err := c.Authorize(ctx, a, fleet.TokenWrite, n.UnitID); err != nil {
		return "", t, err
	}
	var text string
	switch {
	case n.Kind == fleet.OneTime:
		text = secret(oneTimeLength, base62)
		if n.Life == 0 {
			n.Life = 24 * time.Hour
		}
	case n.Kind == fleet.Application && n.DeviceKey == "":
		text = applicationToken()
	default:
		return "", t, fleet.Errorf(fleet.Invalid, "a token is one_time, or application without a device key")
	}
	t = fleet.EnrolmentToken{Kind: n.Kind, UnitID: n.UnitID, Note: clip(n.Note, 200), DeviceKey: n.DeviceKey,
		CreatedBy: a.Name(), CreatedAt: c.Now()}
	if n.Life > 0 {
		t.ExpiresAt = c.Now().Add(n.Life)
	}
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if t.ID, err = tx.InsertEnrolmentToken(ctx, tokenHash(text), t); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(n.UnitID, a.Name(), "token.create", "token "+t.ID.String(), string(t.Kind)))
	})
	return text, t, err
}

// applicationToken has a capital, a small letter and a digit.
func applicationToken() string {
	for {
		var upper, lower, digit bool
		text := secret(applicationLength, base62)
		for _, r := range text {
			upper = upper || unicode.IsUpper(r)
			lower = lower || unicode.IsLower(r)
			digit = digit || unicode.IsDigit(r)
		}
		if upper && lower && digit {
			return text
		}
	}
}

// Tokens lists the enrolment tokens, newest first, without their secrets.
func (c *Control) Tokens(ctx context.Context, a Actor, p Page) (_ []fleet.EnrolmentToken, err error) {
	if p.Within, err = c.within(a, fleet.TokenRead); err != nil {
		return nil, err
	}
	return c.Store.EnrolmentTokens(ctx, p)
}

// Introduction is what a device shows when it connects.
type Introduction struct {
	Key      string // its name on the wire
	Password string // the token
	AppID    string // a secret of the device's own, locked at its first connection (TR50 1.2)
	Link     fleet.Link
}

// credential is what the device of the introduction must show from then on.
func (in Introduction) credential(id fleet.DeviceID) fleet.Credential {
	return fleet.Credential{DeviceID: id, PasswordHash: tokenHash(in.Password), AppIDHash: tokenHash(in.AppID)}
}

// Proof is what a session remembers of the credential that opened it, for
// Resume. It opens nothing itself.
func (in Introduction) Proof() []byte { return proof(in.credential(0)) }

func proof(c fleet.Credential) []byte {
	return tokenHash(string(c.PasswordHash) + string(c.AppIDHash))
}

// Resume reads the device of a session that the credential of the proof
// opened. It is fleet.Denied once the device was rejected or has another
// credential.
func (c *Control) Resume(ctx context.Context, id fleet.DeviceID, of []byte) (fleet.Device, error) {
	d, err := c.Store.Device(ctx, id)
	if err != nil {
		return d, err
	}
	if d.State == fleet.DeviceRejected {
		return d, fleet.Errorf(fleet.Denied, "%s", d.Refusal())
	}
	cred, err := c.Store.Credential(ctx, id)
	if err != nil && fleet.CodeOf(err) != fleet.NotFound {
		return d, err
	}
	if subtle.ConstantTimeCompare(proof(cred), of) != 1 {
		return d, fleet.Errorf(fleet.Denied, "the session is over: device %s was given another token", d.Key)
	}
	return d, nil
}

// Admit lets a device in or says why not. An unknown key with a valid token
// becomes a device: accepted with a one-time token, pending with an
// application's. A known key must show what it showed the first time.
func (c *Control) Admit(ctx context.Context, in Introduction) (fleet.Device, error) {
	if !validKey(in.Key) {
		return fleet.Device{}, badKey(fleet.Denied)
	}
	d, err := c.Store.DeviceByKey(ctx, in.Key)
	if fleet.CodeOf(err) == fleet.NotFound {
		return c.enrol(ctx, in, fleet.Device{})
	}
	if err != nil {
		return fleet.Device{}, err
	}
	cred, err := c.Store.Credential(ctx, d.ID)
	if err != nil && fleet.CodeOf(err) != fleet.NotFound { // one that was imported has none before it first connects
		return fleet.Device{}, err
	}
	if subtle.ConstantTimeCompare(cred.PasswordHash, tokenHash(in.Password)) != 1 {
		return c.enrol(ctx, in, d)
	}
	if subtle.ConstantTimeCompare(cred.AppIDHash, tokenHash(in.AppID)) != 1 {
		return fleet.Device{}, c.noteHijack(ctx, d)
	}
	if d.State == fleet.DeviceRejected {
		return fleet.Device{}, fleet.Errorf(fleet.Denied, "device %s was rejected", d.Key)
	}
	return d, nil
}

func validKey(key string) bool {
	return key != "" && len(key) <= fleet.MaxKey && utf8.ValidString(key) && clip(key, fleet.MaxKey) == key
}

func badKey(code fleet.Code) error {
	return fleet.Errorf(code, "a device key has 1 to %d printable characters", fleet.MaxKey)
}

// enrol makes a device of a valid token, or gives a known device the
// credential of a token that was made for its key. What was open with the
// credential before ends.
func (c *Control) enrol(ctx context.Context, in Introduction, known fleet.Device) (fleet.Device, error) {
	t, err := c.usableToken(ctx, in)
	if err == nil {
		err = mayReplace(ctx, c.Store, t, known)
	}
	if err != nil {
		return fleet.Device{}, err
	}
	var d fleet.Device
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		d, err = c.take(ctx, tx, in, t, known.ID)
		return err
	})
	if err != nil {
		return fleet.Device{}, err
	}
	if known.ID != 0 {
		c.hangUp(d.ID)
	}
	c.Feed.publish(Change{Device: d.ID})
	return d, nil
}

// usableToken reads the token of the introduction. It is read outside of a
// transaction: who guesses causes no write.
func (c *Control) usableToken(ctx context.Context, in Introduction) (fleet.EnrolmentToken, error) {
	t, err := c.Store.EnrolmentToken(ctx, tokenHash(in.Password))
	switch {
	case fleet.CodeOf(err) == fleet.NotFound:
		return t, ErrBadLogin
	case err != nil:
		return t, err
	case !t.UsedAt.IsZero(), !t.ExpiresAt.IsZero() && !c.Now().Before(t.ExpiresAt), t.DeviceKey != "" && t.DeviceKey != in.Key:
		return t, ErrBadLogin
	}
	return t, nil
}

// mayReplace refuses a token of any device to a known one that is somebody's.
func mayReplace(ctx context.Context, r Reader, t fleet.EnrolmentToken, known fleet.Device) error {
	if known.ID == 0 || t.DeviceKey == known.Key {
		return nil
	}
	if known.State == fleet.DeviceRejected || known.ParentID != 0 {
		return ErrBadLogin
	}
	_, err := r.Credential(ctx, known.ID)
	switch fleet.CodeOf(err) {
	case "":
		return ErrBadLogin
	case fleet.NotFound:
		return nil
	}
	return err
}

// take uses the token for the known device, or for a new one where that is 0.
func (c *Control) take(ctx context.Context, tx Tx, in Introduction, t fleet.EnrolmentToken, id fleet.DeviceID) (d fleet.Device, err error) {
	if id != 0 { // it may have been rejected, or let in, since it was read
		if err := tx.LockDevices(ctx, []fleet.DeviceID{id}); err != nil {
			return d, err
		}
		if d, err = tx.Device(ctx, id); err != nil {
			return d, err
		}
		if err := mayReplace(ctx, tx, t, d); err != nil {
			return d, err
		}
	}
	if t.Kind == fleet.OneTime {
		err := tx.UseEnrolmentToken(ctx, t.ID, in.Key, c.Now())
		if code := fleet.CodeOf(err); code == fleet.Conflict || code == fleet.NotFound {
			return d, ErrBadLogin // another was faster
		}
		if err != nil {
			return d, err
		}
	}
	if d, err = c.enrolled(ctx, tx, in, d, t); err != nil {
		return d, err
	}
	if d.ParentID != 0 {
		if err := c.unbind(ctx, tx, d, "device "+in.Key); err != nil {
			return d, err
		}
		d.ParentID = 0
	}
	return d, tx.SetCredential(ctx, in.credential(d.ID))
}

// enrolled inserts the device that came with the token, or lets the known
// one in.
func (c *Control) enrolled(ctx context.Context, tx Tx, in Introduction, known fleet.Device, t fleet.EnrolmentToken) (fleet.Device, error) {
	d := known
	if d.ID == 0 {
		d = fleet.Device{Key: in.Key, Name: in.Key, Kind: fleet.Gateway, UnitID: t.UnitID, State: fleet.DevicePending,
			Link: in.Link, CreatedAt: c.Now(), PollEvery: defaultPollEvery}
		if t.Kind == fleet.OneTime {
			d.State = fleet.DeviceAccepted
		}
		id, err := tx.InsertDevice(ctx, d)
		if err != nil {
			return d, err
		}
		d.ID = id
	} else if d.State != fleet.DeviceAccepted && t.Kind == fleet.OneTime {
		if err := tx.SetDeviceState(ctx, d.ID, d.State, fleet.DeviceAccepted); err != nil {
			return d, err
		}
		d.State = fleet.DeviceAccepted
	}
	return d, tx.InsertAudit(ctx, c.auditIn(d.UnitID, "device "+in.Key, "device.enrol", "device "+in.Key, "with token "+t.ID.String()))
}

// noteHijack leaves TR50's event on the device, once a minute however often it
// is tried, and refuses.
func (c *Control) noteHijack(ctx context.Context, d fleet.Device) error {
	refused := fleet.Errorf(fleet.Denied, "device %s is locked to another application id", d.Key)
	if !c.hijacks.due(d.ID) {
		return refused
	}
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		return tx.InsertLog(ctx, c.Now(), []fleet.LogEntry{{DeviceID: d.ID, At: c.Now(), Level: fleet.LogError,
			Text: "appId mis-match, possible device hi-jacking."}})
	})
	if err != nil {
		return err
	}
	return refused
}

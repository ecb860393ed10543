package control_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestAnUpdateIsSentAtTelemetryAndNeverBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw-1", "iStation")
	u := w.update(w.release("lorafwd", "1.0", "iStation"), "gw-1")
	w.stands(u, "gw-1", fleet.Pending, "waits for the next telemetry message")
	if mail := w.mail(d, "s1"); len(mail) != 0 {
		t.Fatalf("a check of the mailbox alone released %v", mail)
	}
	if !w.contact(d) {
		t.Fatal("telemetry does not say that a command is pending")
	}
	w.offer(d)
	w.stands(u, "gw-1", fleet.Sent, "in answer to telemetry over TR50")
	if w.contact(d) {
		t.Error("it is still pending after it was sent")
	}
	other := w.device("gw-2", "iStation")
	err := w.Report(t.Context(), control.Report{Device: other.ID, Execution: w.execution(u, "gw-1").ID, Event: fleet.Succeed})
	refused(t, err, fleet.NotFound, "execution "+w.execution(u, "gw-1").ID.String()+" is not of this device")
	mail := w.mail(d, "s1")
	if len(mail) != 1 || mail[0].ExecutionID != w.execution(u, "gw-1").ID {
		t.Fatalf("got %v", mail)
	}
	w.must(w.Progress(t.Context(), d.ID, mail[0].ID, fleet.StartTransfer, ""))
	w.must(w.Progress(t.Context(), d.ID, mail[0].ID, fleet.StartInstall, ""))
	w.must(w.Progress(t.Context(), d.ID, mail[0].ID, fleet.EndTransfer, "late")) // out of order
	w.stands(u, "gw-1", fleet.InstallationStarted, "")
	w.ack(d, mail[0].ID, 0, "")
	w.ack(d, mail[0].ID, 0, "") // the same again
	w.stands(u, "gw-1", fleet.Succeeded, "")
	if e := w.execution(u, "gw-1"); string(e.Confirmation) != `{"result":"succeeded"}` || e.FinishedAt.IsZero() || e.SentAt.IsZero() {
		t.Errorf("got %+v", e)
	}
	w.must(w.Report(t.Context(), control.Report{Device: d.ID, Execution: mail[0].ExecutionID, Event: fleet.Succeed, Confirmation: []byte(`{"result":"another"}`)}))
	if e := w.execution(u, "gw-1"); string(e.Confirmation) != `{"result":"succeeded"}` {
		t.Errorf("a late confirmation replaced the first: %s", e.Confirmation)
	}
	w.ack(d, mail[0].ID, 4, "no, it failed")
	events, err := w.ExecutionEvents(t.Context(), w.admin, w.execution(u, "gw-1").ID, control.Page{Limit: 1000}, false)
	w.must(err)
	if last := events[len(events)-1]; !last.Mismatch || last.State != fleet.Succeeded || last.Detail != "no, it failed" {
		t.Errorf("a contradiction after the end: got %+v", last)
	}
	u, err = w.Update(t.Context(), w.admin, u.ID)
	w.must(err)
	if u.Status() != fleet.UpdateSent || u.Counts.ByState[fleet.Succeeded] != 1 || u.Counts.Total() != 1 {
		t.Errorf("got %s, %v", u.Status(), u.Counts)
	}
}

func TestARefusalIsMadeWhenTheCommandIsGivenAndAgainWhenItIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("fits", "iStation")
	w.device("other", "iZeptoCell")
	changed := w.device("changed", "iStation")
	r := w.release("lorafwd", "1.0", "iStation")
	rejected := w.device("rejected", "iStation")
	_, err := w.SetDeviceState(t.Context(), w.admin, rejected.ID, fleet.DeviceRejected)
	w.must(err)

	keys := []string{"fits", "other", "changed", "rejected", "fits"}
	planned, err := w.PlanUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
	w.must(err)
	for _, p := range planned {
		if p.Device.Key == "other" && p.Reason != "model is iZeptoCell, the release is for iStation" {
			t.Errorf("got %q", p.Reason)
		}
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 10}); err != nil || len(list) != 0 {
		t.Fatalf("a plan left %v, %v", list, err)
	}
	u := w.update(r, keys...)
	w.stands(u, "other", fleet.Refused, "model is iZeptoCell, the release is for iStation")
	w.stands(u, "rejected", fleet.Refused, "the device is rejected, not accepted")
	w.device("free", "iStation")
	w.stands(w.update(r, "fits", "free"), "fits", fleet.Refused, "another software update package is pending since 2026-11-21 12:00:00 UTC")

	w.contact(changed, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeModel, Text: "iBTS"})
	w.offer(changed)
	w.stands(u, "changed", fleet.Refused, "model is iBTS, the release is for iStation")
	if mail := w.mail(changed, "s"); len(mail) != 0 {
		t.Errorf("a refused device was sent %v", mail)
	}
}

func TestADeviceGetsOneAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	first := w.update(w.release("a", "1", "m"), "gw")
	w.contact(d)
	w.offer(d)
	second := w.update(w.release("b", "1", "m"), "gw")
	w.contact(d)
	w.offer(d)
	w.stands(second, "gw", fleet.Pending, "waits until update "+first.ID.String()+" has ended on this device")
	w.ack(d, w.mail(d, "s")[0].ID, 4, "broken")
	w.stands(first, "gw", fleet.Failed, "broken")
	w.offer(d)
	w.stands(second, "gw", fleet.Sent, "in answer to telemetry over TR50")
}

func TestCancelIsRefusedAfterSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	w.device("silent", "m")
	u := w.update(w.release("a", "1", "m"), "gw", "silent")
	w.contact(d)
	w.offer(d)
	err := w.CancelExecution(t.Context(), w.admin, w.execution(u, "gw").ID)
	refused(t, err, fleet.Conflict, "cannot cancel the update on gw: it is sent since 2026-11-21 12:00:00 UTC, and only the device can end it")
	n, err := w.CancelUpdate(t.Context(), w.admin, u.ID)
	if err != nil || n != 1 {
		t.Errorf("got %d, %v", n, err)
	}
	w.stands(u, "silent", fleet.Cancelled, "by admin")
	err = w.CancelExecution(t.Context(), w.admin, w.execution(u, "silent").ID)
	refused(t, err, fleet.Conflict, "cannot cancel the update on silent: it has ended: cancelled since 2026-11-21 12:00:00 UTC")
	if u, err = w.Update(t.Context(), w.admin, u.ID); err != nil || u.Status() != fleet.UpdatePartiallySent {
		t.Errorf("got %s, %v", u.Status(), err)
	}
}

func TestCancelAndSendHaveOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.release("a", "1", "m")
	for i := range 30 {
		key := fmt.Sprintf("gw-%d", i)
		d := w.device(key, "m")
		u := w.update(r, key)
		id := w.execution(u, key).ID
		var cancelled error
		var both sync.WaitGroup
		both.Go(func() { cancelled = w.CancelExecution(t.Context(), w.admin, id) })
		both.Go(func() { w.contact(d); w.offer(d) })
		both.Wait()
		mail := len(w.mail(d, "s"))
		switch e := w.execution(u, key); {
		case e.State == fleet.Cancelled && cancelled == nil && mail == 0:
		case e.State == fleet.Sent && fleet.CodeOf(cancelled) == fleet.Conflict && mail == 1:
		default:
			t.Fatalf("%s: %s, cancel said %v, %d messages", key, e.State, cancelled, mail)
		}
	}
}

func TestAFailureIsTriedAgainOnlyWhenTheUpdateSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	r := w.release("a", "1", "m")
	u, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Retries: 1,
		Audience: fleet.Audience{Devices: []string{"gw"}}})
	w.must(err)
	for _, want := range []fleet.State{fleet.Pending, fleet.Failed} {
		w.contact(d)
		w.offer(d)
		w.ack(d, w.mail(d, "s")[0].ID, 4, "broken")
		w.stands(u, "gw", want, "broken")
	}
	if e := w.execution(u, "gw"); e.Attempt != 2 {
		t.Errorf("got attempt %d", e.Attempt)
	}
}

func TestTheClockEndsWhatNobodyEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	w.device("away", "m")
	r := w.release("a", "1", "m")
	u, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID,
		ExpiresAt: start.Add(time.Hour), Audience: fleet.Audience{Devices: []string{"gw", "away"}}})
	w.must(err)
	w.contact(d)
	w.offer(d)
	w.clock.Advance(time.Hour)
	moved, err := w.Sweep(t.Context())
	if err != nil || moved != 1 {
		t.Errorf("got %d, %v", moved, err)
	}
	w.stands(u, "away", fleet.Expired, "not sent before it expired")
	w.clock.Advance(24 * time.Hour)
	_, err = w.Sweep(t.Context())
	w.must(err)
	w.stands(u, "gw", fleet.Failed, "the device did not report for 24h0m0s")
	if mail := w.mail(d, "later"); len(mail) != 0 {
		t.Errorf("an ended execution is still in the mailbox: %v", mail)
	}
}

// stale is a store whose sweeper reads one execution as it was before others
// moved it.
type stale struct {
	control.Store
	as fleet.Execution
}

func (s stale) Write(ctx context.Context, fn func(context.Context, control.Tx) error) error {
	return s.Store.Write(ctx, func(ctx context.Context, tx control.Tx) error { return fn(ctx, staleTx{tx, s.as}) })
}

type staleTx struct {
	control.Tx
	as fleet.Execution
}

func (t staleTx) DueExecutions(ctx context.Context, now, silentSince time.Time, limit int) ([]fleet.Execution, error) {
	due, err := t.Tx.DueExecutions(ctx, now, silentSince, limit)
	if len(due) > 0 {
		due = append([]fleet.Execution{t.as}, due...)
	}
	return due, err
}

func TestTheSweepPassesOverWhatMovedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	moved := w.device("moved", "m")
	w.device("away", "m")
	u, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: w.release("a", "1", "m").ID,
		ExpiresAt: start.Add(time.Hour), Audience: fleet.Audience{Devices: []string{"moved", "away"}}})
	w.must(err)
	before := w.execution(u, "moved")
	w.contact(moved)
	w.offer(moved)
	w.clock.Advance(time.Hour)
	w.Store = stale{w.Store, before}
	if n, err := w.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("got %d, %v", n, err)
	}
	w.stands(u, "away", fleet.Expired, "not sent before it expired")
	if e := w.execution(u, "moved"); e.State != fleet.Sent {
		t.Errorf("got %s", e.State)
	}
}

func TestAnIdempotencyKeyIsForgottenAfterAWeek(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("gw", "m")
	n := control.NewUpdate{Type: fleet.SUP, ReleaseID: w.release("a", "1", "m").ID, IdempotencyKey: "k", Audience: fleet.Audience{Devices: []string{"gw"}}}
	first, err := w.CreateUpdate(t.Context(), w.admin, n)
	w.must(err)
	again := func() fleet.Update {
		_, err := w.Sweep(t.Context())
		w.must(err)
		u, err := w.CreateUpdate(t.Context(), w.admin, n)
		w.must(err)
		return u
	}
	w.clock.Advance(7*24*time.Hour - time.Minute)
	if u := again(); u.ID != first.ID {
		t.Errorf("within the week: got update %s, want %s", u.ID, first.ID)
	}
	w.must(w.CancelExecution(t.Context(), w.admin, w.execution(first, "gw").ID))
	w.clock.Advance(time.Hour)
	if u := again(); u.ID == first.ID {
		t.Error("after the week: the key still answers with the first update")
	}
}

func TestTheSweepForgetsWhatHasRunOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	for _, want := range []int{1, 0} {
		_, err := w.Sweep(t.Context())
		w.must(err)
		if list, err := w.Tokens(t.Context(), w.admin, control.Page{Limit: 10}); err != nil || len(list) != want {
			t.Errorf("got %d tokens, %v; want %d", len(list), err, want)
		}
		w.clock.Advance(32 * 24 * time.Hour)
	}
}

func TestTheClockEndsWhateverTheNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keys := make([]string, 1100)
	w.must(w.Store.Write(t.Context(), func(ctx context.Context, tx control.Tx) error {
		for i := range keys {
			keys[i] = fmt.Sprintf("gw-%04d", i)
			if _, err := tx.InsertDevice(ctx, fleet.Device{Key: keys[i], Name: keys[i], Kind: fleet.Gateway, UnitID: fleet.Root,
				State: fleet.DeviceAccepted, Model: "m", CreatedAt: start, PollEvery: time.Hour}); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: w.release("a", "1", "m").ID,
		ExpiresAt: start.Add(time.Hour), Audience: fleet.Audience{Devices: keys}})
	w.must(err)
	w.clock.Advance(time.Hour)
	if moved, err := w.Sweep(t.Context()); err != nil || moved != len(keys) {
		t.Errorf("got %d, %v", moved, err)
	}
}

func TestTheSameRequestGivesOneUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("gw", "m")
	n := control.NewUpdate{Type: fleet.SUP, ReleaseID: w.release("a", "1", "m").ID, IdempotencyKey: "k",
		Audience: fleet.Audience{Devices: []string{"gw"}}}
	var ids [8]fleet.UpdateID
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			u, err := w.CreateUpdate(t.Context(), w.admin, n)
			if err != nil {
				t.Error(err)
			}
			ids[i] = u.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id == 0 {
			t.Errorf("got %v", ids)
		}
	}
}

func TestAWrongCommandChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("gw", "m")
	good := control.NewUpdate{Type: fleet.SUP, ReleaseID: w.release("a", "1", "m").ID, Audience: fleet.Audience{Devices: []string{"gw"}}}
	for _, c := range []struct {
		change   func(*control.NewUpdate)
		code     fleet.Code
		sentence string
	}{
		{func(n *control.NewUpdate) { n.Type = fleet.Image }, fleet.Invalid, `cannot give an update of type "image": it is predefined, magic_link, jetporch or sup`},
		{func(n *control.NewUpdate) { n.Audience.Devices = nil }, fleet.Invalid, "cannot give the update: it names no device"},
		{func(n *control.NewUpdate) { n.Audience.Devices = []string{"gw", "b", "c", "d", "e"} }, fleet.NotFound,
			"there is no device b, c, d and 1 more"},
		{func(n *control.NewUpdate) { n.Retries = 11 }, fleet.Invalid, "cannot give the update: retries are 0 to 10"},
		{func(n *control.NewUpdate) { n.ExpiresAt = start }, fleet.Invalid,
			"cannot give the update: it would expire at 2026-11-21T12:00:00Z, which is past"},
	} {
		n := good
		c.change(&n)
		_, err := w.CreateUpdate(t.Context(), w.admin, n)
		refused(t, err, c.code, c.sentence)
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("refused commands left %v, %v", list, err)
	}
	_, err := w.CreateUpdate(t.Context(), control.Actor{}, good)
	refused(t, err, fleet.Denied, "nobody is signed in")
}

func TestOnlyWhatTheOwnerSignedBecomesARelease(t *testing.T) {
	t.Parallel()
	w, stranger := newWorld(t), newWorld(t)
	whole := w.pack("a", "1", "m")
	for name, content := range map[string][]byte{
		"foreign.sup":   stranger.pack("a", "1", "m"),
		"truncated.sup": whole[:len(whole)-600],
		"flipped.sup":   append(bytes.Clone(whole[:len(whole)-1400]), append([]byte{whole[len(whole)-1400] ^ 1}, whole[len(whole)-1399:]...)...),
		"no.zip":        whole,
	} {
		f, err := w.Upload(t.Context(), w.admin, name, bytes.NewReader(content))
		if name == "no.zip" {
			w.must(err)
			_, err = w.CreateRelease(t.Context(), w.admin, f.ID, false)
		}
		if fleet.CodeOf(err) != fleet.Invalid || strings.Contains(fleet.Sentence(err), "internal") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if list, err := w.Files(t.Context(), w.admin, 0, control.Page{Limit: 10}); err != nil || len(list) != 1 || list[0].Name != "no.zip" {
		t.Errorf("of refused packages stays %v, %v", list, err)
	}
	f, err := w.Upload(t.Context(), w.admin, "a.sup", bytes.NewReader(whole))
	w.must(err)
	w.Trust = stranger.Trust
	if _, err := w.CreateRelease(t.Context(), w.admin, f.ID, false); fleet.CodeOf(err) != fleet.Invalid {
		t.Errorf("its key is not trusted any more: got %v", err)
	}
	if list, err := w.Releases(t.Context(), w.admin, control.ReleaseFilter{}, control.Page{Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestTheStatusOfAnUpdateHasItsDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.device("a", "m")
	w.device("b", "m")
	u := w.update(w.release("r", "1", "m"), "a", "b")
	at := func(want time.Duration) {
		t.Helper()
		u, err := w.Update(t.Context(), w.admin, u.ID)
		w.must(err)
		if !u.StatusAt.Equal(start.Add(want)) {
			t.Errorf("got %s, want %s", u.StatusAt, start.Add(want))
		}
	}
	at(0)
	w.clock.Advance(time.Hour)
	w.contact(a)
	w.offer(a)
	at(time.Hour)
	w.clock.Advance(time.Hour)
	w.must(w.Report(t.Context(), control.Report{Device: a.ID, Execution: w.execution(u, "a").ID, Event: fleet.Succeed}))
	at(time.Hour)
	w.must(w.CancelExecution(t.Context(), w.admin, w.execution(u, "b").ID))
	at(2 * time.Hour)
}

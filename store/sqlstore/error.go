package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sluicehq/sluice/fleet"
)

// wrap turns an error of the driver into one of ours; nil stays nil, and an
// error of package fleet or of a context passes. what completes "cannot …".
func (d *dialect) wrap(err error, what string, args ...any) error {
	if err == nil {
		return nil
	}
	var ours *fleet.Error
	if errors.As(err, &ours) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	what = fmt.Sprintf(what, args...)
	code, why := fleet.Internal, ""
	switch d.classify(err) {
	case faultUnique:
		code, why = fleet.Conflict, ": there is one already"
	case faultForeign:
		code, why = fleet.Invalid, ": it names something that does not exist"
	case faultText:
		code, why = fleet.Invalid, ": a text has a character that cannot be stored"
	case faultBusy:
		code, why = fleet.Unavailable, ": the database is busy, try again"
	case faultFull:
		code, why = fleet.Unavailable, ": its disk is full"
	}
	return &fleet.Error{Code: code, Msg: "cannot " + what + why, Err: err}
}

// retryable tells whether the transaction as a whole is worth another try.
func (d *dialect) retryable(err error) bool { return err != nil && d.classify(err) == faultBusy }

// notFound is the error for a thing that does not exist.
func notFound(what string, args ...any) error {
	return fleet.Errorf(fleet.NotFound, "there is no "+what, args...)
}

// mustHit turns "no row was hit" into a fleet.NotFound.
func mustHit(r sql.Result, what string, args ...any) error {
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = notFound(what, args...)
	}
	return err
}

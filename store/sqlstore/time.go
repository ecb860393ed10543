package sqlstore

import (
	"fmt"
	"time"
)

// micros is a moment as it is kept in a NOT NULL column: microseconds since
// 1970 in UTC, 0 for no moment.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// optional is a moment for a column where no moment is NULL.
func optional(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// moment reads either into t.
func moment(t *time.Time) momentScanner { return momentScanner{t} }

type momentScanner struct{ t *time.Time }

func (m momentScanner) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m.t = time.Time{}
	case int64:
		*m.t = fromMicros(v)
	default:
		return fmt.Errorf("a moment is kept as %T, want int64", src)
	}
	return nil
}

// fromMicros reads what is kept. Nothing here happened before 1970; what says
// so has no moment.
func fromMicros(v int64) time.Time {
	if v <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(v).UTC()
}

// reference is an id for a column where no id is NULL.
func reference[ID ~int64](id ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

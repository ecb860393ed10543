package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Alarm is one state of an alarm: alarm.publish without the thing, and an item
// of alarm.batch. The newest state again makes no new record unless Republish
// says so (TR50 1.8).
type Alarm struct {
	Key       string  `json:"key"`
	State     *Number `json:"state"`
	Msg       Text    `json:"msg,omitempty"`
	TS        Time    `json:"ts,omitzero"`
	CorrID    Text    `json:"corrId,omitempty"`
	Lat       *Number `json:"lat,omitempty"`
	Lng       *Number `json:"lng,omitempty"`
	Republish Flag    `json:"republish,omitempty"`
}

func (a *Alarm) inherit(d defaults) {
	a.Key, a.TS, a.Republish, a.CorrID = d.key, d.ts, d.republish, d.corrID
	if d.state != nil {
		state := *d.state // each item has its own: decoding writes through the pointer
		a.State = &state
	}
}

func (a *Alarm) check() error {
	if a.State == nil {
		return errors.New("the parameter state is missing")
	}
	if _, err := a.State.Int(); err != nil {
		return fmt.Errorf("the parameter state: %w", err)
	}
	return requireKey(a.Key)
}

// ParseAlarmPublish reads the parameters of alarm.publish.
func ParseAlarmPublish(params json.RawMessage) (Thing, Alarm, error) {
	return parseOne[Alarm](params)
}

// ParseAlarmBatch reads the parameters of alarm.batch. Its items are to be
// ordered by TS before they are recorded (TR50 1.8).
func ParseAlarmBatch(params json.RawMessage) (Batch[Alarm], error) {
	return parseBatch[Alarm](params)
}

// AlarmPublish is alarm.publish as a client writes it.
type AlarmPublish struct {
	Thing
	Alarm
}

// AlarmBatch is alarm.batch as a client writes it.
type AlarmBatch struct {
	Thing
	Data []Alarm `json:"data"`
}

// AlarmValue is the result of alarm.current and a value of alarm.history.
type AlarmValue struct {
	State Number `json:"state"`
	// Duration is how many seconds the state has lasted; alarm.current only.
	Duration *Number `json:"duration,omitempty"`
	Msg      Text    `json:"msg"`
	TS       Time    `json:"ts"`
	CorrID   Text    `json:"corrId,omitempty"`
	Lat      *Number `json:"lat,omitempty"`
	Lng      *Number `json:"lng,omitempty"`
}

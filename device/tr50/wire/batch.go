package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// MaxBatchItems is how many items one batch may hold.
const MaxBatchItems = 4096

// Batch is a list of values in one command. Items are to be dealt with in order.
type Batch[T any] struct {
	Thing Thing
	Items []T
	// Fault tells what is wrong with the item after the last of Items; the rest is
	// left out, because a batch stops at its first error (TR50 1.8). Nil: no fault.
	Fault error
}

// batchBody holds what the members of a batch have in common. The outer fields
// are only defaults, and some clients put junk into them (TR50 1.8): each is used
// if it can be read, and every other outer field is ignored.
type batchBody struct {
	Key       json.RawMessage   `json:"key"`
	TS        json.RawMessage   `json:"ts"`
	CorrID    json.RawMessage   `json:"corrId"`
	Republish json.RawMessage   `json:"republish"`
	State     json.RawMessage   `json:"state"`
	Data      []json.RawMessage `json:"data"`
}

// item is a value that can stand in a batch.
type item[T any] interface {
	*T
	// inherit takes over the outer defaults, before the item itself is read.
	inherit(defaults)
	check() error
}

// defaults are the outer fields that could be read.
type defaults struct {
	key       string
	ts        Time
	corrID    Text
	republish Flag
	state     *Number
}

func (b batchBody) defaults() defaults {
	var d defaults
	ignore := func(error) {}
	ignore(Decode(b.Key, &d.key))
	ignore(Decode(b.TS, &d.ts))
	ignore(Decode(b.CorrID, &d.corrID))
	ignore(Decode(b.Republish, &d.republish))
	ignore(Decode(b.State, &d.state))
	return d
}

func parseBatch[T any, P item[T]](params json.RawMessage) (Batch[T], error) {
	var b Batch[T]
	if err := Decode(params, &b.Thing); err != nil {
		return b, err
	}
	var body batchBody
	if err := Decode(params, &body); err != nil {
		return b, err
	}
	if body.Data == nil {
		return b, errors.New("the parameter data is missing")
	}
	if len(body.Data) > MaxBatchItems {
		return b, fmt.Errorf("the batch has %d items, at most %d are accepted", len(body.Data), MaxBatchItems)
	}
	outer := body.defaults()
	b.Items = make([]T, 0, len(body.Data))
	for i, raw := range body.Data {
		var v T
		P(&v).inherit(outer)
		if err := decodeChecked[T, P](raw, &v); err != nil {
			b.Fault = fmt.Errorf("item %d of %d: %w", i+1, len(body.Data), err)
			break
		}
		b.Items = append(b.Items, v)
	}
	return b, nil
}

// decodeChecked reads one value and checks that it is complete.
func decodeChecked[T any, P item[T]](raw json.RawMessage, v *T) error {
	if err := Decode(raw, v); err != nil {
		return err
	}
	return P(v).check()
}

// parseOne reads the parameters of the singular form of a batch.
func parseOne[T any, P item[T]](params json.RawMessage) (Thing, T, error) {
	var thing Thing
	var v T
	if err := Decode(params, &thing); err != nil {
		return thing, v, err
	}
	err := decodeChecked[T, P](params, &v)
	return thing, v, err
}

func requireKey(key string) error {
	if key == "" {
		return errors.New("the parameter key is missing")
	}
	return nil
}

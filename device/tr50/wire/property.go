package wire

import (
	"encoding/json"
	"errors"
)

// Property is one value of a property: property.publish without the thing, and
// an item of property.batch.
type Property struct {
	Key    string  `json:"key"`
	Value  *Number `json:"value"`
	TS     Time    `json:"ts,omitzero"`
	CorrID Text    `json:"corrId,omitempty"`
}

func (p *Property) inherit(d defaults) { p.Key, p.TS, p.CorrID = d.key, d.ts, d.corrID }

func (p *Property) check() error {
	if p.Value == nil {
		return errors.New("the parameter value is missing")
	}
	return requireKey(p.Key)
}

// ParsePropertyPublish reads the parameters of property.publish.
func ParsePropertyPublish(params json.RawMessage) (Thing, Property, error) {
	return parseOne[Property](params)
}

// ParsePropertyBatch reads the parameters of property.batch.
func ParsePropertyBatch(params json.RawMessage) (Batch[Property], error) {
	return parseBatch[Property](params)
}

// PropertyPublish is property.publish as a client writes it.
type PropertyPublish struct {
	Thing
	Property
}

// PropertyBatch is property.batch as a client writes it.
type PropertyBatch struct {
	Thing
	Data []Property `json:"data"`
}

// Current is property.current, attribute.current and alarm.current. A zero TS
// means now.
type Current struct {
	Thing
	Key string `json:"key"`
	TS  Time   `json:"ts,omitzero"`
}

// PropertyValue is the result of property.current and a value of its history.
type PropertyValue struct {
	Value  Number `json:"value"`
	TS     Time   `json:"ts"`
	CorrID Text   `json:"corrId,omitempty"`
}

// History is property.history and alarm.history. A zero End means now, zero
// Records means the server's limit.
type History struct {
	Thing
	Key     string `json:"key"`
	Start   Time   `json:"start,omitzero"`
	End     Time   `json:"end,omitzero"`
	Records Number `json:"records,omitempty"`
}

// Values is the result of property.history and alarm.history.
type Values[T any] struct {
	Values []T `json:"values"`
}

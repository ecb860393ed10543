package wire

import (
	"encoding/json"
	"errors"
)

// Attribute is one value of an attribute: attribute.publish and thing.attr.set
// without the thing, and an item of attribute.batch. The same value makes no new
// record unless Republish says so (TR50 1.8).
type Attribute struct {
	Key       string `json:"key"`
	Value     *Text  `json:"value"`
	TS        Time   `json:"ts,omitzero"`
	Republish Flag   `json:"republish,omitempty"`
	CorrID    Text   `json:"corrId,omitempty"`
}

func (a *Attribute) inherit(d defaults) {
	a.Key, a.TS, a.Republish, a.CorrID = d.key, d.ts, d.republish, d.corrID
}

func (a *Attribute) check() error {
	if a.Value == nil {
		return errors.New("the parameter value is missing")
	}
	return requireKey(a.Key)
}

// ParseAttributePublish reads the parameters of attribute.publish and thing.attr.set.
func ParseAttributePublish(params json.RawMessage) (Thing, Attribute, error) {
	return parseOne[Attribute](params)
}

// ParseAttributeBatch reads the parameters of attribute.batch.
func ParseAttributeBatch(params json.RawMessage) (Batch[Attribute], error) {
	return parseBatch[Attribute](params)
}

// AttributePublish is attribute.publish and thing.attr.set as a client writes them.
type AttributePublish struct {
	Thing
	Attribute
}

// AttributeBatch is attribute.batch as a client writes it.
type AttributeBatch struct {
	Thing
	Data []Attribute `json:"data"`
}

// AttributeKey is thing.attr.get and thing.attr.unset.
type AttributeKey struct {
	Thing
	Key string `json:"key"`
}

// AttributeValue is the result of attribute.current and thing.attr.get.
type AttributeValue struct {
	Value Text `json:"value"`
	TS    Time `json:"ts,omitzero"`
}

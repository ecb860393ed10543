package wire

import (
	"encoding/json"
	"errors"
)

// Location is one position: location.publish without the thing, an item of
// location.batch, and the result of location.current. Degrees, metres and metres a
// second, as far as the client says.
type Location struct {
	Lat      *Number `json:"lat"`
	Lng      *Number `json:"lng"`
	Heading  *Number `json:"heading,omitempty"`
	Altitude *Number `json:"altitude,omitempty"`
	Speed    *Number `json:"speed,omitempty"`
	FixAcc   *Number `json:"fixAcc,omitempty"`
	FixType  Text    `json:"fixType,omitempty"`
	TS       Time    `json:"ts,omitzero"`
	CorrID   Text    `json:"corrId,omitempty"`
}

// inherit leaves the outer lat and lng alone: a client in the field writes words
// there (TR50 1.8).
func (l *Location) inherit(d defaults) { l.TS, l.CorrID = d.ts, d.corrID }

func (l *Location) check() error {
	switch {
	case l.Lat == nil || l.Lng == nil:
		return errors.New("the parameters lat and lng are required")
	case *l.Lat < -90 || *l.Lat > 90:
		return errors.New("the parameter lat is not between -90 and 90")
	case *l.Lng < -180 || *l.Lng > 180:
		return errors.New("the parameter lng is not between -180 and 180")
	}
	return nil
}

// ParseLocationPublish reads the parameters of location.publish.
func ParseLocationPublish(params json.RawMessage) (Thing, Location, error) {
	return parseOne[Location](params)
}

// ParseLocationBatch reads the parameters of location.batch.
func ParseLocationBatch(params json.RawMessage) (Batch[Location], error) {
	return parseBatch[Location](params)
}

// LocationPublish is location.publish as a client writes it.
type LocationPublish struct {
	Thing
	Location
}

// LocationBatch is location.batch as a client writes it.
type LocationBatch struct {
	Thing
	Data []Location `json:"data"`
}

package fleet

import "time"

// ValueKind classes what a device publishes.
type ValueKind string

// The kinds of published values (TR50 1.8).
const (
	Property  ValueKind = "property"  // a number over time: telemetry
	Attribute ValueKind = "attribute" // a text that seldom changes: what the device is
	Alarm     ValueKind = "alarm"     // a small whole number with a message
	Location  ValueKind = "location"  // a position, as a JSON object in Text
)

// MaxKeys is how many keys a device publishes of one kind. A further one is
// refused, but for the attributes that describe the device.
const MaxKeys = 1000

// Value is one published value at one moment.
type Value struct {
	Kind   ValueKind
	Key    string
	Number float64   // properties, and the state of alarms
	Text   string    // attributes, the message of alarms, the JSON of locations
	At     time.Time // as the device said, else when it arrived
	Since  time.Time // when the current value was first published
	// Republish keeps an attribute or alarm that only repeats its newest
	// value as a record of its own (TR50 1.8).
	Republish bool
}

// Attribute keys with a meaning to the server; other keys are kept as they are.
const (
	AttributeKind          = "kind"
	AttributeModel         = "model"
	AttributeOS            = "os_name"
	AttributeOSVersion     = "os_version"
	AttributeArchitecture  = "architecture"
	AttributeVersion       = "version"
	AttributeHostname      = "hostname"
	AttributePackages      = "installed_packages" // JSON list of {name, version}
	AttributePollEvery     = "telemetry_interval" // seconds
	AttributeName          = "name"
	AttributeTags          = "tags"           // Tags
	AttributeJetPorch      = "jetporch"       // "true": the device can run JetPorch scripts
	AttributeJetPorchCheck = "jetporch_check" // "true": it can run them in check mode
)

// TooMany is the Conflict of a value whose key is beyond MaxKeys.
func (v Value) TooMany() error {
	return Errorf(Conflict, "cannot keep the %s %q: the device has published %d keys of that kind, and no more are kept", v.Kind, v.Key, MaxKeys)
}

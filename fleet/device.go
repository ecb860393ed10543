package fleet

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluicehq/sluice/compat"
)

// MaxKey bounds a device key in bytes.
const MaxKey = 200

// Device is a managed machine.
type Device struct {
	ID     DeviceID
	Key    string // its stable name on the wire: EUI-64, thing key, controllerId, MAC
	Name   string // for people; the key where nobody gave one
	Kind   DeviceKind
	UnitID UnitID
	State  DeviceState
	// ParentID is the gateway whose session the device shares; 0 for a device
	// with a session of its own.
	ParentID DeviceID
	Link     Link // the protocol that it last spoke; "" before the first contact

	// What the device says of itself, from its latest attributes.
	Model        string
	OS           string
	Architecture string
	Version      string
	JetPorch     bool // it says that it can run JetPorch scripts
	// JetPorchCheck: it says that it can run them in check mode, which changes nothing.
	JetPorchCheck bool

	CreatedAt  time.Time
	LastSeenAt time.Time     // zero before the first contact
	PollEvery  time.Duration // expected time between contacts, default one hour
	Connected  bool          // a session is open right now
}

// Facts are the device's facts for a compatibility check.
func (d Device) Facts() compat.Facts {
	return compat.Facts{Kind: string(d.Kind), Model: d.Model, OS: d.OS, Architecture: d.Architecture, Version: d.Version}
}

// JetPorchRefusal returns why the device cannot run a JetPorch script, or "":
// it needs KerOS 6, or says that it can (source 000).
func (d Device) JetPorchRefusal() string {
	if d.JetPorch || strings.EqualFold(d.OS, "keros") && compat.Compare(d.Version, "6") >= 0 && d.Version != "" {
		return ""
	}
	if d.OS == "" {
		return "the operating system is unknown, JetPorch needs KerOS 6"
	}
	return strings.TrimSpace(d.OS+" "+d.Version) + ", JetPorch needs KerOS 6"
}

// CheckRefusal returns why the device cannot run a JetPorch script in check
// mode, or "": it says itself that it can, since one that does not know the
// mode would apply the script.
func (d Device) CheckRefusal() string {
	if d.JetPorchCheck {
		return ""
	}
	return "this device cannot check a script without applying it"
}

// DeviceKind says what sort of machine a device is.
type DeviceKind string

// The kinds of devices.
const (
	Gateway    DeviceKind = "gateway"
	ThinClient DeviceKind = "thin_client"
)

// DeviceState says whether the owner has let a device in.
type DeviceState string

// The states of a device.
const (
	DevicePending  DeviceState = "pending"  // known, waits for an operator's word; gets nothing
	DeviceAccepted DeviceState = "accepted" // may be given software
	DeviceRejected DeviceState = "rejected" // refused at the door
)

// DeviceStates lists every state, for schemas and filters.
var DeviceStates = []DeviceState{DevicePending, DeviceAccepted, DeviceRejected}

// Link is a protocol between device and server.
type Link string

// The links.
const (
	TR50   Link = "tr50"
	DDI    Link = "ddi"
	Mender Link = "mender"
)

// Presence is how a device's silence compares with its telemetry interval.
type Presence string

// The presences, Kerlink's connectionStatus words among them.
const (
	Operational Presence = "operational"
	Late        Presence = "late"
	Unreachable Presence = "unreachable"
	Unknown     Presence = "unknown" // it never spoke
)

// graceShare is the part of the interval by which a message may be overdue.
const graceShare = 10

// Presence compares the silence of the device with its interval: late after
// one interval and a tenth, unreachable after three.
func (d Device) Presence(now time.Time) Presence {
	if d.LastSeenAt.IsZero() {
		return Unknown
	}
	silence := now.Sub(d.LastSeenAt)
	switch {
	case silence <= d.PollEvery+d.PollEvery/graceShare:
		return Operational
	case silence <= 3*d.PollEvery:
		return Late
	}
	return Unreachable
}

// Refusal returns why the device may not be given software at all, or "".
func (d Device) Refusal() string {
	if d.State == DeviceAccepted {
		return ""
	}
	return fmt.Sprintf("the device is %s, not accepted", d.State)
}

package control

import (
	"context"
	"io"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Store keeps the fleet. One suite, store/storetest, holds every
// implementation to this contract.
//
// Reads return a fleet.NotFound error for a thing that does not exist and an
// empty list where there is nothing. Lists are ordered by id, newest first
// where the method says so, and end after Page.Limit rows.
type Store interface {
	Reader

	// Write runs fn in one transaction and returns once it is on disk. When
	// fn returns an error nothing of it remains and Write returns that error.
	// fn may run more than once, and shares a commit with other writers: it
	// has no effect but through tx, and does not wait for anything else.
	Write(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

	// Contact records a batch of contacts in one transaction, with set-based
	// statements: last seen, link, interval, published values and lines. The answer has
	// one element for each contact, in order.
	Contact(ctx context.Context, batch []Contact) ([]ContactAnswer, error)

	// Committers is how many Contact calls are worth having at once: 1 for
	// SQLite, 4 for PostgreSQL.
	Committers() int

	Ping(ctx context.Context) error
	Close() error
}

// Contact is one message of a device that the server may answer.
type Contact struct {
	DeviceID  fleet.DeviceID
	At        time.Time
	Link      fleet.Link
	Telemetry bool             // a message that a pending command may answer
	Values    []fleet.Value    // published with it
	Lines     []fleet.LogEntry // of the log, published with it, also those of other devices
}

// ContactAnswer says what waits for the device.
type ContactAnswer struct {
	Pending bool // an execution is pending and the contact was telemetry
	// Refused is a key beyond fleet.MaxKeys: its values were not kept, all
	// else of the contact was. nil where nothing was refused.
	Refused *fleet.Value
}

// Page asks for a part of a list.
type Page struct {
	After int64 // the id that the last page ended with; 0 for the first page
	Limit int   // rows at the most, 1 to 1000
	// Within keeps to what hangs on these units or below them; nil is
	// everywhere, and an empty list is nowhere. Executions hang on the unit of their device, device values
	// and logs on their device, audit rows on the unit that they name.
	Within []fleet.UnitID
}

// Reader is what can be read, inside a transaction and outside.
type Reader interface {
	Device(ctx context.Context, id fleet.DeviceID) (fleet.Device, error)
	DeviceByKey(ctx context.Context, key string) (fleet.Device, error)
	Devices(ctx context.Context, f DeviceFilter, p Page) ([]fleet.Device, error)
	DeviceCounts(ctx context.Context, within []fleet.UnitID) (map[fleet.DeviceState]int, error) // see Page.Within
	// DevicesByKeys returns those that exist, in one query.
	DevicesByKeys(ctx context.Context, keys []string) ([]fleet.Device, error)

	// Values are the current values of a device, ordered by key.
	Values(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind) ([]fleet.Value, error)
	// ValuesAfter are those of Values behind a key, at most limit.
	ValuesAfter(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, after string, limit int) ([]fleet.Value, error)
	// Value is the current value of one key.
	Value(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string) (fleet.Value, error)
	// History is what was published under a key between two moments, oldest
	// first; with more than limit rows, the newest of them.
	History(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string, from, to time.Time, limit int) ([]fleet.Value, error)
	// Log is a device's log, newest first; After is the id of the last line.
	Log(ctx context.Context, id fleet.DeviceID, p Page) ([]fleet.LogEntry, error)

	Credential(ctx context.Context, id fleet.DeviceID) (fleet.Credential, error)
	EnrolmentToken(ctx context.Context, hash []byte) (fleet.EnrolmentToken, error)
	EnrolmentTokens(ctx context.Context, p Page) ([]fleet.EnrolmentToken, error) // newest first

	File(ctx context.Context, id fleet.FileID) (fleet.File, error)
	FileByName(ctx context.Context, f FileName) (fleet.File, error) // the newest
	// Files are the newest first; device 0 lists the organisation's.
	Files(ctx context.Context, device fleet.DeviceID, p Page) ([]fleet.File, error)

	Release(ctx context.Context, id fleet.ReleaseID) (fleet.Release, error)
	// Releases are the newest first; Page.Within also finds what hangs above
	// those units, since a release may be used below its unit.
	Releases(ctx context.Context, f ReleaseFilter, p Page) ([]fleet.Release, error)

	Unit(ctx context.Context, id fleet.UnitID) (fleet.Unit, error)
	Units(ctx context.Context, p Page) ([]fleet.Unit, error) // parents before children, by id

	Group(ctx context.Context, id fleet.GroupID) (fleet.Group, error)
	Groups(ctx context.Context, f GroupFilter, p Page) ([]fleet.Group, error) // by id
	// GroupsOf are the groups of each of the devices that is in one, by id, in
	// one query; see Page.Within.
	GroupsOf(ctx context.Context, devices []fleet.DeviceID, within []fleet.UnitID) (map[fleet.DeviceID][]fleet.Group, error)
	// MemberIDs are the devices of a group, by id, at most fleet.MaxGroupMembers.
	MemberIDs(ctx context.Context, id fleet.GroupID) ([]fleet.DeviceID, error)
	// DevicesByIDs returns those that exist, by id.
	DevicesByIDs(ctx context.Context, ids []fleet.DeviceID) ([]fleet.Device, error)

	MagicLink(ctx context.Context, hash []byte) (fleet.MagicLink, error)
	MagicLinkByID(ctx context.Context, id fleet.MagicLinkID) (fleet.MagicLink, error)
	MagicLinks(ctx context.Context, p Page) ([]fleet.MagicLink, error) // newest first
	// Declared tells which of the devices are declared in the Magic Link.
	Declared(ctx context.Context, id fleet.MagicLinkID, devices []fleet.DeviceID) (map[fleet.DeviceID]bool, error)
	DeclaredKeys(ctx context.Context, id fleet.MagicLinkID) ([]string, error)

	Update(ctx context.Context, id fleet.UpdateID) (fleet.Update, error)
	// Updates are the newest first. One that goes to several units is within
	// each unit that it was given in.
	Updates(ctx context.Context, f UpdateFilter, p Page) ([]fleet.Update, error)

	// Execution is filled with device, update and confirmation.
	Execution(ctx context.Context, id fleet.ExecutionID) (fleet.Execution, error)
	// Executions are the newest first, filled with device and update.
	Executions(ctx context.Context, f ExecutionFilter, p Page) ([]fleet.Execution, error)
	// ExecutionEvents are the oldest first, or the newest; After is the id of
	// the last event.
	ExecutionEvents(ctx context.Context, id fleet.ExecutionID, p Page, newestFirst bool) ([]fleet.ExecutionEvent, error)
	// PendingSince tells, for those of the devices that have an unsent
	// execution of an update of the type, since when, in one query.
	PendingSince(ctx context.Context, t fleet.UpdateType, devices []fleet.DeviceID) (map[fleet.DeviceID]time.Time, error)
	// Waiting counts the unsent executions of a device, and of the updates
	// that were given to a group: the orange dot.
	Waiting(ctx context.Context, device fleet.DeviceID, group fleet.GroupID) (int, error)

	Message(ctx context.Context, id string) (fleet.Message, error)
	// Mailbox is what is not acknowledged, oldest first.
	Mailbox(ctx context.Context, id fleet.DeviceID, limit int) ([]fleet.Message, error)
	// WaitingMail is what may be handed to a session of the device: its mail
	// and that of the accepted things that are bound to it, neither expired nor
	// begun nor handed to that session; oldest first.
	WaitingMail(ctx context.Context, id fleet.DeviceID, session string, now time.Time, limit int) ([]fleet.Message, error)

	User(ctx context.Context, id fleet.UserID) (fleet.User, error)
	UserByName(ctx context.Context, name string) (fleet.User, error)
	// Users are by id; Page.Within keeps to those with a grant there.
	Users(ctx context.Context, p Page) ([]fleet.User, error)
	CountUsers(ctx context.Context) (int, error)
	// Grants are a user's, by unit; the unit is filled.
	Grants(ctx context.Context, id fleet.UserID) ([]fleet.Grant, error)
	// GrantsOf are those of several users, in one query.
	GrantsOf(ctx context.Context, users []fleet.UserID) (map[fleet.UserID][]fleet.Grant, error)
	// APITokens are the named sessions of a user, by their creation.
	APITokens(ctx context.Context, id fleet.UserID) ([]fleet.Session, error)
	Session(ctx context.Context, hash []byte) (fleet.Session, error)

	Audit(ctx context.Context, p Page) ([]fleet.AuditEntry, error) // newest first
	// Sealed lists the sealed audit entries in the order of their seals, from
	// the one behind after.
	Sealed(ctx context.Context, after int64, limit int) ([]fleet.AuditEntry, error)
	// Unsealed lists the entries without a seal, oldest first, and the last seal and its hash.
	Unsealed(ctx context.Context, limit int) (list []fleet.AuditEntry, last fleet.AuditEntry, err error)
	Setting(ctx context.Context, name string) ([]byte, error)
}

// DeviceFilter narrows a list of devices; a zero field asks for nothing.
type DeviceFilter struct {
	Text     string // part of key, name or model, without regard to case
	State    fleet.DeviceState
	Kind     fleet.DeviceKind
	UnitID   fleet.UnitID // in this unit or below it
	UnitOnly bool         // not below it
	GroupID  fleet.GroupID
	Version  string // exactly
	Link     fleet.Link
	ParentID fleet.DeviceID // bound to this one
	Tags     fleet.Tags     // it has all of them
}

// FileName says which file of a name is meant.
type FileName struct {
	Name     string
	DeviceID fleet.DeviceID // whose; 0 is the organisation
	UsedIn   fleet.UnitID   // may be used in this unit, since it hangs on it or above; 0 asks for nothing
	Within   []fleet.UnitID // see Page.Within
}

// ReleaseFilter narrows a list of releases; a zero field asks for nothing.
type ReleaseFilter struct {
	Predefined bool // only those in the catalogue
	Name       string
	Format     fleet.Format
	Typed      bool // those that were made of a typed script, in place of all others
}

// GroupFilter narrows a list of groups; a zero field asks for nothing.
type GroupFilter struct {
	UnitID   fleet.UnitID
	DeviceID fleet.DeviceID // those that the device is a member of
	Text     string         // part of the name, without regard to case
}

// UpdateFilter narrows a list of updates; a zero field asks for nothing.
type UpdateFilter struct {
	GroupID fleet.GroupID
	CheckID fleet.UpdateID // those that apply this check
	Waiting bool           // only those with an unsent execution
}

// ExecutionFilter narrows a list of executions; a zero field asks for nothing.
type ExecutionFilter struct {
	UpdateID fleet.UpdateID
	DeviceID fleet.DeviceID
	States   []fleet.State
}

// Tx is what can be written in one transaction. It reads its own writes.
type Tx interface {
	Reader

	// Inserts give the id; the id in the argument is ignored.
	// A second device of a key is a fleet.Conflict.
	InsertDevice(ctx context.Context, d fleet.Device) (fleet.DeviceID, error)
	// SetDeviceState is a compare-and-set; a fleet.Conflict when the device
	// is not in from.
	SetDeviceState(ctx context.Context, id fleet.DeviceID, from, to fleet.DeviceState) error
	// LockDevices keeps other transactions from locking the same devices until
	// this one ends: what is decided about a device from several reads is
	// decided by one writer at a time.
	LockDevices(ctx context.Context, ids []fleet.DeviceID) error
	// SetParent binds a device to a gateway and unbinds it from another, 0 for
	// none: a compare-and-set, a fleet.Conflict when it is not bound to from.
	SetParent(ctx context.Context, id, from, to fleet.DeviceID) error
	SetDeviceFacts(ctx context.Context, d fleet.Device) error // name, kind, model, os, architecture, version, jetporch, jetporch check, poll interval
	// PlaceDevice puts a device into a unit under a name that its own
	// attributes do not overwrite any more, and takes it out of groups of
	// other units. An empty name leaves the name.
	PlaceDevice(ctx context.Context, id fleet.DeviceID, unit fleet.UnitID, name string) error

	InsertUnit(ctx context.Context, u fleet.Unit) (fleet.UnitID, error) // sets the path; a name twice below one parent is a fleet.Conflict
	SetUnitName(ctx context.Context, id fleet.UnitID, name string) error

	InsertGroup(ctx context.Context, g fleet.Group) (fleet.GroupID, error) // a name twice in a unit is a fleet.Conflict
	SetGroup(ctx context.Context, g fleet.Group) error                     // name and description
	DeleteGroup(ctx context.Context, id fleet.GroupID) error               // updates that were given to it stay
	AddMembers(ctx context.Context, id fleet.GroupID, devices []fleet.DeviceID) error
	RemoveMembers(ctx context.Context, id fleet.GroupID, devices []fleet.DeviceID) error

	InsertMagicLink(ctx context.Context, hash []byte, m fleet.MagicLink, declared []fleet.DeviceID) (fleet.MagicLinkID, error)
	RevokeMagicLink(ctx context.Context, id fleet.MagicLinkID, at time.Time) error // twice is a fleet.Conflict
	SetPredefined(ctx context.Context, id fleet.ReleaseID, predefined bool) error
	SetCredential(ctx context.Context, c fleet.Credential) error
	DeleteCredential(ctx context.Context, id fleet.DeviceID) error // also where there is none
	// Publish keeps a value as a contact of the device does, without being one.
	Publish(ctx context.Context, id fleet.DeviceID, arrived time.Time, v fleet.Value) error
	// InsertLog appends lines that arrived at the moment; they are kept by it,
	// whatever the device's clock says.
	InsertLog(ctx context.Context, arrived time.Time, lines []fleet.LogEntry) error

	InsertEnrolmentToken(ctx context.Context, hash []byte, t fleet.EnrolmentToken) (fleet.TokenID, error)
	// UseEnrolmentToken marks a one-time token; a fleet.Conflict when it is used.
	UseEnrolmentToken(ctx context.Context, id fleet.TokenID, deviceKey string, at time.Time) error

	InsertFile(ctx context.Context, f fleet.File) (fleet.FileID, error)
	// DeleteFiles deletes every file of the name that has the owner of f; of
	// the organisation's those of its unit. A fleet.Conflict when a release
	// is made of one of them. The content stays.
	DeleteFiles(ctx context.Context, f fleet.File) error
	InsertRelease(ctx context.Context, r fleet.Release) (fleet.ReleaseID, error) // name+version+format twice is a fleet.Conflict
	InsertUpdate(ctx context.Context, u fleet.Update) (fleet.UpdateID, error)

	// InsertExecutions inserts in one statement for each thousand, with the
	// first event of each and the update's counts.
	InsertExecutions(ctx context.Context, list []fleet.Execution) error
	// Advance is the compare-and-set of an execution: when it is still in
	// the state from, it takes the state to, with the reason, the event row
	// and the update's counts. It is a fleet.Conflict when it is not.
	Advance(ctx context.Context, a Advance) error
	// InsertExecutionEvent keeps a report that moves nothing. Of such reports
	// an execution keeps the first ones and the latest, fleet.MaxUnmoving in
	// all.
	InsertExecutionEvent(ctx context.Context, e fleet.ExecutionEvent) error
	SetExecutionReason(ctx context.Context, id fleet.ExecutionID, reason string) error
	SetConfirmation(ctx context.Context, id fleet.ExecutionID, confirmation []byte) error
	// DueExecutions lists, oldest first, those that wait for the clock:
	// pending or scheduled past the update's expiry, and in flight without
	// an event since silentSince. Those that another transaction moves right
	// now may be left out.
	DueExecutions(ctx context.Context, now, silentSince time.Time, limit int) ([]fleet.Execution, error)

	InsertMessage(ctx context.Context, m fleet.Message) error
	// HandOut marks messages as handed to the session.
	HandOut(ctx context.Context, ids []string, session string) error
	// StartMessage marks that the device works on it.
	StartMessage(ctx context.Context, id string) error
	// AckMessage keeps the first answer; it reports whether this was it.
	AckMessage(ctx context.Context, id string, at time.Time, a fleet.Answer) (first bool, err error)

	InsertUser(ctx context.Context, u fleet.User) (fleet.UserID, error) // a second user of a name is a fleet.Conflict
	SetPassword(ctx context.Context, id fleet.UserID, hash string, mustChange bool) error
	SetUserDisabled(ctx context.Context, id fleet.UserID, at time.Time) error // zero enables
	// SetGrant gives the user the role in the unit, in place of any other.
	SetGrant(ctx context.Context, id fleet.UserID, unit fleet.UnitID, role fleet.Role) error
	DeleteGrant(ctx context.Context, id fleet.UserID, unit fleet.UnitID) error
	// EndSessions ends a user's sessions: browsers, API tokens too where all.
	EndSessions(ctx context.Context, id fleet.UserID, all bool) error
	InsertSession(ctx context.Context, s fleet.Session) error
	DeleteSession(ctx context.Context, hash []byte) error
	// DeleteExpired deletes sessions, messages, tokens, claimed settings, logs
	// and value history that are older than their keeping, so many at a time; more tells that
	// there may be others.
	DeleteExpired(ctx context.Context, now time.Time) (more bool, err error)

	InsertAudit(ctx context.Context, a fleet.AuditEntry) error
	// SealAudit writes seals and hashes; of two sealers at once one waits.
	SealAudit(ctx context.Context, list []fleet.AuditEntry) error
	// LockSealing makes this transaction the only sealer until it ends.
	LockSealing(ctx context.Context) error
	SetSetting(ctx context.Context, name string, value []byte) error
	// ClaimSetting inserts the setting with an empty value if it is not
	// there; of two writers at once one claims and the other waits for it. It
	// runs out at until, see DeleteExpired.
	ClaimSetting(ctx context.Context, name string, until time.Time) (claimed bool, err error)
}

// Advance is one move of one execution.
type Advance struct {
	ExecutionID fleet.ExecutionID
	From, To    fleet.State
	Event       fleet.Event
	Reason      string
	At          time.Time
	DeviceAt    time.Time
	NewAttempt  bool // the move starts another attempt
}

// Blobs keep the bytes of files under their SHA-256. One suite,
// blob/blobtest, holds every implementation to this contract.
type Blobs interface {
	// Put stores what r yields, hashed in the same pass, and returns once it
	// is on disk. More than limit bytes is a fleet.Invalid error and leaves
	// nothing. The same content twice is stored once. check, where it is not
	// nil, sees the whole content before it is kept: its error is Put's, and
	// leaves nothing.
	Put(ctx context.Context, r io.Reader, limit int64, check Check) (BlobInfo, error)
	// Open returns the content for reading at any offset; fleet.NotFound
	// when there is none.
	Open(ctx context.Context, sha256 string) (Blob, error)
}

// Check looks at content, which stands at its begin, and refuses it by an
// error. It does not keep content after its return.
type Check func(info BlobInfo, content io.ReadSeeker) error

// BlobInfo describes stored content.
type BlobInfo struct {
	SHA256 string // hex
	CRC32  uint32 // IEEE
	Size   int64
}

// Blob is stored content, open for reading.
type Blob interface {
	io.ReadSeekCloser
	io.ReaderAt
}

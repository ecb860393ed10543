package tr50

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

// command is one row of the table of commands. run returns the params of the
// answer, nil for none, or an error that becomes its failure.
type command struct {
	run       func(ctx context.Context, m *message, params json.RawMessage) (any, error)
	who       who
	publishes bool // its answer hangs on the commit even when it published nothing
	waits     bool // it may wait for a device
}

// who may give a command.
type who byte

const (
	anyone who = iota
	things     // the session of a device, about itself
	users      // the session of a user
)

// commands is every command that is answered with more than a failure
// (TR50 4, groups 1 to 11).
var commands map[string]command

// The table refers to functions that look into it, so it is filled at start.
func init() {
	commands = map[string]command{
		wire.CommandMailboxCheck:  {run: mailboxCheck, who: things},
		wire.CommandMailboxUpdate: {run: mailboxUpdate, who: things},
		wire.CommandMailboxAck:    {run: mailboxAck, who: things},
		wire.CommandMailboxSend:   {run: mailboxSend, who: users, waits: true},
		wire.CommandMethodExec:    {run: methodExec, who: users, waits: true},

		wire.CommandPropertyPublish:  {run: propertyPublish, who: things, publishes: true},
		wire.CommandPropertyBatch:    {run: propertyBatch, who: things, publishes: true},
		wire.CommandPropertyCurrent:  {run: propertyCurrent},
		wire.CommandPropertyHistory:  {run: propertyHistory},
		wire.CommandAttributePublish: {run: attributePublish, who: things, publishes: true},
		wire.CommandAttributeBatch:   {run: attributeBatch, who: things, publishes: true},
		wire.CommandAttributeCurrent: {run: attributeCurrent},
		wire.CommandThingAttrSet:     {run: attributePublish, who: things, publishes: true},
		wire.CommandThingAttrGet:     {run: attributeCurrent},
		wire.CommandThingAttrUnset:   {run: attributeUnset, who: things, publishes: true},
		wire.CommandAlarmPublish:     {run: alarmPublish, who: things, publishes: true},
		wire.CommandAlarmBatch:       {run: alarmBatch, who: things, publishes: true},
		wire.CommandAlarmCurrent:     {run: alarmCurrent},
		wire.CommandAlarmHistory:     {run: alarmHistory},
		wire.CommandLocationPublish:  {run: locationPublish, who: things, publishes: true},
		wire.CommandLocationBatch:    {run: locationBatch, who: things, publishes: true},
		wire.CommandLocationCurrent:  {run: locationCurrent},

		wire.CommandLogPublish: {run: logPublish, who: things, publishes: true},
		wire.CommandLogList:    {run: logList},

		wire.CommandFileGet:    {run: fileGet},
		wire.CommandFilePut:    {run: filePut, who: things},
		wire.CommandFileList:   {run: fileList},
		wire.CommandFileInfo:   {run: fileInfo},
		wire.CommandFileDelete: {run: fileDelete},

		wire.CommandThingFind:      {run: thingFind},
		wire.CommandThingList:      {run: thingList, who: users},
		wire.CommandThingDelete:    {run: thingDelete, who: users},
		wire.CommandThingUpdate:    {run: thingUpdate, who: things, publishes: true},
		wire.CommandThingTagAdd:    {run: thingTagAdd, who: things, publishes: true},
		wire.CommandThingTagDelete: {run: thingTagDelete, who: things, publishes: true},
		wire.CommandThingBind:      {run: thingBind, who: things},
		wire.CommandThingUnbind:    {run: thingUnbind, who: things},

		wire.CommandDiagPing: {run: diagPing, publishes: true},
		wire.CommandDiagTime: {run: diagTime},
		wire.CommandDiagEcho: {run: diagEcho},

		wire.CommandSessionInfo:      {run: sessionInfo},
		wire.CommandSessionOrgList:   {run: sessionOrgList},
		wire.CommandSessionOrgSwitch: {run: sessionOrgSwitch},
		wire.CommandUserFind:         {run: userFind, who: users},
	}
}

// waits tells whether a request may wait for a device.
func waits(r wire.Request) bool {
	for _, c := range r.Commands {
		if commands[c.Command].waits {
			return true
		}
	}
	return false
}

func (h *Handler) acquireWait() bool {
	select {
	case h.waits <- struct{}{}:
		return true
	default:
		return false
	}
}

func (h *Handler) releaseWait() { <-h.waits }

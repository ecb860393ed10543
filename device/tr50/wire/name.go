package wire

// The commands that the server answers (TR50 4, groups 1 to 11).
const (
	CommandMailboxCheck  = "mailbox.check"
	CommandMailboxAck    = "mailbox.ack"
	CommandMailboxUpdate = "mailbox.update"
	CommandMailboxSend   = "mailbox.send"
	CommandMethodExec    = "method.exec"

	CommandFileGet    = "file.get"
	CommandFilePut    = "file.put"
	CommandFileList   = "file.list"
	CommandFileInfo   = "file.info"
	CommandFileDelete = "file.delete"

	CommandPropertyPublish = "property.publish"
	CommandPropertyBatch   = "property.batch"
	CommandPropertyCurrent = "property.current"
	CommandPropertyHistory = "property.history"

	CommandAttributePublish = "attribute.publish"
	CommandAttributeBatch   = "attribute.batch"
	CommandAttributeCurrent = "attribute.current"
	CommandThingAttrSet     = "thing.attr.set"
	CommandThingAttrGet     = "thing.attr.get"
	CommandThingAttrUnset   = "thing.attr.unset"

	CommandAlarmPublish = "alarm.publish"
	CommandAlarmBatch   = "alarm.batch"
	CommandAlarmCurrent = "alarm.current"
	CommandAlarmHistory = "alarm.history"

	CommandLocationPublish = "location.publish"
	CommandLocationBatch   = "location.batch"
	CommandLocationCurrent = "location.current"

	CommandLogPublish = "log.publish"
	CommandLogList    = "log.list"

	CommandThingFind      = "thing.find"
	CommandThingUpdate    = "thing.update"
	CommandThingList      = "thing.list"
	CommandThingDelete    = "thing.delete"
	CommandThingTagAdd    = "thing.tag.add"
	CommandThingTagDelete = "thing.tag.delete"
	CommandThingBind      = "thing.bind"
	CommandThingUnbind    = "thing.unbind"

	CommandDiagPing = "diag.ping"
	CommandDiagTime = "diag.time"
	CommandDiagEcho = "diag.echo"

	CommandAuthenticate     = "api.authenticate"
	CommandSessionInfo      = "session.info"
	CommandSessionOrgList   = "session.org.list"
	CommandSessionOrgSwitch = "session.org.switch"
	CommandUserFind         = "user.find"
)

package fleet

// State is where an execution stands. The values are stored and sent.
type State string

// The states. A final state is one that no row of ExecutionTable leaves.
const (
	Scheduled             State = "scheduled"              // its time or wave has not come
	Pending               State = "pending"                // waits for the device's next contact
	Sent                  State = "sent"                   // handed to the device
	Asking                State = "asking"                 // the user was informed
	Deferred              State = "deferred"               // the user asked for later
	TransferStarted       State = "transfer_started"       //
	TransferCompleted     State = "transfer_completed"     //
	InstallationStarted   State = "installation_started"   //
	InstallationCompleted State = "installation_completed" // installed, not yet confirmed
	Succeeded             State = "succeeded"
	Delivered             State = "delivered"
	Failed                State = "failed"
	Cancelled             State = "cancelled"
	Refused               State = "refused"  // by a rule
	Declined              State = "declined" // by the user
	NotNecessary          State = "not_necessary"
	Expired               State = "expired"
)

// Event is what moves an execution.
type Event string

// The events.
const (
	Create        Event = "create"         // it was made; the first line of its story, no move of the table
	Due           Event = "due"            // its time or wave came
	Send          Event = "send"           // it was handed to the device
	Cancel        Event = "cancel"         // an operator took it back
	Expire        Event = "expire"         // its time ran out
	Refuse        Event = "refuse"         // a rule refused it
	Ask           Event = "ask"            // the user is being asked
	Defer         Event = "defer"          // the user asked for later
	Decline       Event = "decline"        // the user said no
	StartTransfer Event = "start_transfer" // the device began to fetch
	EndTransfer   Event = "end_transfer"   // the device has it
	StartInstall  Event = "start_install"
	EndInstall    Event = "end_install"
	Succeed       Event = "succeed"
	Deliver       Event = "deliver" // it was to be fetched only, and was
	Fail          Event = "fail"
	Retry         Event = "retry"          // it failed and may be tried again
	TimeOut       Event = "time_out"       // the device said nothing for too long
	ConfirmCancel Event = "confirm_cancel" // the device answered a request to cancel
	Skip          Event = "skip"           // the device has it already
)

// Move is one legal move of an execution.
type Move struct {
	From State
	On   Event
	To   State
	Note string // a sentence for docs/states.md
}

// ExecutionTable is every legal move of an execution. What is not here is
// refused. It has no other copy: code, store, schema, docs, protocols and
// simulation read it.
var ExecutionTable = []Move{
	{Scheduled, Due, Pending, "its time came"},
	{Scheduled, Cancel, Cancelled, "taken back before its time"},
	{Scheduled, Refuse, Refused, "a rule refused it"},
	{Scheduled, Expire, Expired, "its time ran out"},

	{Pending, Send, Sent, "handed over in answer to a contact"},
	{Pending, Cancel, Cancelled, "taken back before it was sent"},
	{Pending, Refuse, Refused, "a rule refused it"},
	{Pending, Expire, Expired, "no contact before its time ran out"},
	{Pending, Skip, NotNecessary, "the device has it already"},

	{Sent, Ask, Asking, "the user is being asked"},
	{Sent, StartTransfer, TransferStarted, "the device fetches it"},
	{Sent, EndTransfer, TransferCompleted, "the device has it"},
	{Sent, StartInstall, InstallationStarted, "the device installs it"},
	{Sent, EndInstall, InstallationCompleted, "installed"},
	{Sent, Succeed, Succeeded, "confirmed"},
	{Sent, Deliver, Delivered, "fetched, to be installed later"},
	{Sent, Fail, Failed, "the device failed"},
	{Sent, Refuse, Refused, "the device refused it"},
	{Sent, Decline, Declined, "the user said no"},
	{Sent, Skip, NotNecessary, "the device has it already"},
	{Sent, Retry, Pending, "failed, tried again"},
	{Sent, TimeOut, Failed, "no report in time"},
	{Sent, ConfirmCancel, Cancelled, "the device gave it up"},

	{Asking, Defer, Deferred, "the user asked for later"},
	{Asking, Decline, Declined, "the user said no"},
	{Asking, StartTransfer, TransferStarted, "the user agreed"},
	{Asking, StartInstall, InstallationStarted, "the user agreed"},
	{Asking, Fail, Failed, "the device failed"},
	{Asking, TimeOut, Failed, "no report in time"},
	{Asking, ConfirmCancel, Cancelled, "the device gave it up"},

	{Deferred, Ask, Asking, "the user is asked again"},
	{Deferred, Decline, Declined, "the user said no"},
	{Deferred, StartTransfer, TransferStarted, "the user agreed"},
	{Deferred, StartInstall, InstallationStarted, "the user agreed"},
	{Deferred, Fail, Failed, "the device failed"},
	{Deferred, TimeOut, Failed, "no report in time"},
	{Deferred, ConfirmCancel, Cancelled, "the device gave it up"},

	{TransferStarted, EndTransfer, TransferCompleted, "the device has it"},
	{TransferStarted, StartInstall, InstallationStarted, "the device installs it"},
	{TransferStarted, EndInstall, InstallationCompleted, "installed"},
	{TransferStarted, Succeed, Succeeded, "confirmed"},
	{TransferStarted, Deliver, Delivered, "fetched, to be installed later"},
	{TransferStarted, Fail, Failed, "the device failed"},
	{TransferStarted, Refuse, Refused, "the device refused it"},
	{TransferStarted, Retry, Pending, "failed, tried again"},
	{TransferStarted, TimeOut, Failed, "no report in time"},
	{TransferStarted, ConfirmCancel, Cancelled, "the device gave it up"},

	{TransferCompleted, Ask, Asking, "the user is being asked"},
	{TransferCompleted, StartInstall, InstallationStarted, "the device installs it"},
	{TransferCompleted, EndInstall, InstallationCompleted, "installed"},
	{TransferCompleted, Succeed, Succeeded, "confirmed"},
	{TransferCompleted, Deliver, Delivered, "fetched, to be installed later"},
	{TransferCompleted, Fail, Failed, "the device failed"},
	{TransferCompleted, Refuse, Refused, "the device refused it"},
	{TransferCompleted, Skip, NotNecessary, "the device has it already"},
	{TransferCompleted, Retry, Pending, "failed, tried again"},
	{TransferCompleted, TimeOut, Failed, "no report in time"},
	{TransferCompleted, ConfirmCancel, Cancelled, "the device gave it up"},

	{InstallationStarted, EndInstall, InstallationCompleted, "installed"},
	{InstallationStarted, Succeed, Succeeded, "confirmed"},
	{InstallationStarted, Fail, Failed, "the device failed"},
	{InstallationStarted, Refuse, Refused, "the installer refused it"},
	{InstallationStarted, Retry, Pending, "failed, tried again"},
	{InstallationStarted, TimeOut, Failed, "no report in time"},
	{InstallationStarted, ConfirmCancel, Cancelled, "the device gave it up"},

	{InstallationCompleted, Succeed, Succeeded, "confirmed"},
	{InstallationCompleted, Fail, Failed, "not confirmed, rolled back"},
	{InstallationCompleted, TimeOut, Failed, "no report in time"},
}

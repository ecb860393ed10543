package tr50

import (
	"encoding/json"
	"fmt"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// progressEvents says what a word of mailbox.update means for an execution:
// the agent's words and those of the Wind River client (TR50 2.1). A word that
// is not here is for people and moves nothing.
var progressEvents = map[string]fleet.Event{
	string(wire.TransferStarted):       fleet.StartTransfer,
	string(wire.TransferCompleted):     fleet.EndTransfer,
	string(wire.InstallationStarted):   fleet.StartInstall,
	string(wire.InstallationCompleted): fleet.EndInstall,

	"Started OTA Update":   fleet.StartTransfer,
	"Running Pre-Install":  fleet.StartInstall,
	"Running Install":      fleet.StartInstall,
	"Running Post-Install": fleet.StartInstall,
	"Update Successful":    fleet.EndInstall,
}

// resultEvents says what the result in the params of mailbox.ack means. The
// errorCode decides where there is none.
var resultEvents = map[string]fleet.Event{
	"succeeded":     fleet.Succeed,
	"delivered":     fleet.Deliver,
	"not_necessary": fleet.Skip,
	"declined":      fleet.Decline,
	"refused":       fleet.Refuse,
	"cancelled":     fleet.ConfirmCancel,
	"failed":        fleet.Fail,
	"rolled_back":   fleet.Fail,
	"inconsistent":  fleet.Fail,
}

// statusWords are the status codes of devices as people read them (TR50 1.5).
var statusWords = map[wire.Code]string{
	wire.StatusBadParameter:   "Bad Parameter",
	wire.StatusBadRequest:     "Bad Request",
	wire.StatusExecutionError: "Execution Error",
	wire.StatusExists:         "Already Exists",
	wire.StatusFileOpenFailed: "File Open Failed",
	wire.StatusFull:           "Full",
	wire.StatusIOError:        "I/O Error",
	wire.StatusNoMemory:       "Out of Memory",
	wire.StatusNoPermission:   "No Permission",
	wire.StatusNotExecutable:  "Not Executable",
	wire.StatusNotFound:       "Not Found",
	wire.StatusNotInitialized: "Not Initialized",
	wire.StatusOutOfRange:     "Out of Range",
	wire.StatusParseError:     "Parsing Error",
	wire.StatusTimedOut:       "Timed Out",
	wire.StatusTryAgain:       "Try Again",
	wire.StatusNotSupported:   "Not Supported",
	wire.StatusFailure:        "Failure",
	wire.CodeUnknownCommand:   "Unknown Command",
	wire.CodeUnknownMethod:    "Unknown Method",
	wire.CodeFileTransfer:     "File Transfer Failed",
}

// progress reads the msg of mailbox.update. The event is "" for a word that
// moves nothing.
func progress(msg string) (event fleet.Event, detail string) {
	if p, detail, ok := wire.ParseProgress(msg); ok {
		return progressEvents[string(p)], detail
	}
	return progressEvents[msg], msg
}

// verdict reads what a mailbox.ack means for an execution. A device that
// claims a good result with an error code has failed.
func verdict(a fleet.Answer) control.Verdict {
	var result wire.SupResult
	if json.Unmarshal(a.Params, &result) != nil {
		result = wire.SupResult{}
	}
	v := control.Verdict{Event: fleet.Succeed, Detail: a.ErrorMessage, Confirmation: result.Confirmation}
	said, known := resultEvents[result.Result]
	switch code := wire.Code(a.ErrorCode); {
	case code == wire.StatusSuccess && known:
		v.Event = said
	case code == wire.StatusSuccess:
	case known && said != fleet.Succeed && said != fleet.Deliver && said != fleet.Skip:
		v.Event = said
	default:
		v.Event = fleet.Fail
	}
	if v.Detail == "" && a.ErrorCode != 0 {
		v.Detail = statusWord(wire.Code(a.ErrorCode))
	}
	return v
}

func statusWord(code wire.Code) string {
	if word := statusWords[code]; word != "" {
		return word
	}
	return fmt.Sprintf("the device answered with error code %d", code)
}

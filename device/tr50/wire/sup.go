package wire

import (
	"encoding/json"
	"strings"
)

// MethodSupUpdate is the method that tells a device to install a package; it
// reaches the device as a message whose command is method.exec. The name is that
// of Telit's task (TR50 3.2), the parameters are ours: theirs are not public.
const MethodSupUpdate = "gateway.sup.update"

// MethodSupCheck runs the package in check mode, with the same parameters, and
// changes nothing on the device. It is a method of its own so that an agent
// that does not know it refuses the message instead of installing.
const MethodSupCheck = "gateway.sup.check"

// SupUpdate is the parameters of MethodSupUpdate and of MethodSupCheck.
type SupUpdate struct {
	// Name is the name of the package, without ".sup" (TR50 3.2).
	Name string `json:"name"`
	// File is the fileName for file.get, Global its global.
	File   string `json:"file"`
	Global bool   `json:"global"`
	// Version is the version that the package brings.
	Version string `json:"version"`
	// SHA256 is that of the file, in lower-case hexadecimal; Size is in bytes.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	// Timeout is how many seconds the transfer may bring nothing while the
	// device is connected (TR50 2.1, 3.2); 0 means no limit.
	Timeout int64 `json:"timeout,omitempty"`
	// Execution is the id of the execution. It is the same when the message comes again.
	Execution string `json:"execution"`
	// Variables are what the operator gave for those that the package declares.
	// They are text; the device judges them by the signed declaration again.
	Variables map[string]string `json:"variables,omitempty"`
}

// SupResult is the params of the mailbox.ack that ends an update. Its errorCode
// is StatusSuccess or another status of the device, its errorMessage a sentence.
type SupResult struct {
	// Result is the outcome in one word.
	Result string `json:"result"`
	// Confirmation is the installer's confirmation.json; absent when the
	// installer was never started.
	Confirmation json.RawMessage `json:"confirmation,omitempty"`
}

// Progress is the word of a mailbox.update during an update.
type Progress string

// The words of progress, in their order.
const (
	TransferStarted       Progress = "Transfer started"
	TransferCompleted     Progress = "Transfer completed"
	InstallationStarted   Progress = "Installation started"
	InstallationCompleted Progress = "Installation completed"
)

const detailSeparator = ": "

// Msg is the msg of mailbox.update, with a detail unless it is empty.
func (p Progress) Msg(detail string) string {
	if detail == "" {
		return string(p)
	}
	return string(p) + detailSeparator + detail
}

// ParseProgress reads the msg of mailbox.update. It is not ok for other words:
// such a message is for people.
func ParseProgress(msg string) (p Progress, detail string, ok bool) {
	word, detail, _ := strings.Cut(msg, detailSeparator)
	switch p = Progress(word); p {
	case TransferStarted, TransferCompleted, InstallationStarted, InstallationCompleted:
		return p, detail, true
	}
	return "", "", false
}

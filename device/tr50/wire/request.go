package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// MaxCommands is how many commands one message may hold.
const MaxCommands = 256

// authKey is the id that stands for the auth block (TR50 1.6).
const authKey = "auth"

// Command is one command of a request.
type Command struct {
	// ID is any text; the answer carries it unchanged.
	ID string
	// Command is the name, such as "mailbox.check". It is empty when the member
	// was no command object; such a command still gets its answer.
	Command string
	// Params is nil when absent or null. Decode reads it.
	Params json.RawMessage
}

// NewCommand makes a command for a request. Nil params are left out.
func NewCommand(id, command string, params any) (Command, error) {
	raw, err := encodeParams(params)
	if err != nil {
		return Command{}, fmt.Errorf("cannot encode the parameters of %s: %w", command, err)
	}
	return Command{ID: id, Command: command, Params: raw}, nil
}

// Auth is the auth block of a request over HTTP: the id of a session, or the
// command api.authenticate with [Authenticate] as parameters (TR50 1.6).
type Auth struct {
	SessionID string
	Command   string
	Params    json.RawMessage
}

// Request is one message of a client: commands in the order they were written.
type Request struct {
	Auth     *Auth // nil when absent
	Commands []Command
}

// NewRequest makes a request without an auth block.
func NewRequest(commands ...Command) Request {
	return Request{Commands: commands}
}

// commandBody is a command, or the auth block, as it is on the wire.
type commandBody struct {
	SessionID string          `json:"sessionId,omitempty"`
	Command   string          `json:"command,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
}

// ParseRequest reads a message of a client. When an id occurs twice, its last
// command takes the place of the first. The error is a sentence for the root
// failure that answers such a message.
func ParseRequest(data []byte) (Request, error) {
	var r Request
	err := readObject(data, func(key string, value []byte) error {
		var body commandBody
		readable := json.Unmarshal(value, &body) == nil
		if !readable {
			body = commandBody{}
		}
		if key == authKey {
			r.Auth = nil
			if !isNull(value) {
				r.Auth = &Auth{SessionID: body.SessionID, Command: body.Command, Params: orNil(body.Params)}
			}
			return nil
		}
		c := Command{ID: key, Command: body.Command, Params: orNil(body.Params)}
		if i := slices.IndexFunc(r.Commands, func(before Command) bool { return before.ID == key }); i >= 0 {
			r.Commands[i] = c
			return nil
		}
		if len(r.Commands) == MaxCommands {
			return fmt.Errorf("it has more than %d commands", MaxCommands)
		}
		r.Commands = append(r.Commands, c)
		return nil
	})
	if err != nil {
		return Request{}, fmt.Errorf("cannot read the request: %w", err)
	}
	return r, nil
}

// Encode writes the request, the auth block first.
func (r Request) Encode() ([]byte, error) {
	var w objectWriter
	if r.Auth != nil {
		w.member(authKey, commandBody{SessionID: r.Auth.SessionID, Command: r.Auth.Command, Params: r.Auth.Params})
	}
	for _, c := range r.Commands {
		w.member(c.ID, commandBody{Command: c.Command, Params: c.Params})
	}
	return w.end()
}

// Decode reads the parameters of a command. Absent parameters leave v as it is.
func Decode(params json.RawMessage, v any) error {
	if len(params) == 0 {
		return nil
	}
	err := json.Unmarshal(params, v)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return fmt.Errorf("the parameter %s cannot be of the type %s", onWire(wrongType.Field), wrongType.Value)
	case errors.As(err, &wrongType):
		return fmt.Errorf("the parameters are of the type %s, not an object", wrongType.Value)
	}
	return fmt.Errorf("the parameters cannot be read: %v", err)
}

// onWire is the path of a parameter without the structures that only our code
// has: their names begin with a capital letter.
func onWire(field string) string {
	names := slices.DeleteFunc(strings.Split(field, "."), func(name string) bool { return name != "" && unicode.IsUpper(rune(name[0])) })
	return strings.Join(names, ".")
}

func isNull(raw json.RawMessage) bool {
	return bytes.Equal(bytes.TrimSpace(raw), []byte("null"))
}

func orNil(raw json.RawMessage) json.RawMessage {
	if isNull(raw) {
		return nil
	}
	return raw
}

func encodeParams(params any) (json.RawMessage, error) {
	if params == nil {
		return nil, nil
	}
	raw, err := json.Marshal(params)
	return orNil(raw), err
}

package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Answer is what became of one command.
type Answer struct {
	ID string
	// Params is the result of a successful command, nil when it has none.
	Params json.RawMessage
	// Failure is nil for a successful command.
	Failure *Error
}

// Error is the failure of a command or of a whole request.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (TR50 error %d)", e.Message, e.Code)
}

// Err is the failure as an error, nil for a successful command.
func (a Answer) Err() error {
	if a.Failure == nil {
		return nil
	}
	return a.Failure
}

// OK is the answer to a successful command. Nil params are left out.
func OK(id string, params any) (Answer, error) {
	raw, err := encodeParams(params)
	if err != nil {
		return Answer{}, fmt.Errorf("cannot encode the result of command %q: %w", id, err)
	}
	return Answer{ID: id, Params: raw}, nil
}

// Fail is the answer to a command that failed.
func Fail(id string, code Code, message string) Answer {
	return Answer{ID: id, Failure: &Error{Code: code, Message: message}}
}

// Reply is the answer to a request.
type Reply struct {
	// Failure is set when the whole request was refused; nothing else is then.
	Failure *Error
	// Auth answers the auth block; nil when there was none.
	Auth    *Answer
	Answers []Answer
}

// Refuse is the reply to a request that is refused as a whole (TR50 1.4).
func Refuse(code Code, message string) Reply {
	return Reply{Failure: &Error{Code: code, Message: message}}
}

// answerBody is an answer, or a root failure, as it is on the wire.
type answerBody struct {
	Success       bool            `json:"success"`
	Params        json.RawMessage `json:"params,omitempty"`
	ErrorCodes    []Code          `json:"errorCodes,omitempty"`
	ErrorMessages []string        `json:"errorMessages,omitempty"`
}

func (a Answer) body() answerBody {
	if a.Failure == nil {
		return answerBody{Success: true, Params: a.Params}
	}
	return answerBody{
		Params:        a.Params,
		ErrorCodes:    []Code{a.Failure.Code},
		ErrorMessages: []string{a.Failure.Message},
	}
}

// Encode writes the reply: the answer to the auth block, then the answers in
// their order.
func (r Reply) Encode() ([]byte, error) {
	if r.Failure != nil {
		return Encode(Answer{Failure: r.Failure}.body())
	}
	var w objectWriter
	if r.Auth != nil {
		w.member(authKey, r.Auth.body())
	}
	for _, a := range r.Answers {
		w.member(a.ID, a.body())
	}
	return w.end()
}

// Answer finds the answer to a command.
func (r Reply) Answer(id string) (Answer, bool) {
	for _, a := range r.Answers {
		if a.ID == id {
			return a, true
		}
	}
	return Answer{}, false
}

// ParseReply reads a reply. A reply that refuses the whole request is no error;
// it has Failure set.
func ParseReply(data []byte) (Reply, error) {
	var r Reply
	refused := false
	err := readObject(data, func(key string, value []byte) error {
		if key == "success" && !isObject(value) {
			refused = true
			return nil
		}
		if isNull(value) || !isObject(value) {
			return nil // "auth":null, and the other fields of a root failure
		}
		if len(r.Answers) == MaxCommands {
			return fmt.Errorf("it has more than %d answers", MaxCommands)
		}
		a, err := parseAnswer(key, value)
		if err != nil {
			return err
		}
		if key == authKey {
			r.Auth = &a
			return nil
		}
		r.Answers = append(r.Answers, a)
		return nil
	})
	if err == nil && refused {
		return parseRefusal(data)
	}
	if err != nil {
		return Reply{}, fmt.Errorf("cannot read the reply: %w", err)
	}
	return r, nil
}

func parseRefusal(data []byte) (Reply, error) {
	a, err := parseAnswer("", data)
	if err != nil {
		return Reply{}, fmt.Errorf("cannot read the reply: %w", err)
	}
	if a.Failure == nil {
		return Reply{}, errors.New("cannot read the reply: it is a success without the id of a command")
	}
	return Reply{Failure: a.Failure}, nil
}

func parseAnswer(id string, raw json.RawMessage) (Answer, error) {
	var body answerBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return Answer{}, fmt.Errorf("the answer %q cannot be read: %v", id, err)
	}
	a := Answer{ID: id, Params: orNil(body.Params)}
	if body.Success {
		return a, nil
	}
	a.Failure = &Error{Message: "the server gave no reason"}
	if len(body.ErrorCodes) > 0 {
		a.Failure.Code = body.ErrorCodes[0]
	}
	if len(body.ErrorMessages) > 0 {
		a.Failure.Message = body.ErrorMessages[0]
	}
	return a, nil
}

func isObject(raw json.RawMessage) bool {
	return len(raw) > 0 && raw[0] == '{'
}

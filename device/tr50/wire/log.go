package wire

// The levels of log.publish (TR50 1.8).
const (
	LogError   Number = 0
	LogWarning Number = 1
	LogInfo    Number = 2
)

// LogPublish is log.publish.
type LogPublish struct {
	Thing
	Msg    Text    `json:"msg"`
	TS     Time    `json:"ts,omitzero"`
	Level  *Number `json:"level,omitempty"`
	CorrID Text    `json:"corrId,omitempty"`
	Global Flag    `json:"global,omitempty"`
}

// LevelOrInfo is the level, LogInfo when it is absent.
func (l LogPublish) LevelOrInfo() Number {
	if l.Level == nil {
		return LogInfo
	}
	return *l.Level
}

// LogList is log.list.
type LogList struct {
	Thing
	Start Time `json:"start,omitzero"`
}

// LogLine is an element of the result of log.list.
type LogLine struct {
	Msg   string `json:"msg"`
	TS    Time   `json:"ts"`
	Level Number `json:"level"`
}

// Result is a result that is a list.
type Result[T any] struct {
	Result []T `json:"result"`
}

package wire

import (
	"fmt"
	"strings"
)

// Noun is what a bare value is published for.
type Noun string

// The nouns of the topics for bare values (TR50 1.3).
const (
	NounProperty  Noun = "property"
	NounAttribute Noun = "attribute"
	NounAlarm     Noun = "alarm"
)

// Self is the name of the session's own thing in a topic.
const Self = "self"

// Topic is where a client published: a request when Noun is empty, a bare value
// otherwise.
type Topic struct {
	// Suffix is what follows "api" or "apiz", its slash included, or nothing.
	Suffix string
	// Compressed tells that payload and reply are zlib.
	Compressed bool

	Noun  Noun
	Thing string // a thing key, or Self
	Key   string // of the property, attribute or alarm; may contain slashes
}

// ParseTopic reads a topic that clients publish to (TR50 1.3).
func ParseTopic(topic string) (Topic, error) {
	first, _, _ := strings.Cut(topic, "/")
	switch first {
	case "api", "apiz":
		return Topic{Suffix: topic[len(first):], Compressed: first == "apiz"}, nil
	case "thing":
		parts := strings.SplitN(topic, "/", 4)
		if len(parts) < 4 || parts[1] == "" || parts[3] == "" {
			break
		}
		switch noun := Noun(parts[2]); noun {
		case NounProperty, NounAttribute, NounAlarm:
			return Topic{Noun: noun, Thing: parts[1], Key: parts[3]}, nil
		}
	}
	return Topic{}, fmt.Errorf("nothing is taken on the topic %q", topic)
}

// ReplyTopic is where the reply to a request goes, the suffix kept to the letter.
// It is empty for a bare value, which gets no reply.
func (t Topic) ReplyTopic() string {
	switch {
	case t.Noun != "":
		return ""
	case t.Compressed:
		return "replyz" + t.Suffix
	}
	return "reply" + t.Suffix
}

// RequestTopic is where a client publishes a request with this suffix; empty for none.
func RequestTopic(suffix string) string {
	if suffix == "" {
		return "api"
	}
	return "api/" + suffix
}

// ParseReplyTopic gives the suffix of a reply, without its slash.
func ParseReplyTopic(topic string) (suffix string, compressed, ok bool) {
	first, suffix, _ := strings.Cut(topic, "/")
	return suffix, first == "replyz", first == "reply" || first == "replyz"
}

// ValueTopic is the topic of a bare value.
func ValueTopic(thing string, noun Noun, key string) string {
	return "thing/" + thing + "/" + string(noun) + "/" + key
}

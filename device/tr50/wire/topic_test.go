package wire

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheSuffixOfARequestIsEchoedToTheLetter(t *testing.T) {
	for topic, want := range map[string]string{
		"api": "reply", "api/0001": "reply/0001", "api/1": "reply/1", "api/": "reply/", "api/a/b": "reply/a/b",
		"apiz": "replyz", "apiz/007": "replyz/007",
	} {
		got, err := ParseTopic(topic)
		if err != nil || got.ReplyTopic() != want || got.Compressed != strings.HasPrefix(topic, "apiz") {
			t.Errorf("%s: got %q, %v, want %q", topic, got.ReplyTopic(), err, want)
		}
	}
}

func TestABareValueHasAThingANounAndAKey(t *testing.T) {
	for topic, want := range map[string]Topic{
		"thing/self/property/cpu":  {Thing: Self, Noun: NounProperty, Key: "cpu"},
		"thing/k1/alarm/door":      {Thing: "k1", Noun: NounAlarm, Key: "door"},
		"thing/k1/attribute/a/b/c": {Thing: "k1", Noun: NounAttribute, Key: "a/b/c"},
	} {
		got, err := ParseTopic(topic)
		if err != nil || got != want || got.ReplyTopic() != "" {
			t.Errorf("%s: got %+v, %v", topic, got, err)
		}
		if back := ValueTopic(want.Thing, want.Noun, want.Key); back != topic {
			t.Errorf("ValueTopic gives %s for %s", back, topic)
		}
	}
	for _, topic := range []string{"", "ap", "apix", "apizz/1", "reply/1", "notify/mailbox_activity", "thing", "thing/self",
		"thing/self/property", "thing/self/property/", "thing//property/x", "thing/self/method/x", "API/1"} {
		if got, err := ParseTopic(topic); err == nil {
			t.Errorf("%q is taken as %+v", topic, got)
		}
	}
}

func TestAClientFindsTheSuffixOfAReply(t *testing.T) {
	for topic, want := range map[string]string{"reply": "", "reply/0001": "0001", "replyz/7": "7"} {
		suffix, compressed, ok := ParseReplyTopic(topic)
		if !ok || suffix != want || compressed != strings.HasPrefix(topic, "replyz") {
			t.Errorf("%s: got %q %v %v", topic, suffix, compressed, ok)
		}
	}
	if _, _, ok := ParseReplyTopic(NotifyTopic); ok {
		t.Error("a notification is taken for a reply")
	}
	if RequestTopic("") != "api" || RequestTopic("0001") != "api/0001" {
		t.Error("RequestTopic")
	}
}

func TestCompressionHasALimit(t *testing.T) {
	plain := bytes.Repeat([]byte("a"), 1000)
	for range 2 { // the second time with a kept writer
		packed := Deflate(plain)
		got, err := Inflate(packed, 1000)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
		if _, err := Inflate(packed, 999); err == nil || err.Error() != "cannot decompress the message: it has more than 999 bytes" {
			t.Errorf("got %v", err)
		}
		if _, err := Inflate(packed[:len(packed)-2], 1000); err == nil {
			t.Error("a truncated message is accepted")
		}
	}
	if _, err := Inflate([]byte("{}"), 10); err == nil {
		t.Error("plain text is accepted")
	}
}

func TestTheWordsOfProgressAreReadBack(t *testing.T) {
	for msg, want := range map[string]string{
		"Transfer started":                      "Transfer started|",
		"Transfer completed: 5 MB in 3 s: fine": "Transfer completed|5 MB in 3 s: fine",
		TransferCompleted.Msg(""):               "Transfer completed|",
		InstallationStarted.Msg("a: b"):         "Installation started|a: b",
		string(InstallationCompleted):           "Installation completed|",
	} {
		p, detail, ok := ParseProgress(msg)
		if got := string(p) + "|" + detail; !ok || got != want {
			t.Errorf("%q: got %q %v", msg, got, ok)
		}
	}
	for _, msg := range []string{"", "Invoked", "transfer started", "Transfer started:x"} {
		if p, _, ok := ParseProgress(msg); ok {
			t.Errorf("%q is taken as %q", msg, p)
		}
	}
}

func FuzzParseTopic(f *testing.F) {
	f.Add("api/1")
	f.Add("thing/self/alarm/x")
	f.Fuzz(func(t *testing.T, topic string) {
		got, err := ParseTopic(topic)
		if err == nil && got.Noun == "" && "api"+strings.TrimPrefix(got.ReplyTopic(), "reply") != topic {
			t.Fatalf("%q gets its reply on %q", topic, got.ReplyTopic())
		}
	})
}

func FuzzInflate(f *testing.F) {
	f.Add(Deflate([]byte("{}")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if out, err := Inflate(data, 4096); err == nil && len(out) > 4096 {
			t.Fatalf("%d bytes", len(out))
		}
	})
}

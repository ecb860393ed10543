package wire

import (
	"errors"
	"testing"
)

func mustOK(t *testing.T, id string, params any) Answer {
	t.Helper()
	a, err := OK(id, params)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The replies are those of TR50 1.4 and 1.8.
func TestAReplyIsWrittenInTheOrderOfTheRequest(t *testing.T) {
	auth := mustOK(t, "auth", Authenticated{SessionID: "s", OrgKey: "o"})
	crc := Checksum(2588164595)
	for _, c := range []struct {
		reply Reply
		want  string
	}{
		{Reply{Answers: []Answer{mustOK(t, "1", nil)}}, `{"1":{"success":true}}`},
		{Reply{Answers: []Answer{mustOK(t, "2", struct{}{}), Fail("1", CodeDeviceNotFound, "Device not found")}},
			`{"2":{"success":true,"params":{}},"1":{"success":false,"errorCodes":[-22],"errorMessages":["Device not found"]}}`},
		{Reply{Answers: []Answer{Fail("1", CodeNotFound, "File test-ota.tar.gz not found")}},
			`{"1":{"success":false,"errorCodes":[-90008],"errorMessages":["File test-ota.tar.gz not found"]}}`},
		{Reply{Answers: []Answer{mustOK(t, "1", FileTicket{FileID: "500000000000000000000005", FileSize: 11, CRC32: &crc})}},
			`{"1":{"success":true,"params":{"fileId":"500000000000000000000005","fileSize":11,"crc32":2588164595}}}`},
		{Reply{Answers: []Answer{mustOK(t, "1", Mailbox{})}}, `{"1":{"success":true,"params":{"messages":[]}}}`},
		{Reply{Auth: &auth}, `{"auth":{"success":true,"params":{"sessionId":"s","orgKey":"o"}}}`},
		{Refuse(CodeBadRequest, "no"), `{"success":false,"errorCodes":[-99001],"errorMessages":["no"]}`},
		{Reply{}, `{}`},
	} {
		got, err := c.reply.Encode()
		if err != nil || string(got) != c.want {
			t.Errorf("got  %s, %v\nwant %s", got, err, c.want)
		}
	}
}

func TestAReplyIsRead(t *testing.T) {
	r, err := ParseReply([]byte(`{"auth":null,"b":{"success":true,"params":{"messages":[{"id":"5","thingKey":"k","command":"method.exec","params":{"method":"ping","params":{}}}]}},` +
		`"a":{"success":false,"errorCodes":["-90008"],"errorMessages":["gone"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Answers) != 2 || r.Answers[0].ID != "b" || r.Auth != nil {
		t.Fatalf("got %+v", r)
	}
	var mail Mailbox
	if err := Decode(r.Answers[0].Params, &mail); err != nil || len(mail.Messages) != 1 {
		t.Fatalf("got %+v, %v", mail, err)
	}
	var call MethodCall
	if err := Decode(mail.Messages[0].Params, &call); err != nil || call.Method != "ping" {
		t.Errorf("got %+v, %v", call, err)
	}
	gone, _ := r.Answer("a")
	var failure *Error
	if !errors.As(gone.Err(), &failure) || failure.Code != CodeNotFound || failure.Message != "gone" {
		t.Errorf("got %v", gone.Err())
	}
	if ok, found := r.Answer("b"); !found || ok.Err() != nil {
		t.Errorf("got %v, %v", ok, found)
	}
}

func TestARootFailureIsNoAnswer(t *testing.T) {
	r, err := ParseReply([]byte(`{"success":false,"errorCodes":[-99003],"errorMessages":["log in"]}`))
	if err != nil || r.Failure == nil || *r.Failure != (Error{CodeNotAuthenticated, "log in"}) {
		t.Errorf("got %+v, %v", r, err)
	}
	r, err = ParseReply([]byte(`{"success":{"success":true}}`))
	if err != nil || r.Failure != nil || len(r.Answers) != 1 {
		t.Errorf("a command with the id success: got %+v, %v", r, err)
	}
	if _, err := ParseReply([]byte(`{"success":true}`)); err == nil {
		t.Error("a root success is accepted; TR50 1.4 says there is none")
	}
}

func FuzzParseReply(f *testing.F) {
	f.Add([]byte(`{"1":{"success":true,"params":{}}}`))
	f.Add([]byte(`{"success":false,"errorCodes":[-1],"errorMessages":["x"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseReply(data)
		if err != nil {
			return
		}
		encoded, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseReply(encoded); err != nil {
			t.Fatalf("cannot read %s, which was written for %q: %v", encoded, data, err)
		}
	})
}

package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicehq/sluice/web/view"
)

// noteCookie carries the sentence about what was just done over the redirect
// that follows it.
const noteCookie = "sluice_note"

const maxNote = 1000

// leave answers a POST: back to a page, with a sentence about what was done.
func (v *visit) leave(to, sentence string) error {
	if len(sentence) > maxNote {
		sentence = strings.ToValidUTF8(sentence[:maxNote], "")
	}
	http.SetCookie(v.w, &http.Cookie{Name: noteCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(sentence)),
		Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.r.TLS != nil})
	v.redirect(to)
	return nil
}

// takeNote reads the sentence and makes the browser forget it.
func (v *visit) takeNote() view.Note {
	c, err := v.r.Cookie(noteCookie)
	if err != nil {
		return view.Note{}
	}
	http.SetCookie(v.w, &http.Cookie{Name: noteCookie, Path: "/", MaxAge: -1, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: v.r.TLS != nil})
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(text) > maxNote {
		return view.Note{}
	}
	return view.Note{Text: strings.ToValidUTF8(string(text), "")}
}

// back is the page of ours that a POST came from, as far as the browser says.
func (v *visit) back(otherwise string) string {
	from, err := url.Parse(v.r.Referer())
	if err != nil || from.Host != v.r.Host || !localPath(from.RequestURI()) {
		return otherwise
	}
	return from.RequestURI()
}

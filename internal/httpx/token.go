package httpx

import (
	"net/http"
	"strings"
	"time"
)

// Names of the session cookie. A __Host- cookie is only ever sent over TLS to
// the host that set it; a browser takes none over plain HTTP, which the
// server offers on loopback alone unless its operator says otherwise.
const (
	SecureCookie = "__Host-sluice"
	PlainCookie  = "sluice"
)

// maxToken bounds a session token in bytes; a longer one is none of ours.
const maxToken = 256

// CookieName is the session cookie's name on the connection of r. Over TLS
// the plain name is not looked at.
func CookieName(r *http.Request) string {
	if r.TLS != nil {
		return SecureCookie
	}
	return PlainCookie
}

// Token returns the session token of the request: the bearer token, else the
// console's cookie, else "". fromCookie tells that a browser added it by
// itself, so that the request must also prove its origin.
func Token(r *http.Request) (token string, fromCookie bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, rest, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", false
		}
		return bounded(strings.TrimSpace(rest)), false
	}
	if c, err := r.Cookie(CookieName(r)); err == nil {
		return bounded(c.Value), true
	}
	return "", false
}

func bounded(token string) string {
	if len(token) > maxToken {
		return ""
	}
	return token
}

// SessionCookie carries the token to the browser that made r.
func SessionCookie(r *http.Request, token string, expiresAt time.Time) *http.Cookie {
	return &http.Cookie{Name: CookieName(r), Value: token, Path: "/", Expires: expiresAt,
		Secure: r.TLS != nil, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// NoSessionCookie makes the browser forget its session.
func NoSessionCookie(r *http.Request) *http.Cookie {
	c := SessionCookie(r, "", time.Time{})
	c.MaxAge = -1
	return c
}

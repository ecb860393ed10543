package wire

import "time"

// Authenticate is the parameters of api.authenticate: an application's three
// fields, or a user's two (TR50 1.6).
type Authenticate struct {
	AppToken string `json:"appToken,omitempty"`
	AppID    string `json:"appId,omitempty"`
	ThingKey string `json:"thingKey,omitempty"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
}

// Authenticated is the result of api.authenticate.
type Authenticated struct {
	SessionID string `json:"sessionId"`
	OrgKey    string `json:"orgKey"`
}

// SessionInfo is the result of session.info.
type SessionInfo struct {
	HasOrgAdmin   bool `json:"hasOrgAdmin"`
	HasSuperAdmin bool `json:"hasSuperAdmin"`
	HasSuperOps   bool `json:"hasSuperOps"`
}

// SessionOrgList is session.org.list; its result is a Result of Org.
type SessionOrgList struct {
	IncludeRoles      Flag `json:"includeRoles,omitempty"`
	IncludeRecentOrgs Flag `json:"includeRecentOrgs,omitempty"`
}

// Org is an organisation.
type Org struct {
	ID   string `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

// SessionOrgSwitch is session.org.switch.
type SessionOrgSwitch struct {
	Key string `json:"key"`
}

// UserFind is user.find.
type UserFind struct {
	Username     string `json:"username,omitempty"`
	EmailAddress string `json:"emailAddress,omitempty"`
}

// UserFound is the result of user.find.
type UserFound struct {
	ID           string `json:"id"`
	DefaultOrgID string `json:"defaultOrgId"`
}

// DiagTime is the result of diag.time: milliseconds since 1970 (TR50 1.8).
type DiagTime struct {
	Time int64 `json:"time"`
}

// NewDiagTime gives t to a client.
func NewDiagTime(t time.Time) DiagTime { return DiagTime{Time: t.UnixMilli()} }

package web

import "github.com/sluicehq/sluice/control"

// page is a row of the table: what a request needs and who answers it.
type page struct {
	method, path string
	action       control.Action // "" for everybody, signed in or not
	serve        func(*Web, *visit) error
}

// pages is the whole console.
var pages = []page{
	{"GET", "/sign-in", "", (*Web).signIn},
	{"POST", "/sign-in", "", (*Web).doSignIn},
	{"POST", "/sign-out", "", (*Web).signOut},

	{"GET", "/{$}", control.DeviceRead, (*Web).home},
	{"GET", "/devices", control.DeviceRead, (*Web).deviceList},
	{"POST", "/devices/{id}/accept", control.DeviceAdmit, (*Web).acceptDevice},
	{"POST", "/devices/{id}/reject", control.DeviceAdmit, (*Web).rejectDevice},

	{"GET", "/executions", control.UpdateRead, (*Web).executionList},
	{"POST", "/executions/{id}/cancel", control.UpdateCancel, (*Web).cancelExecution},

	{"GET", "/events", control.DeviceRead, (*Web).events},
}

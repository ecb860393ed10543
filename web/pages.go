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
	{"GET", "/devices/{id}", control.DeviceRead, (*Web).device},
	{"POST", "/devices/{id}/accept", control.DeviceAdmit, (*Web).acceptDevice},
	{"POST", "/devices/{id}/reject", control.DeviceAdmit, (*Web).rejectDevice},

	{"GET", "/executions", control.UpdateRead, (*Web).executionList},
	{"GET", "/executions/{id}", control.UpdateRead, (*Web).execution},
	{"POST", "/executions/{id}/cancel", control.UpdateCancel, (*Web).cancelExecution},

	{"GET", "/updates", control.UpdateRead, (*Web).updateList},
	{"GET", "/updates/new", control.UpdateWrite, (*Web).chooseUpdate},
	{"POST", "/updates/new", control.UpdateWrite, (*Web).chooseUpdate}, // with what was chosen before
	{"POST", "/updates/plan", control.UpdateWrite, (*Web).planUpdate},
	{"POST", "/updates", control.UpdateWrite, (*Web).giveUpdate},
	{"GET", "/updates/{id}", control.UpdateRead, (*Web).update},
	{"POST", "/updates/{id}/cancel", control.UpdateCancel, (*Web).cancelUpdate},

	{"GET", "/releases", control.ReleaseRead, (*Web).releaseList},
	{"GET", "/audit", control.AuditRead, (*Web).audit},

	{"GET", "/events", control.DeviceRead, (*Web).events},
}

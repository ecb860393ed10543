package web

import "github.com/sluicehq/sluice/control"

// page is a row of the table: what a request needs and who answers it.
type page struct {
	method, path string
	action       fleet.Action // "" for everybody, signed in or not
	serve        func(*Web, *visit) error
}

// pages is the whole console.
var pages = []page{
	{"GET", "/sign-in", "", (*Web).signIn},
	{"POST", "/sign-in", "", (*Web).doSignIn},
	{"POST", "/sign-out", "", (*Web).signOut},

	{"GET", "/{$}", fleet.DeviceRead, (*Web).home},
	{"GET", "/devices", fleet.DeviceRead, (*Web).deviceList},
	{"GET", "/devices/{id}", fleet.DeviceRead, (*Web).device},
	{"POST", "/devices/{id}/accept", fleet.DeviceWrite, (*Web).acceptDevice},
	{"POST", "/devices/{id}/reject", fleet.DeviceWrite, (*Web).rejectDevice},

	{"GET", "/executions", fleet.UpdateRead, (*Web).executionList},
	{"GET", "/executions/{id}", fleet.UpdateRead, (*Web).execution},
	{"POST", "/executions/{id}/cancel", fleet.UpdateCancel, (*Web).cancelExecution},

	{"GET", "/updates", fleet.UpdateRead, (*Web).updateList},
	{"GET", "/updates/new", fleet.UpdateWrite, (*Web).chooseUpdate},
	{"POST", "/updates/new", fleet.UpdateWrite, (*Web).chooseUpdate}, // with what was chosen before
	{"POST", "/updates/plan", fleet.UpdateWrite, (*Web).planUpdate},
	{"POST", "/updates", fleet.UpdateWrite, (*Web).giveUpdate},
	{"GET", "/updates/{id}", fleet.UpdateRead, (*Web).update},
	{"POST", "/updates/{id}/cancel", fleet.UpdateCancel, (*Web).cancelUpdate},

	{"GET", "/releases", fleet.ReleaseRead, (*Web).releaseList},
	{"GET", "/audit", fleet.AuditRead, (*Web).audit},

	{"GET", "/events", fleet.DeviceRead, (*Web).events},
}

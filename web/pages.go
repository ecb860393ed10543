package web

import "github.com/sluicehq/sluice/fleet"

// oneself stands in the table for a page that is for whoever is signed in and
// about nobody else.
const oneself fleet.Action = "oneself"

// page is a row of the table: what a request needs and who answers it.
type page struct {
	method, path string
	// action is what the reader must be allowed somewhere; the handler asks
	// again for the unit that it is about. "" is for everybody.
	action fleet.Action
	serve  func(*Web, *visit) error
}

// pages is the whole console.
var pages = []page{
	{"GET", "/sign-in", "", (*Web).signIn},
	{"POST", "/sign-in", "", (*Web).doSignIn},
	{"POST", "/sign-out", "", (*Web).signOut},

	{"GET", "/account", oneself, (*Web).account},
	{"POST", "/account/password", oneself, (*Web).changePassword},
	{"POST", "/account/tokens", oneself, (*Web).createAPIToken},
	{"POST", "/account/tokens/revoke", oneself, (*Web).revokeAPIToken},

	{"GET", "/{$}", fleet.DeviceRead, (*Web).home},
	{"GET", "/devices", fleet.DeviceRead, (*Web).deviceList},
	{"GET", "/devices.csv", fleet.DeviceRead, (*Web).exportDevices},
	{"GET", "/devices/import", fleet.DeviceWrite, (*Web).importForm},
	{"POST", "/devices/import", fleet.DeviceWrite, (*Web).importDevices},
	{"GET", "/devices/{id}", fleet.DeviceRead, (*Web).device},
	{"POST", "/devices/{id}/accept", fleet.DeviceWrite, (*Web).acceptDevice},
	{"POST", "/devices/{id}/reject", fleet.DeviceWrite, (*Web).rejectDevice},
	{"GET", "/devices/{id}/place", fleet.DeviceWrite, (*Web).placeForm},
	{"POST", "/devices/{id}/place", fleet.DeviceWrite, (*Web).placeDevice},
	{"GET", "/devices/{id}/update", fleet.UpdateWrite, software((*Web).deviceTarget)},
	{"POST", "/devices/{id}/update/plan", fleet.UpdateWrite, planSoftware((*Web).deviceTarget)},
	{"POST", "/devices/{id}/update", fleet.UpdateWrite, sendSoftware((*Web).deviceTarget)},

	{"GET", "/groups", fleet.GroupRead, (*Web).groupList},
	{"POST", "/groups", fleet.GroupWrite, (*Web).createGroup},
	{"GET", "/groups/{id}", fleet.GroupRead, (*Web).group},
	{"GET", "/groups/{id}/change", fleet.GroupWrite, (*Web).groupForm},
	{"POST", "/groups/{id}/change", fleet.GroupWrite, (*Web).changeGroup},
	{"POST", "/groups/{id}/delete", fleet.GroupWrite, (*Web).deleteGroup},
	{"POST", "/groups/{id}/members", fleet.GroupWrite, (*Web).addMembers},
	{"POST", "/groups/{id}/members/remove", fleet.GroupWrite, (*Web).removeMember},
	{"GET", "/groups/{id}/update", fleet.UpdateWrite, software((*Web).groupTarget)},
	{"POST", "/groups/{id}/update/plan", fleet.UpdateWrite, planSoftware((*Web).groupTarget)},
	{"POST", "/groups/{id}/update", fleet.UpdateWrite, sendSoftware((*Web).groupTarget)},

	{"GET", "/executions", fleet.UpdateRead, (*Web).executionList},
	{"GET", "/executions/{id}", fleet.UpdateRead, (*Web).execution},
	{"POST", "/executions/{id}/cancel", fleet.UpdateCancel, (*Web).cancelExecution},

	{"GET", "/updates", fleet.UpdateRead, (*Web).updateList},
	{"GET", "/updates/new", fleet.UpdateWrite, (*Web).chooseUpdate},
	{"POST", "/updates/new", fleet.UpdateWrite, (*Web).chooseUpdate}, // with what was chosen before
	{"POST", "/updates/plan", fleet.UpdateWrite, (*Web).planUpdate},
	{"POST", "/updates", fleet.UpdateWrite, (*Web).giveUpdate},
	{"GET", "/updates/{id}", fleet.UpdateRead, (*Web).update},
	{"POST", "/updates/{id}/apply/plan", fleet.UpdateWrite, (*Web).planApply},
	{"POST", "/updates/{id}/apply", fleet.UpdateWrite, (*Web).applyCheck},
	{"POST", "/updates/{id}/cancel", fleet.UpdateCancel, (*Web).cancelUpdate},

	{"POST", "/jetporch/lint", fleet.UpdateWrite, (*Web).lintScript}, // what an editor shows as one types

	{"GET", "/releases", fleet.ReleaseRead, (*Web).releaseList},
	{"POST", "/releases", fleet.ReleaseWrite, (*Web).uploadRelease},
	{"POST", "/releases/keep", fleet.ReleaseWrite, (*Web).keepRelease}, // an uploaded one, with its warnings
	{"POST", "/releases/{id}/predefined", fleet.ReleaseWrite, (*Web).setPredefined},

	{"GET", "/magic-links", fleet.MagicLinkRead, (*Web).magicLinkList},
	{"POST", "/magic-links", fleet.MagicLinkWrite, (*Web).createMagicLink},
	{"GET", "/magic-links/{id}", fleet.MagicLinkRead, (*Web).magicLink},
	{"POST", "/magic-links/{id}/revoke", fleet.MagicLinkWrite, (*Web).revokeMagicLink},

	{"GET", "/units", fleet.UnitRead, (*Web).unitList},
	{"POST", "/units", fleet.UnitWrite, (*Web).createUnit},
	{"POST", "/units/{id}", fleet.UnitWrite, (*Web).renameUnit},
	{"GET", "/users", fleet.UserRead, (*Web).userList},
	{"POST", "/users", fleet.UserWrite, (*Web).createUser},
	{"GET", "/users/{id}", fleet.UserRead, (*Web).user},
	{"POST", "/users/{id}/grants", fleet.UserWrite, (*Web).setGrant},
	{"POST", "/users/{id}/grants/delete", fleet.UserWrite, (*Web).deleteGrant},
	{"POST", "/users/{id}/disable", fleet.UserWrite, (*Web).disableUser},
	{"POST", "/users/{id}/enable", fleet.UserWrite, (*Web).enableUser},
	{"POST", "/users/{id}/password", fleet.UserWrite, (*Web).resetPassword},
	{"GET", "/rights", fleet.UnitRead, (*Web).rights},
	{"GET", "/audit", fleet.AuditRead, (*Web).audit},

	{"GET", "/events", fleet.DeviceRead, (*Web).events},
}

package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sluicehq/sluice/fleet"
)

// What a route needs where that is no right of the table of rights.
const (
	public      fleet.Action = "public"
	signedIn    fleet.Action = "signed_in"
	firstSignIn fleet.Action = "first_sign_in" // also before the first password was changed
)

// route is one row of the table.
type route struct {
	method, path string
	needs        fleet.Action
	summary      string
	register     func(*API, huma.API, huma.Operation)
}

// table is everything that the API offers.
func (a *API) table() []route {
	return []route{
		on("GET /openapi.json", public, a.openAPI, "This document"),
		on("GET /keys", public, a.keys, "The keys whose signature a package needs"),
		on("POST /login", public, a.login, "Sign in and get a token"),
		on("POST /logout", firstSignIn, a.logout, "End the session of the token"),
		on("GET /me", firstSignIn, a.me, "Who the token belongs to"),
		on("POST /me/password", firstSignIn, a.changePassword, "Change one's password; every session of a browser ends"),
		on("POST /me/tokens", signedIn, a.createAPIToken, "Make an API token; its secret is shown once", created),
		on("GET /me/tokens", signedIn, a.listAPITokens, "List one's API tokens"),
		on("DELETE /me/tokens", signedIn, a.revokeAPIToken, "Revoke one's API token of a name"),
		on("GET /can", signedIn, a.can, "Whether a user may do an action in a unit, and by which rule; of others for those who manage users there"),

		on("POST /jetporch/lint", signedIn, a.lintScript, "What is wrong with a JetPorch script, by line and column"),

		on("GET /units", fleet.UnitRead, a.listUnits, "List units, parents before children"),
		on("POST /units", fleet.UnitWrite, a.createUnit, "Make a unit below another", created),
		on("GET /units/{unit}", fleet.UnitRead, a.showUnit, "Show a unit"),
		on("PATCH /units/{unit}", fleet.UnitWrite, a.renameUnit, "Rename a unit"),

		on("GET /users", fleet.UserRead, a.listUsers, "List users by their creation"),
		on("POST /users", fleet.UserWrite, a.createUser, "Make a user with a role in a unit; the first password is shown once", created),
		on("GET /users/{user}", fleet.UserRead, a.showUser, "Show a user with the roles"),
		on("PUT /users/{user}/grants/{unit}", fleet.UserWrite, a.setGrant, "Give a user a role in a unit, in place of any other there"),
		on("DELETE /users/{user}/grants/{unit}", fleet.UserWrite, a.deleteGrant, "Take a user's role in a unit away"),
		on("POST /users/{user}/disable", fleet.UserWrite, a.disableUser, "Let a user sign in no more; sessions and API tokens end"),
		on("POST /users/{user}/enable", fleet.UserWrite, a.enableUser, "Let a user sign in again"),
		on("POST /users/{user}/reset-password", fleet.UserWrite, a.resetPassword, "Give a user a new first password, shown once; sessions end"),

		on("GET /devices", fleet.DeviceRead, a.listDevices, "List devices, oldest first"),
		on("GET /devices.csv", fleet.DeviceRead, a.exportDevices, "The devices as CSV, every page of them", csvAnswer),
		on("POST /devices/import", fleet.DeviceWrite, a.importDevices, "Name and place devices, and make those that are not known; one wrong row changes nothing", csvBody),
		on("GET /devices/{device}", fleet.DeviceRead, a.showDevice, "Show a device"),
		on("PATCH /devices/{device}", fleet.DeviceWrite, a.placeDevice, "Put a device into a unit, and name it"),
		on("POST /devices/{device}/accept", fleet.DeviceWrite, a.acceptDevice, "Let a device in"),
		on("POST /devices/{device}/reject", fleet.DeviceWrite, a.rejectDevice, "Refuse a device at the door"),
		on("DELETE /devices/{device}", fleet.DeviceWrite, a.decommissionDevice, "Take a device out of service: it is rejected, loses its token, and what waits for it is refused; its past stays"),
		on("GET /devices/{device}/values", fleet.DeviceRead, a.deviceValues, "What a device last published, by key"),
		on("GET /devices/{device}/history", fleet.DeviceRead, a.deviceHistory, "What a device published under a key, oldest first"),
		on("GET /devices/{device}/log", fleet.DeviceLog, a.deviceLog, "The log of a device, newest first"),
		on("GET /devices/{device}/files", fleet.FileRead, a.deviceFiles, "The files that a device uploaded, newest first"),
		on("POST /devices/{device}/diagnostic", fleet.DeviceMethod, a.askDiagnostic, "Ask a device for its diagnostic archive"),
		on("GET /devices/{device}/executions", fleet.UpdateRead, a.deviceExecutions, "The executions of a device, newest first"),
		on("GET /devices/{device}/updates", fleet.UpdateRead, a.deviceUpdates, "The last updates of a device, newest first"),

		on("GET /groups", fleet.GroupRead, a.listGroups, "List groups, oldest first"),
		on("POST /groups", fleet.GroupWrite, a.createGroup, "Make an empty group in a unit", created),
		on("GET /groups/{group}", fleet.GroupRead, a.showGroup, "Show a group"),
		on("PUT /groups/{group}", fleet.GroupWrite, a.setGroup, "Give a group another name and description"),
		on("DELETE /groups/{group}", fleet.GroupWrite, a.deleteGroup, "Delete a group; its devices and their updates stay"),
		on("GET /groups/{group}/devices", fleet.DeviceRead, a.groupDevices, "The members of a group, oldest first"),
		on("POST /groups/{group}/add", fleet.GroupWrite, a.addMembers, "Put devices into a group", many),
		on("POST /groups/{group}/remove", fleet.GroupWrite, a.removeMembers, "Take devices out of a group", many),
		on("GET /groups/{group}/updates", fleet.UpdateRead, a.groupUpdates, "The last updates that were given to a group, newest first"),

		on("POST /tokens", fleet.TokenWrite, a.createToken, "Make an enrolment token; its secret is shown once", created),
		on("GET /tokens", fleet.TokenRead, a.listTokens, "List enrolment tokens, newest first"),

		on("POST /files", fleet.FileWrite, a.uploadFile, "Upload a file; a package (.sup) is verified whole before it is kept", upload),
		on("GET /files", fleet.FileRead, a.listFiles, "List files, newest first"),
		on("GET /files/{file}/content", fleet.FileRead, a.fileContent, "The content of a file, with Range and If-Range", download),
		on("DELETE /files/{file}", fleet.FileWrite, a.deleteFile, "Delete a file, and the older ones of its name; one that a release is made of is a conflict"),

		on("POST /releases", fleet.ReleaseWrite, a.createRelease, "Make an uploaded package (.sup) or bundle (.zip) a release", created),
		on("GET /releases", fleet.ReleaseRead, a.listReleases, "List releases, newest first"),
		on("GET /releases/{release}", fleet.ReleaseRead, a.showRelease, "Show a release"),
		on("POST /releases/{release}/predefined", fleet.ReleaseWrite, a.predefine, "Put a release into the catalogue of pre-defined updates, or take it out"),

		on("POST /magic-links", fleet.MagicLinkWrite, a.createMagicLink, "Make a Magic Link; its hash is shown once", many, created),
		on("GET /magic-links", fleet.MagicLinkRead, a.listMagicLinks, "List Magic Links, newest first"),
		on("GET /magic-links/{magic_link}", fleet.MagicLinkRead, a.showMagicLink, "Show a Magic Link with its declared devices"),
		on("POST /magic-links/{magic_link}/revoke", fleet.MagicLinkWrite, a.revokeMagicLink, "Make a Magic Link good for nothing; what was given with it goes on"),

		on("POST /updates", fleet.UpdateWrite, a.createUpdate, "Give an update, or with dry_run say what it would do", many, created),
		on("GET /updates", fleet.UpdateRead, a.listUpdates, "List updates, newest first"),
		on("GET /updates/{update}", fleet.UpdateRead, a.showUpdate, "Show an update"),
		on("POST /updates/{update}/cancel", fleet.UpdateCancel, a.cancelUpdate, "Take back what was not sent of an update"),
		on("POST /updates/{update}/apply", fleet.UpdateWrite, a.applyCheck, "Apply exactly what a check has shown, on the devices where it succeeded, or with dry_run say what that would do", created),
		on("GET /updates/{update}/executions", fleet.UpdateRead, a.updateExecutions, "The executions of an update, newest first"),

		on("GET /executions", fleet.UpdateRead, a.listExecutions, "List executions, newest first"),
		on("GET /executions/{execution}", fleet.UpdateRead, a.showExecution, "Show an execution with its confirmation"),
		on("GET /executions/{execution}/events", fleet.UpdateRead, a.executionEvents, "The story of an execution, oldest first"),
		on("POST /executions/{execution}/cancel", fleet.UpdateCancel, a.cancelExecution, "Take back an execution that was not sent"),

		on("GET /audit", fleet.AuditRead, a.listAudit, "The audit log, newest first"),
		on("GET /audit/verification", fleet.AuditRead, a.verifyAudit, "Verify the chain of the whole audit log; needs the right at the root"),
		on("GET /events", signedIn, a.events, "Changes as they are committed, as server-sent events", stream),
	}
}

// on makes a row. Every error of fn goes through problem.
func on[I, O any](pattern string, needs fleet.Action, fn func(context.Context, *I) (*O, error), summary string, details ...func(*huma.Operation)) route {
	method, path, _ := strings.Cut(pattern, " ")
	return route{method: method, path: Prefix + path, needs: needs, summary: summary,
		register: func(a *API, h huma.API, op huma.Operation) {
			for _, d := range details {
				d(&op)
			}
			huma.Register(h, op, func(ctx context.Context, in *I) (*O, error) {
				out, err := fn(ctx, in)
				if err != nil {
					return nil, a.problem(ctx, err)
				}
				return out, nil
			})
		}}
}

// Details of single rows.

// maxLargeBody holds 10,000 keys of fleet.MaxKey bytes, as one request may
// name.
const maxLargeBody = 4 << 20

func many(op *huma.Operation)    { op.MaxBodyBytes = maxLargeBody }
func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

func upload(op *huma.Operation) {
	created(op)
	op.RequestBody = &huma.RequestBody{Required: true, Description: "The bytes of the file.",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}}}
}

func csvBody(op *huma.Operation) {
	op.RequestBody = &huma.RequestBody{Required: true, Description: "The columns key, name, kind and unit by their heads; others of the export are passed over.",
		Content: map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: huma.TypeString}}}}
}

func csvAnswer(op *huma.Operation) { answers(op, csvType, "A line for each device below the heads.") }
func download(op *huma.Operation)  { answers(op, "application/octet-stream", "The bytes of the file.") }
func stream(op *huma.Operation) {
	answers(op, "text/event-stream", "Events named change with the ids that changed, and a comment as heartbeat.")
}

// binary is a schema of its own for each row: huma writes into it.
func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

func answers(op *huma.Operation, contentType, description string) {
	op.Responses = map[string]*huma.Response{"200": {Description: description,
		Content: map[string]*huma.MediaType{contentType: {Schema: binary()}}}}
}

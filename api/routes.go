package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sluicehq/sluice/control"
)

// What a route needs where that is no right of the table of rights.
const (
	public   fleet.Action = "public"
	signedIn fleet.Action = "signed_in"
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
		on("POST /logout", signedIn, a.logout, "End the session of the token"),
		on("GET /me", signedIn, a.me, "Who the token belongs to"),

		on("GET /devices", fleet.DeviceRead, a.listDevices, "List devices, oldest first"),
		on("GET /devices/{device}", fleet.DeviceRead, a.showDevice, "Show a device"),
		on("POST /devices/{device}/accept", fleet.DeviceWrite, a.acceptDevice, "Let a device in"),
		on("POST /devices/{device}/reject", fleet.DeviceWrite, a.rejectDevice, "Refuse a device at the door"),
		on("GET /devices/{device}/values", fleet.DeviceRead, a.deviceValues, "What a device last published, by key"),
		on("GET /devices/{device}/history", fleet.DeviceRead, a.deviceHistory, "What a device published under a key, oldest first"),
		on("GET /devices/{device}/log", fleet.DeviceRead, a.deviceLog, "The log of a device, newest first"),
		on("GET /devices/{device}/files", fleet.FileRead, a.deviceFiles, "The files that a device uploaded, newest first"),
		on("POST /devices/{device}/diagnostic", fleet.DeviceMethod, a.askDiagnostic, "Ask a device for its diagnostic archive"),
		on("GET /devices/{device}/executions", fleet.UpdateRead, a.deviceExecutions, "The executions of a device, newest first"),

		on("POST /tokens", fleet.TokenWrite, a.createToken, "Make an enrolment token; its secret is shown once", created),
		on("GET /tokens", fleet.TokenRead, a.listTokens, "List enrolment tokens, newest first"),

		on("POST /files", fleet.FileWrite, a.uploadFile, "Upload a file; a package (.sup) is verified whole before it is kept", upload),
		on("GET /files", fleet.FileRead, a.listFiles, "List files, newest first"),
		on("GET /files/{file}/content", fleet.FileRead, a.fileContent, "The content of a file, with Range and If-Range", download),

		on("POST /releases", fleet.ReleaseWrite, a.createRelease, "Make an uploaded package a release", created),
		on("GET /releases", fleet.ReleaseRead, a.listReleases, "List releases, newest first"),
		on("GET /releases/{release}", fleet.ReleaseRead, a.showRelease, "Show a release"),

		on("POST /updates", fleet.UpdateWrite, a.createUpdate, "Give an update, or with dry_run say what it would do", large),
		on("GET /updates", fleet.UpdateRead, a.listUpdates, "List updates, newest first"),
		on("GET /updates/{update}", fleet.UpdateRead, a.showUpdate, "Show an update"),
		on("POST /updates/{update}/cancel", fleet.UpdateCancel, a.cancelUpdate, "Take back what was not sent of an update"),
		on("GET /updates/{update}/executions", fleet.UpdateRead, a.updateExecutions, "The executions of an update, newest first"),

		on("GET /executions", fleet.UpdateRead, a.listExecutions, "List executions, newest first"),
		on("GET /executions/{execution}", fleet.UpdateRead, a.showExecution, "Show an execution with its confirmation"),
		on("GET /executions/{execution}/events", fleet.UpdateRead, a.executionEvents, "The story of an execution, oldest first"),
		on("POST /executions/{execution}/cancel", fleet.UpdateCancel, a.cancelExecution, "Take back an execution that was not sent"),

		on("GET /audit", fleet.AuditRead, a.listAudit, "The audit log, newest first"),
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

// maxLargeBody holds fleet.MaxAudience keys of fleet.MaxKey bytes.
const maxLargeBody = 4 << 20

func large(op *huma.Operation)   { op.MaxBodyBytes, op.DefaultStatus = maxLargeBody, http.StatusCreated }
func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

func upload(op *huma.Operation) {
	created(op)
	op.RequestBody = &huma.RequestBody{Required: true, Description: "The bytes of the file.",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}}}
}

func download(op *huma.Operation) { answers(op, "application/octet-stream", "The bytes of the file.") }
func stream(op *huma.Operation) {
	answers(op, "text/event-stream", "Events named change with the ids that changed, and a comment as heartbeat.")
}

// binary is a schema of its own for each row: huma writes into it.
func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

func answers(op *huma.Operation, contentType, description string) {
	op.Responses = map[string]*huma.Response{"200": {Description: description,
		Content: map[string]*huma.MediaType{contentType: {Schema: binary()}}}}
}

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
	public   control.Action = "public"
	signedIn control.Action = "signed_in"
)

// route is one row of the table.
type route struct {
	method, path string
	needs        control.Action
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

		on("GET /devices", control.DeviceRead, a.listDevices, "List devices, oldest first"),
		on("GET /devices/{device}", control.DeviceRead, a.showDevice, "Show a device"),
		on("POST /devices/{device}/accept", control.DeviceAdmit, a.acceptDevice, "Let a device in"),
		on("POST /devices/{device}/reject", control.DeviceAdmit, a.rejectDevice, "Refuse a device at the door"),
		on("GET /devices/{device}/values", control.DeviceRead, a.deviceValues, "What a device last published, by key"),
		on("GET /devices/{device}/history", control.DeviceRead, a.deviceHistory, "What a device published under a key, oldest first"),
		on("GET /devices/{device}/log", control.DeviceRead, a.deviceLog, "The log of a device, newest first"),
		on("GET /devices/{device}/files", control.FileRead, a.deviceFiles, "The files that a device uploaded, newest first"),
		on("POST /devices/{device}/diagnostic", control.DeviceMethod, a.askDiagnostic, "Ask a device for its diagnostic archive"),
		on("GET /devices/{device}/executions", control.UpdateRead, a.deviceExecutions, "The executions of a device, newest first"),

		on("POST /tokens", control.TokenCreate, a.createToken, "Make an enrolment token; its secret is shown once", created),
		on("GET /tokens", control.TokenRead, a.listTokens, "List enrolment tokens, newest first"),

		on("POST /files", control.FileUpload, a.uploadFile, "Upload a file; a package (.sup) is verified whole before it is kept", upload),
		on("GET /files", control.FileRead, a.listFiles, "List files, newest first"),
		on("GET /files/{file}/content", control.FileRead, a.fileContent, "The content of a file, with Range and If-Range", download),

		on("POST /releases", control.ReleaseWrite, a.createRelease, "Make an uploaded package a release", created),
		on("GET /releases", control.ReleaseRead, a.listReleases, "List releases, newest first"),
		on("GET /releases/{release}", control.ReleaseRead, a.showRelease, "Show a release"),

		on("POST /updates", control.UpdateWrite, a.createUpdate, "Give an update, or with dry_run say what it would do", large),
		on("GET /updates", control.UpdateRead, a.listUpdates, "List updates, newest first"),
		on("GET /updates/{update}", control.UpdateRead, a.showUpdate, "Show an update"),
		on("POST /updates/{update}/cancel", control.UpdateCancel, a.cancelUpdate, "Take back what was not sent of an update"),
		on("GET /updates/{update}/executions", control.UpdateRead, a.updateExecutions, "The executions of an update, newest first"),

		on("GET /executions", control.UpdateRead, a.listExecutions, "List executions, newest first"),
		on("GET /executions/{execution}", control.UpdateRead, a.showExecution, "Show an execution with its confirmation"),
		on("GET /executions/{execution}/events", control.UpdateRead, a.executionEvents, "The story of an execution, oldest first"),
		on("POST /executions/{execution}/cancel", control.UpdateCancel, a.cancelExecution, "Take back an execution that was not sent"),

		on("GET /audit", control.AuditRead, a.listAudit, "The audit log, newest first"),
		on("GET /events", signedIn, a.events, "Changes as they are committed, as server-sent events", stream),
	}
}

// on makes a row. Every error of fn goes through problem.
func on[I, O any](pattern string, needs control.Action, fn func(context.Context, *I) (*O, error), summary string, details ...func(*huma.Operation)) route {
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

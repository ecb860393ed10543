package api

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// newDocument is the head of the OpenAPI document; the routes fill the rest.
func newDocument() *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "Sluice", Version: "1", Description: "Delivers software to fleets of gateways and thin clients. " +
			"An answer 503 that knows when another try may do has Retry-After. " +
			"Lists end after `limit` items; give `next` as `after` for the following ones. " +
			"What an operation needs is an action of the table of rights, in the unit of the thing; first_sign_in is whoever is signed in, " +
			"signed_in whoever has also changed a first password."},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token": {Type: "http", Scheme: "bearer", Description: "The token of POST /login, or the secret of POST /me/tokens."},
			},
		},
	}
}

// operation is the row as huma wants it, with its guard.
func (a *API) operation(r route) huma.Operation {
	resource, _, _ := strings.Cut(strings.TrimPrefix(r.path, Prefix+"/"), "/")
	op := huma.Operation{Method: r.method, Path: r.path, Summary: r.summary, Tags: []string{resource},
		OperationID:     strings.ToLower(r.method) + "_" + strings.NewReplacer("/", "_", "{", "", "}", "", ".", "_").Replace(strings.TrimPrefix(r.path, Prefix+"/")),
		BodyReadTimeout: -1, // guard gives the body its deadlines, and takes them away
		Middlewares:     huma.Middlewares{a.guard(r.needs)}}
	if r.needs != public {
		op.Security = []map[string][]string{{"token": {}}}
		op.Description = "Needs " + string(r.needs) + "."
	}
	return op
}

type documentOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (a *API) openAPI(context.Context, *struct{}) (*documentOutput, error) {
	return &documentOutput{ContentType: "application/openapi+json", Body: a.document}, nil
}

// Package web is the console: pages made on the server, which read well
// without scripts and refresh themselves where there are some.
//
// Every page is a row of the table in pages.go: method, path, the action that
// its reader must be allowed somewhere, handler; the use cases ask again for
// the unit that it is about. Menus, buttons and navigation show only what the
// reader may do. Who is not signed in is sent to sign in and back, who has a
// first password to choose another. State changes only by POST; the app wraps
// the routes with http.CrossOriginProtection.
//
// A command to a device or a group (target.go, software_update.go) is planned,
// confirmed and given; the plan's page is the question of the dialog too.
//
// The editor of a JetPorch script asks /jetporch/lint as one types and shows
// the part of a page that it is answered with. A script is sent, or checked
// first; the page of a check offers to apply what it has shown (apply.go).
//
// Live pages listen at /events, which says only that something changed, and
// then fetch their own live regions again with the header Sluice-Fragment.
//
// The HTML is in web/view, style sheets and script are in web/static. Nothing
// is decided here: handlers call package control and show what it says.
package web

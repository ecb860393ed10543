// Package web is the console: pages made on the server, which read well
// without scripts and refresh themselves where there are some.
//
// Every page is a row of the table in pages.go: method, path, the action of
// control that it needs, handler. Who is not signed in is sent to sign in and
// back. State changes only by POST; the app wraps the routes with
// http.CrossOriginProtection.
//
// Live pages listen at /events, which says only that something changed, and
// then fetch their own live regions again with the header Sluice-Fragment.
//
// The HTML is in web/view, style sheets and script are in web/static. Nothing
// is decided here: handlers call package control and show what it says.
package web

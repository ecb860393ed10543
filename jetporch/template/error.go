package template

import "fmt"

// Error is a mistake in a template, or why it could not be rendered.
type Error struct {
	Offset int    // in bytes from the start of the template
	Reason string // a sentence without its full stop
	// Missing is the variable that is not defined, when that is the reason.
	Missing string
}

func (e *Error) Error() string { return e.Reason }

func errorAt(at int, format string, args ...any) *Error {
	return &Error{Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// undefined is the error for a name that is not there.
func undefined(e expr) *Error {
	err := errorAt(e.pos(), "%q is not defined", exprText(e))
	if p, ok := e.(*path); ok && len(p.segs) > 0 {
		err.Missing = p.segs[0]
	}
	return err
}

// Limits of a template and of rendering it.
const (
	MaxBytes  = 1 << 20 // of the source and of the result
	maxDepth  = 64      // blocks, brackets and literals inside each other
	maxSteps  = 1 << 18 // tags and texts rendered, loops counted out
	maxWork   = 1 << 22 // values that helpers look at
	maxInline = 16      // partials inside each other
)

package httpx

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter tells a client in how long another try may do, in whole seconds;
// it leaves the header alone where after is 0.
func RetryAfter(h http.Header, after time.Duration) {
	if after > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((after+time.Second-1)/time.Second), 10))
	}
}

package fleet

import "fmt"

// UpdateStatus says how far the sending of an update is. What came of it is
// in the counts.
type UpdateStatus string

// The statuses.
const (
	UpdateScheduled     UpdateStatus = "scheduled"      // its time has not come
	UpdatePending       UpdateStatus = "pending"        // nothing was sent yet
	UpdateInProgress    UpdateStatus = "in_progress"    // some were sent, some wait
	UpdateSent          UpdateStatus = "sent"           // sent to every device that was not refused
	UpdatePartiallySent UpdateStatus = "partially_sent" // sent to some, taken back or expired for others
	UpdateCancelled     UpdateStatus = "cancelled"      // taken back before anything was sent
	UpdateNotSent       UpdateStatus = "not_sent"       // refused, expired or not necessary everywhere
)

// UpdateStatuses lists every status.
var UpdateStatuses = []UpdateStatus{
	UpdateScheduled, UpdatePending, UpdateInProgress, UpdatePartiallySent, UpdateSent, UpdateCancelled, UpdateNotSent,
}

// Counts says how many executions of an update are in each state, and how
// many of those were never handed to their device.
type Counts struct {
	ByState map[State]int
	Unsent  map[State]int
}

// Sent is the number of executions that were ever handed to their device.
func (c Counts) Sent() int {
	n := c.Total()
	for _, k := range c.Unsent {
		n -= k
	}
	return n
}

// Total is the number of executions.
func (c Counts) Total() int {
	n := 0
	for _, k := range c.ByState {
		n += k
	}
	return n
}

// Active is the number of executions that are not final.
func (c Counts) Active() int {
	n := 0
	for s, k := range c.ByState {
		if !s.Final() {
			n += k
		}
	}
	return n
}

// statusOrder is asked from the top; the first rule that holds is the status.
var statusOrder = []struct {
	status UpdateStatus
	holds  func(c Counts) bool
}{
	{UpdateScheduled, func(c Counts) bool { return c.Sent() == 0 && c.ByState[Scheduled] > 0 && c.ByState[Pending] == 0 }},
	{UpdateInProgress, func(c Counts) bool { return c.Sent() > 0 && c.waiting() > 0 }},
	{UpdatePending, func(c Counts) bool { return c.waiting() > 0 }},
	{UpdatePartiallySent, func(c Counts) bool { return c.Sent() > 0 && c.Unsent[Cancelled]+c.Unsent[Expired] > 0 }},
	{UpdateSent, func(c Counts) bool { return c.Sent() > 0 }},
	{UpdateCancelled, func(c Counts) bool { return c.Unsent[Cancelled] > 0 }},
	{UpdateNotSent, func(Counts) bool { return true }},
}

func init() {
	if len(statusOrder) != len(UpdateStatuses) {
		panic(fmt.Sprintf("internal error: %d rules for %d update statuses", len(statusOrder), len(UpdateStatuses)))
	}
}

// waiting counts the executions that are still to be sent.
func (c Counts) waiting() int { return c.ByState[Scheduled] + c.ByState[Pending] }

// UpdateStatusOf derives the status of an update from its executions. An
// update without executions was not sent.
func UpdateStatusOf(c Counts) UpdateStatus {
	for _, rule := range statusOrder {
		if rule.holds(c) {
			return rule.status
		}
	}
	panic("internal error: no update status holds")
}

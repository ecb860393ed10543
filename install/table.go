package install

// runState is where the whole job stands, stepState where one action stands.
// Both are derived from the journal, never stored beside it.
type (
	runState  string
	stepState string
	event     string
)

const (
	runNew         runState = ""
	runVerifying   runState = "verifying"    // nothing on the device was touched
	runRunning     runState = "running"      // actions are done in sequence
	runRollingBack runState = "rolling_back" // actions are undone, last one first
	runFinished    runState = "finished"     // result and reason are in the journal
)

const (
	stepPlanned    stepState = ""
	stepIntended   stepState = "intended"  // the change may have begun
	stepRebooting  stepState = "rebooting" // done when the boot id is another
	stepDone       stepState = "done"
	stepFailed     stepState = "failed" // what it changed in files is restored
	stepUndoing    stepState = "undoing"
	stepUndone     stepState = "undone"
	stepKept       stepState = "kept" // rolled back over: there is no undo for it
	stepUndoFailed stepState = "undo_failed"
)

// Events of the run have action 0, events of a step its number from 1.
const (
	evStart    event = "start"
	evResume   event = "resume" // the installer was started again
	evAccept   event = "accept"
	evRollBack event = "roll_back"
	evFinish   event = "finish"

	evIntend     event = "intend"
	evReboot     event = "reboot"
	evSucceed    event = "succeed"
	evFail       event = "fail"
	evUndo       event = "undo"
	evRestored   event = "restored"
	evKeep       event = "keep"
	evUnrestored event = "unrestored"
)

// runTable holds every legal move of a run.
var runTable = []struct {
	from runState
	on   event
	to   runState
}{
	{runNew, evStart, runVerifying},
	{runVerifying, evResume, runVerifying},
	{runVerifying, evAccept, runRunning},
	{runVerifying, evFinish, runFinished},
	{runRunning, evResume, runRunning},
	{runRunning, evRollBack, runRollingBack},
	{runRunning, evFinish, runFinished},
	{runRollingBack, evResume, runRollingBack},
	{runRollingBack, evFinish, runFinished},
}

// stepTable holds every legal move of an action and the state of the run that
// it belongs to. A move to the same state is a repetition after a restart.
var stepTable = []struct {
	from stepState
	on   event
	to   stepState
	in   runState
}{
	{stepPlanned, evIntend, stepIntended, runRunning},
	{stepIntended, evIntend, stepIntended, runRunning},
	{stepIntended, evSucceed, stepDone, runRunning},
	{stepIntended, evFail, stepFailed, runRunning},
	{stepIntended, evReboot, stepRebooting, runRunning},
	{stepRebooting, evReboot, stepRebooting, runRunning},
	{stepRebooting, evSucceed, stepDone, runRunning},
	{stepRebooting, evFail, stepFailed, runRunning},
	{stepDone, evUndo, stepUndoing, runRollingBack},
	{stepFailed, evUndo, stepUndoing, runRollingBack},
	{stepUndoing, evUndo, stepUndoing, runRollingBack},
	{stepUndoing, evRestored, stepUndone, runRollingBack},
	{stepUndoing, evKeep, stepKept, runRollingBack},
	{stepUndoing, evUnrestored, stepUndoFailed, runRollingBack},
}

// recovery is what is done with an action in a state, by the loop that goes
// forward and by the loop that rolls back. It is the same whether the state
// was just reached or read from the journal after a restart.
type recovery string

const (
	passBy    recovery = "pass by"
	doIt      recovery = "do it"      // for the first time or again
	awaitBoot recovery = "await boot" // compare boot ids; the same one: ask for the reboot again
	judge     recovery = "judge"      // on_failure decides
	undoIt    recovery = "undo it"
	never     recovery = "never" // the tables do not lead here
)

var recoveryTable = map[stepState]struct{ forward, back recovery }{
	stepPlanned:    {doIt, passBy},
	stepIntended:   {doIt, never},
	stepRebooting:  {awaitBoot, never},
	stepDone:       {passBy, undoIt},
	stepFailed:     {judge, undoIt},
	stepUndoing:    {never, undoIt},
	stepUndone:     {never, passBy},
	stepKept:       {never, passBy},
	stepUndoFailed: {never, passBy},
}

func nextRun(from runState, on event) (runState, bool) {
	for _, row := range runTable {
		if row.from == from && row.on == on {
			return row.to, true
		}
	}
	return "", false
}

func nextStep(from stepState, on event, in runState) (stepState, bool) {
	for _, row := range stepTable {
		if row.from == from && row.on == on && row.in == in {
			return row.to, true
		}
	}
	return "", false
}

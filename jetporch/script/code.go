package script

// Code is the stable name of a class of findings.
type Code string

// Class is a row of the table of codes.
type Class struct {
	Code     Code
	Severity Severity
	Meaning  string
}

// The codes of what jetp's parser refuses.
const (
	YAMLSyntax    Code = "yaml-syntax"
	TooLarge      Code = "too-large"
	ManyDocuments Code = "many-documents"
	NotAList      Code = "not-a-list"
	DuplicateKey  Code = "duplicate-key"
	MergeKey      Code = "merge-key"
	UnknownKey    Code = "unknown-key"
	MissingKey    Code = "missing-key"
	WrongKind     Code = "wrong-kind"
	NotAnInteger  Code = "not-an-integer"
	NoTag         Code = "no-tag"
	UnknownModule Code = "unknown-module"
	NotInProfile  Code = "not-in-profile"
	ScalarAfter   Code = "scalar-after-tag"
	BadItems      Code = "bad-items"
)

// The codes of what is certain to fail when it runs.
const (
	NotABool        Code = "not-a-bool"
	NotANumber      Code = "not-a-number"
	BadMode         Code = "bad-mode"
	ForbiddenChar   Code = "forbidden-character"
	HasSpace        Code = "has-space"
	EmptyText       Code = "empty-text"
	TemplateSyntax  Code = "template-syntax"
	UnknownHelper   Code = "unknown-helper"
	WrongArity      Code = "wrong-arity"
	ComparesText    Code = "compares-text"
	BracesInside    Code = "braces-in-condition"
	ScreenedCommand Code = "screened-command"
	ShellSyntax     Code = "shell-syntax"
	UnknownGroup    Code = "unknown-group"
	UnknownHost     Code = "unknown-host"
	MissingRole     Code = "missing-role"
	MissingFile     Code = "missing-file"
	NoSubscribe     Code = "no-subscribe"
	ZeroBatch       Code = "zero-batch"
	StoppedRestart  Code = "stopped-restart"
	GIDConflict     Code = "gid-conflict"
	RetryIgnored    Code = "retry-ignored"
)

// The codes of silent traps.
const (
	BareCondition  Code = "bare-condition"
	QuietUndefined Code = "quiet-undefined"
	UndefinedName  Code = "undefined-name"
	DeafNotify     Code = "deaf-notify"
	SilentHandler  Code = "silent-handler"
	AlwaysHandler  Code = "always-handler"
	IdleSubscribe  Code = "idle-subscribe"
	ShadowedSet    Code = "shadowed-set"
	JoinedList     Code = "joined-list"
	KeptContents   Code = "kept-contents"
	NumericGID     Code = "numeric-gid"
	PaddedMode     Code = "padded-mode"
	PartialOwner   Code = "partial-attributes"
	ReservedWord   Code = "reserved-word"
	SudoFirst      Code = "sudo-first-only"
	SavedInCheck   Code = "saved-in-check"
	TextNumber     Code = "text-number"
	AlwaysUpdated  Code = "always-updated"
	HelperName     Code = "helper-name"
	YAMLSurprise   Code = "yaml-surprise"
	JoinedSet      Code = "joined-set"
	EvaluatedAway  Code = "evaluated-anyway"
	ItemCondition  Code = "item-condition"
	Interactive    Code = "interactive"
	Endless        Code = "endless"
	CutsItself     Code = "cuts-itself"
	Secret         Code = "secret"
)

// Classes is every code with its severity and meaning. The table in
// docs/jetporch.md is made from it.
var Classes = []Class{
	{YAMLSyntax, Error, "the file is no YAML"},
	{TooLarge, Error, "the file is beyond a limit: 1 MiB, 64 levels, 200,000 nodes with aliases counted out"},
	{ManyDocuments, Error, "a playbook is one YAML document"},
	{NotAList, Error, "a playbook is a list of plays"},
	{DuplicateKey, Error, "a key is given twice"},
	{MergeKey, Error, "the merge key << is not applied by jetp"},
	{UnknownKey, Error, "there is no such key here"},
	{MissingKey, Error, "a required key is missing"},
	{WrongKind, Error, "a map, list or text stands where another kind is needed"},
	{NotAnInteger, Error, "ssh_port and batch_size are whole numbers"},
	{NoTag, Error, "a task begins with the tag of its module, as in !shell"},
	{UnknownModule, Error, "there is no such module; tags are lower case"},
	{NotInProfile, Error, "the module, key or helper is not in the version of jetp that was asked for"},
	{ScalarAfter, Error, "a text stands after the tag instead of keys below it"},
	{BadItems, Error, "items is the name of a list, or a list of texts"},
	{NotABool, Error, "a truth value is exactly true or false"},
	{NotANumber, Error, "a number is written in digits only"},
	{BadMode, Error, "a mode is 0o and octal digits"},
	{ForbiddenChar, Error, "a parameter has a character that jetp refuses"},
	{HasSpace, Error, "a parameter that must be one word has a space"},
	{EmptyText, Error, "a parameter is the empty text"},
	{TemplateSyntax, Error, "a template or condition cannot be read"},
	{UnknownHelper, Error, "there is no such template helper"},
	{WrongArity, Error, "a helper has too few arguments"},
	{ComparesText, Error, "gt, gte, lt and lte compare whole numbers only"},
	{BracesInside, Error, "a condition is an expression already and takes no {{ }}"},
	{ScreenedCommand, Error, "a command with {{ }} and shell characters needs unsafe: true"},
	{ShellSyntax, Error, "the shell cannot read the command"},
	{UnknownGroup, Error, "the only group on the machine itself is all"},
	{UnknownHost, Error, "the only host to delegate to is localhost"},
	{MissingRole, Error, "a role is not in the bundle"},
	{MissingFile, Error, "a file that is named is not in the bundle"},
	{NoSubscribe, Error, "a handler has with but no subscribe, on which jetp panics"},
	{ZeroBatch, Error, "batch_size 0, on which jetp panics"},
	{StoppedRestart, Error, "a service cannot be stopped and restarted by one task"},
	{GIDConflict, Error, "gid with a group of the user's own, which useradd refuses"},
	{RetryIgnored, Error, "retry does nothing beside ignore_errors"},
	{BareCondition, Warning, "a condition of several words without brackets is silently false"},
	{QuietUndefined, Warning, "a name that nothing defines makes a condition silently false"},
	{UndefinedName, Warning, "a name that nothing seems to define"},
	{DeafNotify, Warning, "an event that no handler subscribes to"},
	{SilentHandler, Warning, "a handler whose event nothing notifies"},
	{AlwaysHandler, Warning, "a handler without with always runs"},
	{IdleSubscribe, Warning, "subscribe on a task, or notify on a handler, does nothing"},
	{ShadowedSet, Warning, "set or save of a name that vars define, which win"},
	{JoinedList, Warning, "a list in defaults and in vars is joined, not replaced"},
	{KeptContents, Warning, "a directory that is not empty is not removed without recurse"},
	{NumericGID, Warning, "gid of a user is compared with the name of the group"},
	{PaddedMode, Warning, "a mode with a leading zero never equals the mode of the file"},
	{PartialOwner, Warning, "jetp 0.1.1 panics when it makes something with only some of owner, group and mode, or none"},
	{ReservedWord, Warning, "jetp of head puts LANG=C before the command, which breaks a reserved word"},
	{SudoFirst, Warning, "sudo covers the first program only, not what follows it"},
	{SavedInCheck, Warning, "a condition on what a command saves fails in check mode"},
	{TextNumber, Warning, "a text that set makes never equals a number"},
	{AlwaysUpdated, Warning, "an update that jetp may report as a change each time"},
	{HelperName, Warning, "a variable named like a helper cannot be rendered"},
	{YAMLSurprise, Warning, "a value is not of the kind that it seems to be"},
	{JoinedSet, Warning, "jetp 0.1.1 joins a list or map that is set again with the earlier one"},
	{EvaluatedAway, Warning, "jetp 0.1.1 evaluates a task whose condition is false, too"},
	{ItemCondition, Warning, "jetp 0.1.1 tests a condition for each item, other versions once before there is one"},
	{Interactive, Warning, "a command waits for an answer that nobody gives"},
	{Endless, Warning, "a command that does not end by itself"},
	{CutsItself, Warning, "a command restarts the machine, its network or the runtime"},
	{Secret, Warning, "a secret in the text of the script"},
}

var severities = func() map[Code]Severity {
	m := map[Code]Severity{}
	for _, c := range Classes {
		m[c.Code] = c.Severity
	}
	return m
}()

// Severity is that of the code's row.
func (c Code) Severity() Severity { return severities[c] }

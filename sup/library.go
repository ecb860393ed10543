package sup

import (
	"reflect"
	"strings"
)

// ActionType is one entry of the library.
type ActionType struct {
	Name    string
	Summary string // a sentence
	Undo    string // what a rollback does, as a sentence
	// params returns a pointer to the zero value of its parameters.
	params func() parameters
}

// Param documents one parameter of an action.
type Param struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // text, number, list of text, map of text, map of values
	Required bool   `json:"required"`
	Doc      string `json:"doc"`
}

// parameters is a structure of params.go. check judges the values; members
// are the paths that the manifest lists.
type parameters interface {
	check(members map[string]bool) error
}

const (
	noUndo      = "None: what it did stays."
	nothingToDo = "Nothing to undo."
)

// Library holds every action that a manifest may contain.
var Library = []ActionType{
	{"file.install", "Puts a member at a path, atomically.", "The former file comes back with its mode and owner; where there was none, the new one goes, and directories made for it.", of[FileInstall]},
	{"file.remove", "Removes a file. One that is not there is no failure.", "The file comes back.", of[FileRemove]},
	{"directory.create", "Makes a directory and its parents. One that is there gets the mode and the owner.", "The directories that it made are removed while they are empty; one that was there gets its mode and owner back.", of[DirectoryCreate]},
	{"archive.extract", "Unpacks a .tar, .tar.gz or .tar.zst member below a directory.", "Replaced files come back, new files go.", of[ArchiveExtract]},
	{"command.run", "Runs a program. There is no shell.", noUndo, of[CommandRun]},
	{"script.run", "Runs a member with its interpreter.", "The member named by undo is run; without it what the script did stays.", of[ScriptRun]},
	{ActionPlaybookApply, "Applies a member that is a JetPorch playbook to the device. What it names lies beside it in the package.", noUndo, of[PlaybookApply]},
	{"package.install", "Installs a package of the operating system: a member, or by name from the device's repositories.", "A package that was not there before is removed; a former version does not come back.", of[PackageInstall]},
	{"package.remove", "Removes a package of the operating system. One that is not there is no failure.", noUndo, of[PackageRemove]},
	{"service.start", "Starts a service.", "A service that was stopped before is stopped.", of[Service]},
	{"service.stop", "Stops a service.", "A service that ran before is started, once all other actions are undone.", of[Service]},
	{"service.restart", "Restarts a service; one that is stopped is started.", "Once all other actions are undone, the service is restarted, or stopped where it did not run before.", of[Service]},
	{"service.enable", "Lets a service start with the device.", "A service that was not enabled before is disabled.", of[Service]},
	{"config.set", "Sets values in a JSON, YAML or INI file and keeps the rest.", "The former file comes back.", of[ConfigSet]},
	{"runtime.stop", "Stops the runtime of the agent; the installer goes on.", "Once all other actions are undone, the runtime is restarted.", of[RuntimeControl]},
	{"runtime.start", "Starts the runtime of the agent.", nothingToDo, of[RuntimeControl]},
	{"firmware.update", "Hands a member to the installer that the device is configured with and restarts the runtime.", noUndo, of[FirmwareUpdate]},
	{"reboot", "Restarts the device. The remaining actions run after it.", nothingToDo, of[Reboot]},
	{"check.command", "Succeeds when a program exits 0 within the attempts.", nothingToDo, of[CheckCommand]},
	{"check.http", "Succeeds when a GET of a loopback URL answers the status within the attempts.", nothingToDo, of[CheckHTTP]},
	{"check.service", "Succeeds when a service runs.", nothingToDo, of[Service]},
}

func of[T any, P interface {
	*T
	parameters
}]() parameters {
	return P(new(T))
}

// Lookup finds an action by its name.
func Lookup(name string) (ActionType, bool) {
	for _, t := range Library {
		if t.Name == name {
			return t, true
		}
	}
	return ActionType{}, false
}

// Params documents the parameters in the order of the structure, from its
// json and doc tags. A parameter without omitempty is required.
func (t ActionType) Params() []Param {
	s := reflect.TypeOf(t.params()).Elem()
	params := make([]Param, s.NumField())
	for i := range params {
		f := s.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		params[i] = Param{
			Name: name, Type: typeWord(f.Type), Required: options != "omitempty", Doc: f.Tag.Get("doc"),
		}
	}
	return params
}

func typeWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + typeWord(t.Elem())
	case reflect.Map:
		return "map of " + typeWord(t.Elem())
	case reflect.Interface:
		return "values"
	case reflect.String:
		return "text"
	default:
		return "number"
	}
}

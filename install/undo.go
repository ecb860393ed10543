package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/install/job"
)

// The kinds of a record: what was at a path, or a note of an action.
const (
	wasAbsent = "absent"
	wasFile   = "file"
	wasLink   = "link"
	wasDir    = "directory"
	aNote     = "note"
)

// record is one line of an action's undo log. It is on disk before the change
// that it undoes.
type record struct {
	Kind   string            `json:"kind"`
	Path   string            `json:"path,omitempty"` // name below the device's root
	Mode   fs.FileMode       `json:"mode,omitempty"` // permissions, setuid, setgid, sticky
	UID    int               `json:"uid"`
	GID    int               `json:"gid"`
	MTime  time.Time         `json:"mtime,omitzero"`
	Xattrs map[string][]byte `json:"xattrs,omitempty"`
	Target string            `json:"target,omitempty"` // of a link
	Backup string            `json:"backup,omitempty"` // file in the folder of the log
	SHA256 string            `json:"sha256,omitempty"` // of the backup
	Key    string            `json:"key,omitempty"`    // of a note
	Value  string            `json:"value,omitempty"`
}

// undoLog is what one action found on the device before it changed it. A
// repeated action finds its earlier records and keeps them: what is there now
// may be its own work.
type undoLog struct {
	dir     string
	tree    *tree
	log     *lineLog
	records []record
	paths   map[string]bool
	notes   map[string]string
}

func openUndoLog(jobDir string, action int, t *tree, create bool) (*undoLog, error) {
	u := &undoLog{
		dir: filepath.Join(job.UndoPath(jobDir), strconv.Itoa(action)), tree: t,
		paths: map[string]bool{}, notes: map[string]string{},
	}
	if !create && !exists(u.dir) {
		return u, nil
	}
	if err := os.MkdirAll(u.dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot keep backups: %w", err)
	}
	for _, dir := range []string{job.UndoPath(jobDir), jobDir} {
		if err := job.SyncDir(dir); err != nil {
			return nil, err
		}
	}
	var err error
	u.log, err = openLineLog(filepath.Join(u.dir, "log"), t.fault, func(line []byte) error {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		u.remember(r)
		return nil
	})
	return u, err
}

func (u *undoLog) close() {
	if u.log != nil {
		u.log.close()
	}
}

func (u *undoLog) remember(r record) {
	u.records = append(u.records, r)
	if r.Kind == aNote {
		u.notes[r.Key] = r.Value
		return
	}
	u.paths[r.Path] = true
}

func (u *undoLog) add(r record) error {
	if err := u.log.append(r); err != nil {
		return err
	}
	u.remember(r)
	return nil
}

// note keeps a value that the action needs to undo or to repeat itself. The
// first value of a key stays.
func (u *undoLog) note(key, value string) error {
	if _, known := u.notes[key]; known {
		return nil
	}
	return u.add(record{Kind: aNote, Key: key, Value: value})
}

// changed tells whether the action began to change a file.
func (u *undoLog) changed() bool { return len(u.paths) > 0 }

// save records what is at a path. It has to be called before every change.
func (u *undoLog) save(rel string) error {
	if u.paths[rel] {
		return nil
	}
	info, err := u.tree.lstat(rel)
	if err != nil {
		return err
	}
	if info == nil {
		return u.add(record{Kind: wasAbsent, Path: rel})
	}
	r := record{Path: rel, MTime: info.ModTime(), Mode: info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)}
	r.UID, r.GID = owner(info)
	switch {
	case info.Mode().IsRegular():
		r.Kind, r.Backup = wasFile, strconv.Itoa(len(u.records))
		r.SHA256, r.Xattrs, err = u.backup(rel, r.Backup)
	case info.IsDir():
		r.Kind = wasDir
	case info.Mode()&fs.ModeSymlink != 0:
		r.Kind = wasLink
		r.Target, err = u.tree.root.Readlink(rel)
	default:
		return fmt.Errorf("cannot change /%s: it is neither file, link nor directory", rel)
	}
	if err != nil {
		return fmt.Errorf("cannot back up /%s: %w", rel, err)
	}
	return u.add(r)
}

// makeParents makes the missing parents of a name, recorded.
func (u *undoLog) makeParents(rel string) error {
	var missing []string
	for dir := path.Dir(rel); dir != "."; dir = path.Dir(dir) {
		info, err := u.tree.lstat(dir)
		if err != nil {
			return err
		}
		if info != nil {
			if !info.IsDir() {
				return fmt.Errorf("cannot make /%s: /%s is no directory", rel, dir)
			}
			break
		}
		missing = append(missing, dir)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := u.save(missing[i]); err != nil {
			return err
		}
		if err := u.tree.mkdir(missing[i], attributes{mode: 0o755, uid: -1, gid: -1}); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

package operator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// sessions is the file that keeps who is signed in where.
type sessions struct {
	Current string             `json:"current"` // the server signed in to last
	Servers map[string]session `json:"servers"` // by URL: a token is only ever sent where it came from

	file string
}

type session struct {
	Name      string    `json:"name"`
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// sessions reads the file; one that is not there is empty.
func (o *operator) sessions() (*sessions, error) {
	s := &sessions{Servers: map[string]session{}, file: o.config}
	if s.file == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil, usageError{fmt.Errorf("cannot find the configuration folder: %v; give --config FILE", err)}
		}
		s.file = filepath.Join(dir, "sluice", "session.json")
	}
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the session: %w", err)
	}
	if err := json.Unmarshal(text, s); err != nil || s.Servers == nil {
		return nil, fmt.Errorf("cannot read the session in %s: it is not what sluice login writes; remove it and sign in again", s.file)
	}
	return s, nil
}

// save writes the file for its owner alone, whole or not at all.
func (s *sessions) save() error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o700); err != nil {
		return fmt.Errorf("cannot keep the session: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.file), ".session-*") // mode 0600
	if err != nil {
		return fmt.Errorf("cannot keep the session: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already where it was renamed
	_, err = tmp.Write(append(text, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("cannot keep the session: %w", err)
	}
	if err := os.Rename(tmp.Name(), s.file); err != nil {
		return fmt.Errorf("cannot keep the session: %w", err)
	}
	return nil
}

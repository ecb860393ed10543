package install

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/sup"
)

// member opens a member in the staging folder and holds its content against
// the signed manifest once more: what was good when it was unpacked may have
// been changed since. The caller closes it; it stands at its beginning.
func (s *step) member(name string) (*os.File, sup.Member, error) {
	for _, m := range s.run.manifest.Members {
		if m.Path == name {
			f, err := s.run.openMember(m)
			if err != nil {
				return nil, m, &severeError{fmt.Errorf("cannot use member %s: %w", name, err)}
			}
			return f, m, nil
		}
	}
	return nil, sup.Member{}, fmt.Errorf("cannot use member %s: the package does not list it", name)
}

func (r *run) openMember(m sup.Member) (*os.File, error) {
	staging, err := os.OpenRoot(r.stagingDir())
	if err != nil {
		return nil, fmt.Errorf("the staging folder is gone: %w", err)
	}
	defer staging.Close()
	f, err := staging.Open(m.Path)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(f, m.Size+1))
	if err == nil && (n != m.Size || hex.EncodeToString(sum.Sum(nil)) != m.SHA256) {
		err = fmt.Errorf("it was changed after it was unpacked")
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// memberPath is for programs that want a file name. The content is checked.
func (s *step) memberPath(name string) (string, error) {
	f, _, err := s.member(name)
	if err != nil {
		return "", err
	}
	f.Close()
	return filepath.Join(s.run.stagingDir(), filepath.FromSlash(name)), nil
}

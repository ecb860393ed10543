package control

import (
	"context"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluicehq/sluice/fleet"
)

// Upload is UploadIn the first of the actor's units where that is allowed.
func (c *Control) Upload(ctx context.Context, a Actor, name string, r io.Reader) (fleet.File, error) {
	return c.UploadIn(ctx, a, 0, name, r)
}

// UploadIn stores a file of the organisation in a unit, streamed and hashed in
// one pass; unit 0 leaves the choice to the rights. A package (.sup) that could
// not be made a release stores nothing.
func (c *Control) UploadIn(ctx context.Context, a Actor, unit fleet.UnitID, name string, r io.Reader) (fleet.File, error) {
	if unit == 0 {
		unit = home(a, fleet.FileWrite)
	}
	if err := c.Authorize(ctx, a, fleet.FileWrite, unit); err != nil {
		return fleet.File{}, err
	}
	var check Check
	if isPackage(name) {
		check = func(_ BlobInfo, content io.ReadSeeker) error {
			_, _, err := c.verify(name, content)
			return err
		}
	}
	return c.putFile(ctx, fleet.File{UnitID: unit, Name: name, CreatedBy: a.Name()}, r, check)
}

// Limits of what a device uploads: bytes of a file, and files in 24 hours.
const (
	maxDeviceFile  = 256 << 20
	maxDeviceFiles = 1000
)

// PutDeviceFile stores a file that a device uploaded. crc32, where it is not
// nil, must be the content's (TR50 1.9); a mismatch stores nothing.
func (c *Control) PutDeviceFile(ctx context.Context, d fleet.Device, name string, crc32 *uint32, r io.Reader) (fleet.File, error) {
	if err := c.admitUpload(ctx, d, name); err != nil {
		return fleet.File{}, err
	}
	check := func(info BlobInfo, _ io.ReadSeeker) error {
		if crc32 != nil && *crc32 != info.CRC32 {
			return fleet.Errorf(fleet.Invalid, "cannot store %s: crc32 is %d, %d was announced", name, info.CRC32, *crc32)
		}
		return nil
	}
	return c.putFile(ctx, fleet.File{UnitID: d.UnitID, DeviceID: d.ID, Name: name, CreatedBy: "device " + d.Key}, r, check)
}

// admitUpload refuses a device that has uploaded too much of late: files are
// kept, and one device must not fill the disk of all.
func (c *Control) admitUpload(ctx context.Context, d fleet.Device, name string) error {
	recent, err := c.Store.Files(ctx, d.ID, Page{Limit: maxDeviceFiles})
	if err != nil {
		return err
	}
	since, files, bytes := c.Now().Add(-24*time.Hour), 0, int64(0)
	for _, f := range recent {
		if f.CreatedAt.After(since) {
			files, bytes = files+1, bytes+f.Size
		}
	}
	if files >= maxDeviceFiles || bytes >= c.MaxDeviceDay {
		return fleet.Errorf(fleet.Conflict, "cannot store %s: %s has uploaded %d files of %d bytes within a day; try again later", name, d.Key, files, bytes)
	}
	return nil
}

func (c *Control) putFile(ctx context.Context, f fleet.File, r io.Reader, check Check) (fleet.File, error) {
	f, err := c.putContent(ctx, f, r, check)
	if err != nil {
		return f, err
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		f.ID, err = c.insertFile(ctx, tx, f)
		return err
	})
	return f, err
}

// putContent stores the content of a file that insertFile makes known.
func (c *Control) putContent(ctx context.Context, f fleet.File, r io.Reader, check Check) (fleet.File, error) {
	if err := CheckFileName(f.Name); err != nil {
		return f, err
	}
	limit := c.MaxFile
	if f.DeviceID != 0 {
		limit = min(limit, maxDeviceFile)
	}
	blob, err := c.Blobs.Put(ctx, r, limit, check)
	f.Size, f.SHA256, f.CRC32, f.CreatedAt = blob.Size, blob.SHA256, blob.CRC32, c.Now()
	return f, err
}

func (c *Control) insertFile(ctx context.Context, tx Tx, f fleet.File) (fleet.FileID, error) {
	id, err := tx.InsertFile(ctx, f)
	if err != nil {
		return 0, err
	}
	return id, tx.InsertAudit(ctx, c.auditIn(f.UnitID, f.CreatedBy, "file.upload", "file "+f.Name, "SHA-256 "+f.SHA256))
}

// CheckFileName refuses a name that no file can have.
func CheckFileName(name string) error {
	if name == "" || len(name) > fleet.MaxFileName || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\n\t") ||
		clip(name, fleet.MaxFileName) != name || name == "." || name == ".." {
		return fleet.Errorf(fleet.Invalid, "a file name has 1 to %d printable characters and no slash", fleet.MaxFileName)
	}
	return nil
}

// Files lists the organisation's files, or a device's, newest first.
func (c *Control) Files(ctx context.Context, a Actor, device fleet.DeviceID, p Page) (_ []fleet.File, err error) {
	if device != 0 {
		_, err = c.device(ctx, a, fleet.FileRead, device)
	} else {
		p.Within, err = c.within(a, fleet.FileRead)
	}
	if err != nil {
		return nil, err
	}
	return c.Store.Files(ctx, device, p)
}

// File opens a file's content for a person. The caller closes it.
func (c *Control) File(ctx context.Context, a Actor, id fleet.FileID) (fleet.File, Blob, error) {
	f, err := c.Store.File(ctx, id)
	if err != nil {
		return f, nil, err
	}
	if err := c.Authorize(ctx, a, fleet.FileRead, f.UnitID); err != nil {
		return fleet.File{}, nil, err
	}
	blob, err := c.Blobs.Open(ctx, f.SHA256)
	return f, blob, err
}

// DeviceFile finds what a device may fetch, the newest of the name: a file of
// its own, or of the organisation (TR50's global), there of the device's unit
// or one above it.
func (c *Control) DeviceFile(ctx context.Context, d fleet.Device, name string, global bool) (fleet.File, error) {
	if global {
		return c.Store.FileByName(ctx, FileName{Name: name, UsedIn: d.UnitID})
	}
	return c.Store.FileByName(ctx, FileName{Name: name, DeviceID: d.ID})
}

// FileByName finds the newest file of the name for a person: a device's, or
// the organisation's where device is 0.
func (c *Control) FileByName(ctx context.Context, a Actor, device fleet.DeviceID, name string) (fleet.File, error) {
	within, err := c.within(a, fleet.FileRead)
	if err != nil {
		return fleet.File{}, err
	}
	return c.Store.FileByName(ctx, FileName{Name: name, DeviceID: device, Within: within})
}

// DeviceFiles lists a device's own files, newest first.
func (c *Control) DeviceFiles(ctx context.Context, d fleet.Device, p Page) ([]fleet.File, error) {
	return c.Store.Files(ctx, d.ID, p)
}

// OpenBlob opens the content of a file that the caller was already given.
func (c *Control) OpenBlob(ctx context.Context, f fleet.File) (Blob, error) {
	return c.Blobs.Open(ctx, f.SHA256)
}

// DeleteFile deletes the files of the name and owner of f, a file that the
// actor may write: no older one comes to light. One that a release is made of
// is a fleet.Conflict. The content stays, other files may share it.
func (c *Control) DeleteFile(ctx context.Context, a Actor, f fleet.File) error {
	if err := c.Authorize(ctx, a, fleet.FileWrite, f.UnitID); err != nil {
		return err
	}
	return c.deleteFile(ctx, f, a.Name())
}

// DeleteFileByID is DeleteFile of the file of an id.
func (c *Control) DeleteFileByID(ctx context.Context, a Actor, id fleet.FileID) error {
	f, err := c.Store.File(ctx, id)
	if err != nil {
		return err
	}
	return c.DeleteFile(ctx, a, f)
}

// DeleteDeviceFile deletes a file for the device that owns it.
func (c *Control) DeleteDeviceFile(ctx context.Context, d fleet.Device, f fleet.File) error {
	if f.DeviceID != d.ID {
		return fleet.Errorf(fleet.Denied, "a device deletes its own files only")
	}
	return c.deleteFile(ctx, f, "device "+d.Key)
}

func (c *Control) deleteFile(ctx context.Context, f fleet.File, actor string) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.DeleteFiles(ctx, f); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(f.UnitID, actor, "file.delete", "file "+f.Name, "SHA-256 "+f.SHA256))
	})
}

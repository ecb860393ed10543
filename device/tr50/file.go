package tr50

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// fileGet gives a ticket to fetch a file with (TR50 1.9).
func fileGet(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.FileGet
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	f, err := m.file(ctx, in.Thing, in.FileName, bool(in.Global))
	if err != nil {
		return nil, err
	}
	id := newID()
	m.h.tickets.put(id, m.session.device, ticket{device: m.session.device, file: f})
	crc := wire.Checksum(f.CRC32)
	return wire.FileTicket{FileID: id, FileSize: f.Size, CRC32: &crc}, nil
}

// file finds a file of the thing, or of the organisation where global. To a
// device that is being updated, the name of the release's file means that very
// file, also when another of the name was uploaded since.
func (m *message) file(ctx context.Context, t wire.Thing, name string, global bool) (fleet.File, error) {
	d, err := m.owner(ctx, t, global)
	if err != nil {
		return fleet.File{}, err
	}
	if global && !m.session.user() {
		if f, ok, err := m.self().Released(ctx, d.ID, name); ok || err != nil {
			return f, err
		}
	}
	find := func() (fleet.File, error) { return m.h.control.DeviceFile(ctx, d, name, global) }
	if m.session.user() {
		find = func() (fleet.File, error) { return m.h.control.FileByName(ctx, m.actor, d.ID, name) }
	}
	f, err := find()
	if fleet.CodeOf(err) == fleet.NotFound {
		err = notFound("File " + clip(name, fleet.MaxFileName) + " not found")
	}
	return f, err
}

// owner is the device whose files are meant. A user who means those of the
// organisation names none.
func (m *message) owner(ctx context.Context, t wire.Thing, global bool) (fleet.Device, error) {
	switch {
	case m.session.user() && global:
		return fleet.Device{}, nil
	case m.session.user():
		return m.named(ctx, t)
	}
	device, err := m.target(ctx, t)
	if err != nil {
		return fleet.Device{}, err
	}
	if device != m.session.device { // its gateway has to be let in as well
		if _, err := m.accepted(ctx, m.session.device); err != nil {
			return fleet.Device{}, err
		}
	}
	return m.accepted(ctx, device)
}

// filePut gives a ticket to upload one file with, into the thing's own files.
func filePut(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.FilePut
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if in.Global {
		return nil, notAuthorised("a thing uploads into its own files only")
	}
	d, err := m.owner(ctx, in.Thing, false)
	if err != nil {
		return nil, err
	}
	if err := control.CheckFileName(in.FileName); err != nil {
		return nil, err
	}
	id := newID()
	m.h.tickets.put(id, d.ID, ticket{upload: true, device: d.ID, file: fleet.File{Name: in.FileName}, crc32: (*uint32)(in.CRC32)})
	return wire.FileID{FileID: id}, nil
}

// maxFiles is how many files one file.list gives, the newest.
const maxFiles = 1000

func fileList(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.FileList
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	d, err := m.owner(ctx, in.Thing, bool(in.Global))
	if err != nil {
		return nil, err
	}
	var list []fleet.File
	switch {
	case m.session.user():
		list, err = m.h.control.Files(ctx, m.actor, d.ID, control.Page{Limit: maxFiles})
	case bool(in.Global):
		return nil, notAuthorised("a thing lists its own files only")
	default:
		list, err = m.h.control.DeviceFiles(ctx, d, control.Page{Limit: maxFiles})
	}
	if err != nil {
		return nil, err
	}
	out := wire.Result[wire.FileInfo]{Result: make([]wire.FileInfo, len(list))}
	for i, f := range list {
		out.Result[i] = info(f, d.Key)
	}
	return out, nil
}

func fileInfo(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.FileName
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	f, err := m.file(ctx, in.Thing, in.FileName, bool(in.Global))
	if err != nil {
		return nil, err
	}
	return info(f, in.ThingKey), nil
}

func info(f fleet.File, key string) wire.FileInfo {
	crc := wire.Checksum(f.CRC32)
	out := wire.FileInfo{ID: f.ID.String(), FileName: f.Name, UploadDate: wire.At(f.CreatedAt), Length: f.Size, Private: true,
		SHA256: f.SHA256, CRC32: &crc, OrgKey: organisation}
	if f.DeviceID != 0 {
		out.ThingKey = key
	}
	return out
}

// fileDelete deletes what file.get would find under the name, and what it
// would find then. A thing deletes its own files only.
func fileDelete(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.FileName
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if bool(in.Global) && !m.session.user() {
		return nil, notAuthorised("a thing deletes its own files only")
	}
	d, err := m.owner(ctx, in.Thing, bool(in.Global))
	if err != nil {
		return nil, err
	}
	f, err := m.file(ctx, in.Thing, in.FileName, bool(in.Global))
	if err != nil {
		return nil, err
	}
	if m.session.user() {
		return nil, m.h.control.DeleteFile(ctx, m.actor, f)
	}
	return nil, m.h.control.DeleteDeviceFile(ctx, d, f)
}

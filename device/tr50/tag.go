package tr50

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// maxTags is how many tags a thing has.
const maxTags = 64

func thingTagAdd(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	return nil, m.editTags(ctx, params, func(tags, named []string) []string { return append(tags, named...) })
}

func thingTagDelete(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	return nil, m.editTags(ctx, params, func(tags, named []string) []string {
		return slices.DeleteFunc(tags, func(tag string) bool { return slices.Contains(named, tag) })
	})
}

// editTags changes the tags in one transaction, so that of two edits at once
// none is lost.
func (m *message) editTags(ctx context.Context, params json.RawMessage, edit func(tags, named []string) []string) error {
	var in wire.ThingTags
	if err := wire.Decode(params, &in); err != nil {
		return badParams(err)
	}
	in.ThingKey = cmp.Or(in.ThingKey, in.Key)
	device, err := m.target(ctx, in.Thing)
	if err != nil {
		return err
	}
	if err := m.publish(device); err != nil {
		return err
	}
	if err := m.commit(ctx); err != nil {
		return err
	}
	return m.self().Edit(ctx, device, fleet.AttributeTags, func(before string) (string, error) {
		return tagText(edit(fleet.Tags(before).List(), in.Tags))
	})
}

// setTags keeps the tags of the thing as an attribute.
func (m *message) setTags(device fleet.DeviceID, tags []string) error {
	text, err := tagText(tags)
	if err != nil {
		return err
	}
	return m.publish(device, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeTags, Text: text})
}

func tagText(tags []string) (string, error) {
	text := fleet.TagsOf(tags)
	if len(text.List()) > maxTags {
		return "", &wire.Error{Code: wire.CodeLimit, Message: "a thing has at most 64 tags"}
	}
	return string(text), nil
}

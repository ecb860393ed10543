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
	if err := m.commit(ctx); err != nil {
		return err
	}
	list, err := m.values(ctx, device, fleet.Attribute)
	if err != nil {
		return err
	}
	var tags []string
	for _, v := range list {
		if v.Key == attributeTags {
			tags = tagsOf(v.Text)
		}
	}
	return m.setTags(device, edit(tags, in.Tags))
}

// setTags keeps the tags of the thing as an attribute, sorted and each once.
func (m *message) setTags(device fleet.DeviceID, tags []string) error {
	tags = slices.Compact(slices.Sorted(slices.Values(tags)))
	if len(tags) > maxTags {
		return &wire.Error{Code: wire.CodeLimit, Message: "a thing has at most 64 tags"}
	}
	if tags == nil {
		tags = []string{}
	}
	text, err := json.Marshal(tags)
	if err != nil {
		return err
	}
	return m.publish(device, fleet.Value{Kind: fleet.Attribute, Key: attributeTags, Text: string(text)})
}

// tagsOf reads the attribute; what is no list is no tags.
func tagsOf(text string) []string {
	var tags []string
	_ = json.Unmarshal([]byte(text), &tags)
	return tags
}

package tr50

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// maxLines is how many lines one log.list gives, the newest.
const maxLines = 200

func logPublish(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.LogPublish
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	device, err := m.target(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	line := fleet.LogEntry{DeviceID: device, At: m.moment(in.TS.Time), Text: string(in.Msg),
		Level: fleet.LogLevel(min(max(in.LevelOrInfo(), wire.LogError), wire.LogInfo))}
	m.lines = append(m.lines, line)
	m.held++
	return nil, nil
}

// logList gives the newest lines, oldest first, from start on.
func logList(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.LogList
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	d, err := m.thing(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	list, err := m.log(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	out := wire.Result[wire.LogLine]{Result: []wire.LogLine{}}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].At.Before(in.Start.Time) {
			continue
		}
		out.Result = append(out.Result, wire.LogLine{Msg: list[i].Text, TS: wire.At(list[i].At), Level: wire.Number(list[i].Level)})
	}
	return out, nil
}

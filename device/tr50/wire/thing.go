package wire

// Thing names a thing by any of its identifiers. All empty means the thing of
// the session (TR50 1.4).
type Thing struct {
	ThingKey string `json:"thingKey,omitempty"`
	ThingID  string `json:"thingId,omitempty"`
	ESN      Text   `json:"esn,omitempty"`
	ICCID    Text   `json:"iccid,omitempty"`
	IMEI     Text   `json:"imei,omitempty"`
	IMSI     Text   `json:"imsi,omitempty"`
	MEID     Text   `json:"meid,omitempty"`
	MSISDN   Text   `json:"msisdn,omitempty"`
}

// ThingKeyOnly names a thing by its key.
func ThingKeyOnly(key string) Thing { return Thing{ThingKey: key} }

// IsZero tells that no identifier is given.
func (t Thing) IsZero() bool { return t == Thing{} }

// Name is what the thing is called in a sentence: its key or id, else the first
// identifier that is given.
func (t Thing) Name() string {
	for _, name := range []string{t.ThingKey, t.ThingID} {
		if name != "" {
			return name
		}
	}
	for _, x := range []struct {
		kind string
		text Text
	}{{"esn", t.ESN}, {"iccid", t.ICCID}, {"imei", t.IMEI}, {"imsi", t.IMSI}, {"meid", t.MEID}, {"msisdn", t.MSISDN}} {
		if x.text != "" {
			return "with the " + x.kind + " " + string(x.text)
		}
	}
	return ""
}

// ThingFind is thing.find. It takes the key under two names.
type ThingFind struct {
	Thing
	Key string `json:"key,omitempty"`
	ID  string `json:"id,omitempty"`
}

// ThingFound is the result of thing.find and an element of thing.list.
type ThingFound struct {
	ID                string                    `json:"id"`
	Key               string                    `json:"key"`
	Name              string                    `json:"name"`
	Desc              string                    `json:"desc,omitempty"`
	DefKey            string                    `json:"defKey,omitempty"`
	Tags              []string                  `json:"tags,omitempty"`
	Connected         bool                      `json:"connected"`
	LastSeen          Time                      `json:"lastSeen,omitzero"`
	LastCommunication Time                      `json:"lastCommunication,omitzero"`
	CreatedBy         string                    `json:"createdBy,omitempty"`
	CreatedOn         Time                      `json:"createdOn,omitzero"`
	Attributes        map[string]AttributeState `json:"attrs,omitempty"`
	Properties        map[string]PropertyState  `json:"properties,omitempty"`
	Alarms            map[string]AlarmState     `json:"alarms,omitempty"`
	Location          *Location                 `json:"loc,omitempty"`
}

// AttributeState is an attribute in ThingFound.
type AttributeState struct {
	TS    Time `json:"ts"`
	Since Time `json:"since,omitzero"`
	Value Text `json:"value"`
}

// PropertyState is a property in ThingFound.
type PropertyState struct {
	TS    Time   `json:"ts"`
	Value Number `json:"value"`
}

// AlarmState is an alarm in ThingFound.
type AlarmState struct {
	TS    Time   `json:"ts"`
	Since Time   `json:"since,omitzero"`
	State Number `json:"state"`
}

// ThingUpdate is thing.update. A nil field is left as it is, the fields named in
// Unset are cleared. Five identifiers are fields here and do not name the thing.
type ThingUpdate struct {
	Thing
	Key   string   `json:"key,omitempty"`
	Name  *Text    `json:"name,omitempty"`
	Desc  *Text    `json:"desc,omitempty"`
	ESN   *Text    `json:"esn,omitempty"`
	ICCID *Text    `json:"iccid,omitempty"`
	IMEI  *Text    `json:"imei,omitempty"`
	IMSI  *Text    `json:"imsi,omitempty"`
	MEID  *Text    `json:"meid,omitempty"`
	Tags  []string `json:"tags,omitempty"`
	Unset []string `json:"unset,omitempty"`
}

// ThingDelete is thing.delete.
type ThingDelete struct {
	Thing
	Key string `json:"key,omitempty"`
	ID  string `json:"id,omitempty"`
}

// ThingList is thing.list. A zero limit means the server's.
type ThingList struct {
	Offset Number   `json:"offset,omitempty"`
	Limit  Number   `json:"limit,omitempty"`
	Tags   []string `json:"tags,omitempty"`
}

// ThingListed is the result of thing.list.
type ThingListed struct {
	Count  int          `json:"count"`
	Result []ThingFound `json:"result"`
}

// ThingTags is thing.tag.add and thing.tag.delete.
type ThingTags struct {
	Thing
	Key  string   `json:"key,omitempty"`
	Tags []string `json:"tags"`
}

// ThingBind is thing.bind: a child thing joins the session of its parent.
type ThingBind struct {
	Key              string   `json:"key"`
	AutoDefKey       string   `json:"autoDefKey,omitempty"`
	AutoDefThingName string   `json:"autoDefThingName,omitempty"`
	AutoDefTags      []string `json:"autoDefTags,omitempty"`
	AutoDefSecTags   []string `json:"autoDefSecTags,omitempty"`
	BindTo           string   `json:"bindTo,omitempty"`
}

// ThingUnbind is thing.unbind.
type ThingUnbind struct {
	Key string `json:"key"`
}

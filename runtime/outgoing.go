package runtime

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/lang/content"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// snapshot is what an outbox row keeps of the contact, as it was when the decision was made: what its message says
// does not depend on when it is delivered.
type snapshot struct {
	Address string            `json:"address,omitempty"`
	Zone    string            `json:"zone"`
	Role    string            `json:"role,omitempty"`
	Due     int64             `json:"due,omitempty"`
	Asks    []string          `json:"asks,omitempty"`
	Contact map[string]string `json:"contact,omitempty"` // known fields, as compile.Field formats them
}

// snapshot makes the body of what a step sends out.
func (l *labels) snapshot(zone *calendar.Zone, out *engine.Out) []byte {
	if len(out.Asked)+len(out.Vars) == 0 && out.Role == "" && out.Due == 0 && plain(out.Address) && plain(zone.Name) {
		return plainSnapshot(out.Address, zone.Name)
	}
	keep := snapshot{Address: out.Address, Zone: zone.Name, Role: out.Role, Due: out.Due}
	for _, f := range out.Asked {
		keep.Asks = append(keep.Asks, l.p.Fields[f].Name)
	}
	if len(out.Vars) > 0 {
		keep.Contact = make(map[string]string, len(out.Vars))
		for _, v := range out.Vars {
			field := &l.p.Fields[v.Field]
			keep.Contact[field.Name] = field.Format(v.Value)
		}
	}
	body, err := json.Marshal(keep)
	if err != nil {
		panic(err) // a struct of texts and numbers is always JSON
	}
	return body
}

// plainSnapshot is the body of most messages, as json.Marshal would write it, which takes ten times as long.
func plainSnapshot(address, zone string) []byte {
	body := make([]byte, 0, len(`{"address":"","zone":""}`)+len(address)+len(zone))
	if body = append(body, '{'); address != "" {
		body = append(append(append(body, `"address":"`...), address...), `",`...)
	}
	return append(append(append(body, `"zone":"`...), zone...), `"}`...)
}

// plain says whether a text stands in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			return false
		}
	}
	return true
}

// vars are what the snapshot gives a content file to say. A field that the playbook has dropped or given another type
// since is unknown.
func (k *snapshot) vars(p *compile.Program, decided int64) content.Vars {
	zone, err := calendar.LoadZone(k.Zone)
	if err != nil {
		zone = p.Policy.Zone
	}
	vars := content.Vars{Contact: map[string]any{}, Now: local(decided, zone)}
	for name, text := range k.Contact {
		f := p.FieldIndex(name)
		if f == compile.None {
			continue
		}
		if value, err := p.Fields[f].Parse(text, calendar.UTC); err == nil && value.Known {
			vars.Contact[name] = shown(&p.Fields[f], value, zone)
		}
	}
	for _, name := range k.Asks {
		if f := p.FieldIndex(name); f != compile.None && p.Fields[f].Asked != nil {
			vars.Questions = append(vars.Questions, content.Question{Field: name, Text: p.Fields[f].Asked.Text})
		}
	}
	return vars
}

// shown is a value as content shows it.
func shown(f *compile.Field, v compile.Value, zone *calendar.Zone) any {
	switch f.Type {
	case check.FieldNumber:
		return v.Num
	case check.FieldBool:
		return v.Num != 0
	case check.FieldDate:
		return calendar.Date(v.Num)
	case check.FieldTime:
		return local(int64(v.Num), zone)
	case check.FieldSet:
		return strings.Split(v.Text, "\x1f")
	default:
		return v.Text
	}
}

func local(t int64, zone *calendar.Zone) time.Time {
	location, err := time.LoadLocation(zone.Name)
	if err != nil {
		location = time.UTC
	}
	return time.Unix(t, 0).In(location)
}

// happened tells a row of the journal to the reader of a brief.
func happened(e *store.Entry, zone *calendar.Zone) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s", local(e.At, zone).Format("2006-01-02 15:04"), e.Kind)
	for _, word := range []string{e.Offer, e.Reason} {
		if word != "" {
			text.WriteString(" " + word)
		}
	}
	switch {
	case e.Until != 0:
		text.WriteString(" until " + local(e.Until, zone).Format("2006-01-02 15:04"))
	case e.To != "":
		text.WriteString(" to " + e.To)
	}
	if e.Program != "" {
		text.WriteString(" (" + strings.TrimSuffix(e.Program+"."+e.Stage, ".") + ")")
	}
	if e.Detail != "" {
		text.WriteString(": " + e.Detail)
	}
	return text.String()
}

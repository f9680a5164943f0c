package runtime

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/calendar"
	"nurture/runtime/engine"
)

// However a body is written, it is the JSON of the snapshot.
func TestSnapshotIsJSON(t *testing.T) {
	l := new(labels)
	zone, err := calendar.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom([]string{"", "ann@example.com", `"Ann" <ann@example.com>`, "a&b@example.com", "a<b", "a>b", "a\\b", "ä@example.com", "a\x00\x7f"}), rapid.String())
		out := &engine.Out{Address: text.Draw(r, "address"), Role: rapid.SampledFrom([]string{"", "owner"}).Draw(r, "role"), Due: rapid.SampledFrom([]int64{0, 5}).Draw(r, "due")}
		want, err := json.Marshal(snapshot{Address: out.Address, Zone: zone.Name, Role: out.Role, Due: out.Due})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.snapshot(zone, out); string(got) != string(want) {
			r.Errorf("got %s, want %s", got, want)
		}
	})
}

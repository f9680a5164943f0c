package store_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"nurture/runtime/store"
)

// Lists of numbers are read as they are written in JSON, and what is no such list is not taken for one.
func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(-1<<62, 1<<62), 1, 4), 1, 5).Draw(t, "lists")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := store.Numbers(string(text)); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is read as %v, %v", text, got, err)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		spoiled := string(text[:at]) + rapid.SampledFrom([]string{"", "[", "]", ",", "-", "x", "[1", "]]", ",,", "1,"}).Draw(t, "instead") + string(text[at+1:])
		want = nil
		got, err := store.Numbers(spoiled)
		if wrong := json.Unmarshal([]byte(spoiled), &want); err == nil && wrong == nil && !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
			t.Fatalf("%s is read as %v", spoiled, got)
		} else if _, bad := wrong.(*json.SyntaxError); bad && err == nil && !leads(spoiled) {
			t.Fatalf("%s is read as %v, and is no JSON: %v", spoiled, got, wrong)
		}
	})
}

// leads says whether a number begins with a zero, which is no JSON and does no harm.
func leads(text string) bool {
	for i := 1; i+1 < len(text); i++ {
		if before := text[i-1]; text[i] == '0' && (before == '[' || before == ',' || before == '-') && text[i+1] >= '0' && text[i+1] <= '9' {
			return true
		}
	}
	return false
}

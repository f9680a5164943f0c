package proof

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nurture/runtime/store"
)

func split(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// sure are the rows of which the model is.
func (k *known) sure(rows []row) []row {
	for i, r := range rows {
		if r.at >= k.doubt {
			return rows[:i]
		}
	}
	return rows
}

// differ says where two journals of a contact part.
func differ(key string, got, want []row) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("the journal of %s ends; it should go on with\n  %s", key, want[i])
		case i >= len(want):
			return fmt.Sprintf("the journal of %s goes on, where it should end, with\n  %s", key, got[i])
		case got[i] != want[i]:
			text := fmt.Sprintf("the journal of %s differs:", key)
			for _, r := range got[max(0, i-4):i] {
				text += fmt.Sprintf("\n            %s", r)
			}
			return text + fmt.Sprintf("\n  is        %s\n  should be %s", got[i], want[i])
		}
	}
	return ""
}

// same says whether the story is that of an undisturbed play: the journal row by row, and what goes out.
func (h *theatre) same(plain *theatre) error {
	got, err := h.journal()
	if err != nil {
		return err
	}
	want, err := plain.journal()
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if text := differ(key, got[key], want[key]); text != "" {
			return fmt.Errorf("cut and disturbed it is another story: %s", text)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d contacts have a journal, %d should", len(got), len(want))
	}
	out, err := h.outbox()
	if err != nil {
		return err
	}
	should, err := plain.outbox()
	if err != nil {
		return err
	}
	line := func(o store.Outgoing) string {
		return fmt.Sprintf("%s %s %s %s %s", stamp(o.At), o.Key(), o.Stage, o.Channel, o.Body)
	}
	for i := range max(len(out), len(should)) {
		switch {
		case i >= len(out):
			return fmt.Errorf("the outbox lacks %s", line(should[i]))
		case i >= len(should):
			return fmt.Errorf("the outbox has, and should not, %s", line(out[i]))
		case line(out[i]) != line(should[i]):
			return fmt.Errorf("the outbox has %s, it should be %s", line(out[i]), line(should[i]))
		}
	}
	return nil
}

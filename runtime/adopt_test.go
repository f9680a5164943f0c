package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"nurture/runtime"
)

// three people: one that learns, two that rest.
func resting(t *testing.T) *house {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-02T10:00:00Z,it,yes", "bob@example.com,2026-03-02T10:00:00Z,it,yes", "cy@example.com,2026-03-30T10:00:00Z,it,yes")
	h.replay(begin, "2026-04-20T00:00:00Z")
	h.Contacts = nil
	return h
}

// without is the playbook without the stage `rest`.
var without = strings.NewReplacer(
	"-> rest { tag", "-> first_steps { tag", "-> with_sales.rest", "-> done",
	playbook[strings.Index(playbook, "  stage rest {"):], "}\n").Replace(playbook)

func TestDroppedStageIsRefused(t *testing.T) {
	h := resting(t)
	journal := h.journal()
	h.adopt(without)
	_, err := h.tryReplay(context.Background(), "", finish)
	var dropped *runtime.DroppedError
	if !errors.As(err, &dropped) {
		t.Fatalf("got %v", err)
	}
	if len(dropped.Stages) != 1 || dropped.Stages[0].Stage != "with_sales.rest" || dropped.Stages[0].Contacts != 2 {
		t.Errorf("got %+v", dropped.Stages)
	}
	if want := "\n  migrate with_sales.rest -> with_sales.warm    // 2 contacts\nnurturec plan says what that would do to them."; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %q, want it to end with %q", err, want)
	}
	same(t, "the journal", h.journal(), journal)

	h.adopt(playbook) // nothing was changed: the one before goes on
	if s := h.replay("", finish); len(s.Notes) != 0 {
		t.Errorf("notes %q", s.Notes)
	}
}

func TestMigratedStage(t *testing.T) {
	h := resting(t)
	h.adopt(without + "\nmigrate with_sales.rest -> first_steps.learn\n")
	s := h.replay("", "2026-04-21T00:00:00Z")
	if want := "the playbook has changed since the run before: every contact was looked at once"; len(s.Notes) != 1 || s.Notes[0] != want {
		t.Errorf("notes %q", s.Notes)
	}
	for _, who := range []string{"ann", "bob"} {
		if want := "2026-04-20T00:00:00Z " + who + "@example.com 13 moved main with_sales.rest first_steps.learn"; !strings.Contains(h.journal(), want) {
			t.Errorf("there is no %q in\n%s", want, h.journal())
		}
	}
	if s.Stages[0].Name != "first_steps.learn" || s.Stages[0].N != 3 || len(s.Stages) != 2 {
		t.Errorf("stages %v", s.Stages)
	}
}

// A rule that is new may hold for people who have nothing else due.
func TestChangedPlaybookLooksAtEveryContactOnce(t *testing.T) {
	h := resting(t)
	h.adopt(strings.Replace(playbook, "  stage rest {\n", "  stage rest {\n    when contact.role == \"it\" -> done\n", 1))
	if s := h.replay("", "2026-04-20T00:00:01Z"); s.Stepped != 3 || s.Run.Total("moved") != 2 || s.Nowhere != 2 {
		t.Errorf("stepped %d, moved %d, nowhere %d", s.Stepped, s.Run.Total("moved"), s.Nowhere)
	}
	if s := h.replay("", "2026-04-20T00:00:02Z"); s.Stepped != 0 {
		t.Errorf("the second run stepped %d", s.Stepped)
	}
}

// Another comment is no other playbook.
func TestSameMeaning(t *testing.T) {
	h := resting(t)
	h.adopt("// a comment\n" + playbook)
	if s := h.replay("", "2026-04-20T00:00:01Z"); s.Stepped != 0 || len(s.Notes) != 0 {
		t.Errorf("stepped %d, notes %q", s.Stepped, s.Notes)
	}
}

// What waits for an event that the playbook has dropped is passed over.
func TestDroppedEvent(t *testing.T) {
	h := newHouse(t, playbook)
	h.contacts("ann@example.com,2026-03-02T10:00:00Z,it,yes")
	h.events(event("1", "ann@example.com", "2026-03-20T10:00:00Z", "visited", `,"page":"/pricing"`))
	h.replay(begin, "2026-03-10T00:00:00Z")
	h.Contacts, h.Events = nil, nil
	text := playbook
	for _, line := range strings.Split(playbook, "\n") {
		if strings.Contains(line, "visited") {
			text = strings.Replace(text, line+"\n", "", 1)
		}
	}
	h.adopt(text)
	s := h.replay("", finish)
	if want := "1 inputs that waited are of events or fields that the playbook has no more: they had no effect"; len(s.Notes) != 2 || s.Notes[1] != want {
		t.Errorf("notes %q", s.Notes)
	}
	if strings.Contains(h.journal(), "2026-03-20T10:00:00Z") {
		t.Errorf("it had an effect:\n%s", h.journal())
	}
}

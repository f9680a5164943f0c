package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"nurture/runtime"
)

const (
	sideTrack  = "program side \"Beside\" {\n  track side\n  phase retain\n  enter when known(contact.email)\n  stage on {}\n}\n"
	onMain     = "program side \"Beside\" {\n  phase retain\n  enter when known(contact.email)\n  stage on {}\n}\n"
	otherTrack = "program side \"Beside\" {\n  track other\n  phase retain\n  enter when known(contact.email)\n  stage on {}\n}\n"
)

// Nobody falls out of a program because two of theirs come to one track: such a playbook is refused, with what would do.
func TestCrowdedTrackIsRefused(t *testing.T) {
	restGone := "\nmigrate side.on -> with_sales.warm\n"
	for _, test := range []struct{ name, next, want string }{
		{"the same tracks", playbook + sideTrack + "\ntrack side {\n}\n", ""},
		{"a track by another name", playbook + otherTrack, ""},
		{"a program comes to the track", playbook + onMain, "leave program side on a track of its own    // 3 contacts in first_steps.learn and side.on, both on track main now"},
		{"migrate leads to the track", playbook + restGone, "migrate side.on -> done    // 3 contacts in first_steps.learn and side.on, both on track main now"},
		{"migrate to done", playbook + "\nmigrate side.on -> done\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t, playbook+sideTrack)
			h.contacts("ann@example.com,2026-03-02T10:00:00Z,it,yes", "bob@example.com,2026-03-02T10:00:00Z,it,yes", "cy@example.com,2026-03-03T10:00:00Z,it,yes")
			h.replay(begin, "2026-03-10T00:00:00Z")
			h.Contacts = nil
			journal := h.journal()
			h.adopt(test.next)
			s, err := h.tryReplay(context.Background(), "", "2026-03-11T00:00:00Z")
			if test.want == "" {
				if err != nil || s.Run.Total("error") > 0 {
					t.Fatal(err, s)
				}
				return
			}
			var crowded *runtime.CrowdedError
			if !errors.As(err, &crowded) || !strings.HasSuffix(err.Error(), "\n  "+test.want) {
				t.Fatalf("got %v", err)
			}
			same(t, "the journal", h.journal(), journal)
		})
	}
}

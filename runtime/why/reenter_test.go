package why_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"nurture/runtime/why"
)

// Who has left a program comes into it again as its `reenter` says.
func TestReenter(t *testing.T) {
	const playbook = `
contact {
  email email key
  seen  time  arrived
  role  enum("it", "dev")
}
program n "N" {
  phase nurture
  enter when contact.role == "it"
  reenter %s
  stage one { after 1d -> done }
}
`
	for _, c := range []struct {
		reenter, at string // "" never
		needs       int
	}{
		{"never", "", 0},
		{"after 10d", "2026-03-13T08:00:00Z", 0},
		{"always", "2026-03-05T12:01:00Z", 2}, // another role, and a minute later the first again
	} {
		t.Run(c.reenter, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "p.nurture"), []byte(fmt.Sprintf(playbook, c.reenter)), 0o666); err != nil {
				t.Fatal(err)
			}
			h := open(t, folder)
			h.Contacts = []string{contactsFile(t, h.Program, "ann@example.com", map[string]string{"seen": "2026-03-02T08:00:00Z", "role": "it"})}
			h.replay("2026-03-01", "2026-03-05T12:00:00Z")
			of, err := why.Open(h.look(), "ann@example.com")
			if err != nil {
				t.Fatal(err)
			}
			v, err := of.At(of.Clock)
			if err != nil {
				t.Fatal(err)
			}
			a, err := v.InProgram("n")
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Was) != 1 {
				t.Errorf("was entered %d times", len(a.Was))
			}
			n := a.Next
			if c.at == "" {
				if n.Comes || n.Never == "" {
					t.Errorf("is said to come again: %+v", n)
				}
				return
			}
			if !n.Comes || stamp(n.At) != c.at || len(n.Needs) != c.needs {
				t.Errorf("comes %v at %s with %d needs: %+v", n.Comes, stamp(n.At), len(n.Needs), n)
			}
		})
	}
}

// The way into a program may lead out of another.
func TestThroughDone(t *testing.T) {
	folder := t.TempDir()
	playbook := `
contact {
  email email key
  seen  time  arrived
}
program n "N" {
  phase nurture
  priority 1
  enter when known(contact.email)
  stage one { after 1d -> done }
}
program q "Q" {
  phase nurture
  enter when known(contact.email)
  stage two {}
}
`
	if err := os.WriteFile(filepath.Join(folder, "p.nurture"), []byte(playbook), 0o666); err != nil {
		t.Fatal(err)
	}
	h := open(t, folder)
	h.Contacts = []string{contactsFile(t, h.Program, "ann@example.com", map[string]string{"seen": "2026-03-02T08:00:00Z"})}
	h.replay("2026-03-01", "2026-03-02T12:00:00Z")
	of, err := why.Open(h.look(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	v, err := of.At(of.Clock)
	if err != nil {
		t.Fatal(err)
	}
	a, err := v.InProgram("q")
	if err != nil {
		t.Fatal(err)
	}
	if n := a.Next; !n.Comes || stamp(n.At) != "2026-03-03T08:00:00Z" || len(n.Needs) > 0 {
		t.Errorf("comes %v at %s: %+v", n.Comes, stamp(n.At), n)
	}
}

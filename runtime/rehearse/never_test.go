package rehearse_test

import (
	"context"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/rehearse"
)

const selling = `
contact {
  email    email key
  plan     enum("free", "paid")
  seats    number
  consent  bool
}
event visited { page text }
segment large = contact.seats >= 50
offer report "Report" { kind report  for nurture  intent educate  content "c.md" }
offer guide  "Guide"  { kind guide   for nurture  intent educate  content "c.md" }
offer buy    "Buy"    { kind notice  for nurture  intent sell     content "c.md" }
policy { consent when contact.consent }
program p "P" {
  phase nurture
  enter when contact.consent
  stage one {
    send report, guide every 7d
    on visited where event.page startsWith "/pricing" and large -> two
  }
  stage two { send buy in 3d }
}
`

func nevers(t *testing.T, seed uint64, src string) (rehearse.Never, *compile.Program) {
	t.Helper()
	p := compiled(t, src)
	all, err := rehearse.Nevers(context.Background(), p, seed, func(string) bool { return true })
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[0], p
}

func compiled(t *testing.T, src string) *compile.Program {
	t.Helper()
	loaded := lang.Parse(map[string]string{"p.nurture": src}, nil)
	for _, d := range loaded.Diagnostics {
		t.Fatalf("%s %q: %s\n%s", d.Code, src[d.Span.Start:d.Span.End], d.Message, src)
	}
	return compile.Compile(loaded.Playbook)
}

// What only a never keeps from being sent is found with whatever seed, as the shortest story that shows it, and the test
// that it comes with fails in the playbook until the playbook is mended.
func TestNeverThatIsTried(t *testing.T) {
	src := selling + `never "sell to the free plan" when offer.intent == "sell" and contact.plan == "free"` + "\n"
	const shortest = `test "sell to the free plan" {
  contact { plan = "free"  seats = 50  consent = true }
  at 2026-01-05 09:00
  visited { page = "/pricing" }
  wait 7d
  expect not refused never
}
`
	normal := strings.NewReplacer("seats = 51", "seats = 50", "wait 3d", "wait 7d")
	for seed := range uint64(5) {
		found, _ := nevers(t, seed, src)
		if len(found.Failures) != 1 || !strings.Contains(found.Failures[0].Message, "`buy`") || len(found.Story) == 0 {
			t.Fatalf("seed %d: %+v", seed, found.Result)
		}
		if found.Contacts == 0 || normal.Replace(found.Test) != shortest {
			t.Errorf("seed %d: not the shortest:\n%s", seed, found.Test)
		}
		pasted := src + found.Test
		p := compiled(t, pasted)
		if r := rehearse.Play(p, p.Playbook.Tests[0]); len(r.Failures) != 1 {
			t.Errorf("seed %d: the test does not fail: %v", seed, r.Story)
		}
		p = compiled(t, strings.Replace(pasted, "and large -> two", `and large and contact.plan == "paid" -> two`, 1))
		if r := rehearse.Play(p, p.Playbook.Tests[0]); len(r.Failures) != 0 {
			t.Errorf("seed %d: the test fails in the playbook that was mended: %v", seed, r.Failures)
		}
	}
}

// Something else is sent instead of what the never forbids.
func TestNeverThatChooses(t *testing.T) {
	src := strings.Replace(selling, "send report, guide", "send buy, report", 1) + `never "sell at once" when offer.intent == "sell" and count(sent) == 0` + "\n"
	found, _ := nevers(t, 1, src)
	if len(found.Failures) != 1 {
		t.Fatal("not found")
	}
	p := compiled(t, src+found.Test)
	if r := rehearse.Play(p, p.Playbook.Tests[0]); len(r.Failures) != 0 {
		t.Errorf("what it says is not so: %v\n%s", r.Failures, found.Test)
	}
	p = compiled(t, strings.Split(src, "never ")[0]+found.Test)
	if r := rehearse.Play(p, p.Playbook.Tests[0]); len(r.Failures) != 1 {
		t.Errorf("without the never it is not sent:\n%s", found.Test)
	}
}

// A never of which nothing comes, and one that a test of the playbook means to be at work.
func TestNeverThatHolds(t *testing.T) {
	never := `never "sell to the free plan" when offer.intent == "sell" and contact.plan == "free"` + "\n"
	mended := strings.Replace(selling, "and large -> two", `and large and contact.plan == "paid" -> two`, 1)
	mended = strings.Replace(mended, "send buy in 3d", `send buy in 3d where contact.plan == "paid"`, 1)
	if found, _ := nevers(t, 1, mended+never); len(found.Failures) != 0 || found.Contacts < 1000 {
		t.Errorf("%+v", found)
	}
	meant := selling + never + `test "no selling to the free" {
  contact { plan = "free"  seats = 50  consent = true }
  visited { page = "/pricing" }
  wait 4d
  expect refused never
}
`
	if found, _ := nevers(t, 1, meant); len(found.Failures) != 0 || found.Meant == nil || found.Contacts != 0 {
		t.Errorf("%+v", found)
	}
}

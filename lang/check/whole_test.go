package check_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/check"
)

// whole is the playbook of the language's reference.
func whole(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("../syntax/testdata/whole.nurture")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

const letter = "---\nsubject: A letter\n---\nHello {{ contact.company }}.\n"

// withContent gives every content file that a playbook names.
func withContent(src string) map[string]string {
	files := map[string]string{"whole.nurture": src}
	for _, m := range regexp.MustCompile(`(?:content|brief)\s+"([^"]+)"`).FindAllStringSubmatch(src, -1) {
		files[m[1]] = letter
	}
	return files
}

func TestWholePlaybook(t *testing.T) {
	p, parsing, checking := playbook(withContent(whole(t)))
	for _, d := range append(parsing, checking...) {
		t.Errorf("%s %s %s", d.Span.File, d.Code, d.Message)
	}
	if got := len(p.Programs); got != 6 {
		t.Errorf("%d programs", got)
	}
	var tracks []string
	for _, track := range p.Tracks {
		tracks = append(tracks, track.Name)
	}
	if want := []string{"main", "renewal"}; !reflect.DeepEqual(tracks, want) {
		t.Errorf("tracks %v, want %v", tracks, want)
	}
	if p.Contact.Key.Name != "email" || p.Contact.Address.Name != "email" || p.Contact.Arrived.Name != "first_seen" {
		t.Errorf("contact: %+v", p.Contact)
	}
	var handing *check.Stage
	for _, program := range p.Programs {
		for _, stage := range program.Stages {
			for _, entry := range stage.Entry {
				if entry.Hand != nil {
					handing = stage
				}
			}
		}
	}
	if handing == nil || handing.Name != "offered" || handing.Program.Name != "sales_cycle" {
		t.Errorf("the handing stage is %+v", handing)
	}
	for _, o := range p.Offers {
		if o.Message == nil {
			t.Errorf("offer %s has no message", o.Name)
		}
	}
	if m := p.Maps[0]; len(m.Columns) != 3 || m.Columns[2] != nil || len(m.Rows[2].Cells[0]) != 0 || m.Rows[2].Cells[1][0].Name != "roi_calculator" {
		t.Errorf("map %+v", m)
	}
	rule := p.Tracks[0].Rules[0]
	if rule.On.Name != "purchased" || rule.Where.Root == nil || rule.Then.Target.Stage.Name != "first_weeks" || rule.Then.Actions[0].Expr.Root == nil {
		t.Errorf("rule %+v", rule)
	}
}

// TestNothingPanics breaks the whole playbook in every way that editing does: whatever is left, Check ends, and what
// it says lies in the file.
func TestNothingPanics(t *testing.T) {
	src := whole(t)
	words := regexp.MustCompile(`[A-Za-z_]+|[^A-Za-z_]`).FindAllString(src, -1)
	lines := strings.SplitAfter(src, "\n")
	rapid.Check(t, func(t *rapid.T) {
		pieces := lines
		if rapid.Bool().Draw(t, "words") {
			pieces = words
		}
		pieces = append([]string{}, pieces...)
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			i := rapid.IntRange(0, len(pieces)-1).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				pieces[i] = ""
			case 1:
				n := min(rapid.IntRange(1, 40).Draw(t, "many"), len(pieces)-i)
				for j := range n {
					pieces[i+j] = ""
				}
			case 2:
				pieces[i] = pieces[rapid.IntRange(0, len(pieces)-1).Draw(t, "from")]
			default:
				j := rapid.IntRange(0, len(pieces)-1).Draw(t, "with")
				pieces[i], pieces[j] = pieces[j], pieces[i]
			}
		}
		survives(t, strings.Join(pieces, ""))
	})
}

// survives checks a playbook twice and looks at what is reported.
func survives(t rapid.TB, src string) {
	files := withContent(src)
	_, _, found := playbook(files)
	_, _, again := playbook(files)
	if !reflect.DeepEqual(found, again) {
		t.Errorf("checked twice, and not the same is found")
	}
	for i, d := range found {
		text, there := files[d.Span.File]
		if !there || d.Span.Start < 0 || d.Span.Start > d.Span.End || d.Span.End > len(text) {
			t.Errorf("a span outside its file: %+v", d)
		}
		if i > 0 && d.Span.File == found[i-1].Span.File && d.Span.Start < found[i-1].Span.Start {
			t.Errorf("not in order: %+v after %+v", d, found[i-1])
		}
		if d.Message == "" || strings.HasSuffix(d.Message, ".") || strings.Contains(d.Message, "%!") {
			t.Errorf("a message that is none: %+v", d)
		}
		for _, f := range d.Fixes {
			for _, e := range f.Edits {
				if e.Span.Start < 0 || e.Span.Start > e.Span.End || e.Span.End > len(files[e.Span.File]) {
					t.Errorf("a fix outside its file: %+v", d)
				}
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("contact { email email key }")
	f.Add("segment a = b\nsegment b = a\nscore s { +1 when a }\nmap m { topic | a\n x | y }")
	f.Add("handoff h { outcomes a, a }\nprogram p { stage s { hand to h\nsend a, b pick x\non h.a match event.x { otherwise } -> p.q.r } }")
	f.Add("test { contact { a = 1..2 } expect in }\nscenario s { contacts { a 1% } x 3% within 1d..2 } migrate a -> b")
	f.Fuzz(func(t *testing.T, src string) { survives(t, src) })
}

// large is a playbook of about the given number of lines, as machines write them.
func large(lines int) string {
	var b strings.Builder
	b.WriteString("contact {\n  email email key\n  role enum(\"it\", \"user\")\n  size number\n}\ntopics a, b\nevent visited { page text }\nscore heat {\n  halve every 10d\n  +5 on opened\n}\n")
	for i := range lines / 20 {
		fmt.Fprintf(&b, `
segment s%[1]d = contact.role == "it" and contact.size > %[1]d
offer o%[1]d "Offer" { kind guide  topic a  for nurture  intent educate  content "a.md" }
map m%[1]d {
  topic | s%[1]d | otherwise
  a     | o%[1]d | o%[1]d
}
program p%[1]d "Program" {
  phase nurture
  enter when s%[1]d and score.heat >= %[1]d

  stage first {
    send from m%[1]d every 7d pick interest
    on visited where event.page startsWith "/x" -> second
    when count(opened, 30d) >= 3                 -> second
    after 30d                                   -> p0.second
  }
  stage second { send o%[1]d }
}
`, i)
	}
	return b.String()
}

func BenchmarkCheck10000Lines(b *testing.B) {
	files := map[string]string{"p.nurture": large(10_000)}
	b.ReportAllocs()
	for b.Loop() {
		if _, parsing, found := playbook(files); len(parsing)+len(found) > 0 {
			b.Fatal(parsing, found)
		}
	}
}

// TestLarge is about time: a playbook in which nothing has a name that exists must not take long because of its
// suggestions, nor one with a stage for everything because of its hand-offs.
func TestLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("contact { email email key }\nhandoff h \"H\" { outcomes x, y }\nprogram p \"P\" {\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "  stage s%d {\n    hand to h\n    on opened -> gone%d\n  }\n", i, i)
	}
	b.WriteString("}\n")
	_, _, found := playbook(map[string]string{"p.nurture": b.String()})
	if len(found) != 20_000 {
		t.Errorf("%d diagnostics, want 20000", len(found))
	}
}

package lang_test

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"nurture/lang"
)

// What a declaration finds in another one: an edit there is felt here, though nothing has changed here.
func TestEditsAreFeltWhereTheyMatter(t *testing.T) {
	const contact = "contact {\n  email email key\n  role enum(\"it\", \"user\") question light \"What?\"\n}\n"
	for _, test := range []struct{ name, there, old, new, here string }{
		{"a field's values", contact, `, "user"`, "",
			"program p \"P\" {\n  stage a {\n    on opened match contact.role {\n      user -> done\n      otherwise -> done\n    }\n  }\n}\n"},
		{"a field's type", contact, `enum("it", "user")`, "number",
			"program p \"P\" {\n  stage a {\n    on opened match contact.role {\n      it -> done\n      otherwise -> done\n    }\n  }\n}\n"},
		{"a field's question", contact, ` question light "What?"`, "",
			"test \"t\" {\n  expect asked role\n}\n"},
		{"the key", contact, "email key\n", "email\n  id text key\n",
			"program p \"P\" {\n  stage a {\n    on opened -> done { set contact.email = \"a@b.c\" }\n  }\n}\n"},
		{"the contact's fields in a form", contact, "  role ", "  job ",
			"test \"t\" {\n  on day 1 submitted { role = \"it\" }\n}\n"},
		{"an event's fields", contact + "event visited { page text }\n", "page text", "url text",
			"test \"t\" {\n  on day 1 visited { page = \"x\" }\n}\n"},
		{"a hand-off's outcomes", contact + "handoff sales \"S\" { outcomes won, lost }\n", "won, lost", "lost",
			"score s {\n  +5 on sales.won\n}\n"},
		{"a program's stages", contact + "program q \"Q\" {\n  stage a {\n    after 1d -> done\n  }\n}\n", "stage a", "stage b",
			"program p \"P\" {\n  stage a {\n    on opened -> q.a\n  }\n}\n"},
		{"a program's track", contact + "program q \"Q\" {\n  track main\n  stage a {\n    after 1d -> done\n  }\n}\n", "track main", "track other",
			"program p \"P\" {\n  stage a {\n    on opened -> q\n  }\n}\n"},
		{"a program that a stage is called like", contact + "program q \"Q\" {\n  stage a {\n    after 1d -> done\n  }\n}\n", "program q", "program b",
			"program p \"P\" {\n  stage b {\n    on opened -> done\n  }\n}\n"},
		{"an offer that goes out at once", contact + "offer o \"O\" { kind k  channel sms }\noffer x \"X\" { kind k  channel sms  transactional }\n", "  transactional", "",
			"map m {\n  topic | otherwise\n}\nprogram p \"P\" {\n  stage a {\n    send o, x every 7d\n  }\n}\n"},
		{"an unknown name that may be in broken text", contact + "map m topic\n", "map m topic\n", "\n",
			"program p \"P\" {\n  stage a {\n    send from m every 7d\n  }\n}\n"},
		{"the same in a condition", contact + "segment warm opened\n", "segment warm opened\n", "\n",
			"program p \"P\" {\n  enter when warm\n  stage a {\n    after 1d -> done\n  }\n}\n"},
		{"what a segment is", contact + "segment warm = contact.role == \"it\"\n", "segment warm", "segment cold",
			"program p \"P\" {\n  enter when warm\n  stage a {\n    after 1d -> done\n  }\n}\n"},
		{"whether a segment changes with time", contact + "segment warm = contact.role == \"it\"\n", `contact.role == "it"`, "count(opened, 7d) >= 1",
			"segment hot = warm\nprogram p \"P\" {\n  enter when hot\n  stage a {\n    after 1d -> done\n  }\n}\n"},
		{"all topics there are", contact + "topics it, user\n", "topics it, user", "topics it, user, boss",
			"program p \"P\" {\n  stage a {\n    on clicked -> done { set contact.role = event.topic }\n  }\n}\n"},
		{"a second block", contact + "policy {\n  cap 2 per 7d\n}\n", "}\npolicy", "}\npolicy {\n  cap 1 per 1d\n}\npolicy", "topics a\n"},
		{"a second track of one name", contact + "track t {\n  on opened -> p\n}\n", "}\ntrack", "}\ntrack t {\n  on clicked -> p\n}\ntrack",
			"program p \"P\" {\n  track t\n  stage a {\n    after 1d -> done\n  }\n}\n"},
		{"who has a name first", contact + "topics x\n", "topics x", "topics y",
			"topics x\nmap m {\n  topic | otherwise\n  x | -\n}\n"},
		{"a test's conditions, elsewhere", contact, "contact", "\ncontact",
			"test \"t\" {\n  expect contact.role == \"it\"\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, files := range []map[string]string{
				{"a.nurture": test.there, "b.nurture": test.here},
				{"a.nurture": test.here + test.there},
				{"a.nurture": test.there + test.here},
			} {
				var m lang.Memory
				edited := maps.Clone(files)
				edited["a.nurture"] = strings.Replace(files["a.nurture"], test.old, test.new, 1)
				if reflect.DeepEqual(files, edited) {
					t.Fatalf("there is no %q to edit", test.old)
				}
				for _, files := range []map[string]string{files, edited, files, edited} {
					same(t, &m, files)
				}
			}
		})
	}
}

// same makes sure that what is found with the memory of before is what is found without.
func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, m *lang.Memory, files map[string]string) {
	t.Helper()
	got, want := m.Check(asked(files)), lang.Check(asked(files))
	if !reflect.DeepEqual(got.Diagnostics, want.Diagnostics) {
		t.Fatalf("with memory:\n%s\nwithout:\n%s", listed(got.Diagnostics), listed(want.Diagnostics))
	}
	if !reflect.DeepEqual(got.Playbook.Uses(), want.Playbook.Uses()) {
		t.Fatalf("the places of names are not the same")
	}
	if where := differ(got.Playbook, want.Playbook); where != "" {
		t.Fatalf("the playbook means something else with memory: %s", where)
	}
}

// Only what an edit concerns is checked again.
func TestEditsAreNotFeltElsewhere(t *testing.T) {
	var b strings.Builder
	b.WriteString("contact {\n  email email key\n  role text\n  size number\n}\ntopics cost\nevent visited { page text }\n")
	for i := range 20 {
		fmt.Fprintf(&b, `segment fit_%[1]d = contact.size >= %[1]d
offer guide_%[1]d "G" { kind guide  topic cost  channel sms }
map pick_%[1]d {
  topic | fit_%[1]d
  cost  | guide_%[1]d
}
program p_%[1]d "P" {
  enter when fit_%[1]d
  stage first {
    send from pick_%[1]d every 7d
    on visited where event.page == "x" -> second
  }
  stage second {
    after 3d -> done
  }
}
`, i)
	}
	text := b.String()
	for _, test := range []struct {
		name, old, new string
		checked        int
	}{
		{"nothing", "", "", 0},
		{"a comment above everything", "contact {", "// A comment.\ncontact {", 2}, // the contact and the event lie elsewhere
		{"a stage", "after 3d", "after 4d", 1},
		{"a stage's length", "after 3d", "after 10d", 1},
		{"a condition", "size >= 7", "size >= 700", 1},
		{"a stage that others could lead to", "stage second {\n    after", "stage third {\n    after 1d -> done\n  }\n  stage second {\n    after", 1},
		{"an offer's topic", "guide_3 \"G\" { kind guide  topic cost ", "guide_3 \"G\" { kind guide ", 1},
		{"a new field", "size number", "size number\n  name text", 2}, // the event lies elsewhere
		{"a field's type", "role text", "role number", 2},
		{"an offer more", "offer guide_0", "offer more \"M\" { kind guide  channel sms }\noffer guide_0", 1},
		{"a segment's name", "segment fit_4 ", "segment fits_4 ", 3},          // its map and its program have lost it
		{"a field that all segments read", "size number", "sizes number", 22}, // with the contact and the event
		{"half a word", "stage second", "stage second {\n  }\n  sta", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var m lang.Memory
			same(t, &m, map[string]string{"a.nurture": text})
			if !strings.Contains(text, test.old) {
				t.Fatalf("there is no %q to edit", test.old)
			}
			same(t, &m, map[string]string{"a.nurture": strings.Replace(text, test.old, test.new, 1)})
			if m.Checked() != test.checked {
				t.Errorf("%d declarations were checked, want %d", m.Checked(), test.checked)
			}
		})
	}
}

package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/engine"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// ann is a contacts file of one contact, who arrived on 1 March, and what comes of it.
const (
	ann      = "email,first_seen\nann@example.com,2026-03-01T00:00:00Z\n"
	annInbox = `ann@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","first_seen":"2026-03-01T00:00:00Z"}}` + "\n"
)

func TestEvents(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"message":        {`{"id":"e1","contact":"ann@example.com","event":"clicked","at":"2026-03-04T09:12:00Z","offer":"report","link":"https://x.y/?a=\"b\""}`, `2026-03-04T09:12:00Z clicked {"offer":"report","link":"https://x.y/?a=\"b\""} e1`},
		"no offer":       {`{"contact":"ANN@example.com","event":"unsubscribed","at":"2026-03-04T09:12:00Z"}`, `2026-03-04T09:12:00Z unsubscribed`},
		"hard":           {`{"id":7,"contact":"ann@example.com","event":"bounced","at":"2026-03-04 10:12","hard":true}`, `2026-03-04T09:12:00Z bounced {"hard":true} 7`},
		"outcome":        {`{"contact":"ann@example.com","event":"sales.accepted","at":"2026-03-04T09:12:00Z","note":"ignored"}`, `2026-03-04T09:12:00Z sales.accepted`},
		"own fields":     {`{"page":"/pricing","topic":"BETA","seconds":"1.50","on":"2026-03-04T23:59:59Z","contact":"ann@example.com","event":"visited","at":"2026-03-04"}`, `2026-03-03T23:00:00Z visited {"page":"/pricing","topic":"beta","seconds":1.5,"on":"2026-03-04"}`},
		"number as text": {`{"contact":"ann@example.com","event":"visited","at":"2026-03-04T09:12:00Z","page":12345678901234567890}`, `2026-03-04T09:12:00Z visited {"page":"12345678901234567890"}`},
		"null":           {`{"id":null,"contact":"ann@example.com","event":"visited","at":"2026-03-04T09:12:00Z","page":null}`, `2026-03-04T09:12:00Z visited`},
		"twice a name":   {`{"contact":"nobody@example.com","contact":"ann@example.com","event":"visited","at":"2026-03-04T09:12:00Z"}`, `2026-03-04T09:12:00Z visited`},
		"escapes":        {`{"contact":"\u0061nn@example.com","\u0065vent":"visited","at":"2026-03-04T09:12:00Z","page":"/\u00fc\n\ud83d"}`, `2026-03-04T09:12:00Z visited {"page":"/ü\n` + "\ufffd" + `"}`},
		"task":           {`{"contact":"ann@example.com","event":"task_done","at":"2026-03-04T09:12:00Z","task":"Call"}`, `2026-03-04T09:12:00Z task_done {"task":"Call"}`},
		"submitted":      {`{"contact":"ann@example.com","event":"submitted","at":"2026-03-04T09:12:00Z","offer":"report","role":"IT","email":"Ann@example.com","wants":["cloud","Security"],"first_name":"Select"}`, `2026-03-04T09:12:00Z submitted {"offer":"report","contact":{"role":"it","first_name":"Select","wants":"cloud; security"}}`},
		"says nothing":   {`{"contact":"ann@example.com","event":"submitted","at":"2026-03-04T09:12:00Z","role":"n/a"}`, `2026-03-04T09:12:00Z submitted`},
		"own response":   {`{"contact":"ann@example.com","event":"booked","at":"2026-03-04T09:12:00Z","offer":"report","room":"1"}`, `2026-03-04T09:12:00Z booked {"offer":"report","room":"1"}`},
		"offer of its own meaning": {`{"contact":"ann@example.com","event":"purchased","at":"2026-03-04T09:12:00Z","offer":"summer sale","amount":9e2}`,
			`2026-03-04T09:12:00Z purchased {"amount":900}`},
		"year 9999": {`{"contact":"ann@example.com","event":"visited","at":"9999-12-31T00:00:00Z"}`, `9999-12-31T00:00:00Z visited`},
		"blanks":    {`  { "contact" : "ann@example.com" , "event" : "visited" , "at" : "2026-03-04T09:12:00Z" , "x" : { "a" : [ "}" , 1 ] } }  `, `2026-03-04T09:12:00Z visited`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			h.want(h.taken(ann, c.line+"\r\n\n"), annInbox+"ann@example.com "+c.want)
		})
	}
}

func TestRejectedEvents(t *testing.T) {
	const who, at = `"contact":"ann@example.com",`, `,"at":"2026-03-04T09:12:00Z"}`
	for name, c := range map[string]struct{ line, want string }{
		"no JSON":         {`not json`, ` "not json" the line is no JSON: invalid character 'o' in literal null (expecting 'u'), at byte 2`},
		"cut":             {`{"contact":`, ` "{\"contact\":" the line is no JSON: unexpected end of JSON input, at byte 11`},
		"a list":          {`[`, ` "[" the file is one JSON list; write one object a line, without brackets and commas around them`},
		"no object":       {`"x"`, ` "\"x\"" the line is no JSON object; write one object a line, such as {"contact": …, "event": …, "at": …}`},
		"no contact":      {`{"event":"visited"` + at, `contact "" the line has no ` + "`contact`" + `: the key of the contact it happened to`},
		"no event":        {`{"contact":"ann@example.com"` + at, `event "" the line has no ` + "`event`" + `: the name of what happened`},
		"no at":           {`{` + who + `"event":"visited"}`, `at "" the line has no ` + "`at`" + `: when it happened, such as 2026-03-04T09:12:00Z`},
		"contact":         {`{"contact":"ann","event":"visited"` + at, `contact "ann" "ann" is no e-mail address; write it as ann@example.com`},
		"nested contact":  {`{"contact":{"email":"ann"},"event":"visited"` + at, `contact "{\"email\":\"ann\"}" ` + "`email`" + ` is one value; write a text, a number, true or false`},
		"unknown event":   {`{` + who + `"event":"visted"` + at, `event "visted" the playbook has no event "visted"; did you mean ` + "`visited`?"},
		"unknown outcome": {`{` + who + `"event":"sales.acepted"` + at, `event "sales.acepted" the playbook has no event "sales.acepted"; did you mean ` + "`sales.accepted`?"},
		"inner event":     {`{` + who + `"event":"exhausted"` + at, `event "exhausted" ` + "`exhausted`" + ` is worked out by the run itself; only what happens outside is taken`},
		"overdue":         {`{` + who + `"event":"sales.overdue"` + at, `event "sales.overdue" ` + "`sales.overdue`" + ` is worked out by the run itself; only what happens outside is taken`},
		"unknown offer":   {`{` + who + `"event":"clicked","offer":"reprot"` + at, `offer "reprot" the playbook has no offer "reprot"; did you mean ` + "`report`?"},
		"no time":         {`{` + who + `"event":"visited","at":"soon"}`, `at "soon" "soon" is no time; write it as 2026-03-04T09:12:00Z, or as 2026-03-04 09:12 in the policy's time zone`},
		"year 10000":      {`{` + who + `"event":"visited","at":"10000-01-01T00:00:00Z"}`, `at "10000-01-01T00:00:00Z" "10000-01-01T00:00:00Z" is no time; write it as 2026-03-04T09:12:00Z, or as 2026-03-04 09:12 in the policy's time zone`},
		"type":            {`{` + who + `"event":"purchased","amount":"much"` + at, `amount "much" "much" is no number; write it plain, such as 1234.5`},
		"list":            {`{` + who + `"event":"visited","page":["a"]` + at, `page "[\"a\"]" ` + "`page`" + ` is one value; write a text, a number, true or false`},
		"topic":           {`{` + who + `"event":"visited","topic":"betta"` + at, `topic "betta" "betta" is no value of ` + "`topic`" + `; did you mean "beta"?`},
		"answer":          {`{` + who + `"event":"submitted","role":"cook"` + at, `role "cook" "cook" is no value of ` + "`role`" + `; it can be "developer", "it"`},
		"another key":     {`{` + who + `"event":"submitted","email":"bob@example.com"` + at, `email "bob@example.com" ` + "`email`" + ` is what names the contact, so a form cannot change it; make it a new contact`},
		"no task":         {`{` + who + `"event":"task_done"` + at, `task "" the line has no ` + "`task`" + `: the text of the task that is done`},
		"id":              {`{"id":[1],` + who + `"event":"visited"` + at, `id "[1]" the id of an event is a text of at most 1000 bytes`},
		"nobody":          {`{"contact":"nobody@example.com","event":"visited"` + at, `contact "nobody@example.com" nobody knows this contact: no contacts file has it, and no ` + "`submitted`" + ` makes it`},
		"too early":       {`{` + who + `"event":"visited","at":"2026-02-28T23:59:59Z"}`, `at "2026-02-28T23:59:59Z" the contact arrived only at 2026-03-01T00:00:00Z`},
		"not UTF-8":       {"{\"\xff\":1}", ` "{\"�\":1}" the line is not UTF-8; save the file as UTF-8`},
		"long":            {`{"x":"` + strings.Repeat("x", 1<<20) + `"}`, ` "{\"x\":\"` + strings.Repeat("x", 194) + `" the line has more than 1048576 bytes`},
		"deep":            {strings.Repeat("[", 20_000), ` "` + strings.Repeat("[", 200) + `" the line is no JSON: invalid character '[' exceeded max depth, at byte 10001`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			after := `{"id":"after",` + who + `"event":"visited"` + at
			h.want(h.taken(ann, "\n"+c.line+"\n"+after), annInbox+`ann@example.com 2026-03-04T09:12:00Z visited after
				! events.jsonl:2 `+c.want)
		})
	}
}

func TestRejectedEventsSayWhen(t *testing.T) {
	h := newHouse(t, playbook)
	h.taken("", `{"contact":"nobody@example.com","event":"visited","at":"2026-03-04T09:12:00+01:00"}`)
	if got := h.rejects(); len(got) != 1 || got[0].At != "2026-03-04T08:12:00Z" {
		t.Errorf("%+v", got)
	}
}

func TestEventsAsCSV(t *testing.T) {
	text := "Id,Contact,Event,At,Offer,Page,Hard\ne1,ann@example.com,clicked,2026-03-04T09:12:00Z,report,,\n,ann@example.com,visited,2026-03-05,,/pricing,\n,ann@example.com,bounced,2026-03-06,,,no\n,ann@example.com,visited\n"
	for _, name := range []string{"events.csv", "events.CSV.gz", "events"} {
		h := newHouse(t, playbook)
		if strings.HasSuffix(name, "gz") {
			text = string(zipped(t, text))
		}
		if _, err := h.take([]string{h.file("c.csv", ann)}, []string{h.file(name, text)}); err != nil {
			t.Fatal(err)
		}
		h.want(h.inbox()+h.rejected(), annInbox+`ann@example.com 2026-03-04T09:12:00Z clicked {"offer":"report"} e1
			ann@example.com 2026-03-04T23:00:00Z visited {"page":"/pricing"}
			ann@example.com 2026-03-05T23:00:00Z bounced {"hard":false}
			! `+name+`:5  ",ann@example.com,visited" the line has 3 columns, the file's header 7`)
		if strings.HasSuffix(name, "gz") {
			break
		}
	}
	h := newHouse(t, playbook)
	if _, err := h.take(nil, []string{h.file("e.csv", "id,kontact,event,at\n")}); err == nil || !strings.Contains(err.Error(), `e.csv has no column `+"`contact`"+`; did you mean "kontact"?`) {
		t.Error(err)
	}
}

func TestSubmittedMakesAContact(t *testing.T) {
	h := newHouse(t, playbook)
	h.want(h.taken("", `{"id":"1","contact":"new@example.com","event":"clicked","at":"2026-03-05T00:00:00Z","offer":"report"}
{"id":"2","contact":"new@example.com","event":"submitted","at":"2026-03-04T00:00:00Z","role":"it"}
{"id":"3","contact":"new@example.com","event":"submitted","at":"2026-03-03T00:00:00Z"}
{"id":"4","contact":"new@example.com","event":"clicked","at":"2026-03-02T00:00:00Z","offer":"report"}
`), `
		new@example.com 2026-03-03T00:00:00Z {"arrives":true,"contact":{"email":"new@example.com"}}
		new@example.com 2026-03-05T00:00:00Z clicked {"offer":"report"} 1
		new@example.com 2026-03-04T00:00:00Z submitted {"contact":{"role":"it"}} 2
		new@example.com 2026-03-03T00:00:00Z submitted 3
		! events.jsonl:4 at "2026-03-02T00:00:00Z" the contact arrived only at 2026-03-03T00:00:00Z`)
}

// A contact that one file of a run talks of may be made in another.
func TestContactsAreLookedForInAllFiles(t *testing.T) {
	h := newHouse(t, playbook)
	a := h.file("a.jsonl", `{"contact":"new@example.com","event":"visited","at":"2026-03-05T00:00:00Z"}`)
	b := h.file("b.jsonl", `{"contact":"new@example.com","event":"submitted","at":"2026-03-04T00:00:00Z"}`)
	sum, err := h.take(nil, []string{a, b})
	if err != nil || sum.New != 1 || sum.Events != 2 || sum.Rejected != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestEventsAreTakenOnce(t *testing.T) {
	h := newHouse(t, playbook)
	text := `{"id":"1","contact":"ann@example.com","event":"visited","at":"2026-03-04T00:00:00Z","page":"/a"}
{"id":"1","contact":"ann@example.com","event":"visited","at":"2026-03-05T00:00:00Z","page":"/b"}
{"contact":"ann@example.com","event":"visited","at":"2026-03-06T00:00:00Z","page":"/c"}
{"page" : "/c", "event":"visited","at":"2026-03-06T00:00:00Z", "contact":"ann@example.com"}
{"contact":"ann@example.com","event":"visited","at":"2026-03-06T00:00:00Z","page":"/d"}
no json
`
	once := h.taken(ann, text)
	h.want(once, annInbox+`ann@example.com 2026-03-04T00:00:00Z visited {"page":"/a"} 1
		ann@example.com 2026-03-06T00:00:00Z visited {"page":"/c"}
		ann@example.com 2026-03-06T00:00:00Z visited {"page":"/d"}
		! events.jsonl:6  "no json" the line is no JSON: invalid character 'o' in literal null (expecting 'u'), at byte 2`)
	if twice := h.taken(ann, text); twice != once {
		t.Errorf("the second time\n%s", twice)
	}
}

func TestWhatWaitsForALaterRun(t *testing.T) {
	h := newHouse(t, playbook)
	s, err := store.Open(h.path("nurture.db"), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var seen []ingest.Progress
	in, err := ingest.New(s, h.program, ingest.Options{
		Clock: h.clock, End: h.clock + 86400, Progress: func(p ingest.Progress) { seen = append(seen, p) },
		Stdin: strings.NewReader(`{"contact":"ann@example.com","event":"visited","at":"2026-03-01T23:59:59Z"}
{"contact":"ann@example.com","event":"visited","at":"2026-03-02T00:00:00Z"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := in.Contacts(t.Context(), h.file("c.csv", ann)); err != nil {
		t.Fatal(err)
	}
	if err := in.Events(t.Context(), "-"); err != nil {
		t.Fatal(err)
	}
	if sum := in.Summary(); sum.Events != 2 || sum.Waiting != 1 {
		t.Errorf("%+v", sum)
	}
	want := []ingest.Progress{{File: h.path("c.csv"), Read: int64(len(ann)), Size: int64(len(ann))}, {File: "stdin", Read: 151}}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("progress %v, want %v", seen, want)
	}
}

// What was taken reaches the engine as it was said, also under a playbook that has changed since.
func TestDecode(t *testing.T) {
	h := newHouse(t, playbook)
	h.taken("email,role,wants,consent,employees,How many people\nann@example.com,it,security;cloud,yes,,1.5\n", `
{"id":"1","contact":"ann@example.com","event":"visited","at":"2026-03-04T00:00:00Z","page":"/a","topic":"beta","on":"1970-01-03","seconds":2.5}
{"id":"2","contact":"ann@example.com","event":"submitted","at":"2026-03-04T00:00:00Z","offer":"report","first_name":"Ann","first_seen":"1970-01-01T00:01:00Z"}
{"id":"3","contact":"ann@example.com","event":"task_done","at":"2026-03-04T00:00:00Z","task":"Call"}
{"id":"4","contact":"ann@example.com","event":"purchased","at":"2026-03-04T00:00:00Z","amount":5}
`)
	h.want(h.decoded(h.program), `
		change 2026-03-01T00:00:00Z arrives contact.email=ann@example.com contact.role=it contact.employees=1.5 contact.wants=cloud; security contact.consent=yes
		visited 2026-03-04T00:00:00Z page=/a topic=beta seconds=2.5 on=1970-01-03 1
		submitted 2026-03-04T00:00:00Z offer=report contact.first_name=Ann contact.first_seen=1970-01-01T00:01:00Z first_name=Ann first_seen=1970-01-01T00:01:00Z 2
		task_done 2026-03-04T00:00:00Z task=Call task: Call 3
		purchased 2026-03-04T00:00:00Z amount=5 4`)

	changed := strings.NewReplacer(`"developer", "it"`, `"developer", "user"`, "offer report", "offer other", "send report", "send other", "event purchased { amount number }", "",
		"seconds number", "seconds date", "consent    bool", "consent bool\n more text", `"cloud", "security", "Banking, Investment"`, `"security", "Cloud"`).Replace(playbook)
	h.want(h.decoded(program(t, changed)), `
		change 2026-03-01T00:00:00Z arrives contact.email=ann@example.com contact.employees=1.5 contact.wants=security; Cloud contact.consent=yes
		visited 2026-03-04T00:00:00Z page=/a topic=beta on=1970-01-03 1
		submitted 2026-03-04T00:00:00Z contact.first_name=Ann contact.first_seen=1970-01-01T00:01:00Z first_name=Ann first_seen=1970-01-01T00:01:00Z 2
		task_done 2026-03-04T00:00:00Z task=Call task: Call 3
		the playbook has no event "purchased" any more`)
}

// decoded gives what the engine would be given under a program.
func (h *house) decoded(p *compile.Program) string {
	h.Helper()
	s, err := store.Open(h.path("nurture.db"), "test")
	if err != nil {
		h.Fatal(err)
	}
	defer s.Close()
	r, err := s.Reader()
	if err != nil {
		h.Fatal(err)
	}
	defer r.Close()
	round, err := s.Due(calendar.Never, 1000)
	if err != nil {
		h.Fatal(err)
	}
	looks, _, err := round.Next()
	if err != nil {
		h.Fatal(err)
	}
	loaded, err := r.Load(looks)
	if err != nil {
		h.Fatal(err)
	}
	var out strings.Builder
	for _, c := range loaded {
		for i := range c.Inputs {
			in, err := ingest.Decode(p, s.Text, &c.Inputs[i])
			if err != nil {
				fmt.Fprintln(&out, err)
				continue
			}
			fmt.Fprintln(&out, strings.Join(said(p, &in), " "))
		}
	}
	return out.String()
}

func said(p *compile.Program, in *engine.Input) []string {
	words := []string{"change", instantText(in.At)}
	if in.Event != compile.None {
		words[0] = p.Events[in.Event].Name
	}
	if in.Arrive {
		words = append(words, "arrives")
	}
	if in.Offer != compile.None {
		words = append(words, "offer="+p.Offers[in.Offer].Name)
	}
	for _, f := range in.Fields {
		words = append(words, "contact."+p.Fields[f.Field].Name+"="+p.Fields[f.Field].Format(f.Value))
	}
	for i, v := range in.Values {
		if f := &p.Events[in.Event].Fields[i]; v.Known {
			words = append(words, f.Name+"="+f.Format(v))
		}
	}
	if in.Task != "" {
		words = append(words, "task: "+in.Task)
	}
	if in.Source != "" {
		words = append(words, in.Source)
	}
	return words
}

func TestTheSaasExample(t *testing.T) {
	const dir = "../../examples/saas"
	files, err := filepath.Glob(dir + "/*.nurture")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(src) + "\n"
	}
	h := newHouse(t, text)
	sum, err := h.take([]string{dir + "/contacts.csv"}, []string{dir + "/events.jsonl"})
	if err != nil || sum.Rejected != 0 || sum.New < 1900 || sum.Events < 20_000 || len(sum.Notes) > 0 {
		t.Errorf("%+v, %v\n%s", sum, err, h.rejected())
	}
}

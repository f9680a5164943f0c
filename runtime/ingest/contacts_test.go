package ingest_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"nurture/runtime/ingest"
)

func TestNewContacts(t *testing.T) {
	h := newHouse(t, playbook)
	h.want(h.taken(`Email,ROLE,First name,How many people,Wants,Timezone,first-seen,Consent,Renewal,Shoe size
Ann@Example.com,IT,"O""Neil, Ann",1200,security; cloud,Europe/Paris,2026-03-02T10:00:00Z,Yes,2026-12-31,38
bob@example.com,Select,,n/a,,,,,,
`, ""), `
		ann@example.com 2026-03-02T10:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","role":"it","first_name":"O\"Neil, Ann","employees":1200,"wants":"cloud; security","timezone":"Europe/Paris","first_seen":"2026-03-02T10:00:00Z","consent":true,"renewal":"2026-12-31"}}
		! contacts.csv:3 How many people "n/a" "n/a" is no number; write it plain, such as 1234.5`)
}

func TestUnknownAndEmptyCellsSayNothing(t *testing.T) {
	h := newHouse(t, playbook)
	h.want(h.taken("email,role,first_name\nann@example.com,select,  \nbob@example.com,N/A,Bob\n", ""), `
		ann@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"ann@example.com"}}
		bob@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"bob@example.com","first_name":"Bob"}}`)
}

func TestAContactArrives(t *testing.T) {
	for _, c := range []struct{ seen, at string }{
		{"2026-03-02T10:00:00+02:00", "2026-03-02T08:00:00Z"},
		{"2026-03-02T10:00:00.999Z", "2026-03-02T10:00:00Z"}, // whole seconds
		{"2026-03-02 10:00", "2026-03-02T09:00:00Z"},         // the policy's zone
		{"2026-03-02 10:00:05", "2026-03-02T09:00:05Z"},
		{"2026-03-02", "2026-03-01T23:00:00Z"}, // the first moment of the day
		{"2025-03-02", "2026-03-01T00:00:00Z"}, // before the run: takes part from it on
		{"", "2026-03-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
	} {
		h := newHouse(t, playbook)
		got := h.taken("email,first_seen\nann@example.com,"+c.seen+"\n", "")
		if !strings.HasPrefix(got, "ann@example.com "+c.at+" ") {
			t.Errorf("%q: %s", c.seen, got)
		}
	}
}

func TestADateOfArrivalIsTheContacts(t *testing.T) {
	h := newHouse(t, strings.Replace(playbook, "first_seen time arrived", "first_seen date arrived", 1))
	h.want(h.taken("email,timezone,first_seen\nann@example.com,America/New_York,2026-03-05\nbob@example.com,,2026-03-05\n", ""), `
		ann@example.com 2026-03-05T05:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","timezone":"America/New_York","first_seen":"2026-03-05"}}
		bob@example.com 2026-03-04T23:00:00Z {"arrives":true,"contact":{"email":"bob@example.com","first_seen":"2026-03-05"}}`)
}

func TestRejectedContacts(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct{ header, line, want string }{
		"no key":           {"email,role", ",it", `email "" the line has no key: this column names the contact`},
		"key is no e-mail": {"email", "ann at example", `email "ann at example" "ann at example" is no e-mail address; write it as ann@example.com`},
		"two with one key": {"email,role", "ok@example.com,it", `email "ok@example.com" an earlier line of this file has the same key; the first one counts`},
		"enum":             {"email,role", "a@b.de,develper", `role "develper" "develper" is no value of ` + "`role`" + `; did you mean "developer"?`},
		"enum, nothing near": {"email,role", "a@b.de,astronaut",
			`role "astronaut" "astronaut" is no value of ` + "`role`" + `; it can be "developer", "it"`},
		"number":       {"email,how many people", "a@b.de,1_000", `how many people "1_000" "1_000" is no number; write it plain, such as 1234.5`},
		"grouped":      {"email;how many people", `a@b.de;1,234.50`, `how many people "1,234.50" "1,234.50" is no number; write it plain, such as 1234.5`},
		"not finite":   {"email,how many people", "a@b.de,1e999", `how many people "1e999" "1e999" is too large a number`},
		"bool":         {"email,consent", "a@b.de,maybe", `consent "maybe" "maybe" is neither yes nor no; write yes, no, true, false, 1 or 0`},
		"date":         {"email,renewal", "a@b.de,31.12.2026", `renewal "31.12.2026" "31.12.2026" is no date; write it as 2026-12-31`},
		"no such date": {"email,renewal", "a@b.de,2026-02-30", `renewal "2026-02-30" "2026-02-30" is no date; write it as 2026-12-31`},
		"time":         {"email,first_seen", "a@b.de,yesterday", `first_seen "yesterday" "yesterday" is no time; write it as 2026-03-04T09:12:00Z, or as 2026-03-04 09:12 in the policy's time zone`},
		"beyond 9999":  {"email,first_seen", "a@b.de,9999-12-31T23:59:59-10:00", `first_seen "9999-12-31T23:59:59-10:00" "9999-12-31T23:59:59-10:00" is beyond the year 9999`},
		"no such zone": {"email,timezone", "a@b.de,Mars/Base", `timezone "Mars/Base" there is no time zone "Mars/Base"; write an IANA name such as Europe/Berlin`},
		"set":          {"email,wants", "a@b.de,cloud|securty", `wants "cloud|securty" "securty" is no value of ` + "`wants`" + `; did you mean "security"?`},
		"few columns":  {"email,role", "a@b.de", ` "a@b.de" the line has 1 column, the file's header 2`},
		"many columns": {"email,role", "a@b.de,it,x", ` "a@b.de,it,x" the line has 3 columns, the file's header 2`},
		"bare quote":   {"email,first_name", `a@b.de,5" pipe`, ` "a@b.de,5\" pipe" a quote stands inside a value; write it twice, and the value in quotes`},
		"quote, then more": {"email,first_name", `a@b.de,"Joe"x`,
			` "a@b.de,\"Joe\"x" a quote stands inside a value; write it twice, and the value in quotes`},
		"open quote": {"email,first_name", `a@b.de,"Joe`, ` "a@b.de,\"Joe" a quote is never closed; write it twice where it is part of the value`},
		"not UTF-8":  {"email,first_name", "a@b.de,J\xfcrgen", ` "a@b.de,J�rgen" the line is not UTF-8; save the file as UTF-8`},
		"long line":  {"email,first_name", "a@b.de," + long, ` "a@b.de,` + long[:193] + `" the line has more than 1048576 bytes`},
		"long value": {"email,first_name", "a@b.de," + long[:70_000], `first_name "` + long[:200] + `" the value is 70000 bytes long; the longest that is taken has 65536`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			delimiter := ","
			if strings.Contains(c.header, ";") {
				delimiter = ";"
			}
			rest := strings.Repeat(delimiter, strings.Count(c.header, delimiter))
			h.want(h.taken(c.header+"\nok@example.com"+rest+"\n"+c.line+"\nafter@example.com"+rest+"\n", ""), `
				after@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"after@example.com"}}
				ok@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"ok@example.com"}}
				! contacts.csv:3 `+c.want)
		})
	}
}

func TestHowTablesAreWritten(t *testing.T) {
	want := `ann@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","first_name":"Ann; \"A, B\"","consent":true}}`
	for name, text := range map[string]string{
		"comma":      "email,first_name,consent\nann@example.com,\"Ann; \"\"A, B\"\"\",yes\n",
		"semicolon":  "email;first_name;consent\nann@example.com;\"Ann; \"\"A, B\"\"\";y\n",
		"tab":        "email\tfirst_name\tconsent\nann@example.com\t\"Ann; \"\"A, B\"\"\"\tTRUE\n",
		"mark":       "\ufeffemail,first_name,consent\nann@example.com,\"Ann; \"\"A, B\"\"\",1\n",
		"CRLF":       "email,first_name,consent\r\nann@example.com,\"Ann; \"\"A, B\"\"\",Yes\r\n",
		"no end":     "email,first_name,consent\nann@example.com,\"Ann; \"\"A, B\"\"\",yes",
		"blank line": "email,first_name,consent\n\n\r\nann@example.com,\"Ann; \"\"A, B\"\"\",yes\n\n",
		"order":      "CONSENT , First Name , Email\nyes,\"Ann; \"\"A, B\"\"\",ann@example.com\n",
		"quotes":     "\"email\",\"first_name\",\"consent\"\n\"ann@example.com\",\"Ann; \"\"A, B\"\"\",\"yes\"\n",
		"unused":     "id,email,x y,first_name,consent\n1,ann@example.com,,\"Ann; \"\"A, B\"\"\",yes\n",
		"gzip":       string(zipped(t, "email,first_name,consent\nann@example.com,\"Ann; \"\"A, B\"\"\",yes\n")),
		"lines":      "email,first_name,consent,note\nann@example.com,\"Ann; \"\"A, B\"\"\",yes,\"two\n\nlines, \"\"and\r\nmore\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			h.want(h.taken(text, ""), want)
		})
	}
}

func zipped(t testing.TB, text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHeadersThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no key":     {"E-mail address,Role\n", "has no column \"email\" for the field `email`, which names a contact; its columns are E-mail address, Role: say in the playbook which one it is, such as `email … key from \"E-mail address\"`"},
		"near":       {"emial,role\n", `did you mean "emial"?`},
		"two":        {"email,First Name,FIRST-NAME\n", `has two columns that could be "first_name", number 2 and number 3; leave one of them`},
		"empty":      {"", "is empty; its first line names the columns"},
		"UTF-16":     {"\xff\xfee\x00m\x00", "it is UTF-16; save it as UTF-8"},
		"open quote": {"email,\"role\nx", "its first line should name the columns: a quote is never closed"},
		"cut gzip":   {string(zipped(t, "email\na@b.de\n"))[:20], "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, playbook)
			_, err := h.take([]string{h.file("contacts.csv", c.text)}, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "contacts.csv") {
				t.Errorf("got %v, want … %s …", err, c.want)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	h := newHouse(t, playbook)
	sum, err := h.take([]string{h.file("c.csv", "email,Shoe size,How may people\n")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.want(strings.ReplaceAll(strings.Join(sum.Notes, "\n"), h.dir+"/", ""), `
		c.csv: no column "How many people" for `+"`employees`"+`; did you mean "How may people"?
		c.csv: 2 columns the playbook does not know, passed over: Shoe size, How may people`)
}

func TestMissingFiles(t *testing.T) {
	h := newHouse(t, playbook)
	for _, f := range []string{h.path("nowhere.csv"), h.dir} {
		if _, err := h.take([]string{f}, nil); err == nil || !strings.Contains(err.Error(), f) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// What a file says anew of a contact is a change; what it repeats is not, whatever has been learnt since.
func TestLaterFiles(t *testing.T) {
	h := newHouse(t, playbook)
	steps := []struct {
		text string
		want ingest.Summary
	}{
		{"email,role,first_name,consent\nann@example.com,it,Ann,yes\nbob@example.com,,Bob,no\n", ingest.Summary{New: 2}},
		{"email,role,first_name,consent\nann@example.com,IT,Ann,TRUE\nbob@example.com,,Bob,no\n", ingest.Summary{Unchanged: 2}},
		{"email,first_name\nann@example.com,Anna\n", ingest.Summary{Changed: 1}}, // other columns, other lines: nothing
		{"email,role\nann@example.com,it\nbob@example.com,developer\n", ingest.Summary{Unchanged: 1, Changed: 1}},
		{"email,role,first_name\nann@example.com,,Anna\n", ingest.Summary{Unchanged: 1}},
		{"email,role,first_name\nann@example.com,it,Anna\n", ingest.Summary{Changed: 1}}, // empty in the file before
		{"email,wants\nann@example.com,cloud\n", ingest.Summary{Changed: 1}},             // a column never seen
	}
	for i, step := range steps {
		sum, err := h.take([]string{h.file("contacts.csv", step.text)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if sum.Notes = nil; sum.New != step.want.New || sum.Changed != step.want.Changed || sum.Unchanged != step.want.Unchanged || sum.Rejected != 0 {
			t.Errorf("step %d: %+v, want %+v", i, sum, step.want)
		}
		h.clock += 60
	}
	h.want(h.inbox(), `
		ann@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","role":"it","first_name":"Ann","consent":true}}
		ann@example.com 2026-03-01T00:02:00Z {"contact":{"first_name":"Anna"}}
		ann@example.com 2026-03-01T00:05:00Z {"contact":{"role":"it"}}
		ann@example.com 2026-03-01T00:06:00Z {"contact":{"wants":"cloud"}}
		bob@example.com 2026-03-01T00:00:00Z {"arrives":true,"contact":{"email":"bob@example.com","first_name":"Bob","consent":false}}
		bob@example.com 2026-03-01T00:03:00Z {"contact":{"role":"developer"}}`)
}

func TestArrivalThatMoves(t *testing.T) {
	h := newHouse(t, playbook)
	say := func(seen string) string {
		return h.taken("email,first_seen\nann@example.com,"+seen+"\n", "")
	}
	say("2026-04-10T00:00:00Z")
	h.taken("", `{"contact":"ann@example.com","event":"visited","at":"2026-04-20T00:00:00Z"}`+"\n")
	h.want(say("2026-04-05T00:00:00Z"), `
		ann@example.com 2026-04-05T00:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","first_seen":"2026-04-10T00:00:00Z"}}
		ann@example.com 2026-04-05T00:00:00Z {"contact":{"first_seen":"2026-04-05T00:00:00Z"}}
		ann@example.com 2026-04-20T00:00:00Z visited`)
	// Not past an event that waits.
	h.want(say("2026-05-01T00:00:00Z"), `
		ann@example.com 2026-04-20T00:00:00Z {"arrives":true,"contact":{"email":"ann@example.com","first_seen":"2026-04-10T00:00:00Z"}}
		ann@example.com 2026-04-20T00:00:00Z {"contact":{"first_seen":"2026-04-05T00:00:00Z"}}
		ann@example.com 2026-04-20T00:00:00Z {"contact":{"first_seen":"2026-05-01T00:00:00Z"}}
		ann@example.com 2026-04-20T00:00:00Z visited`)
}

func TestKeysThatAreNoAddress(t *testing.T) {
	h := newHouse(t, `
contact {
  number number key from "Lead Number"
  email  email
}
policy { timezone "UTC" }
program p "P" {
  phase nurture
  enter when true
  stage s { task "Call" to owner }
}
roles owner
`)
	h.want(h.taken("Lead Number,Email\n0660737,\n660728.0,A@b.de\n", `{"contact":660737,"event":"replied","at":"2026-03-02"}`+"\n"), `
		660728 2026-03-01T00:00:00Z {"arrives":true,"contact":{"number":660728,"email":"a@b.de"}}
		660737 2026-03-01T00:00:00Z {"arrives":true,"contact":{"number":660737}}
		660737 2026-03-02T00:00:00Z replied`)
}

// A list as a CRM exports it: names of columns as questions, `Select` for what nobody chose, notes over several lines.
func TestALeadList(t *testing.T) {
	h := newHouse(t, `
contact {
  id         text key  from "Prospect ID"
  source     enum("Google", "Olark Chat", "Organic Search", "Direct Traffic")  from "Lead Source"
  no_email   bool      from "Do Not Email"
  converted  bool
  visits     number    from "TotalVisits"
  views      number    from "page views per visit"
  field      text      from "Specialization"  unknown "Select"
  occupation text      from "What is your current occupation"
  interviews bool      from "A free copy of \"Interviews\""
  last_activity text
}
roles owner
policy { timezone "UTC" }
program p "P" {
  phase nurture
  enter when not contact.no_email
  stage s { task "Call" to owner }
}
`)
	sum, err := h.take([]string{"testdata/leads.csv"}, nil)
	if err != nil || sum.New != 4 || sum.Rejected != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	h.want(h.inbox()+h.rejected(), `
		2058ef08-2858-443e-a01f-a9237db2f5ce 2026-03-01T00:00:00Z {"arrives":true,"contact":{"id":"2058ef08-2858-443e-a01f-a9237db2f5ce","source":"Olark Chat","no_email":false,"converted":false,"interviews":false,"last_activity":"He said \"call me\",\nthen hung up"}}
		2a272436-5132-4136-86fa-dcc88c88f482 2026-03-01T00:00:00Z {"arrives":true,"contact":{"id":"2a272436-5132-4136-86fa-dcc88c88f482","source":"Organic Search","no_email":false,"converted":false,"visits":5,"views":2.5,"occupation":"Unemployed","interviews":false,"last_activity":"Email Opened"}}
		7927b2df-8bba-4d29-b9a2-b6e0beafe620 2026-03-01T00:00:00Z {"arrives":true,"contact":{"id":"7927b2df-8bba-4d29-b9a2-b6e0beafe620","source":"Olark Chat","no_email":false,"converted":false,"visits":0,"views":0,"occupation":"Unemployed","interviews":false,"last_activity":"Page Visited on Website"}}
		8cc8c611-a219-4f35-ad23-fdfd2656bd8a 2026-03-01T00:00:00Z {"arrives":true,"contact":{"id":"8cc8c611-a219-4f35-ad23-fdfd2656bd8a","source":"Direct Traffic","no_email":true,"converted":true,"visits":2,"views":2,"field":"Banking, Investment And Insurance","occupation":"Student","interviews":true,"last_activity":"Email Opened"}}
		! leads.csv:7 Do Not Email "maybe" "maybe" is neither yes nor no; write yes, no, true, false, 1 or 0`)
}

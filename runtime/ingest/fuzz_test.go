package ingest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/store"
)

// The targets read without a store: a transaction each would leave the fuzzer no time. What becomes of rows that were
// read the tests through the door say.

const fuzzed = `
contact {
  email      email key
  first_name text
  role       enum("developer", "it")
  wants      set("cloud", "security", "Banking, Investment")
  consent    bool
  seen       time arrived
}
topics alpha, beta
event visited { page text, topic topic, seconds number, on date }
policy { timezone "Europe/Berlin" }
`

func reading() *Intake {
	return &Intake{p: compile.Compile(lang.Parse(map[string]string{"p.nurture": fuzzed}, nil).Playbook)}
}

// Every record is sound or has a fault, and what encoding/csv reads without one has the records that it sees.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"ann@example.com,Ann\nbob@example.com,\n", "a@b.de,\"x\"\"y\"\r\n", "a@b.de,\"x\ny\"\n", ",\n,,\n\"", "\"a@b.de\",5\" x\n\"", "\"\n\"\"\n\"a\",\"", "\xff\xfe,\x00\n",
		"a@b.de,\"\"\n\n\n \nä@ü.de,\"", "a@b.de,x\"\na@b.de,\"y\n", "a@b.de,\"x\"\r\ny\r\n",
	} {
		f.Add([]byte(seed))
	}
	intake := reading()
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := newLines(strings.NewReader("email,first_name,consent,seen,wants\n" + string(data)))
		if err != nil {
			t.Fatal(err)
		}
		table, header, err := openTable(in)
		if err != nil {
			t.Fatal(err)
		}
		columns, _, err := mapColumns(intake.p, header)
		if err != nil {
			t.Fatal(err)
		}
		c := &contacts{i: intake, src: &source{name: "fuzzed"}, table: table, columns: columns}
		n, line, buf := 0, 1, new(scratch)
		for {
			r, _, more := c.read()
			if !more {
				break
			}
			c.parse(&r, buf)
			if n++; (r.key == "") == (r.fault == nil) || r.line <= line {
				t.Fatalf("row %d of line %d, after line %d, has key %q, fault %v", n, r.line, line, r.key, r.fault)
			}
			line = r.line
		}
		if in.line < bytes.Count(data, []byte{'\n'})+2 {
			t.Errorf("reading ended in line %d", in.line)
		}
		if bytes.Count(data, []byte{'\r'}) > bytes.Count(data, []byte("\r\n")) {
			return // encoding/csv keeps loose ones
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord = -1
		if records, err := r.ReadAll(); err == nil && n != len(records) {
			t.Errorf("%d records, encoding/csv sees %d", n, len(records))
		}
	})
}

// Every line is sound or has a fault, and what a sound one comes to in the inbox reaches the engine.
func FuzzJSONL(f *testing.F) {
	for _, seed := range []string{
		`{"id":"e1","contact":"ann@example.com","event":"clicked","at":"2026-03-04T09:12:00Z","link":"…"}`,
		`{"contact":"new@example.com","event":"submitted","at":"2026-03-04","role":"it","wants":["cloud"]}`,
		`{"contact":"ann@example.com","event":"visited","at":"9999-12-31T23:59:59Z","on":"2026-01-01","seconds":-1e-9,"page":null}`,
		"not json\n[\n{}\n{\"\":{\"a\":[{}]}}\n\"\\ud800\"\n", `{"contact":{},"event":[],"at":0}`, "{\"a\":1,\"a\":\"\\u0000\"}\r\n\xff",
	} {
		f.Add([]byte(seed))
	}
	intake := reading()
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := newLines(bytes.NewReader(data))
		if err != nil {
			return // UTF-16
		}
		e := &events{i: intake, src: &source{name: "fuzzed"}, in: in, typed: typesOf(intake.p)}
		for n := range intake.p.Events {
			e.names = append(e.names, uint32(n)+1) // 0 is a change
		}
		n, buf := 0, new(scratch)
		for {
			r, _, more := e.read()
			if !more {
				break
			}
			e.parse(&r, buf)
			if n++; r.fault == nil {
				sound(t, intake.p, &r.input)
				if back := readRow(appendRow(nil, &r)); fmt.Sprint(back) != fmt.Sprint(r) {
					t.Errorf("sorted\n%v\nread\n%v", back, r)
				}
			}
		}
		want := 0
		for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
			if len(bytes.TrimSpace(line)) > 0 {
				want++
			}
		}
		if n != want {
			t.Errorf("%d lines were read, %d are there", n, want)
		}
	})
}

func sound(t *testing.T, p *compile.Program, input *store.Input) {
	if len(input.Body) > 0 && !json.Valid(input.Body) {
		t.Fatalf("the body %q is no JSON", input.Body)
	}
	name := func(n uint32) string { return p.Events[n-1].Name }
	in, err := Decode(p, name, input)
	if err != nil || in.Event != int(input.Event)-1 {
		t.Fatalf("the body %q is event %d, %v", input.Body, in.Event, err)
	}
}

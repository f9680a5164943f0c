package main

import (
	"encoding/json"
	"encoding/xml"
	"strings"

	"github.com/joshdk/go-junit"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sarifSchema is the official one of OASIS, as github.com/owenrumney/go-sarif/v3 v3.3.1 carries it.
const sarifSchema = "../../lang/diag/testdata/sarif-schema-2.1.0.json"

// readers are those that a report is for, by its format: they refuse what is none.
var readers = map[string]func(text string) error{
	"sarif": func(text string) error {
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		schema, err := c.Compile(sarifSchema)
		if err != nil {
			return err
		}
		log, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(log)
	},
	"gitlab": func(text string) error {
		var issues []struct {
			Description, Fingerprint, Severity string
			CheckName                          string `json:"check_name"`
			Location                           struct {
				Path  string
				Lines struct{ Begin, End int }
			}
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		return d.Decode(&issues)
	},
	"junit": func(text string) error {
		if _, err := junit.Ingest([]byte(text)); err != nil {
			return err
		}
		return xml.Unmarshal([]byte(text), &struct {
			XMLName xml.Name `xml:"testsuites"`
		}{})
	},
}

// valid checks that a file is what the readers of a format take: valid sarif FILE.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || readers[args[0]] == nil {
		ts.Fatalf("usage: valid sarif|gitlab|junit FILE")
	}
	if err := readers[args[0]](ts.ReadFile(args[1])); err != nil {
		ts.Fatalf("%s is no %s: %v", args[1], args[0], err)
	}
}

package diag

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"strings"
)

// The part of SARIF 2.1.0 that is written here; the names are those of
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool               sarifTool                `json:"tool"`
		ColumnKind         string                   `json:"columnKind"`
		OriginalURIBaseIDs map[string]sarifArtifact `json:"originalUriBaseIds"`
		Results            []sarifResult            `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string          `json:"id"`
		Name       string          `json:"name,omitempty"`
		Short      sarifMessage    `json:"shortDescription"`
		Full       sarifMessage    `json:"fullDescription"`
		Default    sarifLevel      `json:"defaultConfiguration"`
		Help       sarifMessage    `json:"help"`
		Properties sarifProperties `json:"properties"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Fixes        []sarifFix        `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		ID       *int          `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifMessage `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI         string        `json:"uri,omitempty"`
		Base        string        `json:"uriBaseId,omitempty"`
		Description *sarifMessage `json:"description,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifMessage  `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion  `json:"deletedRegion"`
		Inserted sarifMessage `json:"insertedContent"`
	}
)

// sarifRoot stands for the folder that the files' names begin in.
const sarifRoot = "%SRCROOT%"

var sarifLevels = map[Severity]string{Error: "error", Warning: "warning", Info: "note"}

// sarif writes a report as SARIF 2.1.0. The rules are those that found something, so that an upload stays small.
func sarif(w io.Writer, r Report) error {
	s := sarifWriter{Report: r, places: newPlaces(r.Sources), index: map[string]int{}}
	run := sarifRun{
		ColumnKind:         "unicodeCodePoints",
		OriginalURIBaseIDs: map[string]sarifArtifact{sarifRoot: {Description: &sarifMessage{Text: "The top folder of the repository, or the folder in which the check was started."}}},
		Results:            make([]sarifResult, 0, len(r.Diagnostics)),
	}
	prints := fingerprints(r.Diagnostics, r.Sources)
	for i, d := range r.Diagnostics {
		run.Results = append(run.Results, s.result(d, prints[i]))
	}
	run.Tool.Driver = sarifDriver{Name: "nurturec", Version: r.Version, Rules: s.rules}
	if s.rules == nil {
		run.Tool.Driver.Rules = []sarifRule{}
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

type sarifWriter struct {
	Report
	places *places
	rules  []sarifRule
	index  map[string]int // of a code in rules
}

// rule gives the place of a code among the rules.
func (s *sarifWriter) rule(id string) int {
	if i, known := s.index[id]; known {
		return i
	}
	c := s.code(id)
	s.index[id] = len(s.rules)
	s.rules = append(s.rules, sarifRule{
		ID: c.ID, Name: c.Name, Short: sarifMessage{Text: sentence(capital(c.Title))}, Full: sarifMessage{Text: cmp.Or(c.Explain, sentence(c.Title))},
		Default: sarifLevel{sarifLevels[c.Severity]}, Help: sarifMessage{Text: cmp.Or(c.Explain, sentence(c.Title)), Markdown: c.Markdown()},
		Properties: sarifProperties{Tags: []string{cmp.Or(c.Family, "language")}},
	})
	return s.index[id]
}

func (s *sarifWriter) result(d Diagnostic, print string) sarifResult {
	r := sarifResult{
		RuleID: d.Code, RuleIndex: s.rule(d.Code), Level: sarifLevels[d.Severity], Message: sarifMessage{Text: sentence(capital(d.Message))},
		Fingerprints: map[string]string{"nurture/v1": print}, Locations: []sarifLocation{},
	}
	if d.Span.File != "" {
		r.Locations = append(r.Locations, sarifLocation{Physical: s.physical(d.Span)})
	}
	for i, related := range d.Related {
		id := i + 1
		r.Related = append(r.Related, sarifLocation{ID: &id, Physical: s.physical(related.Span), Message: &sarifMessage{Text: sentence(capital(related.Message))}})
	}
	for _, f := range d.Fixes {
		if fix, ok := s.fix(f); ok && !f.Draft { // a viewer carries them out without a look
			r.Fixes = append(r.Fixes, fix)
		}
	}
	return r
}

// fix gives the edits by file; ok is false where the text of a file is not known.
func (s *sarifWriter) fix(f Fix) (fix sarifFix, ok bool) {
	fix.Description.Text = sentence(f.Title)
	at := map[string]int{}
	for _, e := range f.Edits {
		region := s.region(e.Span)
		if region == nil {
			return fix, false
		}
		i, there := at[e.Span.File]
		if !there {
			i = len(fix.Changes)
			at[e.Span.File] = i
			fix.Changes = append(fix.Changes, sarifChange{Artifact: artifact(e.Span.File)})
		}
		fix.Changes[i].Replacements = append(fix.Changes[i].Replacements, sarifReplacement{*region, sarifMessage{Text: e.New}})
	}
	return fix, len(f.Edits) > 0
}

func (s *sarifWriter) physical(at Span) sarifPhysical {
	return sarifPhysical{artifact(at.File), s.region(at)}
}

// region counts as columnKind says; nil where the text of the file is not known.
func (s *sarifWriter) region(at Span) *sarifRegion {
	l := s.places.of(at.File)
	if l == nil {
		return nil
	}
	var r sarifRegion
	r.StartLine, r.StartColumn = l.Position(at.Start)
	r.EndLine, r.EndColumn = l.Position(at.End)
	return &r
}

// artifact is a file: by its place below the root, or by a whole URI where it is not below it.
func artifact(file string) sarifArtifact {
	if strings.HasPrefix(file, "/") {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: file}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: file}).String(), Base: sarifRoot}
}

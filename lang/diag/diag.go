// Package diag is what every phase of the language reports with. A Diagnostic is data: a stable code, a span of
// bytes in a file, a message that says what to do, related places, and edits that a tool can apply. The terminal,
// the editor and the CI formats are renderers of the same value; line and column are worked out when one asks.
package diag

// Severity says how much a diagnostic weighs. Only an Error keeps a playbook from running.
type Severity uint8

const (
	Error Severity = iota
	Warning
	Info
)

func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "info"
	}
}

// Span is a half-open range of byte offsets in a file of the playbook. File is its path inside the playbook's
// folder, with slashes.
type Span struct {
	File       string
	Start, End int
}

// Edit replaces the bytes of Span by New; an empty span inserts.
type Edit struct {
	Span Span
	New  string
}

// Fix is one right answer to a diagnostic: a title for a person and the edits that carry it out together.
type Fix struct {
	Title string
	Edits []Edit
	Draft bool // a place to begin, which a person has to look at: never done unasked, or together with others
}

// Related is another place that explains a diagnostic, such as the first declaration of a name declared twice.
type Related struct {
	Span    Span
	Message string
}

// Diagnostic is one finding. Message is a sentence without a full stop: what is wrong, then what to do.
type Diagnostic struct {
	Code     string // "NUR001"; see Code
	Severity Severity
	Span     Span
	Message  string
	Related  []Related
	Fixes    []Fix
}

// Code documents a diagnostic: `nurturec explain`, the editor's links and the reference are made from it.
type Code struct {
	ID      string // "NUR001", stable for ever
	Title   string // "a statement that is not one"
	Explain string // Markdown: what it means and what to do
	Bad     string // a playbook or a part of one that gets it
	Good    string // the same, mended
	Tag     Tag    // what an editor may show by more than a line under it

	// Of a rule of the linter, and empty for others.
	Name     string   // "unreachable-stage"
	Family   string   // "holes"
	Severity Severity // its own, where no configuration says otherwise
	Page     string   // Markdown: all there is to say of it; see Markdown
}

// Tag says how what a finding is about may be shown.
type Tag uint8

const (
	NoTag      Tag = iota
	Unused         // it does nothing: faded
	Deprecated     // it is said otherwise by now: struck through
)

package diag

import (
	"encoding/json"
	"io"
)

// What GitLab reads as a report of code quality: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
type (
	gitlabIssue struct {
		Description string      `json:"description"`
		CheckName   string      `json:"check_name"`
		Fingerprint string      `json:"fingerprint"`
		Severity    string      `json:"severity"`
		Location    gitlabPlace `json:"location"`
	}
	gitlabPlace struct {
		Path  string      `json:"path"`
		Lines gitlabLines `json:"lines"`
	}
	gitlabLines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
)

var gitlabLevels = map[Severity]string{Error: "critical", Warning: "major", Info: "info"}

// gitlab writes a report as GitLab shows it beside the lines of a merge request.
func gitlab(w io.Writer, r Report) error {
	p := newPlaces(r.Sources)
	prints := fingerprints(r.Diagnostics, r.Sources)
	all := make([]gitlabIssue, 0, len(r.Diagnostics))
	for i, d := range r.Diagnostics {
		issue := gitlabIssue{
			Description: r.code(d.Code).label() + ": " + d.Message, CheckName: d.Code, Fingerprint: prints[i],
			Severity: gitlabLevels[d.Severity], Location: gitlabPlace{d.Span.File, gitlabLines{1, 1}},
		}
		if l := p.of(d.Span.File); l != nil {
			issue.Location.Lines.Begin, _ = l.Position(d.Span.Start)
			issue.Location.Lines.End, _ = l.Position(d.Span.End)
		}
		all = append(all, issue)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(all)
}

package lint

import (
	"regexp"
	"slices"
	"strings"

	"nurture/lang/diag"
)

// A finding is ignored by a comment on a line of its own above the line where it begins:
//
//	// nurture:ignore NUR901, NUR920 the partner's offers will need it
//
// Several such comments, and other comments, may stand between. What follows the codes is the reason, and has to be there.
var ignoreComment = regexp.MustCompile(`^[ \t]*//[ \t]*(nurture:ignore\b)[ \t]*((?:NUR\w+[, \t]*)*)(.*)$`)

// ignoring are the rules about these comments; they are found in ignore.
var ignoring = []*Rule{useless, baseless}

var useless = &Rule{
	ID: "NUR920", Name: "useless-ignore", Title: "an ignore that ignores nothing", Family: Tidy, Severity: diag.Warning, Tag: diag.Unused,
	Why: "`// nurture:ignore CODE reason` stands on a line of its own right above the line of the finding. Here there is no such finding: it has been mended, it is " +
		"found elsewhere, or it is an error, which cannot be ignored. A comment that is left behind would hide the next finding of that kind. Delete it.",
	Fix: "Deletes the comment, or the code that ignores nothing.",
	Bad: `/// Our reports.
// «nurture:ignore NUR901» nobody comes here before the launch
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role)
  goal    sales.accepted within 90d target 12%
  holdout 5%
  stage learn {
    send from by_role every 7d
    on response  -> sales_cycle
    on exhausted -> longterm
    after 60d    -> longterm
  }
}
`,
	Good: `/// Our reports.
program targeted "Targeted" {
  phase    nurture
  priority 20
  enter    when known(contact.role)
  goal    sales.accepted within 90d target 12%
  holdout 5%
  stage learn {
    send from by_role every 7d
    on response  -> sales_cycle
    on exhausted -> longterm
    after 60d    -> longterm
  }
}
`,
}

var baseless = &Rule{
	ID: "NUR921", Name: "ignore-without-reason", Title: "an ignore without a code or a reason", Family: Tidy, Severity: diag.Warning,
	Why: "A finding is ignored by `// nurture:ignore CODE reason`: the code of the finding, and why it is right to ignore it, for those who come later. As long as one of them is missing " +
		"nothing is ignored.",
	Bad: `// «nurture:ignore NUR901»
segment developers = contact.role == "developer"
`,
	Good: `// nurture:ignore NUR901 the spring campaign will ask for it
segment team = contact.role == "team"
`,
}

// ignored is one comment with what it has been good for.
type ignored struct {
	at     diag.Span // of `nurture:ignore` with its codes
	line   diag.Span // of the whole line with its end
	codes  []string
	used   []string
	covers int // the offset of the line that it is for
}

// ignore takes out what comments ignore, and adds what is wrong with the comments.
func (l *look) ignore() {
	var all []*ignored
	for _, f := range l.Files {
		all = append(all, l.ignores(f.Name, f.Src)...)
	}
	if len(all) == 0 {
		return
	}
	byFile := map[string]*diag.Lines{}
	for _, f := range l.Files {
		if slices.ContainsFunc(all, func(i *ignored) bool { return i.at.File == f.Name }) {
			byFile[f.Name] = diag.NewLines(f.Src)
		}
	}
	lineOf := func(file string, offset int) int {
		lines := byFile[file]
		if lines == nil {
			return -1 // a content file, or one in which nothing is ignored
		}
		line, _ := lines.Position(offset)
		return line
	}
	l.found = slices.DeleteFunc(l.found, func(d diag.Diagnostic) bool {
		hidden := false
		for _, i := range all {
			if i.at.File == d.Span.File && slices.Contains(i.codes, d.Code) && lineOf(i.at.File, i.covers) == lineOf(d.Span.File, d.Span.Start) {
				i.used = append(i.used, d.Code)
				hidden = true
			}
		}
		return hidden
	})
	l.rule = useless
	for _, i := range all {
		for _, code := range i.codes {
			if r := ruleOf(code); slices.Contains(i.used, code) || l.config.level(useless) == Off || r != nil && l.config.level(r) == Off {
				continue
			}
			l.uselessIgnore(i, code)
		}
	}
}

// ignores are the comments of a file; those that say too little are reported, and left out.
func (l *look) ignores(file, src string) []*ignored {
	if !strings.Contains(src, "nurture:ignore") {
		return nil
	}
	var all []*ignored
	for start := 0; start < len(src); {
		end := len(src)
		if n := strings.IndexByte(src[start:], '\n'); n >= 0 {
			end = start + n + 1
		}
		line := strings.TrimRight(src[start:end], "\r\n")
		if m := ignoreComment.FindStringSubmatchIndex(line); m != nil {
			stop := m[2] + len(strings.TrimRight(line[m[2]:m[5]], ", \t"))
			i := &ignored{at: diag.Span{File: file, Start: start + m[2], End: start + stop}, line: diag.Span{File: file, Start: start, End: end}}
			i.codes = strings.FieldsFunc(line[m[4]:m[5]], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
			i.covers = firstCode(src, end)
			if l.reasoned(i, strings.TrimSpace(line[m[6]:m[7]])) {
				all = append(all, i)
			}
		}
		start = end
	}
	return all
}

// firstCode is the first line from an offset on that is neither empty nor a comment.
func firstCode(src string, start int) int {
	for start < len(src) {
		line, _, _ := strings.Cut(src[start:], "\n")
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "//") {
			break
		}
		start += len(line) + 1
	}
	return min(start, len(src))
}

// reasoned says whether a comment has what it needs.
func (l *look) reasoned(i *ignored, reason string) bool {
	l.rule = baseless
	say := func(format string, args ...any) bool {
		if l.config.level(baseless) != Off {
			l.report(i.at, format, args...)
		}
		return false
	}
	if len(i.codes) == 0 {
		return say("say which finding is ignored, and why: `// nurture:ignore NUR901 the reason`")
	}
	if strings.Trim(reason, "…. ") == "" || strings.Trim(reason, "…. ") == "because" {
		return say("say why this is ignored: `// nurture:ignore %s the reason`", strings.Join(i.codes, ", "))
	}
	return true
}

func (l *look) uselessIgnore(i *ignored, code string) {
	what := "there is no " + code + " on the line below; delete the comment"
	if ruleOf(code) == nil {
		what = code + " is no rule of the linter, and only those can be ignored; delete the comment"
	}
	f := l.report(i.at, "%s", what)
	if len(i.codes) == 1 {
		f.fix("Delete the comment", diag.Edit{Span: i.line})
	}
}

// ruleOf is the rule with an id, or nil.
func ruleOf(id string) *Rule {
	i, ok := slices.BinarySearchFunc(Rules, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return Rules[i]
}

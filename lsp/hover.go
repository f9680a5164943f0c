package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"nurture/lang/calendar"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// hover tells about what stands at a place: a name of the playbook (describe.go), or a word, sign or literal of the
// language, which package lang documents in its tables.
func hover(_ context.Context, s *Snapshot, p protocol.HoverParams) (*protocol.Hover, error) {
	name, offset := s.At(p.TextDocumentPositionParams)
	text, at := s.tell(name, offset)
	if text == "" {
		return nil, nil
	}
	r := s.Range(at)
	return &protocol.Hover{Contents: protocol.MarkupContent{Kind: protocol.Markdown, Value: strings.TrimSpace(text)}, Range: &r}, nil
}

// tell gives what there is to say of a place, and how much of the text it is said of.
func (s *Snapshot) tell(name string, offset int) (text string, at diag.Span) {
	if uses := s.namesAt(name, offset); len(uses) > 0 {
		var all []string
		for _, u := range uses {
			if d := s.describe(u.Ref); !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
		return strings.Join(all, "\n\n---\n\n"), uses[0].Span
	}
	if s.File(name) == nil {
		return s.tellContent(name, offset)
	}
	if e := s.Playbook.ConditionAt(name, offset); e != nil {
		return s.tellCondition(e, offset)
	}
	return s.tellStatement(name, offset)
}

// tellCondition tells about a token of a condition.
func (s *Snapshot) tellCondition(e *cond.Expr, offset int) (text string, at diag.Span) {
	at = e.Span
	for _, p := range cond.Pieces(e.Text) {
		start, end := e.Span.Start+p.Start, e.Span.Start+p.End
		if offset < start || offset > end || offset == end && offset < e.Span.End && text != "" {
			continue
		}
		if word := documented(p.Kind, e.Text[p.Start:p.End]); word != "" {
			text, at = word, diag.Span{File: e.Span.File, Start: start, End: end}
		}
	}
	if wakes := s.wakes(e); wakes != "" {
		text += "\n\n" + wakes
	}
	return text, at
}

// documented is what the language says of a token of a condition; "" for signs and names.
func documented(kind cond.PieceKind, text string) string {
	switch kind {
	case cond.PieceFunction:
		return entry(cond.Functions, text)
	case cond.PieceWord:
		return entry(cond.Operators, text)
	case cond.PieceRoot, cond.PieceConstant:
		return entry(cond.Names, text)
	case cond.PieceName:
		if text == "entered" || text == "at" {
			return code(text) + ": when that was."
		}
	case cond.PieceNumber:
		return literal(text)
	case cond.PieceText:
		return choice(strings.Trim(text, `"`), syntax.RolePhase, syntax.RoleIntent)
	}
	return ""
}

func entry(words []cond.Word, name string) string {
	i := slices.IndexFunc(words, func(w cond.Word) bool { return w.Name == name })
	if i < 0 {
		return ""
	}
	return fence(words[i].Signature) + "\n" + words[i].Doc
}

// choice is what the language says of a word of one of its lists.
func choice(word string, of ...syntax.Role) string {
	for _, role := range of {
		for _, c := range role.Choices() {
			if c.Word == word {
				return code(word) + ": " + c.Doc
			}
		}
	}
	return ""
}

// tellStatement tells about a word of a statement.
func (s *Snapshot) tellStatement(name string, offset int) (text string, at diag.Span) {
	path := s.around(name, offset)
	if len(path) == 0 {
		return "", at
	}
	f, whole, innermost := s.File(name), syntax.NodeOf(path[0]).Span, path[len(path)-1]
	for _, w := range syntax.Words(name, f.Src[whole.Start:whole.End]) {
		start, end := whole.Start+w.Start, whole.Start+w.End
		if offset < start || offset > end || offset == end && w.Role == syntax.RoleSign {
			continue
		}
		at = diag.Span{File: name, Start: start, End: end}
		switch w.Role {
		case syntax.RoleKeyword, syntax.RoleSign:
			if text = keyword(f, innermost, start, w.Text); text != "" {
				return text + s.wakesBehind(name, end), at
			}
		case syntax.RoleDuration, syntax.RoleDate, syntax.RolePercent, syntax.RoleDateTime:
			return literal(w.Text), at
		default:
			if text = operand(innermost, w); text != "" {
				return text, at
			}
		}
	}
	return "", at
}

// operand is what the language says of a word that is no keyword of its statement; "" of names.
func operand(in syntax.Walked, w syntax.Word) string {
	row, _ := in.(*syntax.MapRow)
	switch {
	case w.Text == "done" && w.Role == syntax.RoleTarget:
		return code(w.Text) + ": out of the program. For a contact that is in no program of the track there is nothing to leave, and the rule only acts."
	case row != nil && row.Header && w.Text == "topic":
		return code(w.Text) + " begins the first line of a map: behind it stand the segments that are its columns."
	case row != nil && row.Header && w.Text == "otherwise":
		return code(w.Text) + ": everybody whom no column before it takes."
	case w.Text == "true" || w.Text == "false":
		return code(w.Text) + ": " + map[string]string{"true": "yes.", "false": "no."}[w.Text]
	case w.Role == syntax.RoleContactField || w.Role == syntax.RoleMatchField || w.Role == syntax.RoleZoneField:
		return entry(cond.Names, w.Text)
	}
	return choice(w.Text, w.Role)
}

// keyword is what the language says of a word of a statement that stands at a place.
func keyword(f *syntax.File, in syntax.Walked, start int, word string) string {
	p, _ := f.Place(start)
	fits := slices.Concat(p.Further, p.Begins)
	first, _, _ := strings.Cut(f.Src[syntax.NodeOf(in).Start:], " ")
	for _, k := range syntax.Keywords() { // a place does not offer what stands there already
		if k.Inner && k.Of == first {
			fits = append(fits, k)
		}
	}
	for _, k := range fits {
		if k.Word == word && k.Doc != "" {
			return fence(strings.Join(usages(k.Usage), "\n")) + "\n" + k.Doc
		}
	}
	return ""
}

// usages are the ways to write a statement that its usage names in backquotes.
func usages(usage string) (ways []string) {
	for i, part := range strings.Split(usage, "`") {
		if i%2 == 1 {
			ways = append(ways, part)
		}
	}
	return ways
}

// wakesBehind is when the condition wakes that begins behind a word.
func (s *Snapshot) wakesBehind(name string, end int) string {
	src := s.Sources[name]
	start := end + len(src[end:]) - len(strings.TrimLeft(src[end:], " \t\r\n"))
	e := s.Playbook.ConditionAt(name, start)
	if e == nil || e.Span.Start != start {
		return ""
	}
	return "\n\n" + s.wakes(e)
}

// literal explains how a literal is read.
func literal(text string) string {
	if d, err := calendar.ParseDuration(text); err == nil {
		return durationText(text, d)
	}
	if d, err := calendar.ParseDate(text[:min(len(text), len("2006-01-02"))]); err == nil {
		day := weekdays[d.Weekday()]
		if len(text) > len("2006-01-02") {
			return code(text) + ": a " + day + "; on the wall of the zone that its place says."
		}
		return code(text) + ": a " + day + ". Used as an instant, its first moment in the contact's time zone."
	}
	if number, ok := strings.CutSuffix(text, "%"); ok {
		var n float64
		if _, err := fmt.Sscanf(strings.ReplaceAll(number, "_", ""), "%g", &n); err == nil {
			return fmt.Sprintf("`%s`: the share %g.", text, n/100)
		}
	}
	return ""
}

var weekdays = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

func durationText(text string, d calendar.Duration) string {
	switch {
	case d.IsZero():
		return code(text) + ": no time at all."
	case d.Months > 0 && d.Months%12 == 0:
		return code(text) + ": " + counted(int(d.Months/12), "year") + " on the contact's calendar: the same day and local hour, or the last day of a shorter month."
	case d.Months > 0:
		return code(text) + ": " + counted(int(d.Months), "month") + " on the contact's calendar: the same day and local hour, or the last day of a shorter month."
	case d.Days > 0:
		return code(text) + ": " + counted(int(d.Days), "day") + " on the contact's calendar: the local hour stays the same over a change of summer time. Of a half-life a day is 24 hours."
	case d.Seconds%3600 == 0:
		return code(text) + ": " + counted(int(d.Seconds/3600), "hour") + " of elapsed time."
	default:
		return code(text) + ": " + counted(int(d.Seconds/60), "minute") + " of elapsed time."
	}
}

// inDays is a duration as one writes it, in days rather than in weeks.
func inDays(d calendar.Duration) string {
	if d.Days > 0 {
		return fmt.Sprintf("%dd", d.Days)
	}
	return d.String()
}

// counted is a number of things in words.
func counted[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// code is a text in Markdown's code signs.
func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

// fence is a piece of a playbook in Markdown.
func fence(text string) string { return "```nurture\n" + text + "\n```" }

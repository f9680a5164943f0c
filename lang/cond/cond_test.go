package cond_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nurture/lang/calendar"
	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// golden holds what every entry of a file is made into against what the file says. An entry is a line, what it is made
// into the indented lines below it; other lines stay.
func golden(t *testing.T, file string, entry func(line string) string) {
	path := filepath.Join("testdata", file)
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(string(src), "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "    "):
		case line == "" || strings.HasPrefix(line, "// "):
			out.WriteString(line + "\n")
		default:
			out.WriteString(entry(line))
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, want := strings.Split(out.String(), "\n"), strings.Split(string(src), "\n")
	for i := range max(len(got), len(want)) {
		g, w := "(nothing)", "(nothing)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("%s:%d\n got %s\nwant %s", path, i+1, g, w)
		}
	}
}

// Good conditions and the tree that they are lowered to. A node that changes with time has a `~`.
func TestGood(t *testing.T) {
	golden(t, "good.txt", func(line string) string {
		_, e, diags := judge(line)
		for _, d := range diags {
			t.Errorf("%s: %s %s", line, d.Code, d.Message)
		}
		return line + "\n    " + dump(e.Root) + "\n"
	})
}

// Bad ones with what is reported: the span stands in « » in the line, the diagnostics and their fixes below it.
func TestBad(t *testing.T) {
	golden(t, "bad.txt", func(line string) string {
		line = strings.NewReplacer("«", "", "»", "").Replace(line)
		text, e, diags := judge(line)
		if len(diags) == 0 {
			t.Errorf("%s: nothing is reported", line)
		}
		if e.Root != nil {
			t.Errorf("%s: there is a tree", line)
		}
		where := strings.TrimSuffix(line, text)
		out := where + marked(text, diags) + "\n"
		for _, d := range diags {
			out += "    " + d.Code + " " + d.Message + "\n"
			for _, f := range d.Fixes {
				out += "    fix: " + where + edited(text, f.Edits) + "\n"
			}
		}
		return out
	})
}

// marked puts « » around the spans of diagnostics.
func marked(text string, diags []diag.Diagnostic) string {
	opens, closes := map[int]int{}, map[int]int{}
	for _, d := range diags {
		opens[d.Span.Start-start]++
		closes[d.Span.End-start]++
	}
	var out strings.Builder
	for i := range len(text) + 1 {
		out.WriteString(strings.Repeat("»", closes[i]) + strings.Repeat("«", opens[i]))
		if i < len(text) {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

func edited(text string, edits []diag.Edit) string {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b diag.Edit) int { return b.Span.Start - a.Span.Start })
	for _, e := range edits {
		text = text[:e.Span.Start-start] + e.New + text[e.Span.End-start:]
	}
	return text
}

var opNames = map[cond.Op]string{
	cond.And: "and", cond.Or: "or", cond.Not: "not", cond.Eq: "==", cond.Ne: "!=", cond.Lt: "<", cond.Le: "<=", cond.Gt: ">",
	cond.Ge: ">=", cond.In: "in", cond.NotIn: "not-in", cond.ListOf: "list", cond.Add: "+", cond.Sub: "-", cond.Mul: "*",
	cond.Div: "/", cond.Neg: "neg", cond.Since: "since", cond.Until: "until",
}

func dump(n *cond.Node) string {
	if n == nil {
		return "(no tree)"
	}
	s := ""
	switch n.Op {
	case cond.ConstBool:
		s = fmt.Sprint(n.Num == 1)
	case cond.ConstNumber:
		s = fmt.Sprint(n.Num)
	case cond.ConstText:
		s = fmt.Sprintf("%q", n.Text)
	case cond.ConstDate:
		s = calendar.Date(n.Num).String()
	case cond.ConstTime:
		s = fmt.Sprintf("%s+%dmin", calendar.Date(n.Local/1440), n.Local%1440)
	case cond.ConstDuration:
		s = n.Dur.String()
	case cond.Field:
		s = "contact." + n.Name
	case cond.EventField:
		s = "event." + n.Name
	case cond.Score:
		s = "score." + n.Name
	case cond.OfferAttr:
		s = "offer." + n.Name
	case cond.Segment:
		s = n.Name
	case cond.StageEntered:
		s = "stage.entered"
	case cond.ProgramEntered:
		s = "program.entered"
	case cond.Phase:
		s = "phase"
	case cond.Completeness:
		s = "completeness"
	case cond.Known:
		s = "known:" + n.Name
	case cond.Sent, cond.Responded:
		s = fmt.Sprintf("%s:%s:%s", map[cond.Op]string{cond.Sent: "sent", cond.Responded: "responded"}[n.Op],
			[...]string{"offer", "topic", "map"}[n.Of], n.Name)
	case cond.Count:
		s = "count:" + n.Name
		if !n.Dur.IsZero() {
			s += ":" + n.Dur.String()
		}
	case cond.Last:
		s = "last:" + n.Name
	case cond.Call:
		s = n.Name
	default:
		s = opNames[n.Op]
	}
	if n.Timed {
		s = "~" + s
	}
	if len(n.Args) == 0 {
		return s
	}
	for _, a := range n.Args {
		s += " " + dump(a)
	}
	return "(" + s + ")"
}

// The spans of nodes are those of their text, brackets within them included and around them not.
func TestSpans(t *testing.T) {
	text := `(contact.role == "it") and ( not known( contact.company ))  or "é" in ["é" , lower(contact.company)]`
	_, e, diags := judge(text)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	var got []string
	cond.Walk(e.Root, func(n *cond.Node) bool {
		got = append(got, text[n.Span.Start-start:n.Span.End-start])
		return true
	})
	want := []string{
		text,
		`(contact.role == "it") and ( not known( contact.company ))`,
		`contact.role == "it"`, `contact.role`, `"it"`,
		`not known( contact.company )`, `known( contact.company )`,
		`"é" in ["é" , lower(contact.company)]`, `"é"`, `["é" , lower(contact.company)]`, `"é"`, `lower(contact.company)`, `contact.company`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOverLines(t *testing.T) {
	text := "contact.role in [\r\n\t\"it\", // the ones who run it\n\t\"developer\",\n]\n  and contact.rol == \"it\""
	_, _, diags := judge(text)
	if len(diags) != 1 || text[diags[0].Span.Start-start:diags[0].Span.End-start] != "rol" {
		t.Errorf("got %v", diags)
	}
}

func TestTimeAtoms(t *testing.T) {
	_, e, _ := judge(`known(contact.role) and (30 <= score.interest or not (7d <= since(stage.entered))) and count(opened, 7d) > 1 and warm and count(opened) > 1`)
	var got []string
	for _, n := range cond.TimeAtoms(e.Root) {
		got = append(got, dump(n))
	}
	want := []string{"(~>= ~score.interest 30)", "(~>= (~since stage.entered) 1w)", "(~> ~count:opened:1w 1)", "~warm"}
	if !slices.Equal(got, want) || !cond.DependsOnTime(e.Root) {
		t.Errorf("got %q", got)
	}
}

// Whatever is too large is reported, and nothing is too large to be looked at.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"10,001 bytes":     {"contact.customer" + strings.Repeat(" ", 9_985), "NUR205"},
		"101 brackets":     {strings.Repeat("(", 101) + "true" + strings.Repeat(")", 101), "NUR205"},
		"5,000 brackets":   {strings.Repeat("(", 5_000), "NUR205"},
		"5,000 nots":       {strings.Repeat("!", 5_000) + "true", "NUR205"},
		"1,001 values":     {`contact.employees in [` + strings.Repeat("1, ", 1_000) + `1]`, "NUR205"},
		"1,001 in pattern": {`contact.company matches "` + strings.Repeat("a", 1_001) + `"`, "NUR205"},
		"a large number":   {`contact.employees > 1` + strings.Repeat("0", 400), "NUR203"},
		"2,000 comparings": {strings.Repeat("1<", 2_000) + "1", "NUR206"},
	} {
		_, e, diags := judge(c.text)
		if len(diags) == 0 || diags[0].Code != c.code || e.Root != nil {
			t.Errorf("%s: got %v", name, diags)
		}
	}
	for name, text := range map[string]string{
		"98 brackets":     strings.Repeat("(", 98) + "true" + strings.Repeat(")", 98),
		"1,000 values":    `contact.employees in [` + strings.Repeat("1, ", 999) + `1]`,
		"4,000 additions": strings.Repeat("1+", 4_000) + "1 > 2",
		"1,000 ands":      strings.Repeat("true and ", 1_000) + "true",
	} {
		if _, e, diags := judge(text); len(diags) > 0 || e.Root == nil {
			t.Errorf("%s: got %v", name, diags)
		}
	}
}

// Each code is what it says: its bad example gets it and no other, its good one gets nothing.
func TestCodes(t *testing.T) {
	for _, c := range cond.Codes {
		for _, example := range []struct {
			text  string
			codes []string
		}{{c.Bad, []string{c.ID}}, {c.Good, nil}} {
			_, text, _ := strings.Cut(example.text, " = ")
			_, _, diags := judge(text)
			var got []string
			for _, d := range diags {
				got = append(got, d.Code)
			}
			if !slices.Equal(got, example.codes) {
				t.Errorf("%s: %s gets %v", c.ID, example.text, diags)
			}
		}
	}
}

// What is made of a name whose declaration has errors, or may have got lost, is not judged.
func TestNotJudged(t *testing.T) {
	for _, line := range []string{
		"contact.odd > 3 and contact.role == \"it\"",
		"known(contact.odd)",
		"half_written or sent(half_written) > 1 or count(half_written.won) > 1",
		"contact.half_written == 3 and score.half_written > since(7)",
		"on no_event: event.page == 3",
		"set odd: 3",
	} {
		_, e, diags := judge(line)
		if strings.Contains(line, "since") != (len(diags) > 0) || e.Root != nil {
			t.Errorf("%s: %v, %v", line, e.Root, diags)
		}
	}
}

// A segment or a score on a circle is an error of its own; here it only must come to an end.
func TestCircle(t *testing.T) {
	s := &cond.Schema{
		Segments: []cond.SchemaSegment{{Name: "a", Text: "b or score.s > 1"}, {Name: "b", Text: "a"}},
		Scores:   []cond.SchemaScore{{Name: "s", When: []string{"b"}}},
	}
	if _, diags := s.Bool("a.nurture", syntax.Cond{Text: "a and b and score.s > 2"}, cond.Scope{}); len(diags) > 0 {
		t.Error(diags)
	}
}

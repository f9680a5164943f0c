package lint

import (
	"regexp"
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/diag"
)

var undocumentedProgram = &Rule{
	ID: "NUR911", Name: "undocumented-program", Title: "a program that does not say what it is for", Family: Tidy, Severity: diag.Info,
	Why: "A `///` comment above a program says whom it is for and what it should achieve. It is shown in the editor wherever the program is named, and it is what a colleague reads first.",
	Bad: `program «welcome» "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	Good: `/// Nobody buys again who regrets the first time.
program welcome "After the purchase" {
  phase reassure
  stage first_weeks {
    send first_week
    after 30d -> loyal
  }
  stage loyal {
    send digest every 2mo
  }
}
`,
	find: func(l *look) {
		for _, p := range l.Programs {
			if strings.TrimSpace(p.Doc) == "" {
				l.report(p.Span, "say what program `%s` is for, with `/// …` on the line above it", p.Name)
			}
		}
	},
}

var sameContent = &Rule{
	ID: "NUR912", Name: "same-content", Title: "offers with the same message", Family: Tidy, Severity: diag.Warning,
	Why: "Each offer is sent to a contact once, but two offers with one content file are one message under two names: contacts may get it twice. Write a message for each, or make one offer of them.",
	Bad: `offer scaling_guide "Scaling without tears" { kind guide  topic scale  for nurture  intent educate  content «"benchmarks.md"»  asks 1 }
`,
	Good: `offer scaling_guide "Scaling without tears" { kind guide  topic scale  for nurture  intent educate  content "scaling_guide.md"  asks 1 }
`,
	find: func(l *look) {
		first := map[string]*check.Offer{}
		for _, o := range l.Offers {
			if o.Content == "" {
				continue
			}
			if other := first[o.Content]; other != nil && other.Channel == o.Channel {
				l.report(o.ContentSpan, "this is the message of offer `%s` too, so contacts may get it twice; write one for each, or make one offer of them", other.Name).because(other.ContentSpan, "the first")
				continue
			}
			first[o.Content] = o
		}
	},
}

// leftovers are what templates and other tools leave in a text.
var leftovers = regexp.MustCompile(`(?i)\blorem ipsum\b|\bTODO\b|\bTBD\b|\bXXX+\b|%%?[A-Z_]{3,}%%?|\*\|[A-Z_:]+\|\*|\[\[[^\]\n]+\]\]|\[(?:first ?name|name|company|insert [^\]\n]*|your [^\]\n]*)\](?:[^(]|$)|<<[^>\n]+>>`)

// leftoverSigns are what one of them has: most messages have none, and need no closer look.
var leftoverSigns = []string{"orem ", "OREM ", "TODO", "todo", "TBD", "tbd", "XXX", "xxx", "%", "*|", "[[", "<<", "[f", "[F", "[n", "[N", "[c", "[C", "[i", "[I", "[y", "[Y"}

// leftoversIn are the places of leftovers in a text.
func leftoversIn(text string) [][]int {
	if !slices.ContainsFunc(leftoverSigns, func(sign string) bool { return strings.Contains(text, sign) }) {
		return nil
	}
	return leftovers.FindAllStringIndex(text, -1)
}

var leftoverText = &Rule{
	ID: "NUR913", Name: "leftover-text", Title: "a message with text that was to be replaced", Family: Tidy, Severity: diag.Warning,
	Why: "`Lorem ipsum`, `TODO`, or the placeholder of another tool (`%FNAME%`, `*|FNAME|*`, `[first name]`) would go out to contacts as it stands. Write what was meant; a field of the contact is `{{ contact.first_name | default: \"there\" }}`. " +
		"The titles and subjects of offers, the texts of questions and tasks, and content files are looked at.",
	Bad: `offer first_week «"TODO: your first week"» { kind guide  for reassure  intent educate  content "first_week.md" }
`,
	Good: `offer first_week "Your first week" { kind guide  for reassure  intent educate  content "first_week.md" }
`,
	find: func(l *look) {
		say := func(at diag.Span, text string) {
			if all := leftoversIn(text); len(all) > 0 {
				l.report(at, "%q would go out as it stands; write what was meant", strings.TrimSpace(text[all[0][0]:all[0][1]]))
			}
		}
		for _, o := range l.Offers {
			if len(leftoversIn(o.Title)) > 0 {
				say(l.titleOf(o), o.Title)
			}
			say(o.Span, o.Subject)
		}
		for _, f := range l.Contact.Fields {
			if f.Question != nil {
				say(f.Question.Span, f.Question.Text)
			}
		}
		for _, s := range l.graph.Stages {
			for _, e := range s.Entry {
				if e.Task != nil {
					say(e.Span, e.Task.Text)
				}
			}
		}
		l.messages(func(file, src string) {
			for _, m := range leftoversIn(src) {
				text := strings.TrimRight(src[m[0]:m[1]], "\n ")
				l.report(diag.Span{File: file, Start: m[0], End: m[0] + len(text)}, "%q would go out as it stands; write what was meant", text)
			}
		})
	},
}

// messages gives each content file that offers and hand-offs name, once.
func (l *look) messages(of func(file, src string)) {
	seen := map[string]bool{}
	add := func(file string, src string) {
		if !seen[file] {
			seen[file] = true
			of(file, src)
		}
	}
	for _, o := range l.Offers {
		if o.Message != nil {
			add(o.Message.File, o.Message.Source)
		}
	}
	for _, h := range l.Handoffs {
		if h.Message != nil {
			add(h.Message.File, h.Message.Source)
		}
	}
}

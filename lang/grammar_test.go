package lang_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nurture/lang/syntax"
)

// The grammar of spec.md is held to the parser by making text of it: whatever the grammar allows, the parser takes. A
// grammar is a list of productions
//
//	name = alternative | alternative ;
//
// of names, texts in quotes, ( groups ), [ what may be missing ] and { what may be repeated }. NL is a line end.

// rule is a part of a production: exactly one of its fields is set.
type rule struct {
	text   string
	name   string
	choice []rule // one of them
	all    []rule // one after the other
	some   *rule  // any number of times
	maybe  *rule
}

type grammar map[string]rule

var grammarTokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[A-Za-z_]+|[=|;()\[\]{}]|\S`)

// grammarOf reads the productions of the page.
func grammarOf(t *testing.T, all []fence) grammar {
	g := grammar{}
	for _, f := range all {
		if f.kind != "ebnf" {
			continue
		}
		r := &grammarReader{tokens: grammarTokens.FindAllString(f.text, -1)}
		for len(r.tokens) > 0 {
			name := r.next()
			if r.next() != "=" {
				t.Fatalf("spec.md:%d: no `=` behind %s", f.line, name)
			}
			body := r.choice()
			if r.next() != ";" || r.broken {
				t.Fatalf("spec.md:%d: the production of %s does not read", f.line, name)
			}
			if was, twice := g[name]; twice && fmt.Sprint(was) != fmt.Sprint(body) {
				t.Errorf("spec.md:%d: %s has two productions", f.line, name)
			}
			g[name] = body
		}
	}
	return g
}

type grammarReader struct {
	tokens []string
	broken bool
}

func (r *grammarReader) peek() string {
	if len(r.tokens) == 0 {
		return ";"
	}
	return r.tokens[0]
}

func (r *grammarReader) next() string {
	token := r.peek()
	if len(r.tokens) > 0 {
		r.tokens = r.tokens[1:]
	}
	return token
}

func (r *grammarReader) choice() rule {
	choice := []rule{r.sequence()}
	for r.peek() == "|" {
		r.next()
		choice = append(choice, r.sequence())
	}
	if len(choice) == 1 {
		return choice[0]
	}
	return rule{choice: choice}
}

func (r *grammarReader) sequence() rule {
	var all []rule
	for !strings.Contains("|;)]}", r.peek()) {
		all = append(all, r.item())
	}
	r.broken = r.broken || len(all) == 0
	return rule{all: all}
}

func (r *grammarReader) item() rule {
	token := r.next()
	switch {
	case token[0] == '"':
		text, err := strconv.Unquote(token)
		r.broken = r.broken || err != nil
		return rule{text: text}
	case strings.Contains("([{", token):
		inner := r.choice()
		r.broken = r.broken || r.next() != map[string]string{"(": ")", "[": "]", "{": "}"}[token]
		switch token {
		case "[":
			return rule{maybe: &inner}
		case "{":
			return rule{some: &inner}
		}
		return inner
	default:
		r.broken = r.broken || !regexp.MustCompile(`^\w+$`).MatchString(token)
		return rule{name: token}
	}
}

// names lists what a rule refers to.
func (r *rule) names() []string {
	var names []string
	if r.name != "" {
		names = append(names, r.name)
	}
	for _, inner := range slices.Concat(r.choice, r.all) {
		names = append(names, inner.names()...)
	}
	for _, inner := range []*rule{r.some, r.maybe} {
		if inner != nil {
			names = append(names, inner.names()...)
		}
	}
	return names
}

// writer makes text of a grammar.
type writer struct {
	grammar
	*rand.Rand
	strings.Builder
}

const deepEnough = 9 // productions in one another; from there on the shortest way is taken

// write adds text of a rule. Inside of a token there are no blanks.
func (w *writer) write(r *rule, depth int, token bool) {
	deep := depth > deepEnough
	switch {
	case r.name == "NL":
		w.WriteString("\n")
	case r.name != "":
		body := w.grammar[r.name]
		inner := token || strings.ToUpper(r.name) == r.name
		w.write(&body, depth+1, inner)
		if inner && !token {
			w.WriteString(" ")
		}
	case r.choice != nil:
		pick := w.IntN(len(r.choice))
		if deep {
			pick = 0
		}
		w.write(&r.choice[pick], depth, token)
	case r.all != nil:
		for i := range r.all {
			w.write(&r.all[i], depth, token)
		}
	case r.some != nil:
		for n := w.IntN(3); n > 0 && !deep; n-- {
			w.write(r.some, depth, token)
		}
	case r.maybe != nil:
		if !deep && w.IntN(2) == 0 {
			w.write(r.maybe, depth, token)
		}
	default:
		w.WriteString(r.text)
		if !token {
			w.WriteString(" ")
		}
	}
}

func TestSpecGrammar(t *testing.T) {
	g := grammarOf(t, fencesOf(readSpec(t)))
	reached := map[string]bool{"NL": true}
	for open := []string{"file"}; len(open) > 0; {
		name := open[0]
		open = open[1:]
		if reached[name] {
			continue
		}
		reached[name] = true
		body, there := g[name]
		if !there {
			t.Errorf("the grammar has no production of %s", name)
		}
		open = append(open, body.names()...)
	}
	for name := range g {
		if !reached[name] {
			t.Errorf("nothing in the grammar leads to %s", name)
		}
	}
	if t.Failed() {
		return
	}
	for name := range g {
		if _, is := declarations(g)[name]; !is {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(300) {
				w := &writer{grammar: g, Rand: rand.New(rand.NewPCG(seed, 0))}
				w.write(&rule{name: name}, 0, false)
				_, diags := syntax.Parse("made.nurture", w.String())
				if len(diags) > 0 {
					t.Fatalf("the grammar allows, and the parser does not take (%s %s, at %q):\n%s",
						diags[0].Code, diags[0].Message, w.String()[diags[0].Span.Start:diags[0].Span.End], w.String())
				}
			}
		})
	}
}

// declarations are the names of what can stand at the top of a file.
func declarations(g grammar) map[string]bool {
	names := map[string]bool{}
	body := g["declaration"]
	for _, name := range body.names() {
		names[name] = true
	}
	return names
}

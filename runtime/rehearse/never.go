package rehearse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
)

// Never is what came of looking whether a playbook ever tries what one of its `never` rules forbids. A run holds such a
// message back, but in a sound playbook nothing comes of a never: it is the net, not a rule to nurture by.
type Never struct {
	Result               // Failures is empty or has one; Story is then that of the contact it was found with
	Meant    *check.Test // a test of the playbook that would fail without the rule: its author knows; no contact was made up
	Contacts int         // how many were made up until it was found
	Test     string      // a test that shows it, to be put into the playbook
}

// made is how many contacts are made up for each never.
const made = 1000

// Nevers looks for contacts, made up from the seed, whom the playbook would send what one of its nevers forbids: those
// whose title fits. What it finds is shrunk to the shortest story that shows it. The tests of the playbook are asked
// first whether one of them means the rule to be at work. When ctx ends, the error is that of ctx, and nothing was found.
func Nevers(ctx context.Context, p *compile.Program, seed uint64, fits func(title string) bool) ([]Never, error) {
	var chosen []int
	for i := range p.Nevers {
		if fits(p.Nevers[i].Title) {
			chosen = append(chosen, i)
		}
	}
	all := make([]Never, len(chosen))
	m := newMaker(p)
	each(ctx, len(chosen), func(i int) {
		began := time.Now()
		all[i] = m.never(ctx, chosen[i], seed)
		all[i].Took = time.Since(began)
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

// never looks at one of them, until ctx ends.
func (m *maker) never(ctx context.Context, i int, seed uint64) Never {
	declared := m.p.Playbook.Nevers[i]
	less := m.p.Without(i)
	n := Never{Result: Result{Title: declared.Title, Span: declared.Span}}
	for _, t := range m.p.Playbook.Tests {
		if len(Play(m.p, t).Failures) == 0 && len(Play(less, t).Failures) > 0 {
			n.Meant = t
			return n
		}
	}
	for n.Contacts < made && ctx.Err() == nil {
		l := m.life(seed, uint64(n.Contacts))
		n.Contacts++
		if tries(m.p, less, l) == nil {
			continue
		}
		l = l.shrunk(func(l life) bool { return tries(m.p, less, l) != nil })
		try := tries(m.p, less, l)
		n.Story = try.story
		n.Failures = []Failure{{Span: declared.Span, Message: try.message, Story: len(try.story)}}
		n.Test = l.test(m.p, declared.Title, try)
		break
	}
	return n
}

// try is a message that only a never holds back.
type try struct {
	story   []Line // of the contact, with the rule
	message string
	refused bool // nothing was sent instead
	offer   string
	after   int // acts of the life by then
}

// tries is the first message that goes out in a life only where the program is less one never; nil where none does.
func tries(p, less *compile.Program, l life) *try {
	with, without := l.begin(p), l.begin(less)
	seen := 0
	for i, a := range append([]act{{given: l.who}}, l.acts...) {
		if with.act(a) != nil || without.act(a) != nil {
			return nil // not a life that can be lived: shrinking took something that it needs
		}
		with.arrive()
		without.arrive()
		is, otherwise := with.result.Story, without.result.Story
		for ; seen < len(is) && seen < len(otherwise) && is[seen] == otherwise[seen]; seen++ {
		}
		if seen == len(is) && seen == len(otherwise) {
			continue
		}
		if seen == len(otherwise) || !strings.HasPrefix(otherwise[seen].What, "sent ") {
			return nil // something else comes of it, such as another wait
		}
		sent := otherwise[seen]
		t := &try{story: is[:min(seen+1, len(is))], after: i, offer: strings.TrimPrefix(sent.What, "sent ")}
		t.refused = seen < len(is) && is[seen].What == "refused never"
		t.message = fmt.Sprintf("only this rule keeps `%s` from being sent, at %s", t.offer, sent.At)
		return t
	}
	return nil
}

// test writes a life as a test of the playbook.
func (l life) test(p *compile.Program, title string, t *try) string {
	var b strings.Builder
	name := title
	for n := 2; slices.ContainsFunc(p.Playbook.Tests, func(t *check.Test) bool { return t.Title == name }); n++ {
		name = fmt.Sprintf("%s, %d", title, n)
	}
	fmt.Fprintf(&b, "test %q {\n", name)
	l.acts = l.acts[:t.after]
	l.write(&b, p)
	if t.refused {
		b.WriteString("  expect not refused never\n")
	} else {
		fmt.Fprintf(&b, "  expect sent(%s) == 0    // it would be sent, were it not for the never\n", t.offer)
	}
	b.WriteString("}\n")
	return b.String()
}

package check

import (
	"strings"

	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// checkCycles reports segments and scores that are defined by themselves. What a condition reads is seen from its
// words: outside strings, a word that no dot stands before is a segment where one has that name, and `score.NAME` is a
// score. So a circle is found, and reported once, before any condition is checked. The `where` of a score's term is no
// part of it: it is asked when the event comes, of what was true until then.
func (c *checker) checkCycles() {
	c.unit = nil
	var nodes []*reader
	byName := map[string]*reader{}
	add := func(file, name, key string, at syntax.Span, reads []string) {
		c.file = file
		n := &reader{name: name, key: key, at: c.span(at), reads: reads}
		if byName[key] == nil && name != "" {
			byName[key] = n
			nodes = append(nodes, n)
		}
	}
	for _, d := range c.segmentDecls {
		add(d.file, d.is.Name, d.is.Name, d.tree.Name.Span, reads(raw(d.tree.Cond)))
	}
	for _, d := range c.scoreDecls {
		var all []string
		for _, s := range stmts(d.tree.Body) {
			if t, ok := s.(*syntax.ScoreStmt); ok {
				all = append(all, reads(raw(t.When))...)
			}
		}
		add(d.file, "score."+d.is.Name, "score."+d.is.Name, d.tree.Name.Span, all)
	}
	for _, n := range nodes {
		c.follow(n, byName)
	}
}

// reader is a segment or a score and what its conditions read.
type reader struct {
	name, key string
	at        diag.Span
	reads     []string
	state     uint8 // 0 not looked at, 1 on the path, 2 done
}

// follow walks depth first, with its own stack so that a long chain is no danger; a node met on the path closes a circle.
func (c *checker) follow(start *reader, byName map[string]*reader) {
	type step struct {
		node *reader
		next int
	}
	if start.state != 0 {
		return
	}
	start.state = 1
	path := []step{{node: start}}
	for len(path) > 0 {
		top := &path[len(path)-1]
		if top.next == len(top.node.reads) {
			top.node.state = 2
			path = path[:len(path)-1]
			continue
		}
		next := byName[top.node.reads[top.next]]
		top.next++
		switch {
		case next == nil || next.state == 2:
		case next.state == 0:
			next.state = 1
			path = append(path, step{node: next})
		default:
			from := 0
			for path[from].node != next {
				from++
			}
			var circle []string
			for _, s := range path[from:] {
				circle = append(circle, s.node.name)
			}
			c.reportCycle(next, append(circle, next.name))
		}
	}
}

const longestCircle = 8 // names that a message shows

func (c *checker) reportCycle(n *reader, circle []string) {
	c.file = n.at.File
	at := syntax.Span{Start: n.at.Start, End: n.at.End}
	if len(circle) == 2 {
		c.errorf("NUR170", at, "`%s` is defined by itself; take it out of its own condition", n.name)
		return
	}
	if len(circle) > longestCircle {
		circle = append(append(circle[:longestCircle-2:longestCircle-2], "…"), circle[len(circle)-1])
	}
	c.errorf("NUR170", at, "`%s` is defined by itself: %s; break the circle", n.name, strings.Join(circle, " → "))
}

// reads lists the segments and scores that the text of a condition may read, by their keys.
func reads(text string) (keys []string) {
	word := func(b byte) bool {
		return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
	}
	before, dotted := "", false // the word before a dot; whether a dot stands before this place
	for i := 0; i < len(text); {
		switch b := text[i]; {
		case b == '"' || b == '\'' || b == '`':
			quote := b
			for i++; i < len(text) && text[i] != quote; i++ {
				if text[i] == '\\' && quote != '`' {
					i++
				}
			}
			i++
			before, dotted = "", false
		case b == '/' && i+1 < len(text) && text[i+1] == '/':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case word(b):
			start := i
			for i < len(text) && word(text[i]) {
				i++
			}
			name := text[start:i]
			switch {
			case !dotted:
				keys = append(keys, name)
			case before == "score":
				keys = append(keys, "score."+name)
			}
			before, dotted = name, false
		case b == '.':
			dotted = true
			i++
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			i++
		default:
			before, dotted = "", false
			i++
		}
	}
	return keys
}

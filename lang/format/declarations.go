package format

import (
	"strings"

	"nurture/lang/syntax"
)

// between are the separators of the statements of a one-line block.
const (
	byBlanks = "  "
	byCommas = ", "
)

// decl lays out a top-level declaration.
func (p printer) decl(d syntax.Decl, l *layout) row {
	switch d := d.(type) {
	case *syntax.ContactDecl:
		return rowOf(alone, words("contact", p.block(d.Body, byBlanks, l)))
	case *syntax.NamesDecl:
		return rowOf(namesColumns, d.Keyword.Text, nameList(d.Names))
	case *syntax.EventDecl:
		if d.Body == nil {
			return rowOf(eventColumns, words("event", d.Name.Text))
		}
		return tableOr(eventColumns, l, words("event", d.Name.Text), p.block(d.Body, byCommas, l))
	case *syntax.SegmentDecl:
		return rowOf(segmentColumns, words("segment", d.Name.Text), words("=", p.cond(d.Cond)))
	case *syntax.ScoreDecl:
		return rowOf(alone, words("score", d.Name.Text, p.block(d.Body, byBlanks, l)))
	case *syntax.OfferDecl:
		return tableOr(offerColumns, l, words("offer", d.Name.Text), p.str(d.Title), p.block(d.Body, byBlanks, l))
	case *syntax.MapDecl:
		l.open = true // a row of a map has a line of its own
		return rowOf(alone, words("map", d.Name.Text, p.block(d.Body, byBlanks, l)))
	case *syntax.PolicyDecl:
		return rowOf(alone, words("policy", p.block(d.Body, byBlanks, l)))
	case *syntax.HandoffDecl:
		return rowOf(alone, words("handoff", d.Name.Text, p.str(d.Title), p.block(d.Body, byBlanks, l)))
	case *syntax.MeasureDecl:
		return rowOf(alone, words("measure", p.block(d.Body, byBlanks, l)))
	case *syntax.TrackDecl:
		return rowOf(alone, words("track", d.Name.Text, p.block(d.Body, byBlanks, l)))
	case *syntax.ProgramDecl:
		return rowOf(alone, words("program", d.Name.Text, p.str(d.Title), p.block(d.Body, byBlanks, l)))
	case *syntax.NeverDecl:
		return rowOf(neverColumns, words("never", p.str(d.Title)), words("when", p.cond(d.Cond)))
	case *syntax.MigrateDecl:
		return rowOf(migrateColumns, words("migrate", d.From.String()), words("->", d.To.String()))
	case *syntax.TestDecl:
		return rowOf(alone, words("test", p.str(d.Title), p.block(d.Body, byBlanks, l)))
	case *syntax.ScenarioDecl:
		return rowOf(alone, words("scenario", d.Name.Text, p.block(d.Body, byBlanks, l)))
	}
	return p.verbatim(syntax.NodeOf(d))
}

// tableOr makes a row of a table of declarations from one with a block on its line; others stand alone.
func tableOr(c *columns, l *layout, texts ...string) row {
	if l.inline {
		return rowOf(c, texts...)
	}
	return rowOf(alone, words(texts...))
}

// verbatim is the text of what has no layout of its own.
func (p printer) verbatim(n *syntax.Node) row {
	return rowOf(alone, strings.TrimSpace(p.text(n.Span)))
}

// words joins what there is by blanks.
func words(texts ...string) string {
	var present []string
	for _, t := range texts {
		if t != "" {
			present = append(present, t)
		}
	}
	return strings.Join(present, " ")
}

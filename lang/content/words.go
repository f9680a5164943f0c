package content

import (
	"maps"
	"slices"
	"strings"
)

// Word documents a word that content files know: completion is made from these tables.
type Word struct {
	Name  string
	Usage string // how it is written
	Doc   string
	Below []string // what stands behind a dot; of the contact, its fields are not among these
}

// Names are what a content file sees; brief says that it is the brief of a hand-off.
func Names(brief bool) []Word {
	words := []Word{
		{Name: "contact", Usage: "contact.FIELD", Doc: "A field of the contact; nothing where it is unknown, so give a `default`."},
		{Name: "offer", Usage: "offer.title", Doc: "The offer that is sent: its `name`, `title` and `topic`."},
		{Name: "questions", Usage: "questions", Doc: "What this message asks, each with `text` and `field`. A file that does not name it gets them as a list at its end."},
		{Name: "now", Usage: "now", Doc: "The instant of the decision, in the contact's zone."},
	}
	if brief {
		words = append(words,
			Word{Name: "journal", Usage: "journal", Doc: "The last 20 things that happened to the contact, newest last."},
			Word{Name: "stage", Usage: "stage", Doc: "The stage that the contact is in."},
			Word{Name: "program", Usage: "program", Doc: "The program that the contact is in."},
		)
	}
	p := parser{brief: brief}
	roots := p.roots()
	for i, w := range words {
		words[i].Below = roots[w.Name].props
	}
	return words
}

// InLoop are the names that `{% for variable in list %}` adds to those of the file.
func InLoop(variable, list string) []Word {
	one := Word{Name: variable, Usage: variable, Doc: "One of `" + list + "`."}
	p := parser{brief: true}
	if elem := p.roots()[list].elem; elem != nil {
		one.Below = elem.props
	}
	return []Word{one, {Name: "forloop", Usage: "forloop.index", Doc: "Where the loop stands.", Below: forloop.props}}
}

// Filters are what stands behind a `|`, sorted.
func Filters() []Word {
	var words []Word
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		words = append(words, Word{Name: name, Usage: strings.Trim(filters[name].example, "`| ")})
	}
	return words
}

// Tags are what stands in `{% … %}`.
func Tags() []Word {
	var words []Word
	for _, name := range tagNames {
		words = append(words, Word{Name: name})
	}
	return words
}

package check

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"nurture/lang/content"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// contentUse is a content file in the way an offer or a hand-off uses it.
type contentUse struct {
	file    string
	brief   bool
	subject string    // the offer's own, which goes before the file's
	at      diag.Span // of that subject; empty without one
}

// contentText is a content file as it was read and parsed, and what that depended on.
type contentText struct {
	src      string
	err      error    // it could not be read
	fields   []string // that it may name
	bare     bool     // the contact has none
	template *content.Template
	diags    []diag.Diagnostic
}

// message is what the content says; nil where something is wrong with it. Without any field every variable in it would
// be unknown, which only follows from what is wrong with the contact.
func (t *contentText) message() *content.Template {
	failed := slices.ContainsFunc(t.diags, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
	if t.bare || failed {
		return nil
	}
	return t.template
}

// usedContent is the content of an offer or a hand-off.
type usedContent struct {
	use  contentUse
	text *contentText
}

// sameContent says whether content is what it was. A subject of the offer's own is a part of it, with its place.
func (c *checker) sameContent(u *usedContent, moved bool) bool {
	switch {
	case u == nil:
		return true
	case c.read == nil:
		return u.text == nil
	}
	return (!moved || u.use.at.File == "") && c.content(u.use) == u.text
}

// message reads and checks a content file, each once for each kind of use.
func (c *checker) message(file string, at diag.Span, use contentUse) *content.Template {
	if at.File == "" {
		return nil
	}
	span := syntax.Span{Start: at.Start, End: at.End}
	if why := misplaced(file); why != "" {
		c.errorf("NUR134", span, "%s", why)
		return nil
	}
	use.file = path.Clean(file)
	if c.read == nil {
		c.unit.content = &usedContent{use, nil}
		return nil
	}
	text := c.content(use)
	c.unit.content = &usedContent{use, text}
	switch {
	case errors.Is(text.err, fs.ErrNotExist):
		c.errorf("NUR135", span, "there is no file %s in the playbook's folder; write it, or mend the path", use.file)
	case text.err != nil:
		c.errorf("NUR135", span, "%s cannot be read: %s", use.file, unread(text.err))
	default:
		return text.message()
	}
	return nil
}

// content reads a content file, and parses it unless it is what it was.
func (c *checker) content(use contentUse) *contentText {
	if text := c.texts[use]; text != nil {
		return text
	}
	src, err := c.read(use.file)
	text := c.memory.contents[use]
	fields := c.contentFields()
	bare := len(c.fields.names) == 0
	switch {
	case err != nil:
		text = &contentText{err: err}
	case text == nil || text.err != nil || text.src != src || text.bare != bare || !slices.Equal(text.fields, fields):
		text = parseContent(use, src, fields)
		text.bare = bare
	}
	c.texts[use] = text
	return text
}

// contentFields are the fields that content may name; some may be declared in text that did not parse.
func (c *checker) contentFields() []string {
	fields := c.fields.names
	for _, d := range c.contacts {
		if !sound(d.tree.Body) {
			fields = slices.Concat(fields, slices.Sorted(maps.Keys(c.broken)))
		}
	}
	return fields
}

func parseContent(use contentUse, src string, fields []string) *contentText {
	var opts []content.Option
	if use.brief {
		opts = append(opts, content.Brief())
	}
	if use.at.File != "" {
		opts = append(opts, content.Subject(use.subject, use.at))
	}
	t := &contentText{src: src, fields: fields}
	t.template, t.diags = content.Parse(use.file, src, fields, opts...)
	return t
}

// tellContents says what was found in content files, in all the ways in which they are used, and notes the fields that
// they name: each once. The subject that an offer gives stands in the offer.
func (c *checker) tellContents() {
	c.unit = nil
	uses := slices.SortedFunc(maps.Keys(c.texts), func(a, b contentUse) int {
		return cmp.Or(
			strings.Compare(a.file, b.file),
			strings.Compare(a.at.File, b.at.File),
			cmp.Compare(a.at.Start, b.at.Start),
			strings.Compare(a.subject, b.subject),
			cmp.Compare(len(c.texts[b].diags), len(c.texts[a].diags)),
		)
	})
	noted := map[diag.Span]bool{}
	named := map[string][]Use{}
	for _, use := range uses {
		text := c.texts[use]
		if text.err != nil {
			continue
		}
		if !text.bare {
			c.take(text.diags)
		}
		for name, spans := range text.template.Spans {
			for _, at := range spans {
				if at.End-at.Start == len(name) && !noted[at] {
					noted[at] = true
					named[at.File] = append(named[at.File], Use{Span: at, Ref: Ref{AField, ofContact, name}})
				}
			}
		}
	}
	for _, of := range named {
		c.book.told = append(c.book.told, of)
	}
}

// unread is why a file could not be read; its name stands before it already.
func unread(err error) string {
	var at *fs.PathError
	switch {
	case !errors.As(err, &at):
		return err.Error()
	case strings.Contains(at.Err.Error(), "escapes"): // what os.Root says has no value to compare with
		return "it is a link that leads out of the playbook's folder; put the file itself there"
	default:
		return at.Err.Error()
	}
}

// misplaced says what is wrong with the path of a content file: it has to stay inside the playbook's folder.
func misplaced(file string) string {
	switch {
	case strings.TrimSpace(file) == "":
		return "the path is empty; write the file's path inside the playbook's folder, such as \"content/guide.md\""
	case strings.Contains(file, `\`):
		return "write the path with `/`, on every system"
	case path.IsAbs(file) || len(file) > 1 && file[1] == ':':
		return "write the file's path inside the playbook's folder, such as \"content/guide.md\"; an absolute one would be another on every machine"
	case !fs.ValidPath(path.Clean(file)):
		return "the path leads out of the playbook's folder; content stands inside it"
	}
	return ""
}

package check

import (
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

type parsedContent struct {
	template *content.Template
	err      error
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
	if c.read == nil {
		return nil
	}
	use.file = path.Clean(file)
	parsed, there := c.contents[use]
	if !there {
		parsed = &parsedContent{}
		c.contents[use] = parsed
		var src string
		if src, parsed.err = c.read(use.file); parsed.err == nil {
			parsed.template = c.parseContent(use, src)
		}
	}
	switch {
	case errors.Is(parsed.err, fs.ErrNotExist):
		c.errorf("NUR135", span, "there is no file %s in the playbook's folder; write it, or mend the path", use.file)
	case parsed.err != nil:
		c.errorf("NUR135", span, "%s cannot be read: %s", use.file, unread(parsed.err))
	}
	return parsed.template
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

// parseContent checks a content file against the fields of the contact. Without any field every variable in it would
// be unknown, which only follows from what is wrong with the contact.
func (c *checker) parseContent(use contentUse, src string) *content.Template {
	var opts []content.Option
	if use.brief {
		opts = append(opts, content.Brief())
	}
	if use.at.File != "" {
		opts = append(opts, content.Subject(use.subject, use.at))
	}
	fields := c.fields.names
	for _, d := range c.contacts {
		if !sound(d.tree.Body) {
			fields = slices.Concat(fields, slices.Sorted(maps.Keys(c.broken)))
		}
	}
	text := c.memory.contents[use]
	if text == nil || text.src != src || !slices.Equal(text.fields, fields) {
		text = &contentText{src: src, fields: fields}
		text.template, text.diags = content.Parse(use.file, src, fields, opts...)
	}
	if c.texts == nil {
		c.texts = map[contentUse]*contentText{}
	}
	c.texts[use] = text
	template, diags := text.template, text.diags
	c.useContent(template)
	if len(c.fields.names) == 0 {
		return nil
	}
	failed := false
	for _, d := range diags {
		failed = failed || d.Severity == diag.Error
		c.found = append(c.found, &finding{d})
	}
	if failed {
		return nil
	}
	return template
}

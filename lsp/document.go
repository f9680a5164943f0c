package lsp

import (
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"nurture/lang/diag"
)

// document is a text that the editor has open, as it is at one version. It is never changed; an edit makes another.
type document struct {
	uri     protocol.DocumentURI // as the editor writes it
	version int32
	text    string
}

// encoding is how the editor counts the columns of a line.
type encoding uint8

const (
	utf16 encoding = iota
	utf8s
)

func (e encoding) name() string {
	if e == utf8s {
		return "utf-8"
	}
	return "utf-16"
}

// offset gives the byte that a position stands for: the nearest one there is, and of a position inside a character that
// character's first.
func (e encoding) offset(src string, l *diag.Lines, p protocol.Position) int {
	line, column := int(min(p.Line, 1<<30)), int(min(p.Character, 1<<30))
	if e == utf16 {
		return l.OffsetUTF16(line, column)
	}
	offset := l.OffsetUTF8(line, column)
	for offset > 0 && offset < len(src) && !utf8.RuneStart(src[offset]) {
		offset--
	}
	return offset
}

func (e encoding) position(l *diag.Lines, offset int) protocol.Position {
	line, column := l.UTF16(offset)
	if e == utf8s {
		line, column = l.UTF8(offset)
	}
	return protocol.Position{Line: uint32(line), Character: uint32(column)}
}

// contentChange is an edit as the editor sends it. The library's has a Range that is always there, so that a change of
// the whole text would look like an insertion at its beginning.
type contentChange struct {
	Range *protocol.Range `json:"range"`
	Text  string          `json:"text"`
}

// changed is the document after edits, each made in what the one before left.
func (d *document) changed(version int32, edits []contentChange, e encoding) *document {
	text := d.text
	for _, edit := range edits {
		if edit.Range == nil {
			text = edit.Text
			continue
		}
		l := diag.NewLines(text)
		start, end := e.offset(text, l, edit.Range.Start), e.offset(text, l, edit.Range.End)
		start, end = min(start, end), max(start, end)
		text = text[:start] + edit.Text + text[end:]
	}
	return &document{uri: d.uri, version: version, text: text}
}

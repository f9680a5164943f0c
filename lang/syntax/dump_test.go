package syntax_test

import (
	"fmt"
	"reflect"
	"strings"

	"nurture/lang/syntax"
)

// dump writes a tree as text: a line a statement with what it holds, its comments on lines of their own, blocks
// indented. Spans are left out; the fuzz test looks at them.
func dump(f *syntax.File) string {
	var d dumper
	for _, n := range f.Decls {
		d.node(n)
	}
	d.comments(f.After)
	return d.String()
}

type dumper struct {
	strings.Builder
	depth int
}

func (d *dumper) line(format string, args ...any) {
	d.WriteString(strings.Repeat("  ", d.depth))
	fmt.Fprintf(d, format, args...)
	d.WriteByte('\n')
}

func (d *dumper) comments(comments []syntax.Comment) {
	for _, c := range comments {
		doc, blank := "", ""
		if c.Doc {
			doc = "/"
		}
		if c.Blank {
			blank = " (blank above)"
		}
		d.line("//%s%s%s", doc, c.Text, blank)
	}
}

func (d *dumper) node(n syntax.Walked) {
	node := syntax.NodeOf(n)
	d.comments(node.Before)
	v := reflect.ValueOf(n).Elem()
	text := v.Type().Name()
	for _, mark := range []struct {
		set  bool
		name string
	}{{node.Bad, "bad"}, {node.Blank, "blank above"}, {node.Gap, "gap"}} {
		if mark.set {
			text += " (" + mark.name + ")"
		}
	}
	text += fields(v)
	if node.Suffix != nil {
		text += " //" + node.Suffix.Text
	}
	d.line("%s", text)
	if r, ok := n.(*syntax.Rule); ok && r.Match != nil {
		d.block("match", r.Match.Body)
	}
	for i := range v.NumField() {
		if b, ok := v.Field(i).Interface().(*syntax.Block); ok {
			d.block(strings.ToLower(v.Type().Field(i).Name), b)
		}
	}
}

func (d *dumper) block(name string, b *syntax.Block) {
	if b == nil {
		return
	}
	d.depth++
	text := name + " {"
	if b.OneLine {
		text += " (one line)"
	}
	if b.OpenComment != nil {
		text += " //" + b.OpenComment.Text
	}
	d.line("%s", text)
	d.depth++
	for _, s := range b.Stmts {
		d.node(s)
	}
	d.comments(b.After)
	d.depth -= 2
}

// fields writes what a struct holds beside its position, comments and blocks.
func fields(v reflect.Value) string {
	s := ""
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Name; name {
		case "Node", "Span", "Keyword", "Body", "Actions":
		default:
			if text := value(v.Field(i)); text != "" {
				s += " " + name + "=" + text
			}
		}
	}
	return s
}

func value(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	switch x := v.Interface().(type) {
	case syntax.Name:
		return x.Text
	case syntax.Path:
		return x.String()
	case syntax.Str:
		return fmt.Sprintf("%q", x.Value)
	case syntax.Number:
		return x.Text
	case syntax.Percent:
		return x.Text
	case syntax.Duration:
		return x.Text
	case syntax.Date:
		return x.Value.String()
	case syntax.DateTime:
		return fmt.Sprintf("%s+%dmin", x.Date, x.Minute)
	case syntax.Cond:
		if x.Bad {
			return "bad`" + x.Text + "`"
		}
		return "`" + x.Text + "`"
	}
	switch v.Kind() {
	case reflect.Pointer:
		return value(v.Elem())
	case reflect.Slice:
		var items []string
		for i := range v.Len() {
			items = append(items, value(v.Index(i)))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Struct:
		return "{" + strings.TrimSpace(fields(v)) + "}"
	default:
		return fmt.Sprint(v.Interface())
	}
}

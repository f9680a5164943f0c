package format_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/format"
	"nurture/lang/syntax"
)

// holds checks what is promised of any text: if it does not parse it stays as it is; else its statements and comments
// stay what they are, and formatting again changes nothing.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, src string) {
	t.Helper()
	before, diags := syntax.Parse("t.nurture", src)
	once, _ := format.Source("t.nurture", src)
	if len(errorsOf(diags)) > 0 {
		format.Format(before) // whatever it gives: it does not panic
		if once != src {
			t.Fatalf("text that does not parse was changed:\n%q\nto\n%q", src, once)
		}
		return
	}
	after, diags := syntax.Parse("t.nurture", once)
	if errors := errorsOf(diags); len(errors) > 0 {
		t.Fatalf("does not parse after formatting: %v\n%s\nwas\n%s", errors, once, src)
	}
	if was, is := outline(before), outline(after); was != is {
		t.Fatalf("another tree after formatting:\n%s\nwas\n%s\ntext\n%s\nwas\n%s", is, was, once, src)
	}
	if was, is := comments(src), comments(once); was != is {
		t.Fatalf("other comments after formatting:\n%s\nwas\n%s\ntext\n%s\nwas\n%s", is, was, once, src)
	}
	if twice, _ := format.Source("t.nurture", once); twice != once {
		t.Fatalf("formatted again:\n%s\nwas\n%s\nfrom\n%s", twice, once, src)
	}
	for line := range strings.Lines(once) {
		if strings.TrimRight(line, " \t\r\n")+"\n" != line {
			t.Fatalf("blanks at the end of %q", line)
		}
	}
}

// layoutOnly are the parts of the tree that formatting may change.
var layoutOnly = map[reflect.Type]bool{
	reflect.TypeFor[syntax.Span]():      true,
	reflect.TypeFor[syntax.Node]():      true,
	reflect.TypeFor[*syntax.Comment]():  true,
	reflect.TypeFor[[]syntax.Comment](): true,
}

// outline is the tree as text, without what layout may change: where things stand, and the blanks in conditions.
func outline(f *syntax.File) string {
	var out strings.Builder
	write(&out, reflect.ValueOf(f.Decls))
	return out.String()
}

func write(out *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			out.WriteString("-")
			return
		}
		write(out, v.Elem())
	case reflect.Slice:
		out.WriteString("[")
		for i := range v.Len() {
			write(out, v.Index(i))
		}
		out.WriteString("]")
	case reflect.Struct:
		if c, ok := v.Interface().(syntax.Cond); ok {
			fmt.Fprintf(out, "%q", strings.Join(tokens(c.Text), ""))
			return
		}
		out.WriteString("\n" + v.Type().Name() + "{")
		for i := range v.NumField() {
			if !layoutOnly[v.Type().Field(i).Type] && v.Type().Field(i).Name != "OneLine" {
				write(out, v.Field(i))
				out.WriteString(" ")
			}
		}
		out.WriteString("}")
	default:
		fmt.Fprintf(out, "%#v", v.Interface())
	}
}

// comments gives the comments of a text, a line each.
func comments(src string) string {
	var found []string
	for _, token := range tokens(src) {
		if strings.HasPrefix(token, "//") {
			found = append(found, token)
		}
	}
	return strings.Join(found, "\n")
}

// tokens cuts text into strings, comments and single other characters that are not blanks.
func tokens(src string) []string {
	var found []string
	for i := 0; i < len(src); {
		n := 1
		switch {
		case src[i] == '"':
			for n < len(src)-i && src[i+n] != '"' {
				if src[i+n] == '\\' {
					n++
				}
				n++
			}
			n = min(n+1, len(src)-i)
		case strings.HasPrefix(src[i:], "//"):
			if n = strings.IndexAny(src[i:], "\r\n"); n < 0 {
				n = len(src) - i
			}
		}
		if token := strings.TrimRight(src[i:i+n], " \t\r\n"); token != "" {
			found = append(found, token)
		}
		i += n
	}
	return found
}

// TestShaken formats playbooks whose layout somebody has shaken: other blanks, line ends, and comments anywhere between.
func TestShaken(t *testing.T) {
	sources := pieces(t)
	rapid.Check(t, func(t *rapid.T) {
		holds(t, shake(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(sources), 1, 3).Draw(t, "pieces"), "")))
	})
}

// pieces cuts the golden files behind their blocks.
func pieces(t testing.TB) []string {
	var found []string
	for _, input := range inputs(t) {
		found = append(found, strings.SplitAfter(read(t, golden(input)), "\n}\n")...)
	}
	return found
}

func shake(t *rapid.T, src string) string {
	end := rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\r"}).Draw(t, "line end")
	change := rapid.IntRange(0, 22)
	var out strings.Builder
	for i, line := range strings.Split(src, "\n") {
		comment := fmt.Sprintf("//%s%d", strings.Repeat(" ", i%3), i)
		switch change.Draw(t, "change") {
		case 0:
			out.WriteString(comment + end)
		case 1:
			out.WriteString(end + "  " + end + "\t/" + comment + end + end)
		case 2:
			if !strings.Contains(line, "//") {
				line += comment
			}
		case 3:
			line = rapid.SampledFrom([]string{" ", "    ", "\t"}).Draw(t, "blanks") + line
		case 4:
			line = strings.ReplaceAll(line, " ", "  ")
		case 5:
			line = strings.ReplaceAll(line, ", ", ","+end)
		case 6:
			line = strings.ReplaceAll(line, "{ ", "{"+end)
		case 7:
			line = strings.ReplaceAll(line, " }", end+comment+end+"}")
		case 8:
			line = strings.ReplaceAll(line, " and ", " and"+end)
		case 9:
			line = strings.ReplaceAll(line, ", ", ","+comment+end)
		case 10:
			line = strings.Repeat(line+end, 2)
		}
		out.WriteString(line)
		if !strings.Contains(line, "//") && rapid.IntRange(0, 30).Draw(t, "join") == 0 {
			out.WriteString("  ")
		} else {
			out.WriteString(end)
		}
	}
	return out.String()
}

// TestMade formats files made from statements of every width, in scripts of every width.
func TestMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { holds(t, made(t)) })
}

func made(t *rapid.T) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "Maße", "表計算", "🎉", "👩‍👩‍👧", "e\u0301", "and so on", "  ", "//"}), 0, 14)
	text := func() string { return `"` + strings.Join(words.Draw(t, "text"), " ") + `"` }
	name := func() string {
		return strings.Repeat(rapid.StringMatching(`[a-d]`).Draw(t, "letter"), rapid.IntRange(1, 30).Draw(t, "length"))
	}
	names := func() string {
		found := []string{name()}
		for range rapid.IntRange(0, 6).Draw(t, "more") {
			found = append(found, name())
		}
		return strings.Join(found, ",")
	}
	space := func() string {
		return rapid.SampledFrom([]string{"\n", "\n", "\n", "\n\n\n", "\n// " + name() + "\n", " // " + name() + "\n"}).Draw(t, "space")
	}
	block := func(statement func() string) string {
		if rapid.Bool().Draw(t, "one line") {
			return "{" + statement() + " " + statement() + "}"
		}
		body := "{" + space()
		for range rapid.IntRange(0, 5).Draw(t, "statements") {
			body += statement() + space()
		}
		return body + "}"
	}
	condition := func() string { return "contact.x==" + text() + " and known(contact." + name() + ")" }
	action := func() string { return "tag " + text() }
	rule := func() string {
		return rapid.SampledFrom([]string{
			"on " + name() + " -> " + name(),
			"on " + name() + " where " + condition() + " -> " + name() + "." + name(),
			"when " + condition() + " -> done" + block(action),
			"on " + name() + " match event.topic " + block(func() string { return names() + " -> " + name() }) + " -> " + name(),
		}).Draw(t, "rule")
	}
	statement := func() string {
		return rapid.SampledFrom([]string{"send " + names() + " every 7d", "task " + text() + " to " + name(), "after 30d" + block(action), rule()}).Draw(t, "statement")
	}
	declaration := func() string {
		return rapid.SampledFrom([]string{
			"topics " + names(),
			"segment " + name() + " = " + condition(),
			"offer " + name() + " " + text() + block(func() string { return "content " + text() + " for " + names() + " kind " + name() }),
			"map " + name() + "{\ntopic|" + name() + "|otherwise\n" + name() + "|-|" + names() + space() + name() + "|" + names() + "|-\n}",
			"contact {\n" + name() + " text question light " + text() + space() + name() + " enum(" + text() + "," + text() + ") unknown " + text() + space() + "}",
			"program " + name() + " " + text() + "{ phase nurture" + space() + "stage " + name() + block(statement) + space() + "}",
			"track " + name() + block(rule),
		}).Draw(t, "declaration")
	}
	var file strings.Builder
	for range rapid.IntRange(1, 6).Draw(t, "declarations") {
		file.WriteString(declaration() + space())
	}
	return file.String()
}

func FuzzFormat(f *testing.F) {
	for _, piece := range pieces(f) {
		f.Add(piece)
	}
	f.Add("\ufeffoffer a \"x\" { kind guide }\r\n// end")
	f.Add("topics a,\n  // why\n  b // and\n")
	f.Add("segment a = (x // one\n\n and y) // two\n")
	f.Fuzz(func(t *testing.T, src string) { holds(t, src) })
}

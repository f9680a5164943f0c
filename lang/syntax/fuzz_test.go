package syntax_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"nurture/lang/syntax"
)

// FuzzParse pins what holds for every input: no panic, spans inside the file and inside what they are part of,
// diagnostics in order and one a place, and every comment somewhere in the tree, or inside a statement with errors. And
// the productions of statements agree with the grammars.
func FuzzParse(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.nurture")
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, src := range []string{
		"contact{a text}//x\r\n///y\rtopics a,//z\nb", "program p \"P\" {\n//a\nstage s { //b\n//c\n} //d\n//e\n}//f",
		"segment a = (b //c\n and d) //e\n//f\n or g //h", "offer \xff“a”→\x00 {", "score s { +5 -5 + on }", "map m { topic | - | a,b\n x|-| }",
		"test \"\" { a = [1, 2..3, \"\\u{1F600}\"] }", "track t { on a.b match c.d { e, \"f\" -> g.h {tag i} otherwise -> done } -> j { forget k.l } }",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file, diags := syntax.Parse("f.nurture", src)
		at := -1
		for _, d := range diags {
			if d.Span.Start <= at || d.Span.End < d.Span.Start || d.Span.End > len(src) {
				t.Errorf("%s at %d..%d, behind one at %d", d.Code, d.Span.Start, d.Span.End, at)
			}
			at = d.Span.Start
			for _, fix := range d.Fixes {
				for _, e := range fix.Edits {
					if e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(src) {
						t.Errorf("the fix of %s edits %d..%d", d.Code, e.Span.Start, e.Span.End)
					}
				}
			}
		}
		agree(t, src)
		in := inspection{T: t, src: src, covered: map[int]bool{}}
		in.look(reflect.ValueOf(file.Decls), syntax.Span{Start: 0, End: len(src)})
		in.look(reflect.ValueOf(file.After), syntax.Span{Start: 0, End: len(src)})
		for _, start := range comments(src) {
			if !in.covered[start] {
				t.Errorf("the comment at %d is not in the tree: %.40q", start, src[start:])
			}
		}
	})
}

// inspection goes over a tree by reflection.
type inspection struct {
	*testing.T
	src     string
	covered map[int]bool // offsets that a comment, a condition or a statement with errors keeps
}

func (in *inspection) look(v reflect.Value, within syntax.Span) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			in.look(v.Elem(), within)
		}
	case reflect.Slice:
		for i := range v.Len() {
			in.look(v.Index(i), within)
		}
	case reflect.Struct:
		in.node(v, within)
	}
}

func (in *inspection) node(v reflect.Value, within syntax.Span) {
	switch x := v.Interface().(type) {
	case syntax.Trivia:
		for _, c := range x.Before {
			in.comment(c)
		}
		if x.Suffix != nil {
			in.comment(*x.Suffix)
		}
		return
	case syntax.Comment:
		in.comment(x)
		return
	case syntax.Cond:
		in.cover(x.Span)
		if x.Text != in.src[x.Start:x.End] {
			in.Errorf("a condition at %d..%d is %q", x.Start, x.End, x.Text)
		}
	case syntax.Node:
		if x.Bad {
			in.cover(x.Span) // its text is all that is certain of it
		}
	}
	if span := v.FieldByName("Span"); span.IsValid() {
		s := span.Interface().(syntax.Span)
		if s != (syntax.Span{}) && (s.Start < within.Start || s.End > within.End || s.End < s.Start) {
			in.Errorf("%s at %d..%d is not inside %d..%d", v.Type().Name(), s.Start, s.End, within.Start, within.End)
		}
		if s != (syntax.Span{}) {
			within = s
		}
	}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Span" {
			in.look(v.Field(i), within)
		}
	}
}

func (in *inspection) cover(s syntax.Span) {
	for i := s.Start; i < s.End; i++ {
		in.covered[i] = true
	}
}

func (in *inspection) comment(c syntax.Comment) {
	slashes := "//"
	if c.Doc {
		slashes = "///"
	}
	if got := in.src[c.Start:c.End]; got != slashes+c.Text {
		in.Errorf("the comment %q is kept as %q", got, slashes+c.Text)
	}
	in.covered[c.Start] = true
}

// comments finds where comments begin, in a way of its own. Files with what the lexer corrects are left out.
func comments(src string) (starts []int) {
	if strings.ContainsAny(src, "#'“”„«»‘’‚") || strings.Contains(src, "/*") || strings.HasPrefix(src, "\xff\xfe") || strings.HasPrefix(src, "\xfe\xff") {
		return nil
	}
	for i := 0; i < len(src); i++ {
		switch {
		case src[i] == '"':
			for i++; i < len(src) && src[i] != '"' && src[i] != '\n' && src[i] != '\r'; i++ {
				if src[i] == '\\' && i+1 < len(src) && src[i+1] != '\n' && src[i+1] != '\r' {
					i++
				}
			}
		case strings.HasPrefix(src[i:], "//"):
			starts = append(starts, i)
			for i < len(src) && src[i] != '\n' && src[i] != '\r' {
				i++
			}
		}
	}
	return starts
}

// TestHostileInputs pins that size and depth cost linear time, no stack, and few diagnostics.
func TestHostileInputs(t *testing.T) {
	stages := "program p \"P\" {\n" + strings.Repeat("  stage s {\n    send a, b every 7d where offer.intent == \"sell\"\n  }\n", 10_000) + "}\n"
	const n = 100_000
	for _, tt := range []struct {
		name, src string
		most      int // diagnostics
	}{
		{"10,000 stages", stages, 0},
		{"a line of 100 MB", strings.Repeat("a", 100<<20), 1},
		{"braces that open", strings.Repeat("{", n), 2},
		{"braces that close", strings.Repeat("}", n), 1},
		{"nested braces", strings.Repeat("{", n) + strings.Repeat("}", n), 2},
		{"nested programs", strings.Repeat("program a \"A\" {\n", n), 1001},
		{"nested programs on one line", strings.Repeat("program a \"A\" { ", n), 1001},
		{"brackets of a condition", "segment a = " + strings.Repeat("(", n), 1},
		{"brackets of a list", "test \"t\" { a { b = " + strings.Repeat("[", n) + "} }", 1},
		{"a long condition", "segment a = b" + strings.Repeat(" and b", n), 0},
		{"a condition of many lines", "segment a = b" + strings.Repeat("\n// c\nand b", n), 0},
		{"conditions before comments", strings.Repeat("segment a = b\n", n/10) + strings.Repeat("// c\n", n), 0},
		{"a long list", "topics a" + strings.Repeat(", a", n/2), 0},
		{"a list that is too long", "topics a" + strings.Repeat(", a", n), 1},
		{"a long path", "migrate a" + strings.Repeat(".a", n) + " -> b", 1},
		{"many statements on a line", "offer a \"A\" {" + strings.Repeat(" kind a", n/10) + " }", 0},
		{"words that begin nothing", strings.Repeat("xyzzy\n", n), 1001},
		{"misspelt keywords", strings.Repeat("ofer\n", n), 1001},
		{"commas", "topics a" + strings.Repeat(",", n), 1},
		{"empty strings", strings.Repeat("\"\"", n), 1},
		{"quotes", strings.Repeat("“", n), 1001},
		{"no UTF-8", strings.Repeat("\xff\n", n), 1},
		{"line ends", strings.Repeat("\r\n", n), 0},
		{"unclosed blocks with junk in them", "program p \"P\" {\n" + strings.Repeat("x {\n", n/10), 1001},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, diags := syntax.Parse("f.nurture", tt.src)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if len(diags) > tt.most {
				t.Errorf("%d diagnostics, want at most %d; the first: %s", len(diags), tt.most, diags[0].Message)
			}
		})
	}
}

// BenchmarkParse parses a file of about 10,000 lines.
func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("testdata/whole.nurture")
	if err != nil {
		b.Fatal(err)
	}
	const lines = 10_000
	times := lines / strings.Count(string(src), "\n")
	text := strings.Repeat(string(src), times)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := syntax.Parse("f.nurture", text); len(diags) > 0 {
			b.Fatal(diags[0].Message)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(strings.Count(text, "\n")), "µs/line")
}

package main

import (
	"cmp"
	"fmt"
	"html/template"
	"os"
	"path"
	"slices"
	"strings"

	"nurture/runtime/rehearse"
)

// coveragePage is the page of --cover-html: the tables of --cover, and every file with what the tests exercised coloured.
// It needs nothing but itself.
var coveragePage = template.Must(template.New("coverage").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the tests of {{.Name}} exercise</title>
<style>
:root { color-scheme: light dark; --text: #1c2024; --paper: #fff; --faint: #6b7280; --line: #e3e6ea; --hit: #d3f4dc; --miss: #ffd6d6; --missed: #a40000 }
@media (prefers-color-scheme: dark) { :root { --text: #e4e7ea; --paper: #16191d; --faint: #98a1ad; --line: #2c3138; --hit: #143d24; --miss: #5a1d1d; --missed: #ff9b9b } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--paper); margin: 0 auto; padding: 1.5rem; max-width: 75rem }
h1 { font-size: 1.4rem }
table { border-collapse: collapse }
td, th { padding: .15rem 1.5rem .15rem 0; text-align: left }
td.n { text-align: right }
summary { cursor: pointer; font-weight: 600; padding: .5rem 0; border-top: 1px solid var(--line) }
pre { font: 13px/1.5 ui-monospace, monospace; overflow-x: auto; margin: 0 0 1rem }
pre a { color: var(--faint); display: inline-block; width: 3rem; text-align: right; margin-right: 1rem; text-decoration: none; user-select: none }
.hit { background: var(--hit) }
.miss { background: var(--miss); color: var(--missed); font-weight: 600 }
</style>
<h1>What the tests of {{.Name}} exercise</h1>
<table>
{{range .Parts}}<tr><th scope="row">{{.Name}}</th><td class="n">{{.N}} of {{.Of}}</td><td class="n">{{.Percent}}</td></tr>
{{end}}</table>
<p><span class="hit">exercised</span> · <span class="miss">not exercised</span> · point at something to see how often</p>
{{range $f := .Files}}<details{{if .Missed}} open{{end}}>
<summary>{{.Name}}: {{.Percent}}{{if .Missed}}, {{.Missed}} not exercised{{end}}</summary>
<pre>{{range .Lines}}<a id="{{$f.Name}}:{{.Number}}" href="#{{$f.Name}}:{{.Number}}">{{.Number}}</a>{{range .Pieces}}{{if .Class}}<span class="{{.Class}}" title="{{.Title}}">{{.Text}}</span>{{else}}{{.Text}}{{end}}{{end}}
{{end}}</pre>
</details>
{{end}}</html>
`))

type (
	pagePart struct {
		Name, Percent string
		N, Of         int
	}
	pageFile struct {
		Name, Percent string
		Missed        int
		Lines         []pageLine
	}
	pageLine struct {
		Number int
		Pieces []pagePiece
	}
	pagePiece struct{ Class, Title, Text string }
)

// page writes the page.
func (t *tested) page(file string) error {
	items := t.covered.Items()
	var shown struct {
		Name  string
		Parts []pagePart
		Files []pageFile
	}
	if shown.Name = t.name(); t.Playbook != "." {
		shown.Name = path.Base(asTyped(t.book, ""))
	}
	all, parts := t.exercised()
	add := func(name string, e exercised) {
		if e.of > 0 {
			shown.Parts = append(shown.Parts, pagePart{name, fmt.Sprintf("%.4g%%", e.percent()), e.n, e.of})
		}
	}
	for i, e := range parts {
		add(rehearse.Part(i).String(), e)
	}
	add("in all", all)
	for _, f := range t.book.Files {
		own := slices.DeleteFunc(slices.Clone(items), func(i rehearse.Item) bool { return i.Span.File != f.Name })
		if len(own) == 0 {
			continue
		}
		var e exercised
		for _, item := range own {
			e.add(item)
		}
		shown.Files = append(shown.Files, pageFile{f.Name, fmt.Sprintf("%.4g%%", e.percent()), e.of - e.n, coloured(t.book.Sources[f.Name], own)})
	}
	var text strings.Builder
	if err := coveragePage.Execute(&text, shown); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		return fmt.Errorf("--cover-html %s: %w", file, cause(err))
	}
	return nil
}

// coloured cuts a file into lines, and lines into what belongs to one item each: the innermost.
func coloured(src string, items []rehearse.Item) (lines []pageLine) {
	slices.SortStableFunc(items, func(a, b rehearse.Item) int {
		return cmp.Compare(b.Span.End-b.Span.Start, a.Span.End-a.Span.Start)
	})
	of := make([]int, len(src)) // by byte: the item, from 1
	for i, item := range items {
		for at := item.Span.Start; at < min(item.Span.End, len(src)); at++ {
			of[at] = i + 1
		}
	}
	at := 0
	for text := range strings.Lines(src) {
		line := pageLine{Number: len(lines) + 1}
		end := at + len(strings.TrimRight(text, "\r\n"))
		for start := at; start < end; {
			next := start + 1
			for next < end && of[next] == of[start] {
				next++
			}
			piece := pagePiece{Text: src[start:next]}
			if i := of[start] - 1; i >= 0 && strings.TrimSpace(piece.Text) != "" {
				piece.Class, piece.Title = "miss", items[i].Name+": not exercised"
				if n := items[i].Count; n > 0 {
					piece.Class, piece.Title = "hit", items[i].Name+": exercised "+plural(n, "time")
				}
			}
			line.Pieces, start = append(line.Pieces, piece), next
		}
		lines, at = append(lines, line), at+len(text)
	}
	return lines
}

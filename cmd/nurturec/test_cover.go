package main

import (
	"fmt"

	"nurture/lang/diag"
	"nurture/runtime/rehearse"
)

// exercised is how much of something the tests exercised.
type exercised struct{ n, of int }

func (e *exercised) add(item rehearse.Item) {
	if e.of++; item.Count > 0 {
		e.n++
	}
}

// percent is rounded down: what is not whole is not 100.
func (e exercised) percent() float64 {
	if e.of == 0 {
		return 100
	}
	return float64(e.n*1000/e.of) / 10
}

// all is how much of the playbook was exercised, and of each part of it.
func (t *tested) exercised() (all exercised, parts [len(rehearse.Parts)]exercised) {
	for _, item := range t.covered.Items() {
		all.add(item)
		parts[item.Part].add(item)
	}
	return all, parts
}

// coverage is a table of what was exercised, and a list of what was not, with its places.
func (t *tested) coverage() string {
	var text report
	all, parts := t.exercised()
	text.heading("Exercised by the tests")
	row := func(name string, e exercised) {
		if e.of > 0 {
			text.row(name, int64(e.n), fmt.Sprintf("of %d  %.4g%%", e.of, e.percent()))
		}
	}
	for i, e := range parts {
		row(rehearse.Part(i).String(), e)
	}
	row("in all", all)
	if all.n == all.of {
		return text.text()
	}
	text.heading("Not exercised")
	lines := map[string]*diag.Lines{}
	for _, item := range t.covered.Items() {
		if item.Count > 0 {
			continue
		}
		file := item.Span.File
		if lines[file] == nil {
			lines[file] = diag.NewLines(t.book.Sources[file])
		}
		line, column := lines[file].Position(item.Span.Start)
		text.words(fmt.Sprintf("%s:%d:%d", asTyped(t.book, file), line, column), item.Part.String(), diag.Printable(item.Name))
	}
	return text.text()
}

// enough is an error where less was exercised than was asked for.
func (t *tested) enough(at *terminal) error {
	if t.covered == nil {
		return nil
	}
	if all, _ := t.exercised(); all.percent() < t.CoverMin {
		return &exit{exitFindings, fmt.Errorf("the tests exercise %.4g%% of the playbook, and --cover-min wants %.4g%%; --cover shows what is left", all.percent(), t.CoverMin)}
	}
	return nil
}

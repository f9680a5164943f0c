// Package page shows figures as one HTML page that needs nothing but itself: charts, and every number as a table too.
//
// What happened and what was simulated are shown alike. The charts are drawn in the browser by Apache ECharts, whose
// script is part of the page (echarts/, Apache License 2.0, unchanged).
package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"nurture/runtime/measure"
)

// Page is what is shown.
type Page struct {
	Title   string
	Lead    []string // under the title: what is shown, from when to when; a line each
	Notes   []string // what the reader should know
	Figures *measure.Figures

	// Number gives a number of Figures.Tidy, and the interval in which it lies; false where there is none. Nil: those of
	// the Figures themselves. A simulation gives the means of its seeds.
	Number func(measure, by, key string) (measure.Interval, bool)

	// Changes are how another playbook differs, where two are compared; Against is what that is called.
	Against string
	Changes []Change
}

// Change is a number of two playbooks.
type Change struct {
	Measure, By, Key string
	Before, After    measure.Interval
	Change           measure.Interval
}

var (
	//go:embed page.html
	layout string
	//go:embed page.css
	style string
	//go:embed page.js
	behaviour string
	//go:embed echarts/echarts.common.min.js
	echarts string

	shown = template.Must(template.New("page").Parse(layout))
)

// Write writes the page.
func Write(w io.Writer, p *Page) error {
	v := &view{Page: p, number: p.Number}
	if v.number == nil {
		v.number = own(p.Figures)
	}
	err := shown.Execute(w, struct {
		*Page
		Style              template.CSS
		ECharts, Behaviour template.JS
		Answers            []answer
		Sections           []section
	}{p, template.CSS(style), template.JS(echarts), template.JS(behaviour), v.answers(), v.sections()})
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// own gives the numbers of figures.
func own(f *measure.Figures) func(what, by, key string) (measure.Interval, bool) {
	type name struct{ what, by, key string }
	all := map[name]measure.Interval{}
	for _, n := range f.Tidy() {
		i := measure.Interval{Value: n.Value, Low: n.Value, High: n.Value}
		if n.Low != nil {
			i.Low, i.High = *n.Low, *n.High
		}
		all[name{n.Measure, n.By, n.Key}] = i
	}
	return func(what, by, key string) (measure.Interval, bool) {
		i, ok := all[name{what, by, key}]
		return i, ok
	}
}

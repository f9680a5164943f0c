package main

import (
	"io"

	"nurture/runtime/measure"
	webpage "nurture/runtime/measure/page"
	"nurture/runtime/simulate"
)

// html writes a forecast as a page with charts, in the same shape as what `report` writes.
func (f *forecast) html(w io.Writer) error {
	t := &forecastText{forecast: f, p: f.study.Program}
	t.head()
	p := &webpage.Page{Title: "Forecast: " + f.study.Scenario.Name, Lead: t.lines, Figures: f.is.Figures[0]}
	p.Number = func(what, by, key string) (measure.Interval, bool) {
		e, ok := f.is.Number(what, by, key)
		return e.Interval, ok
	}
	if f.other != nil {
		p.Against = f.command.Compare
		for _, d := range simulate.Differences(f.is, f.other) {
			p.Changes = append(p.Changes, webpage.Change(d))
		}
	} else {
		t.grid = grid{}
		for i := range t.p.Programs {
			for _, g := range t.p.Programs[i].Goals {
				p.Notes = append(p.Notes, t.verdict(t.p.Programs[i].Name, &g))
			}
		}
	}
	p.Notes = append(p.Notes, t.notes()...)
	return webpage.Write(w, p)
}

package main

import (
	"encoding/json"
	"io"
	"time"

	"nurture/runtime/measure"
	"nurture/runtime/simulate"
)

// forecastJSON is a forecast as JSON. README.md of this package says what its numbers are.
type forecastJSON struct {
	Playbook string           `json:"playbook"`
	Compared string           `json:"compared,omitempty"`
	Scenario string           `json:"scenario"`
	Contacts int              `json:"contacts"`
	File     string           `json:"file,omitempty"`
	From     string           `json:"from"`
	To       string           `json:"to"`
	Seeds    []uint64         `json:"seeds"`
	Numbers  []numberJSON     `json:"numbers"`
	Changes  []changeJSON     `json:"changes,omitempty"`
	Figures  *measure.Figures `json:"figures"` // of the first seed
}

type (
	numberJSON struct {
		Measure string     `json:"measure"`
		By      string     `json:"by,omitempty"`
		Key     string     `json:"key,omitempty"`
		Value   float64    `json:"value"`
		Low     float64    `json:"low"`
		High    float64    `json:"high"`
		Seeds   []*float64 `json:"seeds"`
	}
	changeJSON struct {
		Measure string           `json:"measure"`
		By      string           `json:"by,omitempty"`
		Key     string           `json:"key,omitempty"`
		Before  measure.Interval `json:"before"`
		After   measure.Interval `json:"after"`
		Change  measure.Interval `json:"change"`
	}
)

func (f *forecast) json(w io.Writer) error {
	s := f.study
	at := func(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }
	out := forecastJSON{
		Playbook: f.command.Playbook, Compared: f.command.Compare, Scenario: s.Scenario.Name, Contacts: s.Contacts, File: s.File,
		From: at(s.From), To: at(s.To), Figures: f.is.Figures[0],
	}
	for seed := range s.Seeds {
		out.Seeds = append(out.Seeds, s.Seed+uint64(seed))
	}
	for i := range f.is.Numbers {
		n := &f.is.Numbers[i]
		out.Numbers = append(out.Numbers, numberJSON{n.Measure, n.By, n.Key, n.Value, n.Low, n.High, n.BySeed})
	}
	if f.other != nil {
		for _, d := range simulate.Differences(f.is, f.other) {
			out.Changes = append(out.Changes, changeJSON(d))
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

package main

import (
	"context"
	"errors"
	"fmt"

	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime/plan"
	"nurture/runtime/store"
)

type planCmd struct {
	Playbook string `arg:"" optional:"" default:"." help:"The playbook's folder. Default: the current folder."`
	Store    string `type:"path" placeholder:"FILE" help:"The store that a run wrote. Default: nurture.db beside the playbook."`
	Version  int    `placeholder:"N" help:"Not the playbook of the folder, but a version that ran before; see nurturec history."`
	At       string `placeholder:"TIME" help:"Foresee from this instant on, up to which the playbook that runs goes on. Default: where the store stands."`
	Contact  string `placeholder:"KEY" help:"Also show the next 30 days of this contact, as they are now and as they would be."`
	Format   string `enum:"text,json,markdown" default:"text" help:"text, json, or markdown for a comment on a pull request."`
}

func (planCmd) Help() string {
	return `Says what a playbook would do to the contacts that are in flight, before it runs: what changes in meaning since the
version that runs, and who would move, be sent something, or be left behind because of it, at once, within 24 hours and
within 30 days. Every contact of the store is taken through these days under both versions, by the steps of a run and
with no new events. Nothing is sent, and the store is not changed.

  nurturec plan .                                what the playbook in the current folder would do
  nurturec plan . --store live.db                to the contacts of another store
  nurturec plan . --contact ann@example.com      and the days of one contact, before and after
  nurturec plan . --at 2026-06-01                if it took over on that day
  nurturec plan . --version 3                    what going back to version 3 would do
  nurturec plan . --format markdown              for a comment on a pull request; --format json for a program

A + stands before what would happen because of the new version, a - before what would have happened and does not, a ~
before what happens at another time, each with the number of contacts and some of their keys. Another layout, comments, or another order of declarations are no
change.

Exit codes: 0 it can run · 1 it has no place for contacts that are in flight, or has errors · 2 wrong usage, or something could not be read · 3 interrupted.`
}

func (c *planCmd) Run(stop context.Context, at *terminal) error {
	path := storeBeside(c.Store, c.Playbook)
	s, err := store.Read(path)
	if err != nil {
		return err
	}
	defer s.Close()
	running, n, err := newest(s)
	if err != nil {
		return err
	}
	var next *plan.Version
	if c.Version != 0 {
		next, err = numbered(s, c.Version)
	} else {
		next, err = onDisk(c.Playbook, at)
	}
	if err != nil {
		return err
	}
	if c.Contact != "" {
		if c.Contact, err = known(s, c.Contact); err != nil {
			return err
		}
	}
	o := plan.Options{Store: s, Running: running, Next: next, Contact: c.Contact}
	if c.At != "" {
		from, err := compile.ParseInstant(c.At, running.Program.Policy.Zone)
		if err != nil {
			return fmt.Errorf("--at: %w", err)
		}
		o.At = &from
	}
	p, err := planned(stop, at, o)
	if before := (*plan.BeforeError)(nil); errors.As(err, &before) {
		return fmt.Errorf("--at %s: the store stands at %s already; plan from there or later", c.At, instant(before.Clock))
	}
	if err != nil {
		return err
	}
	view := planView{Plan: p, running: running, next: next, number: n, contact: c.Contact, zone: zone(next.Program), colored: at.colored && c.Format == "text"}
	if err := planFormats[c.Format](at.out, &view); err != nil {
		return err
	}
	if p.Stranding() {
		return &exit{exitFindings, errors.New("this version would not run: it has no place for contacts that are in flight")}
	}
	return nil
}

// planned makes a plan, and says how far it is.
func planned(stop context.Context, at *terminal, o plan.Options) (*plan.Plan, error) {
	progress := newProgress(at)
	o.Progress = func(done, total int64) { progress.show("foreseeing", "contacts", float64(done), float64(total)) }
	p, err := plan.Make(stop, o)
	progress.end()
	if err != nil && stop.Err() != nil {
		return nil, &exit{exitRefused, errors.New("interrupted; nothing was changed")}
	}
	return p, err
}

// place is where something stands in a playbook, file:line.
func (v *planView) place(of *plan.Version, at diag.Span) string {
	src, ok := of.Files[at.File]
	if !ok {
		return at.File
	}
	line, _ := diag.NewLines(src).Position(at.Start)
	return fmt.Sprintf("%s:%d", at.File, line)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime"
	"nurture/runtime/deliver"
	"nurture/runtime/plan"
	"nurture/runtime/store"
)

type runCmd struct {
	Playbook string            `arg:"" optional:"" default:"." help:"The playbook's folder. Default: the current folder."`
	Contacts []string          `placeholder:"FILE" sep:"none" help:"CSV of contacts to take in, gzipped or not. May be given again."`
	Events   []string          `placeholder:"FILE" sep:"none" help:"JSONL or CSV of events to take in, - for standard input. May be given again."`
	Store    string            `placeholder:"FILE" help:"Where everything is kept. Default: nurture.db beside the playbook."`
	From     string            `placeholder:"TIME" help:"Replay from this instant on; of a new store only."`
	To       string            `placeholder:"TIME" help:"Replay what is before this instant."`
	Every    time.Duration     `placeholder:"DURATION" help:"Live: go on until stopped, and look this often, such as 1m."`
	Deliver  map[string]string `placeholder:"CHANNEL=URL" mapsep:"none" help:"Where a channel delivers, such as email=file:out. May be given again. Default: files under outbox/ beside the store."`
	Version  int               `placeholder:"N" help:"Not the playbook of the folder, but a version that ran in this store before; see nurturec history."`
	Strict   bool              `help:"Exit with 2 when lines of the files were rejected."`
}

func (runCmd) Help() string {
	return `Without --from and --to the run is live: it takes new contacts and events, does everything that is due now,
delivers, and ends; call it from cron, or let --every keep it running. With --from and --to it replays on a virtual
clock, from instant to instant; --to alone goes on from where the store stands. Times are 2026-01-05, 2026-01-05 09:00
(both in the policy's time zone) or 2026-01-05T09:00:00Z.

  nurturec run . --contacts leads.csv                            live, once
  nurturec run . --every 1m                                      live, until SIGTERM or Ctrl-C
  nurturec run . --contacts leads.csv --events events.jsonl --from 2026-01-05 --to 2026-06-30
  nurturec run . --to 2026-12-31 --deliver email=file:mails      go on to the end of the year
  nurturec run . --version 3                                     go back to a version that ran before, live

Before it goes back to a version the run prints the plan of it, as nurturec plan --version does. Where the playbook
has another meaning than the one that ran, every contact is looked at once; nurturec plan says before what that does.

Taking a file twice changes nothing, and a run that died or was interrupted is simply run again. Lines that cannot be
taken are written with the reason to rejects.jsonl beside the store, and the rest goes on.`
}

func (c *runCmd) Run(stop context.Context, at *terminal) error {
	book, err := c.book(stop, at)
	if err != nil {
		return err
	}
	p := book.Program
	progress := newProgress(at)
	options := runtime.Options{
		Program: p, Sources: book.Files, Store: storeBeside(c.Store, c.Playbook), Command: strings.Join(append([]string{"nurturec"}, os.Args[1:]...), " "),
		Every: c.Every, Contacts: c.Contacts, Events: c.Events, Stdin: at.in,
		Progress: progress.running, Reading: progress.reading,
	}
	if err := store.CheckPlace(options.Store); err != nil { // before channels make folders beside it
		return err
	}
	if options.From, err = c.instant("--from", c.From, p); err != nil {
		return err
	}
	if options.To, err = c.instant("--to", c.To, p); err != nil {
		return err
	}
	if c.Every < 0 {
		return fmt.Errorf("--every %s: it is a time to wait; write for instance --every 1m", c.Every)
	}
	if c.Every != 0 && (options.From != nil || options.To != nil) {
		return errors.New("--every is for live runs; leave out --from and --to")
	}
	if err := c.knownChannels(p); err != nil {
		return err
	}
	close, err := c.senders(&options)
	if err != nil {
		return refused(err)
	}
	summary, err := runtime.Run(stop, options)
	progress.end()
	err = errors.Join(err, close())
	if summary != nil {
		if wrote := writeSummary(at.out, p, summary); err == nil {
			err = wrote
		}
	}
	if err != nil {
		return refused(err)
	}
	if c.Strict && summary.Intake.Rejected > 0 {
		return fmt.Errorf("%d lines were rejected, and --strict was asked for", summary.Intake.Rejected)
	}
	return undelivered(summary)
}

// book is what runs: the playbook of the folder, or a version that ran before, of which the plan is told first.
func (c *runCmd) book(stop context.Context, at *terminal) (*plan.Version, error) {
	if c.Version == 0 {
		return onDisk(c.Playbook, at)
	}
	s, err := store.Read(storeBeside(c.Store, c.Playbook))
	if err != nil {
		return nil, err
	}
	defer s.Close()
	running, n, err := newest(s)
	if err != nil {
		return nil, err
	}
	book, err := numbered(s, c.Version)
	if err != nil {
		return nil, err
	}
	p, err := planned(stop, at, plan.Options{Store: s, Running: running, Next: book})
	if err != nil {
		return nil, err
	}
	view := planView{Plan: p, running: running, next: book, number: n, zone: zone(book.Program), colored: at.watched && at.colored}
	if err := planText(at.err, &view); err != nil {
		return nil, err
	}
	fmt.Fprintln(at.err)
	return book, nil
}

// refused gives an error the exit code of a run that lost nothing, where it is one that the next run mends by itself or
// once there is room again.
func refused(err error) error {
	var locked *store.LockedError
	var dropped *runtime.DroppedError
	var crowded *runtime.CrowdedError
	switch {
	case errors.Is(err, runtime.ErrInterrupted), errors.As(err, &locked), errors.As(err, &dropped), errors.As(err, &crowded), errors.Is(err, store.ErrFull):
		return &exit{exitRefused, err}
	case errors.Is(err, syscall.ENOSPC): // anywhere but in the store's file
		return &exit{exitRefused, fmt.Errorf("the disk is full: %w; nothing is half written: make room and run again", err)}
	default:
		return err
	}
}

// undelivered is the error of a run that did everything but could not hand all of it to the channels.
func undelivered(s *runtime.Summary) error {
	for _, d := range s.Delivery {
		if d.Failed > 0 {
			return &exit{exitRefused, fmt.Errorf("%s could not be delivered; the next run tries again: %s", things(d.Failed, "message"), d.Error)}
		}
	}
	return nil
}

// instant reads a time flag; nil when it was not given.
func (c *runCmd) instant(flag, text string, p *compile.Program) (*int64, error) {
	if text == "" {
		return nil, nil
	}
	t, err := compile.ParseInstant(text, p.Policy.Zone)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return &t, nil
}

// knownChannels refuses a --deliver that nothing would go to: what is meant for it would go elsewhere.
func (c *runCmd) knownChannels(p *compile.Program) error {
	channels := []string{"email", "task"} // which every playbook may come to use
	for i := range p.Offers {
		channels = append(channels, p.Offers[i].Channel)
	}
	for i := range p.Handoffs {
		channels = append(channels, p.Handoffs[i].Channel)
	}
	slices.Sort(channels)
	channels = slices.Compact(channels)
	for _, channel := range slices.Sorted(maps.Keys(c.Deliver)) {
		if slices.Contains(channels, channel) {
			continue
		}
		hint := "its channels are " + strings.Join(channels, ", ")
		if near, ok := diag.Nearest(channel, channels); ok {
			hint = "did you mean " + near + "?"
		}
		return fmt.Errorf("--deliver %s=%s: nothing in the playbook goes to a channel %q; %s", channel, c.Deliver[channel], channel, hint)
	}
	return nil
}

// senders opens the channels: those named by --deliver, files beside the store for the others. The function closes
// them.
func (c *runCmd) senders(o *runtime.Options) (close func() error, err error) {
	o.Senders = map[string]deliver.Sender{}
	close = func() error {
		var errs []error
		for _, s := range o.Senders {
			errs = append(errs, s.Close())
		}
		if o.Sender != nil {
			errs = append(errs, o.Sender.Close())
		}
		return errors.Join(errs...)
	}
	for channel, url := range c.Deliver {
		sender, err := deliver.Open(url)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--deliver %s=%s: %w", channel, url, err), close())
		}
		o.Senders[channel] = sender
	}
	o.Sender, err = deliver.Open("file:" + filepath.Join(filepath.Dir(o.Store), "outbox"))
	if err != nil {
		return nil, errors.Join(err, close())
	}
	return close, nil
}

package main

import (
	"fmt"

	"nurture/lang/compile"
	"nurture/runtime/store"
	"nurture/runtime/why"
)

type whyCmd struct {
	Key     string `arg:"" help:"What names the contact: its key, such as its e-mail address."`
	Offer   string `placeholder:"NAME" xor:"what" help:"Why it was, or was not, sent this offer."`
	Program string `placeholder:"NAME" xor:"what" help:"Why it was, or was not, taken into this program."`
	Stage   string `placeholder:"NAME" xor:"what" help:"Why it came, or did not come, to this stage: program.stage."`
	At      string `placeholder:"TIME" help:"As of this instant, up to and with it. Default: where the store stands."`
	Store   string `type:"path" default:"nurture.db" help:"The store that a run wrote."`
	Format  string `enum:"text,json" default:"text" help:"text or json."`
}

func (whyCmd) Help() string {
	return `Tells a contact's story: what happened to it, what was decided, by which line of the playbook that ran then, and which
values decided it. Or says of one offer, program or stage what brought it, or what is in its way: every condition with
the values of that instant, the first that is false marked with >, and what it would take and when it comes then.

  nurturec why ann@example.com                                what happened, and why
  nurturec why ann@example.com --offer case_study             why was this not sent, and what would it take?
  nurturec why ann@example.com --program renewal --at 2026-03-01
  nurturec why ann@example.com --stage sales_cycle.offered --format json

Nothing is guessed: the contact is taken through its life again, by the same step as the run, from what the store keeps;
should the journal say something else, that is shown. What it takes was tried on a copy of the contact before it is
said, with the fewest changes that bring it about, and nothing else happening.
Times of --at are 2026-01-05, 2026-01-05 09:00 (both in the policy's time zone) or 2026-01-05T09:00:00Z; those that are
shown as text are on the contact's own clock, those in JSON are UTC.`
}

func (c *whyCmd) Run(at *terminal) error {
	s, err := store.Read(c.Store)
	if err != nil {
		return err
	}
	defer s.Close()
	key, err := known(s, c.Key)
	if err != nil {
		return err
	}
	of, err := why.Open(s, key)
	if err != nil {
		return err
	}
	p, err := running(s)
	if err != nil {
		return err
	}
	now := max(of.Clock, of.Last())
	if c.At != "" {
		if now, err = compile.ParseInstant(c.At, p.Policy.Zone); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	then, err := of.At(now)
	if err != nil {
		return err
	}
	var answer *why.Answer
	switch {
	case c.Offer != "":
		answer, err = then.Offer(c.Offer)
	case c.Program != "":
		answer, err = then.InProgram(c.Program)
	case c.Stage != "":
		answer, err = then.Stage(c.Stage)
	}
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return writeWhyJSON(at.out, of, then, answer)
	}
	return writeWhy(at, of, then, answer)
}

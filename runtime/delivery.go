package runtime

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/lang/content"
	"nurture/runtime/deliver"
	"nurture/runtime/engine"
	"nurture/runtime/store"
)

// Delivery is what a run did with the messages of one channel.
type Delivery struct {
	Channel string
	Sent    int64
	Failed  int64  // could not be sent; they wait for the next run
	Waiting int64  // all that wait now, the failed ones among them
	Unknown int64  // a run died over them and nobody can tell whether they went out; they are not sent again
	Error   string // why the first of the failed could not be sent
}

// atOnce is how many messages are sent between two commits over a channel that may be called twice. Over another it is
// as few as the workers, as that many are in doubt when the run dies.
const atOnce = 512

// deliverAll hands the outbox to the channels. A channel that fails does not end the run: what it did not take waits.
func (r *run) deliverAll(ctx context.Context) error {
	channels, err := r.store.Undelivered()
	if err != nil {
		return err
	}
	progress := Progress{Phase: Delivering, Decisions: r.decisions}
	for channel, n := range channels {
		if r.sender(channel) != nil {
			progress.Total += n
		}
	}
	for _, channel := range slices.Sorted(maps.Keys(channels)) {
		sender := r.sender(channel)
		if sender == nil {
			continue
		}
		if err := r.deliver(ctx, channel, sender, &progress); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) sender(channel string) deliver.Sender {
	if s, ok := r.Senders[channel]; ok {
		return s
	}
	return r.Sender
}

func (r *run) deliver(ctx context.Context, channel string, sender deliver.Sender, progress *Progress) error {
	d := r.delivery(channel)
	settled, err := r.store.Recover(channel, sender.Idempotent())
	if err != nil {
		return err
	}
	size := atOnce
	if !sender.Idempotent() {
		d.Unknown += int64(settled)
		size = r.Workers
	}
	var last *store.Outgoing
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rows, err := r.store.Waiting(channel, last, size)
		if err != nil || len(rows) == 0 {
			return err
		}
		last = &rows[len(rows)-1]
		if !sender.Idempotent() {
			for i := range rows {
				rows[i].State = store.Attempting
			}
			if err := r.store.Mark(rows); err != nil {
				return err
			}
		}
		unreachable := r.sendAll(ctx, sender, rows)
		if err := r.store.Mark(rows); err != nil {
			return err
		}
		for i := range rows {
			if rows[i].State == store.Done {
				d.Sent++
				continue
			}
			if d.Failed++; d.Error == "" {
				d.Error = fmt.Sprintf("%s to %s: %s", rows[i].Name, rows[i].Contact, rows[i].Error)
			}
		}
		progress.Done += int64(len(rows))
		if r.Progress != nil {
			r.Progress(*progress)
		}
		if unreachable {
			return nil
		}
	}
}

// sendAll sends rows and says in each how that went. unreachable: the channel took none of them, and is better left
// alone until the next run.
func (r *run) sendAll(ctx context.Context, sender deliver.Sender, rows []store.Outgoing) (unreachable bool) {
	ctx = context.WithoutCancel(ctx) // what is begun is finished
	messages := make([]deliver.Message, len(rows))
	for i := range rows {
		rows[i].State, rows[i].Error = store.Pending, ""
		var err error
		if messages[i], err = r.message(&rows[i]); err != nil {
			rows[i].Error = err.Error()
		}
	}
	var next, refused, taken atomic.Int64
	var workers sync.WaitGroup
	for range min(r.Workers, len(rows)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(rows)); i = next.Add(1) - 1 {
				row := &rows[i]
				if row.Error != "" {
					continue
				}
				if err := sender.Send(ctx, messages[i]); err != nil {
					row.Error = err.Error()
					refused.Add(1)
					continue
				}
				row.State = store.Done
				taken.Add(1)
			}
		})
	}
	workers.Wait()
	return taken.Load() == 0 && refused.Load() > 0
}

// mostTold is how many rows of the journal a brief can tell of.
const mostTold = 20

// message makes what is delivered out of a row of the outbox and the playbook's content.
func (r *run) message(row *store.Outgoing) (deliver.Message, error) {
	var keep snapshot
	if err := json.Unmarshal(row.Body, &keep); err != nil {
		return deliver.Message{}, fmt.Errorf("the outbox holds something else than was put there: %w", err)
	}
	vars := keep.vars(r.Program, row.At)
	m := deliver.Message{
		Key: row.Key(), Kind: deliver.Kind(row.Kind), Channel: row.Channel, Contact: row.Contact, At: vars.Now,
		Program: row.Program, Stage: row.Stage,
	}
	if keep.Due != 0 {
		m.Due = vars.Now.Add(time.Duration(keep.Due-row.At) * time.Second)
	}
	var err error
	switch row.Kind {
	case outKinds[engine.Mail]:
		m.To, m.Offer = keep.Address, row.Name
		m.Content, err = r.mail(row.Name, vars)
	case outKinds[engine.TaskOut]:
		m.To, m.Title = keep.Role, row.Name
	default:
		err = r.handoff(&m, row, &keep, vars)
	}
	return m, err
}

func (r *run) mail(name string, vars content.Vars) (content.Rendered, error) {
	i := r.Program.OfferIndex(name)
	if i == compile.None {
		return content.Rendered{}, fmt.Errorf("the playbook has no offer %s any more", name)
	}
	offer := &r.Program.Offers[i]
	if offer.Message == nil { // of a channel that needs none
		return content.Rendered{Subject: cmp.Or(offer.Subject, offer.Title, offer.Name), Text: cmp.Or(offer.Title, offer.Name)}, nil
	}
	vars.Offer = content.Offer{Name: offer.Name, Title: offer.Title}
	if offer.Topic != compile.None {
		vars.Offer.Topic = r.Program.Topics[offer.Topic]
	}
	return offer.Message.Render(vars)
}

// handoff fills the message of a hand-off, or of its withdrawal. One that the playbook has dropped goes out without a
// brief: that it happened is worth more than how it is told.
func (r *run) handoff(m *deliver.Message, row *store.Outgoing, keep *snapshot, vars content.Vars) error {
	m.To, m.Title = row.Name, row.Name
	if len(keep.Contact) > 0 {
		m.Data = map[string]any{"contact": keep.Contact}
	}
	i := slices.IndexFunc(r.Program.Handoffs, func(h compile.Handoff) bool { return h.Name == row.Name })
	if i < 0 {
		return nil
	}
	handoff := &r.Program.Handoffs[i]
	if handoff.Title != "" {
		m.Title = handoff.Title
	}
	if handoff.Brief == nil || m.Kind != deliver.Handoff {
		return nil
	}
	// The decision that queued this one is the last that the brief tells of.
	told, err := r.store.Before(row.ContactID(), row.Seq, mostTold)
	if err != nil {
		return err
	}
	zone, err := calendar.LoadZone(keep.Zone)
	if err != nil {
		zone = r.Program.Policy.Zone
	}
	for i := range told {
		vars.Journal = append(vars.Journal, happened(&told[i], zone))
	}
	vars.Stage, vars.Program = row.Stage, row.Program
	m.Content, err = handoff.Brief.Render(vars)
	return err
}

// delivery is the account of a channel.
func (r *run) delivery(channel string) *Delivery {
	d := r.delivered[channel]
	if d == nil {
		d = &Delivery{Channel: channel}
		r.delivered[channel] = d
	}
	return d
}

// deliveries gives the accounts by channel, with what waits now.
func (r *run) deliveries() ([]Delivery, error) {
	waiting, err := r.store.Undelivered()
	if err != nil {
		return nil, err
	}
	for channel, n := range waiting {
		r.delivery(channel).Waiting = n
	}
	var all []Delivery
	for _, channel := range slices.Sorted(maps.Keys(r.delivered)) {
		all = append(all, *r.delivered[channel])
	}
	return all, nil
}

// Package deliver hands what the outbox holds to the outside: mails to those they are for, tasks, hand-offs and
// withdrawals to the people who work on them. Open gives the Sender of a channel from its URL. There is one kind so far,
// `file:DIR`, which writes every message as a file that a person can open.
//
// A Sender decides nothing: what is sent, to whom and when is in the Message, and the same Message is the same bytes.
package deliver

import (
	"context"
	"fmt"
	"io"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"nurture/lang/content"
)

// Kind says what a message is. Its text is the one of the outbox.
type Kind string

const (
	Mail      Kind = "mail"
	Task      Kind = "task"
	Handoff   Kind = "handoff"
	Withdrawn Kind = "withdrawn" // a hand-off that is no longer to be worked on
)

// Message is one thing to deliver.
type Message struct {
	Key     string // names the decision for ever: the same key is the same message
	Kind    Kind
	Channel string // email, crm, …
	Contact string // the contact's key
	To      string // of mails the address, of tasks the role, of the rest the hand-off
	At      time.Time
	Due     time.Time // until when a task or hand-off is to be answered; zero: no such time
	Program string
	Stage   string
	Offer   string           // of mails
	Title   string           // of tasks their text, of hand-offs and withdrawals what the hand-off is called
	Content content.Rendered // the mail, or the brief
	Data    map[string]any   // what else the receiver is told, such as the contact's fields; not for mails
}

// Sender delivers messages. It is safe for concurrent use.
type Sender interface {
	// Send delivers one message. With an error nothing has been delivered, or nobody can tell; see Idempotent.
	Send(ctx context.Context, m Message) error
	// Idempotent says that a message may be sent again by its key without arriving twice.
	Idempotent() bool
	io.Closer
}

// Option changes how a channel sends.
type Option func(*settings)

type settings struct{ from *mail.Address }

// From is whom mails come from, such as `Acme <hello@acme.example>`.
func From(address *mail.Address) Option {
	return func(s *settings) { s.from = address }
}

// Open makes the sender of a channel: `file:DIR`, or `file:///DIR` with % for what URLs do not hold. The folder is made
// where it is missing.
func Open(address string, opts ...Option) (Sender, error) {
	s := settings{from: &mail.Address{Name: "nurture", Address: "nurture@localhost"}}
	for _, opt := range opts {
		opt(&s)
	}
	scheme, rest, found := strings.Cut(address, ":")
	if !found {
		return nil, fmt.Errorf("channel %q names no kind: write file:%s to have files written there", address, address)
	}
	if scheme != "file" {
		return nil, fmt.Errorf("channel %q: there is no kind %q; there is file:DIR, which writes each message as a file", address, scheme)
	}
	dir := rest
	if strings.HasPrefix(rest, "//") {
		u, err := url.Parse(address)
		if err != nil || u.Host != "" && u.Host != "localhost" || u.Path == "" {
			return nil, fmt.Errorf("channel %q names no folder of this machine: write file:outbox, or file:///srv/outbox", address)
		}
		dir = u.Path
	}
	if dir == "" {
		return nil, fmt.Errorf("channel %q names no folder: write file:outbox", address)
	}
	f, err := openFolder(dir, s)
	if err != nil {
		return nil, err // and no Sender: a nil *folder in one would not be nil
	}
	return f, nil
}

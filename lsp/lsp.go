// Package lsp is the language server: it keeps the playbooks that an editor has open, answers what the editor asks about
// them, and tells it what is wrong. Serve is its door; it speaks the language server protocol over two streams.
//
// What comes in goes one way: framing.go cuts the stream into messages, dispatch.go takes notifications in their order
// and each call in a goroutine of its own, workspace.go keeps folders and documents, and snapshot.go shows one
// playbook at one moment, unchanging, to the features. A feature is one function in a file of its own and one line of
// the table in methods.go. What a playbook means is asked of package lang alone, by the same way that `nurturec check`
// goes, so the two never disagree.
package lsp

import (
	"context"
	"errors"
	"io"
	"log"

	"go.lsp.dev/jsonrpc2"

	"nurture/lang/calendar"
)

// Options is what a server is told by who starts it.
type Options struct {
	Version string      // of the server, for the editor to show
	Log     *log.Logger // where failures of the server itself are noted; nil keeps them to the editor
	Pages   string      // a folder for the pages about diagnostics that the editor links to; "" for no links

	Today func() calendar.Date // for what the linter says of what is out of date; nil: nothing

	// Census counts the contacts in each stage (program.stage) of the playbook in a folder; nil where it has not run. The
	// server knows no stores itself. It may be called from several goroutines.
	Census func(dir string) (map[string]int64, error)

	// Test plays tests; nil: there are no lenses for that. The server knows no runtime itself.
	Test Player
}

// ErrNoShutdown says that the editor went away without asking the server to shut down first.
var ErrNoShutdown = errors.New("the editor ended the session without shutting the server down")

// Serve answers an editor until it says `exit`, closes in, its process is gone, or ctx ends; it closes in then, and leaves
// out open. The error is nil where the editor has asked for the shutdown.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn := jsonrpc2.NewConn(newStream(in, out))
	s := newServer(conn, o)
	conn.Go(ctx, s.dispatch)
	select {
	case <-ctx.Done():
		s.publisher.close()
		conn.Close()
		return ctx.Err()
	case <-conn.Done():
	case <-s.exit:
	case <-s.orphaned:
	}
	s.close()
	if !s.shutDown.Load() {
		return ErrNoShutdown
	}
	return nil
}

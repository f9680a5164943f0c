package lsp

import (
	"context"
	"encoding/json"
	"fmt"

	"go.lsp.dev/protocol"
)

// progress shows in the editor how far a command has come: under the token that came with the call, or else one that the
// editor takes. An editor that takes none is told nothing.
type progress struct {
	server *server
	token  json.RawMessage
}

// begin shows what is being done. The context ends when the user cancels it; end takes it off the screen.
func (p *progress) begin(ctx context.Context, title string, cancellable bool) (_ context.Context, end func()) {
	ctx, cancel := context.WithCancel(ctx)
	if len(p.token) == 0 && !p.create(ctx) {
		return ctx, cancel
	}
	p.server.tasks.Store(string(p.token), cancel)
	p.tell(&protocol.WorkDoneProgressBegin{Kind: protocol.WorkDoneProgressKindBegin, Title: title, Cancellable: cancellable})
	return ctx, func() {
		p.server.tasks.Delete(string(p.token))
		p.tell(&protocol.WorkDoneProgressEnd{Kind: protocol.WorkDoneProgressKindEnd})
		cancel()
	}
}

// create asks the editor for a place to show progress.
func (p *progress) create(ctx context.Context) bool {
	s := p.server
	if w := s.client.capabilities.Window; w == nil || !w.WorkDoneProgress {
		return false
	}
	token, err := json.Marshal(fmt.Sprintf("nurture-%d", s.taskCount.Add(1)))
	if err != nil {
		return false
	}
	if _, err := s.conn.Call(ctx, protocol.MethodWorkDoneProgressCreate, taskToken{token}, nil); err != nil {
		return false
	}
	p.token = token
	return true
}

// report says what is being worked on, and how much is done.
func (p *progress) report(what string, percent int) {
	p.tell(&protocol.WorkDoneProgressReport{Kind: protocol.WorkDoneProgressKindReport, Message: what, Percentage: uint32(percent)})
}

func (p *progress) tell(value any) {
	if len(p.token) > 0 {
		_ = p.server.conn.Notify(context.Background(), protocol.MethodProgress, struct { // an editor that is gone needs none
			taskToken
			Value any `json:"value"`
		}{taskToken{p.token}, value})
	}
}

// taskToken names what is in progress, as the one who made it wrote it.
type taskToken struct {
	Token json.RawMessage `json:"token"`
}

// cancelTask ends what the user no longer wants.
func cancelTask(_ context.Context, s *server, p taskToken) error {
	if cancel, ok := s.tasks.Load(string(p.Token)); ok {
		cancel.(context.CancelFunc)()
	}
	return nil
}

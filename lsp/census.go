package lsp

import (
	"context"
	"maps"
	"sync"
	"time"

	"go.lsp.dev/protocol"
)

// census knows how many contacts are in each stage of the playbooks that have run. Stores are read beside the calls, one
// reading a playbook at a time: who asks gets what is known, and the editor is told when there is something new.
type census struct {
	read    func(dir string) (map[string]int64, error) // nil: there is nothing to know
	changed func()
	failed  func(dir string, err error)

	mu   sync.Mutex
	dirs map[string]*headcount
}

// headcount is what is known of one playbook.
type headcount struct {
	stages  map[string]int64
	err     string
	asked   time.Time
	reading bool
	first   chan struct{} // closed when it has been read once
}

const (
	censusAge   = 2 * time.Second       // for which a number is good
	censusGrace = 50 * time.Millisecond // for which the first answer may wait
)

func (s *server) newCensus() *census {
	return &census{
		read: s.options.Census,
		changed: func() {
			if w := s.client.capabilities.Workspace; w != nil && w.CodeLens != nil && w.CodeLens.RefreshSupport {
				go s.conn.Call(context.Background(), protocol.MethodCodeLensRefresh, nil, nil) // an editor that has gone away needs none
			}
		},
		failed: func(dir string, err error) { s.note("count the contacts of %s: %v", dir, err) },
		dirs:   map[string]*headcount{},
	}
}

// of counts the contacts by stage as far as is known; nil where there is no store.
func (c *census) of(ctx context.Context, dir string) map[string]int64 {
	if c.read == nil || dir == "" {
		return nil
	}
	h := c.headcount(dir)
	c.mu.Lock()
	if !h.reading && time.Since(h.asked) >= censusAge {
		h.reading = true
		go c.look(dir, h)
	}
	c.mu.Unlock()
	grace := time.NewTimer(censusGrace)
	defer grace.Stop()
	select {
	case <-h.first:
	case <-grace.C:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return h.stages
}

// now counts them anew; nil where there is no store.
func (c *census) now(dir string) (map[string]int64, error) {
	if c.read == nil || dir == "" {
		return nil, nil
	}
	return c.look(dir, c.headcount(dir))
}

func (c *census) headcount(dir string) *headcount {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.dirs[dir]
	if h == nil {
		h = &headcount{first: make(chan struct{})}
		c.dirs[dir] = h
	}
	return h
}

// look reads the store of a playbook.
func (c *census) look(dir string, h *headcount) (map[string]int64, error) {
	stages, err := c.read(dir)
	c.mu.Lock()
	news := (stages == nil) != (h.stages == nil) || !maps.Equal(stages, h.stages)
	why := ""
	if err != nil {
		why = err.Error()
	}
	said := why == h.err
	h.stages, h.err, h.asked, h.reading = stages, why, time.Now(), false
	select {
	case <-h.first:
	default:
		close(h.first)
	}
	c.mu.Unlock()
	if news {
		c.changed()
	}
	if err != nil && !said {
		c.failed(dir, err)
	}
	return stages, err
}

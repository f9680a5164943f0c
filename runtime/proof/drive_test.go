package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/lang/diag"
	"nurture/runtime"
	"nurture/runtime/deliver"
	"nurture/runtime/ingest"
	"nurture/runtime/store"
)

// A theatre is where a world is played: a store, and the channels that messages go to. Luck disturbs; nil leaves it alone.
type theatre struct {
	*world
	dir      string
	luck     *rand.Rand
	programs []*compile.Program
	sources  []map[string]string
	channels map[string]*channel
	visit    int // that is played
	troubles []string
}

const storeFile = "nurture.db"

func open(w *world, dir string, luck *rand.Rand) (*theatre, error) {
	h := &theatre{world: w, dir: dir, luck: luck, channels: map[string]*channel{}}
	for _, b := range w.books {
		program, sources, err := compiled(b)
		if err != nil {
			return nil, err
		}
		h.programs, h.sources = append(h.programs, program), append(h.sources, sources)
	}
	for _, name := range []string{"email", "post", "crm", "task"} {
		h.channels[name] = &channel{idempotent: name == "crm" || name == "post", luck: luck, theatre: h}
	}
	return h, nil
}

// compiled gives a book as the product reads it.
func compiled(b *book) (*compile.Program, map[string]string, error) {
	loaded, err := lang.Load(fstest.MapFS{
		"p.nurture": {Data: []byte(b.text)},
		"c.md":      {Data: []byte("---\nsubject: Hello\n---\n\nHello {{ contact.name | default: \"you\" }}.\n")},
	})
	if err != nil {
		return nil, nil, err
	}
	for _, d := range loaded.Diagnostics {
		if d.Severity == diag.Error {
			return nil, nil, fmt.Errorf("the playbook that was made is none: %s, line %d: %s\n%s", d.Code, 1+strings.Count(b.text[:d.Span.Start], "\n"), d.Message, b.text)
		}
	}
	return compile.Compile(loaded.Playbook), loaded.Sources, nil
}

func (h *theatre) store() string { return filepath.Join(h.dir, storeFile) }

func (h *theatre) chance(percent int) bool { return h.luck != nil && h.luck.IntN(100) < percent }

// play runs the world, visit by visit.
func (h *theatre) play() error {
	for i, v := range h.visits {
		h.visit = i
		o := h.options(v)
		files, err := h.files(i, v)
		if err != nil {
			return err
		}
		o.Contacts, o.Events = files.contacts, files.events
		for _, to := range h.cuts(v) {
			if !v.live {
				o.To = &to
			}
			if err := h.run(o); err != nil {
				return fmt.Errorf("visit %d: %w", i, err)
			}
			if h.chance(50) {
				o.Contacts, o.Events = nil, nil
			}
		}
	}
	return nil
}

func (h *theatre) options(v *visit) runtime.Options {
	o := runtime.Options{Store: h.store(), Command: "proof", Workers: 1, Program: h.programs[v.book], Sources: h.sources[v.book]}
	o.Senders = map[string]deliver.Sender{}
	for name, c := range h.channels {
		o.Senders[name] = c
	}
	if h.luck != nil {
		o.Workers, o.Batch = 1+h.luck.IntN(3), 1+h.luck.IntN(4)
		o.Round = o.Batch
		if h.chance(50) {
			o.Sweep = 1 + h.luck.IntN(20) // where contacts are found is written as with very many of them
		}
	}
	if v.live {
		o.Now = func() int64 { return v.to }
	} else {
		o.From = &v.from
	}
	return o
}

// cuts are the ends of the runs that a visit is done in.
func (h *theatre) cuts(v *visit) []int64 {
	var cuts []int64
	if h.luck != nil && !v.live && v.to > v.from {
		for range h.luck.IntN(4) {
			cuts = append(cuts, v.from+h.luck.Int64N(v.to-v.from))
		}
		slices.Sort(cuts)
	}
	return append(cuts, v.to)
}

type files struct{ contacts, events []string }

// files writes what a visit brings. Lines of different contacts change places, and the file is cut in several.
func (h *theatre) files(i int, v *visit) (f files, err error) {
	write := func(name, text string) string {
		path := filepath.Join(h.dir, name)
		err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	if len(v.people) > 0 {
		rows := mixed(h.luck, v.people, func(cells []string) string { return cells[0] })
		text := strings.Join(v.header, ",") + "\n"
		for _, cells := range rows {
			text += strings.Join(cells, ",") + "\n"
		}
		f.contacts = append(f.contacts, write(fmt.Sprintf("contacts%d.csv", i), text))
	}
	if len(v.events) > 0 {
		lines := mixed(h.luck, v.events, func(l *line) string { return l.key })
		for part := 0; len(lines) > 0; part++ {
			n := len(lines)
			if h.chance(40) {
				n = 1 + h.luck.IntN(n)
			}
			text := ""
			for _, l := range lines[:n] {
				text += l.text + "\n"
			}
			f.events = append(f.events, write(fmt.Sprintf("events%d-%d.jsonl", i, part), text))
			lines = lines[n:]
		}
	}
	return f, err
}

// mixed puts lines into another order, but those of one contact in theirs.
func mixed[T any](luck *rand.Rand, lines []T, key func(T) string) []T {
	if luck == nil {
		return lines
	}
	slots := luck.Perm(len(lines))
	of := map[string][]int{}
	for i, l := range lines {
		of[key(l)] = append(of[key(l)], slots[i])
	}
	all := make([]T, len(lines))
	for _, s := range of {
		slices.Sort(s)
	}
	for _, l := range lines {
		k := key(l)
		all[of[k][0]] = l
		of[k] = of[k][1:]
	}
	return all
}

// run does one run, through whatever trouble luck has for it.
func (h *theatre) run(o runtime.Options) error {
	for range 3 {
		if h.luck == nil {
			break
		}
		was := len(h.troubles)
		switch h.luck.IntN(8) {
		case 0, 1:
			if err := h.die(o); err != nil {
				return err
			}
		case 2:
			if err := h.interrupt(o); err != nil {
				return err
			}
		case 3:
			if err := h.fill(o); err != nil {
				return err
			}
		}
		if len(h.troubles) == was {
			break
		}
	}
	_, err := runtime.Run(context.Background(), o)
	if err != nil {
		return fmt.Errorf("a run fails after %q: %w", h.troubles, err)
	}
	return nil
}

// settle runs once more where the world ends, with channels that take everything.
func (h *theatre) settle() error {
	for _, c := range h.channels {
		c.luck = nil
	}
	v := h.visits[len(h.visits)-1]
	o := h.options(v)
	if !v.live {
		o.To = &v.to
	}
	_, err := runtime.Run(context.Background(), o)
	return err
}

// interrupt asks a run to stop after some commit.
func (h *theatre) interrupt(o runtime.Options) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	left := h.luck.IntN(6)
	o.Progress = func(runtime.Progress) {
		if left--; left < 0 {
			stop()
		}
	}
	_, err := runtime.Run(ctx, o)
	if errors.Is(err, runtime.ErrInterrupted) {
		h.troubles = append(h.troubles, "interrupted")
		return nil
	}
	return err
}

// die leaves the folder as a process does that dies at any byte that it writes.
//
// A run that commits only appends to the write-ahead log; so what it leaves at that byte is the log up to there. Messages
// that went out later did not, and the file of rejects is as it was.
func (h *theatre) die(o runtime.Options) error {
	rejects := filepath.Join(h.dir, "rejects.jsonl")
	type left struct {
		log     int
		rejects []byte
	}
	var lefts []left
	var main, log []byte
	var mutex sync.Mutex
	look := func() {
		mutex.Lock()
		defer mutex.Unlock()
		main, _ = os.ReadFile(h.store())
		log, _ = os.ReadFile(h.store() + "-wal")
		was, _ := os.ReadFile(rejects)
		lefts = append(lefts, left{len(log), was})
	}
	// The log of an earlier death is folded back first: what is appended to it would overwrite its torn end, and its length say
	// nothing of when.
	st, err := store.Open(h.store(), "proof")
	if err != nil {
		return err
	}
	if err := st.Close(); err != nil {
		return err
	}
	before, _ := os.ReadFile(rejects)
	base, _ := os.ReadFile(h.store())
	for _, c := range h.channels {
		c.begin()
	}
	o.Progress = func(runtime.Progress) { look() }
	o.Reading = func(ingest.Progress) { look() }
	if _, err := runtime.Run(context.Background(), o); err != nil {
		return fmt.Errorf("a run that is to die: %w", err)
	}
	if len(log) == 0 {
		return nil // nothing was written
	}
	at := h.luck.IntN(len(log) + 1)
	if h.luck.IntN(3) == 0 { // right behind a commit
		at = lefts[h.luck.IntN(len(lefts))].log
	}
	h.troubles = append(h.troubles, fmt.Sprintf("died at byte %d of %d", at, len(log)))
	if main == nil {
		main = base
	}
	kept := before
	for _, l := range lefts {
		if l.log <= at {
			kept = l.rejects
		}
	}
	err = errors.Join(os.WriteFile(h.store(), main, 0o644), os.WriteFile(h.store()+"-wal", log[:at], 0o644), os.WriteFile(rejects, kept, 0o644))
	os.Remove(h.store() + "-shm")
	for _, c := range h.channels {
		c.forget(at)
	}
	return err
}

// logSize is how much of the write-ahead log stands.
func (h *theatre) logSize() int {
	info, err := os.Stat(h.store() + "-wal")
	if err != nil {
		return 0
	}
	return int(info.Size())
}

// channel takes messages, or fails.
type channel struct {
	*theatre
	idempotent bool
	luck       *rand.Rand
	mutex      sync.Mutex
	calls      []call
	mark       int // of calls: when the run began that may die
}

type call struct {
	deliver.Message
	log   int // how long the log was
	taken bool
}

func (c *channel) Send(_ context.Context, m deliver.Message) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	fails := c.luck != nil && len(c.calls)%7 == 3
	c.calls = append(c.calls, call{m, c.logSize(), !fails})
	if fails {
		return errors.New("no answer")
	}
	return nil
}

func (c *channel) Idempotent() bool { return c.idempotent }
func (c *channel) Close() error     { return nil }

func (c *channel) begin() { c.mark = len(c.calls) }

// forget drops the calls of a process that died before it made them.
func (c *channel) forget(log int) {
	kept := c.calls[:c.mark]
	for _, x := range c.calls[c.mark:] {
		if x.log <= log {
			kept = append(kept, x)
		}
	}
	c.calls = kept
}

// journal gives every contact's journal.
func (h *theatre) journal() (map[string][]row, error) {
	s, err := store.Read(h.store())
	if err != nil {
		return nil, err
	}
	defer s.Close()
	all := map[string][]row{}
	err = s.Journal(store.Filter{}, func(e *store.Entry) error {
		all[e.Contact] = append(all[e.Contact], row{int(e.Seq), e.At, e.Kind, e.Track, e.Program, e.Stage, e.Offer, e.To, e.Until, e.Reason, e.By, e.Detail})
		return nil
	})
	return all, err
}

// outbox gives what goes out, a line each, without how far it is.
func (h *theatre) outbox() (rows []store.Outgoing, err error) {
	s, err := store.Read(h.store())
	if err != nil {
		return nil, err
	}
	defer s.Close()
	err = s.Outbox(func(o *store.Outgoing) error {
		rows = append(rows, *o)
		return nil
	})
	return rows, err
}

// folder is a folder for one seed, in memory where the system has such a place.
func folder(t testing.TB) string {
	base := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "proof")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

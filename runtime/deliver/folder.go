package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// folder is the channel `file:DIR`. A message is one file,
//
//	DIR/CHANNEL/2026-03-02/09-00-00 CONTACT OFFER HASH.eml
//
// day and time in UTC. The hash is of the message's key, so that two messages never share a file, however alike what a
// person reads of them; what is not good in a file name is written as `_`.
//
// A file appears whole or not at all: it is written beside its place and renamed. One that is there already is not
// written again. Nothing leaves DIR, whatever a key holds. A file is as safe from a power failure as any that the system
// has not been asked to flush.
type folder struct {
	dir      string
	root     *os.Root
	settings settings
	made     sync.Map // folders that are known to be there
	writing  [64]sync.Mutex
}

func openFolder(dir string, s settings) (*folder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("the folder of messages %s cannot be made: %w", dir, cause(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of messages %s cannot be used: %w", dir, cause(err))
	}
	f := &folder{dir: dir, root: root, settings: s}
	// Better to hear it now than at the first message.
	if err = f.write(".writable", nil); err == nil {
		err = root.Remove(".writable")
	}
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("nothing can be written to the folder of messages %s: %w", dir, cause(err))
	}
	return f, nil
}

func (f *folder) Idempotent() bool { return true }

func (f *folder) Close() error { return f.root.Close() }

func (f *folder) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	id := identify(m.Key)
	name := place(&m, id)
	lock := &f.writing[id[0]%uint8(len(f.writing))]
	lock.Lock()
	defer lock.Unlock()
	if _, err := f.root.Lstat(name); err == nil {
		return nil
	}
	var (
		file []byte
		err  error
	)
	if m.Kind == Mail {
		file, err = letter(&m, id, f.settings.from)
	} else {
		file, err = slip(&m)
	}
	if err != nil {
		return fmt.Errorf("the %s for %s cannot be made: %w", m.Kind, m.Contact, err)
	}
	if err := f.deliver(name, file); err != nil {
		return fmt.Errorf("%s cannot be written: %w", filepath.Join(f.dir, filepath.FromSlash(name)), cause(err))
	}
	return nil
}

// deliver writes the file, and makes its folder where that is missing, even where somebody took it away meanwhile.
func (f *folder) deliver(name string, file []byte) error {
	within := path.Dir(name)
	if _, known := f.made.Load(within); known {
		err := f.write(name, file)
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := f.root.MkdirAll(within, 0o777); err != nil {
		return err
	}
	f.made.Store(within, true)
	return f.write(name, file)
}

func (f *folder) write(name string, file []byte) error {
	half := path.Join(path.Dir(name), ".half "+path.Base(name)) // of this key alone: a dead run's is written over
	err := f.root.WriteFile(half, file, 0o666)
	if err == nil {
		err = f.root.Rename(half, name)
	}
	if err != nil {
		f.root.Remove(half)
	}
	return err
}

// cause leaves out the path that the system names: it is a part of the one that the message says.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

// identity is a message's key as bytes that are safe everywhere.
type identity [12]byte

func identify(key string) identity {
	sum := sha256.Sum256([]byte(key))
	return identity(sum[:12])
}

func (id identity) String() string { return hex.EncodeToString(id[:]) }

// place is the file of a message in its folder.
func place(m *Message, id identity) string {
	channel := readable(m.Channel, 40)
	if channel == "" {
		channel = readable(string(m.Kind), 40)
	}
	what, ending := m.Offer, ".eml"
	if m.Kind != Mail {
		what, ending = string(m.Kind), ".json"
	}
	at := m.At.UTC()
	words := []string{at.Format("15-04-05")}
	for _, word := range []string{readable(m.Contact, 80), readable(what, 60)} {
		if word != "" {
			words = append(words, word)
		}
	}
	name := strings.Join(append(words, id.String()), " ") + ending
	return path.Join(channel, at.Format("2006-01-02"), name)
}

// readable keeps of a text what is good in a file name, up to limit bytes. It begins with no dot, so that it is neither
// hidden nor a way out of its folder.
func readable(text string, limit int) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return '_'
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("@.-_+", r):
			return r
		default:
			return '_'
		}
	}, text)
	if strings.HasPrefix(safe, ".") {
		safe = "_" + safe[1:]
	}
	if len(safe) <= limit {
		return safe
	}
	for limit > 0 && !utf8.RuneStart(safe[limit]) {
		limit--
	}
	return safe[:limit]
}

// slip is what everything but mails is written as, its fields in this order.
func slip(m *Message) ([]byte, error) {
	type brief struct {
		Text string `json:"text"`
		HTML string `json:"html"`
	}
	out := struct {
		Kind    Kind           `json:"kind"`
		Title   string         `json:"title,omitempty"`
		To      string         `json:"to,omitempty"`
		Channel string         `json:"channel,omitempty"`
		Contact string         `json:"contact"`
		At      string         `json:"at"`
		Due     string         `json:"due,omitempty"`
		Program string         `json:"program,omitempty"`
		Stage   string         `json:"stage,omitempty"`
		Brief   *brief         `json:"brief,omitempty"`
		Data    map[string]any `json:"data,omitempty"`
		Key     string         `json:"key"`
	}{
		Kind: m.Kind, Title: m.Title, To: m.To, Channel: m.Channel, Contact: m.Contact, At: m.At.Format(time.RFC3339),
		Program: m.Program, Stage: m.Stage, Data: m.Data, Key: m.Key,
	}
	if !m.Due.IsZero() {
		out.Due = m.Due.Format(time.RFC3339)
	}
	if m.Content.Text != "" || m.Content.HTML != "" {
		out.Brief = &brief{m.Content.Text, m.Content.HTML}
	}
	var file strings.Builder
	e := json.NewEncoder(&file)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return nil, err
	}
	return []byte(file.String()), nil
}

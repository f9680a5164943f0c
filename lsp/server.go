package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"nurture/lang/calendar"
	"nurture/lang/lint"
)

// server is one session with an editor.
type server struct {
	options Options
	conn    jsonrpc2.Conn
	client  *client // known from `initialize` on, and never changed then

	workspace *workspace
	publisher *publisher
	census    *census
	answering sync.WaitGroup
	calls     sync.Map // the context.CancelFunc of each call that is being answered, by its id as written

	tasks     sync.Map     // the context.CancelFunc of what shows progress, by its token as written
	taskCount atomic.Int64 // tokens that were made

	state    state // of the goroutine that reads
	shutDown atomic.Bool
	exit     chan struct{}
	orphaned chan struct{} // closed when the editor's process is gone
}

// state is how far a session has come.
type state uint8

const (
	starting state = iota
	running
	ending
	ended // by `exit`; nothing is heard any more
)

// client is what the editor can do and how it wants it.
type client struct {
	encoding       encoding
	capabilities   protocol.ClientCapabilities
	versionedEdits bool // takes edits of a file with the version that they are for
	watches        bool // can be asked to watch files
	pulls          bool // asks for diagnostics itself
	refreshes      bool // can be told that its pulled diagnostics are old
	pages          pages
	today          func() calendar.Date

	quiet atomic.Int64 // nanoseconds without an edit before new diagnostics are shown
}

// quietTime is how long one may stop typing before being told what is wrong with what stands there.
const quietTime = 250 * time.Millisecond

func newServer(conn jsonrpc2.Conn, o Options) *server {
	s := &server{options: o, conn: conn, exit: make(chan struct{}), orphaned: make(chan struct{})}
	s.publisher = newPublisher(s)
	return s
}

// farewell is how long an editor that leaves is still answered.
const farewell = time.Second

// close ends what runs beside the messages. What has been asked is answered, be it that it was cancelled.
func (s *server) close() {
	s.calls.Range(func(_, cancel any) bool { cancel.(context.CancelFunc)(); return true })
	answered := make(chan struct{})
	go func() {
		s.answering.Wait()
		close(answered)
	}()
	select {
	case <-answered:
	case <-time.After(farewell):
	}
	s.publisher.close()
	s.conn.Close()
}

// ready says whether a method may be called now.
func (s *server) ready(name string) error {
	switch {
	case s.state == starting && name != "initialize":
		return jsonrpc2.Errorf(jsonrpc2.ServerNotInitialized, "%s came before initialize", name)
	case s.state == running && name == "initialize":
		return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "the server is initialized already")
	case s.state == ending:
		return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "%s came after shutdown", name)
	}
	return nil
}

// note writes a line into the log, of the one who started the server and of the editor.
func (s *server) note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if s.options.Log != nil {
		s.options.Log.Print(line)
	}
	go s.conn.Notify(context.Background(), protocol.MethodWindowLogMessage, // an editor that does not read must not stop the server
		&protocol.LogMessageParams{Type: protocol.MessageTypeError, Message: line})
}

// initializeParams are the library's, with what newer versions of the protocol added.
type initializeParams struct {
	ProcessID             *int                       `json:"processId"`
	RootPath              string                     `json:"rootPath"`
	RootURI               protocol.DocumentURI       `json:"rootUri"`
	WorkspaceFolders      []protocol.WorkspaceFolder `json:"workspaceFolders"`
	InitializationOptions json.RawMessage            `json:"initializationOptions"`
	Capabilities          json.RawMessage            `json:"capabilities"`
}

// newerCapabilities are those that the library does not know.
type newerCapabilities struct {
	General struct {
		PositionEncodings []string `json:"positionEncodings"`
	} `json:"general"`
	TextDocument struct {
		Diagnostic         *struct{} `json:"diagnostic"`
		PublishDiagnostics *struct{} `json:"publishDiagnostics"`
	} `json:"textDocument"`
	Workspace struct {
		Diagnostics struct {
			RefreshSupport bool `json:"refreshSupport"`
		} `json:"diagnostics"`
	} `json:"workspace"`
}

// settings are what the user can choose, as `initializationOptions` and as the section `nurture` of the configuration.
type settings struct {
	Diagnostics struct {
		Quiet *int   `json:"quiet"` // milliseconds
		Mode  string `json:"mode"`  // push or pull; "" is what the editor can do
	} `json:"diagnostics"`
}

func (c *client) set(s settings) {
	if q := s.Diagnostics.Quiet; q != nil {
		c.quiet.Store(int64(min(max(*q, 0), 60_000)) * int64(time.Millisecond))
	}
}

func initialize(s *server, p initializeParams) (work, error) {
	c := &client{pages: pages{dir: s.options.Pages}, today: s.options.Today}
	if c.today == nil {
		c.today = func() calendar.Date { return 0 }
	}
	c.quiet.Store(int64(quietTime))
	var newer newerCapabilities
	var chosen settings
	// What does not fit is passed over: an editor may say things that this server has never heard of.
	_ = json.Unmarshal(p.Capabilities, &c.capabilities)
	_ = json.Unmarshal(p.Capabilities, &newer)
	_ = json.Unmarshal(p.InitializationOptions, &chosen)
	c.set(chosen)
	if slices.Contains(newer.General.PositionEncodings, utf8s.name()) {
		c.encoding = utf8s
	}
	if w := c.capabilities.Workspace; w != nil {
		c.versionedEdits = w.WorkspaceEdit != nil && w.WorkspaceEdit.DocumentChanges
		c.watches = w.DidChangeWatchedFiles != nil && w.DidChangeWatchedFiles.DynamicRegistration
	}
	// An editor that does both would show everything twice, so it pulls only where it cannot be pushed, or the user
	// wants it.
	switch t := newer.TextDocument; {
	case chosen.Diagnostics.Mode != "":
		c.pulls = chosen.Diagnostics.Mode == "pull"
	default:
		c.pulls = t.Diagnostic != nil && t.PublishDiagnostics == nil
	}
	c.refreshes = newer.Workspace.Diagnostics.RefreshSupport

	s.client = c
	s.publisher = newPublisher(s)
	s.census = s.newCensus()
	s.workspace = newWorkspace(c, s.publisher.changed)
	s.state = running
	if p.ProcessID != nil {
		go s.watchParent(*p.ProcessID)
	}
	for _, root := range p.WorkspaceFolders {
		if dir, ok := filePath(protocol.DocumentURI(root.URI)); ok {
			s.workspace.roots = append(s.workspace.roots, dir)
		}
	}
	if dir, ok := filePath(p.RootURI); ok && len(p.WorkspaceFolders) == 0 {
		s.workspace.roots = append(s.workspace.roots, dir)
	} else if !ok && p.RootPath != "" && len(p.WorkspaceFolders) == 0 {
		s.workspace.roots = append(s.workspace.roots, p.RootPath)
	}
	return done(initializeResult{
		Capabilities: s.capabilities(),
		ServerInfo:   protocol.ServerInfo{Name: "nurturec", Version: cmp.Or(s.options.Version, "devel")},
	})
}

// initialized starts what needs an editor that listens.
func initialized(ctx context.Context, s *server, _ protocol.InitializedParams) error {
	roots := s.workspace.roots
	s.workspace.roots = nil
	for _, root := range roots {
		s.workspace.enter(root)
	}
	go s.register(ctx)
	go s.configure(ctx)
	return nil
}

// register asks the editor to tell what happens to files outside of it.
func (s *server) register(ctx context.Context) {
	if !s.client.watches {
		return
	}
	var watchers []protocol.FileSystemWatcher
	for _, glob := range []string{"**/*.nurture", "**/*.md", "**/" + lint.ConfigName} {
		watchers = append(watchers, protocol.FileSystemWatcher{GlobPattern: glob, Kind: 7})
	}
	_, err := s.conn.Call(ctx, protocol.MethodClientRegisterCapability, &protocol.RegistrationParams{
		Registrations: []protocol.Registration{{
			ID: "files", Method: protocol.MethodWorkspaceDidChangeWatchedFiles,
			RegisterOptions: protocol.DidChangeWatchedFilesRegistrationOptions{Watchers: watchers},
		}},
	}, nil)
	if err != nil && ctx.Err() == nil {
		s.note("the editor does not watch files: %v", err)
	}
}

// didChangeConfiguration takes the settings where they are sent along; most editors want to be asked.
func didChangeConfiguration(ctx context.Context, s *server, p struct {
	Settings struct {
		Nurture settings `json:"nurture"`
	} `json:"settings"`
}) error {
	s.client.set(p.Settings.Nurture)
	go s.configure(ctx)
	return nil
}

// configure asks the editor for the settings.
func (s *server) configure(ctx context.Context) {
	if w := s.client.capabilities.Workspace; w == nil || !w.Configuration {
		return
	}
	var sections []settings
	_, err := s.conn.Call(ctx, protocol.MethodWorkspaceConfiguration, &protocol.ConfigurationParams{
		Items: []protocol.ConfigurationItem{{Section: languageID}},
	}, &sections)
	switch {
	case err != nil && ctx.Err() == nil:
		s.note("the editor does not say its settings: %v", err)
	case len(sections) > 0:
		s.client.set(sections[0])
	}
}

func shutdown(s *server, _ json.RawMessage) (work, error) {
	s.state = ending
	s.shutDown.Store(true)
	return done(nil)
}

func exit(_ context.Context, s *server, _ json.RawMessage) error {
	s.state = ended
	close(s.exit)
	return nil
}

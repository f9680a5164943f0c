package lsp_test

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"golang.org/x/tools/txtar"

	"nurture/lang/calendar"
	"nurture/lsp"
)

// editor is a client of the language server, at the other end of real JSON-RPC. A test gives it files as a txtar archive,
// in which `/*name*/` marks a place: the mark itself is taken out, and at("name") is where it stood.
//
//	e := start(t, `
//	-- a.nurture --
//	segment /*it*/it = contact.role == "it"
//	`)
//	e.open("a.nurture")
//	var hover protocol.Hover
//	e.call("textDocument/hover", e.at("it"), &hover)
type editor struct {
	t     testing.TB
	dir   string
	conn  jsonrpc2.Conn
	done  chan error      // what Serve returned
	log   strings.Builder // of the server; read it after stop
	init  protocol.InitializeResult
	marks map[string]mark
	docs  map[string]*buffer // by name

	mu        sync.Mutex
	news      *sync.Cond
	published map[protocol.DocumentURI]published
	notes     []string // window/logMessage
	asked     []string // methods that the server called
}

type mark struct {
	file   string
	offset int
}

type published struct {
	count       int
	version     *int32
	diagnostics []protocol.Diagnostic
}

// buffer is a document as the editor has it.
type buffer struct {
	version int32
	text    string
}

// config is what a test chooses otherwise.
type config struct {
	utf8         bool
	quiet        int      // milliseconds
	roots        []string // workspace folders, inside the archive; nil is its top, empty none
	capabilities string   // JSON, in the place of the usual ones
	options      string   // JSON, initializationOptions
	pages        string
	census       func(dir string) (map[string]int64, error)
	test         lsp.Player
	lints        bool // with the rules of the linter, which other tests are not about
}

// someday is the day on which the tests take place.
const someday = 20_500

var marker = regexp.MustCompile(`/\*([a-z]\w*)\*/`)

// unmark takes the marks out of a text.
func unmark(text string) (string, map[string]int) {
	marks := map[string]int{}
	for {
		m := marker.FindStringSubmatchIndex(text)
		if m == nil {
			return text, marks
		}
		marks[text[m[2]:m[3]]] = m[0]
		text = text[:m[0]] + text[m[1]:]
	}
}

// start writes the files of an archive into a folder of their own and starts a session in it.
func start(t testing.TB, archive string, configs ...config) *editor {
	t.Helper()
	var c config
	if len(configs) > 0 {
		c = configs[0]
	}
	dir := t.TempDir()
	marks := map[string]mark{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		text, at := unmark(string(f.Data))
		for name, offset := range at {
			marks[name] = mark{f.Name, offset}
		}
		write(t, filepath.Join(dir, f.Name), text)
	}
	e := session(t, dir, c)
	e.marks = marks
	return e
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// pipe is one end of the connection.
type pipe struct {
	io.Reader
	io.WriteCloser
}

// session starts a server for a folder and shakes hands with it.
func session(t testing.TB, dir string, c config) *editor {
	t.Helper()
	if !c.lints {
		write(t, filepath.Join(dir, ".nurturec.toml"), "[lint.levels]\nall = \"off\"\n")
	}
	e := connect(t, dir, c)
	e.greet(c)
	return e
}

// greet shakes hands with the server.
func (e *editor) greet(c config) {
	e.t.Helper()
	params := map[string]any{
		"processId": os.Getpid(),
		"rootUri":   nil,
		"capabilities": json.RawMessage(`{
			"general": {"positionEncodings": ["utf-16"]},
			"workspace": {"workspaceFolders": true, "configuration": true,
				"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]},
				"didChangeWatchedFiles": {"dynamicRegistration": true}},
			"textDocument": {
				"publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true, "tagSupport": {"valueSet": [1, 2]}},
				"completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown"]}},
				"hover": {"contentFormat": ["markdown"]}}}`),
		"initializationOptions": map[string]any{"diagnostics": map[string]any{"quiet": c.quiet}},
	}
	if c.utf8 {
		params["capabilities"] = json.RawMessage(strings.Replace(string(params["capabilities"].(json.RawMessage)), `["utf-16"]`, `["utf-32", "utf-8", "utf-16"]`, 1))
	}
	if c.capabilities != "" {
		params["capabilities"] = json.RawMessage(c.capabilities)
	}
	if c.options != "" {
		params["initializationOptions"] = json.RawMessage(c.options)
	}
	roots := c.roots
	if roots == nil {
		roots = []string{"."}
	}
	folders := []protocol.WorkspaceFolder{}
	for _, root := range roots {
		folders = append(folders, protocol.WorkspaceFolder{URI: string(fileURI(filepath.Join(e.dir, root))), Name: root})
	}
	params["workspaceFolders"] = folders
	e.call("initialize", params, &e.init)
	e.notify("initialized", map[string]any{})
}

// connect starts a server without a word to it.
func connect(t testing.TB, dir string, c config) *editor {
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	e := attach(t, dir, pipe{fromServer, toServer})
	go func() {
		e.done <- lsp.Serve(context.Background(), fromEditor, toEditor, lsp.Options{
			Version: "test", Log: log.New(&e.log, "", 0), Pages: c.pages, Census: c.census, Test: c.test,
			Today: func() calendar.Date { return someday },
		})
		toEditor.Close()
		fromEditor.Close()
	}()
	return e
}

// attach makes an editor of the other end of a server's streams.
func attach(t testing.TB, dir string, server pipe) *editor {
	e := &editor{
		t: t, dir: dir, done: make(chan error, 1),
		docs: map[string]*buffer{}, published: map[protocol.DocumentURI]published{},
	}
	e.news = sync.NewCond(&e.mu)
	e.conn = jsonrpc2.NewConn(jsonrpc2.NewStream(server))
	e.conn.Go(context.Background(), e.take)
	t.Cleanup(func() { server.Close() })
	return e
}

// take is what the server says on its own.
func (e *editor) take(ctx context.Context, reply jsonrpc2.Replier, m jsonrpc2.Request) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.news.Broadcast()
	switch m.Method() {
	case "textDocument/publishDiagnostics":
		var p struct {
			URI         protocol.DocumentURI
			Version     *int32
			Diagnostics []protocol.Diagnostic
		}
		if err := json.Unmarshal(m.Params(), &p); err != nil {
			return err
		}
		e.published[p.URI] = published{e.published[p.URI].count + 1, p.Version, p.Diagnostics}
	case "window/logMessage":
		var p protocol.LogMessageParams
		if err := json.Unmarshal(m.Params(), &p); err != nil {
			return err
		}
		e.notes = append(e.notes, p.Message)
	default:
		e.asked = append(e.asked, m.Method()+" "+string(m.Params()))
		if m.Method() == "workspace/applyEdit" {
			return reply(ctx, protocol.ApplyWorkspaceEditResponse{Applied: true}, nil)
		}
		return reply(ctx, nil, nil)
	}
	return nil
}

// stop ends the session as an editor does, and gives what Serve returned.
func (e *editor) stop() error {
	e.t.Helper()
	e.call("shutdown", nil, nil)
	e.notify("exit", nil)
	return <-e.done
}

// ask calls a method; the error is what the server answered.
func (e *editor) ask(method string, params, result any) error {
	_, err := e.conn.Call(context.Background(), method, params, result)
	return err
}

// call calls a method that has to succeed.
func (e *editor) call(method string, params, result any) {
	e.t.Helper()
	if err := e.ask(method, params, result); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

func (e *editor) notify(method string, params any) {
	e.t.Helper()
	if err := e.conn.Notify(context.Background(), method, params); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

func fileURI(path string) protocol.DocumentURI {
	return protocol.DocumentURI((&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String())
}

// uri is what the editor calls a file of the archive; a name with a scheme is a URI already.
func (e *editor) uri(name string) protocol.DocumentURI {
	if strings.Contains(name, ":") {
		return protocol.DocumentURI(name)
	}
	return fileURI(filepath.Join(e.dir, filepath.FromSlash(name)))
}

// name is the file of the archive that the server calls so.
func (e *editor) name(uri protocol.DocumentURI) string {
	return strings.TrimPrefix(string(uri), string(fileURI(e.dir))+"/")
}

// text is a file as it stands in the editor, or else on the disk.
func (e *editor) text(name string) string {
	e.t.Helper()
	if d := e.docs[name]; d != nil {
		return d.text
	}
	src, err := os.ReadFile(filepath.Join(e.dir, filepath.FromSlash(name)))
	if err != nil {
		e.t.Fatal(err)
	}
	return string(src)
}

// open shows a file in the editor.
func (e *editor) open(name string) {
	e.t.Helper()
	e.openText(name, e.text(name))
}

// openText shows a document with a text that need not stand on the disk.
func (e *editor) openText(name, text string) {
	e.t.Helper()
	e.docs[name] = &buffer{1, text}
	e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": e.uri(name), "languageId": "nurture", "version": 1, "text": text,
	}})
}

func (e *editor) close(name string) {
	e.t.Helper()
	delete(e.docs, name)
	e.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": e.uri(name)}})
}

// replace writes over the bytes start to end of a document, as typing does.
func (e *editor) replace(name string, start, end int, text string) {
	e.t.Helper()
	d := e.docs[name]
	r := protocol.Range{Start: e.position(name, start), End: e.position(name, end)}
	d.version++
	d.text = d.text[:start] + text + d.text[end:]
	e.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": e.uri(name), "version": d.version},
		"contentChanges": []any{map[string]any{"range": r, "text": text}},
	})
}

// substitute replaces the one place in a document where old stands.
func (e *editor) substitute(name, old, new string) {
	e.t.Helper()
	text := e.docs[name].text
	at := strings.Index(text, old)
	if at < 0 || strings.Count(text, old) > 1 {
		e.t.Fatalf("%q stands %d times in %s", old, strings.Count(text, old), name)
	}
	e.replace(name, at, at+len(old), new)
}

// position is where a byte of a file stands, in the encoding of the session.
func (e *editor) position(name string, offset int) protocol.Position {
	e.t.Helper()
	before := e.text(name)[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return protocol.Position{Line: uint32(strings.Count(before, "\n")), Character: uint32(utf16Len(before[start:]))}
}

func utf16Len(text string) (n int) {
	for _, r := range text {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// offset is the byte of a text at a position.
func offset(text string, p protocol.Position) int {
	at := 0
	for range p.Line {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	for n := uint32(0); n < p.Character; {
		for _, r := range text[at:] {
			at += len(string(r))
			n += uint32(utf16Len(string(r)))
			break
		}
	}
	return at
}

// at is the place of a mark, as the parameters of a call.
func (e *editor) at(name string) protocol.TextDocumentPositionParams {
	e.t.Helper()
	m, ok := e.marks[name]
	if !ok {
		e.t.Fatalf("there is no mark %s", name)
	}
	return protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: e.uri(m.file)},
		Position:     e.position(m.file, m.offset),
	}
}

// between is the range between two marks of a file.
func (e *editor) between(from, to string) protocol.Range {
	e.t.Helper()
	return protocol.Range{Start: e.at(from).Position, End: e.at(to).Position}
}

// in are the parameters of a call about a whole file.
func (e *editor) in(name string) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": e.uri(name)}}
}

// says is what stands in a range of a file.
func (e *editor) says(name string, r protocol.Range) string {
	e.t.Helper()
	text := e.text(name)
	return text[offset(text, r.Start):offset(text, r.End)]
}

// applied is a file's text after edits.
func (e *editor) applied(name string, edits []protocol.TextEdit) string {
	e.t.Helper()
	text := e.text(name)
	after, at := "", 0
	for i, edit := range edits {
		start, end := offset(text, edit.Range.Start), offset(text, edit.Range.End)
		if start < at {
			e.t.Fatalf("edit %d overlaps the one before, or they are not in order: %v", i, edits)
		}
		after += text[at:start] + edit.NewText
		at = end
	}
	return after + text[at:]
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// wait returns when what has come fulfils a condition.
func (e *editor) wait(what string, fulfilled func() bool) {
	e.t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	late := false
	timer := time.AfterFunc(patience, func() { e.mu.Lock(); late = true; e.mu.Unlock(); e.news.Broadcast() })
	defer timer.Stop()
	for !fulfilled() {
		if late {
			e.t.Fatalf("no %s came; published: %v; notes: %v", what, e.published, e.notes)
		}
		e.news.Wait()
	}
}

// diagnostics waits for what the server says of a file: of the document as it is now where it is open.
func (e *editor) diagnostics(name string) []protocol.Diagnostic {
	e.t.Helper()
	uri := e.uri(name)
	var found []protocol.Diagnostic
	e.wait("diagnostics of "+name, func() bool {
		p, ok := e.published[uri]
		if d := e.docs[name]; ok && d != nil && (p.version == nil || *p.version != d.version) {
			return false
		}
		found = p.diagnostics
		return ok
	})
	return found
}

// summary writes diagnostics short: a line each, the code and what it stands at.
func (e *editor) summary(name string, found []protocol.Diagnostic) string {
	e.t.Helper()
	var lines []string
	for _, d := range found {
		lines = append(lines, d.Code.(string)+" "+e.says(name, d.Range))
	}
	return strings.Join(lines, "\n")
}

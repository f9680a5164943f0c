package deliver_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nurture/lang/content"
	"nurture/runtime/deliver"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("CET", 3600))

func greeting() deliver.Message {
	return deliver.Message{
		Key: "ada@example.com/targeted/1/mail/threat_report/2", Kind: deliver.Mail, Channel: "email",
		Contact: "ada@example.com", To: "Ada <ada@example.com>", At: at, Program: "targeted", Stage: "learn", Offer: "threat_report",
		Content: content.Rendered{
			Subject: "Grüße, Ada 👋", Preheader: "What <you> asked for",
			HTML: "<p>Hello Ada, é 👋 " + strings.Repeat("a long line ", 100) + "</p>\n",
			Text: "Hello Ada, é 👋 " + strings.Repeat("a long line ", 100) + "\n",
		},
	}
}

func open(t testing.TB, dir string, opts ...deliver.Option) deliver.Sender {
	t.Helper()
	s, err := deliver.Open("file:"+dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func send(t testing.TB, s deliver.Sender, m deliver.Message) {
	t.Helper()
	if err := s.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

// files gives what is in a folder, by its path there.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// only gives the one file of a folder.
func only(t testing.TB, dir string) (name, body string) {
	t.Helper()
	found := files(t, dir)
	if len(found) != 1 {
		t.Fatalf("want one file, found %v", found)
	}
	for name, body = range found {
	}
	return name, body
}

// read parses a mail as a mail program does: its headers, and its parts by type.
func read(t testing.TB, file string) (mail.Header, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	if kind == "text/plain" {
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(body)
		return m.Header, parts
	}
	if kind != "multipart/alternative" {
		t.Fatalf("the mail is %s", kind)
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return m.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
			t.Fatalf("part is %s %v, %v", kind, params, err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func decoded(t testing.TB, header string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMail(t *testing.T) {
	dir := t.TempDir()
	m := greeting()
	send(t, open(t, dir), m)
	name, file := only(t, dir)
	if !strings.HasPrefix(name, "email/2026-03-02/08-00-00 ada@example.com threat_report ") || !strings.HasSuffix(name, ".eml") {
		t.Errorf("the file is called %s", name)
	}
	header, parts := read(t, file)
	if got := decoded(t, header.Get("Subject")); got != m.Content.Subject {
		t.Errorf("subject is %q", got)
	}
	if to, err := header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "ada@example.com" || to[0].Name != "Ada" {
		t.Errorf("to is %v, %v", to, err)
	}
	if date, err := header.Date(); err != nil || !date.Equal(at) {
		t.Errorf("date is %v, %v; want the decision's instant", date, err)
	}
	if id := header.Get("Message-Id"); !strings.HasSuffix(id, "@localhost>") {
		t.Errorf("message id is %s", id)
	}
	for _, absent := range []string{"List-Unsubscribe", "User-Agent", "X-Mailer"} {
		if header.Get(absent) != "" {
			t.Errorf("the mail has a %s that nobody gave: %s", absent, header.Get(absent))
		}
	}
	if parts["text/plain"] != m.Content.Text {
		t.Errorf("text part is %q", parts["text/plain"])
	}
	page := parts["text/html"]
	for _, part := range []string{m.Content.HTML, "<title>Grüße, Ada 👋</title>", `display:none`, "What &lt;you&gt; asked for"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s:\n%s", part, page)
		}
	}
	for i, line := range strings.Split(file, "\r\n") {
		if len(line) > 78 {
			t.Errorf("line %d has %d bytes", i+1, len(line))
		}
	}
}

func TestGoldenMail(t *testing.T) {
	dir := t.TempDir()
	send(t, open(t, dir, deliver.From(&mail.Address{Name: "Acme", Address: "hello@acme.example"})), greeting())
	name, file := only(t, dir)
	got := name + "\r\n" + file
	const golden = "testdata/mail.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestMailWithoutPageIsText(t *testing.T) {
	dir := t.TempDir()
	m := greeting()
	m.Content = content.Rendered{Subject: "Hello", Text: "Hello.\n"}
	send(t, open(t, dir), m)
	_, file := only(t, dir)
	if _, parts := read(t, file); strings.TrimSpace(parts["text/plain"]) != "Hello." || len(parts) != 1 {
		t.Errorf("parts are %q", parts)
	}
}

func TestSubjectsAndAddressesStayOneHeader(t *testing.T) {
	for _, to := range []string{"a\r\nBcc: b@example.com", "customer 17", "", strings.Repeat("x", 300), "\"a b\"@example.com", "ünal@exämple.com", "a@example.com, b@example.com"} {
		for _, subject := range []string{"", "x\r\nBcc: b@example.com", strings.Repeat("é", 250), strings.Repeat("word ", 50), "a:b \"c\" <d>"} {
			dir := t.TempDir()
			m := greeting()
			m.To, m.Content.Subject = to, subject
			send(t, open(t, dir), m)
			_, file := only(t, dir)
			header, parts := read(t, file)
			if header.Get("Bcc") != "" || len(parts) != 2 {
				t.Errorf("to %q, subject %q:\n%s", to, subject, file)
			}
			if list, err := header.AddressList("To"); err != nil || len(list) != 1 {
				t.Errorf("to %q became %v, %v", to, list, err)
			}
			if got := decoded(t, header.Get("Subject")); strings.TrimSpace(got) != strings.TrimSpace(subject) && !strings.ContainsAny(subject, "\r\n") {
				t.Errorf("subject %q became %q", subject, got)
			}
		}
	}
}

func TestTaskHandoffAndWithdrawal(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	send(t, s, deliver.Message{
		Key: "k1", Kind: deliver.Task, Contact: "ada@example.com", To: "owner", At: at, Due: at.Add(48 * time.Hour), Program: "targeted", Stage: "engaged", Title: "Write a <personal> note",
	})
	send(t, s, deliver.Message{
		Key: "k2", Kind: deliver.Handoff, Channel: "crm", Contact: "ada@example.com", To: "sales", At: at, Program: "sales_cycle", Stage: "offered", Title: "Inside sales",
		Content: content.Rendered{Text: "Ada\n", HTML: "<p>Ada</p>\n"}, Data: map[string]any{"role": "it", "employees": 40, "company": "Acme"},
	})
	send(t, s, deliver.Message{Key: "k3", Kind: deliver.Withdrawn, Channel: "crm", Contact: "ada@example.com", To: "sales", At: at, Program: "sales_cycle"})
	found := files(t, dir)
	want := map[string]string{
		"task/2026-03-02/08-00-00 ada@example.com task ": `{
  "kind": "task",
  "title": "Write a <personal> note",
  "to": "owner",
  "contact": "ada@example.com",
  "at": "2026-03-02T09:00:00+01:00",
  "due": "2026-03-04T09:00:00+01:00",
  "program": "targeted",
  "stage": "engaged",
  "key": "k1"
}
`,
		"crm/2026-03-02/08-00-00 ada@example.com handoff ": `{
  "kind": "handoff",
  "title": "Inside sales",
  "to": "sales",
  "channel": "crm",
  "contact": "ada@example.com",
  "at": "2026-03-02T09:00:00+01:00",
  "program": "sales_cycle",
  "stage": "offered",
  "brief": {
    "text": "Ada\n",
    "html": "<p>Ada</p>\n"
  },
  "data": {
    "company": "Acme",
    "employees": 40,
    "role": "it"
  },
  "key": "k2"
}
`,
		"crm/2026-03-02/08-00-00 ada@example.com withdrawn ": `{
  "kind": "withdrawn",
  "to": "sales",
  "channel": "crm",
  "contact": "ada@example.com",
  "at": "2026-03-02T09:00:00+01:00",
  "program": "sales_cycle",
  "key": "k3"
}
`,
	}
	for name, body := range found {
		if !json.Valid([]byte(body)) {
			t.Errorf("%s is no JSON", name)
		}
		for prefix, wanted := range want {
			if strings.HasPrefix(name, prefix) {
				delete(want, prefix)
				if body != wanted {
					t.Errorf("%s is\n%s\nwant\n%s", name, body, wanted)
				}
			}
		}
	}
	if len(want) > 0 || len(found) != 3 {
		t.Errorf("not found: %v\nthere are: %v", want, found)
	}
}

func TestSameKeyIsOneFileWithTheSameBytes(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s := open(t, dir)
	if !s.Idempotent() {
		t.Error("files may be written again")
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if err := s.Send(context.Background(), greeting()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	name, file := only(t, dir)
	send(t, open(t, other), greeting())
	if again, same := only(t, other); again != name || same != file {
		t.Errorf("the same message is %s\n%s\nand %s\n%s", name, file, again, same)
	}
}

func TestContactKeysStayInTheFolder(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "outbox")
	s := open(t, dir)
	keys := []string{
		"../../etc/passwd", "..", ".", "", "/absolute", "a/b", "a\\b", "a:b", "a\x00b", "\xff\xfe", "Ünal Çelik", "名前", "👩‍💻", "CON", "-rf", ".hidden",
		strings.Repeat("é", 300), strings.Repeat("é", 300) + "!", "a b", "a_b", "A_B", "\n", "a@example.com",
	}
	for _, key := range keys {
		m := greeting()
		m.Key, m.Contact, m.To, m.Offer, m.Channel = key, key, key, key, key
		send(t, s, m)
	}
	found := files(t, dir)
	if len(found) != len(keys) {
		t.Errorf("%d messages became %d files: %v", len(keys), len(found), found)
	}
	if all := files(t, base); len(all) != len(found) {
		t.Errorf("something left the folder: %v", all)
	}
	for name := range found {
		if base := filepath.Base(name); len(base) > 255 || strings.HasPrefix(base, ".") || !strings.HasSuffix(base, ".eml") {
			t.Errorf("file name %q", name)
		}
	}
}

func TestWhatADeadRunLeftIsWrittenOver(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	send(t, s, greeting())
	name, want := only(t, dir)
	whole := filepath.Join(dir, filepath.FromSlash(name))
	half := filepath.Join(filepath.Dir(whole), ".half "+filepath.Base(whole))
	if err := os.Rename(whole, half); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(half, 10); err != nil {
		t.Fatal(err)
	}
	send(t, s, greeting())
	if again, got := only(t, dir); again != name || got != want {
		t.Errorf("%s is\n%s", again, got)
	}
}

func TestFolderThatIsTakenAwayIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	send(t, s, greeting())
	if err := os.RemoveAll(filepath.Join(dir, "email")); err != nil {
		t.Fatal(err)
	}
	send(t, s, greeting())
	only(t, dir)
}

func TestLinksOutOfTheFolderAreNotFollowed(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, "email")); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(context.Background(), greeting()); err == nil {
		t.Error("a link out of the folder was followed")
	}
	if found := files(t, outside); len(found) > 0 {
		t.Errorf("outside there is %v", found)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ url, want string }{
		{"outbox", `channel "outbox" names no kind: write file:outbox to have files written there`},
		{"smtp://localhost", `channel "smtp://localhost": there is no kind "smtp"; there is file:DIR, which writes each message as a file`},
		{"file:", `channel "file:" names no folder: write file:outbox`},
		{"file://server/share", `channel "file://server/share" names no folder of this machine: write file:outbox, or file:///srv/outbox`},
		{"file:" + file, "the folder of messages " + file + " cannot be made: not a directory"},
		{"file:" + file + "/below", "the folder of messages " + file + "/below cannot be made: not a directory"},
	} {
		s, err := deliver.Open(test.url)
		if err == nil {
			s.Close()
			t.Errorf("%s opens", test.url)
		} else if err.Error() != test.want {
			t.Errorf("%s\n got %v\nwant %s", test.url, err, test.want)
		}
	}
	s, err := deliver.Open("file://" + dir + "/with%20blank")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(filepath.Join(dir, "with blank")); err != nil {
		t.Error(err)
	}
}

func TestInterruptedSendsNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := open(t, dir).Send(ctx, greeting()); err != context.Canceled {
		t.Errorf("got %v", err)
	}
	if found := files(t, dir); len(found) > 0 {
		t.Errorf("sent %v", found)
	}
}

func TestDataThatJSONCannotHoldIsAnError(t *testing.T) {
	err := open(t, t.TempDir()).Send(context.Background(), deliver.Message{Key: "k", Kind: deliver.Task, Contact: "ada", Data: map[string]any{"x": func() {}}})
	if err == nil || !strings.HasPrefix(err.Error(), "the task for ada cannot be made: ") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSend(b *testing.B) {
	s := open(b, b.TempDir())
	m := greeting()
	i := 0
	for b.Loop() {
		i++
		m.Key = fmt.Sprint(i)
		if err := s.Send(context.Background(), m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

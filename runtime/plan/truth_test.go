package plan_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/engine"
	"nurture/runtime/plan"
	"nurture/runtime/store"
)

const (
	begins = 1767571200 // 2026-01-05
	stands = begins + 60*86400
	latest = stands + 10*86400 // at which another version takes over
	month  = 30 * 86400
)

// version compiles a playbook; nil where it has errors.
func version(files map[string]string) *plan.Version {
	sources, content := map[string]string{}, map[string]string{}
	for name, text := range files {
		if strings.HasSuffix(name, lang.Extension) {
			sources[name] = text
		} else {
			content[name] = text
		}
	}
	loaded := lang.Parse(sources, func(path string) (string, error) {
		if text, ok := content[path]; ok {
			return text, nil
		}
		return "", os.ErrNotExist
	})
	if loaded.Failed() {
		return nil
	}
	return &plan.Version{Program: compile.Compile(loaded.Playbook), Files: files}
}

// example are the files of a playbook that is used.
func example(t testing.TB) map[string]string {
	files := map[string]string{}
	root := "../../examples/saas"
	for _, pattern := range []string{"*.nurture", "content/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(names) == 0 {
			t.Fatal("no example", err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel(root, name)
			files[filepath.ToSlash(rel)] = string(text)
		}
	}
	return files
}

// lives writes contacts and what they do.
func lives(t testing.TB, dir string) (contacts, events string) {
	luck := rand.New(rand.NewPCG(1, 2))
	var people, happened strings.Builder
	people.WriteString("email,role,company,employees,consent,customer,renewal,first_seen,timezone\n")
	pick := func(of ...string) string { return of[luck.IntN(len(of))] }
	for i := range 120 {
		key := fmt.Sprintf("c%03d@example.com", i)
		fmt.Fprintf(&people, "%s,%s,%s,%s,%s,%s,%s,2026-%02d-%02d,%s\n", key, pick("", "developer", "it", "user"), pick("", "Acme"), pick("", "20", "900"), pick("yes", "yes", "no"),
			pick("", "", "yes"), pick("", "2026-03-20", "2026-04-01"), 1+luck.IntN(2), 5+luck.IntN(20), pick("", "America/New_York"))
		for range luck.IntN(6) {
			at := begins + int64(luck.IntN(75*86400))
			line := pick(`"event":"clicked"`, `"event":"opened"`, `"event":"replied"`, `"event":"visited","page":"/pricing","topic":"cost"`, `"event":"sales.accepted"`,
				`"event":"sales.not_ready"`, `"event":"unsubscribed"`, `"event":"purchased","amount":100,"plan":"x"`, `"event":"clicked","offer":"threat_report"`)
			fmt.Fprintf(&happened, `{"id":"e%d","contact":%q,%s,"at":%q}`+"\n", happened.Len(), key, line, instant(at))
		}
	}
	contacts, events = filepath.Join(dir, "contacts.csv"), filepath.Join(dir, "events.jsonl")
	for name, text := range map[string]string{contacts: people.String(), events: happened.String()} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return contacts, events
}

// run plays a version in a store up to an instant.
func run(v *plan.Version, path string, to int64, files ...string) error {
	from := int64(begins)
	o := runtime.Options{Program: v.Program, Sources: v.Files, Store: path, From: &from, To: &to, Batch: 16}
	if len(files) == 2 {
		o.Contacts, o.Events = files[:1], files[1:]
	}
	_, err := runtime.Run(context.Background(), o)
	return err
}

func copied(t failing, from, to string) string {
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return to
}

// said are the decisions of each contact in the month from where a plan begins.
func said(t failing, path string, from int64) map[string][]string {
	s, err := store.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows := map[string][]string{}
	err = s.Journal(store.Filter{}, func(e *store.Entry) error {
		if e.At >= from && e.At < from+month {
			rows[e.Contact] = append(rows[e.Contact], line(e.At, e.Kind, e.Program, e.Stage, e.Offer, cmp.Or(e.To, until(e.Until)), e.Reason, e.Detail))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func line(at int64, kind, program, stage, offer, to, reason, detail string) string {
	return strings.Join([]string{fmt.Sprint(at), kind, program, stage, offer, to, reason, detail}, " | ")
}

// foreseen are the decisions that a forecast tells under the last of its playbooks.
func foreseen(t failing, path string, from int64, versions ...*plan.Version) map[string][]string {
	s, err := store.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var programs []*compile.Program
	for _, v := range versions {
		programs = append(programs, v.Program)
	}
	p := programs[len(programs)-1]
	rows := map[string][]string{}
	var mu sync.Mutex
	err = runtime.Foresee(context.Background(), s, programs, from, from+month, func(_ int, key string, futures []runtime.Future) {
		mu.Lock()
		defer mu.Unlock()
		for _, row := range futures[len(futures)-1].Rows {
			program, stage, offer, to := "", "", "", row.To
			if row.Gone != "" {
				program, stage, _ = strings.Cut(row.Gone, ".")
			}
			if row.Stage >= 0 {
				stage = p.Stages[row.Stage].Short
			}
			if row.Program >= 0 {
				program = p.Programs[row.Program].Name
			}
			if row.Offer >= 0 {
				offer = p.Offers[row.Offer].Name
			}
			if row.Kind == engine.Held && row.ToAt != 0 {
				to = until(row.ToAt)
			}
			rows[key] = append(rows[key], line(row.At, row.Kind.String(), program, stage, offer, to, row.Reason, row.Detail))
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// What is put in the place of what in a line.
var exchanges = []struct {
	of *regexp.Regexp
	by []string
}{
	{regexp.MustCompile(`\b\d+d\b`), []string{"1d", "2d", "5d", "12d", "40d"}},
	{regexp.MustCompile(`\b\d\d:00\.\.\d\d:00\b`), []string{"06:00..09:00", "09:00..23:00", "13:00..14:00"}},
	{regexp.MustCompile(`\bweekdays\b`), []string{"everyday", "sat, sun", "mon"}},
	{regexp.MustCompile(`\bcap +\d+\b`), []string{"cap 1", "cap 3", "cap 20"}},
	{regexp.MustCompile(`\b(threat_report|scaling_webinar|roi_calculator|breach_stories|digest|second_look)\b`),
		[]string{"threat_report", "secure_coding", "roi_calculator", "state_of_ops", "second_look"}},
	{regexp.MustCompile(`\bpick +[a-z]+`), []string{"pick explore", "pick interest", "pick latest"}},
	{regexp.MustCompile(`\brepeat after [0-9a-z]+`), []string{"repeat after 3d", "repeat after 3mo"}},
}

// changed is the playbook with a few lines changed at random.
func changed(t *rapid.T, files map[string]string) map[string]string {
	after := maps.Clone(files)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(name string) bool { return !strings.HasSuffix(name, lang.Extension) || name == "tests.nurture" })
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		name := rapid.SampledFrom(names).Draw(t, "file")
		lines := strings.Split(after[name], "\n")
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		switch rapid.IntRange(0, 6).Draw(t, "how") {
		case 0:
			lines = slices.Delete(lines, i, i+1)
		case 1, 2, 3, 4:
			x := rapid.SampledFrom(exchanges).Draw(t, "of")
			text := strings.Join(lines, "\n")
			found := x.of.FindAllStringIndex(text, -1)
			for at := 0; len(found) == 0 && at < len(names); at++ { // another file has one
				name = names[at]
				text = after[name]
				found = x.of.FindAllStringIndex(text, -1)
			}
			if len(found) == 0 {
				continue // all were exchanged
			}
			at := rapid.SampledFrom(found).Draw(t, "at")
			lines = strings.Split(text[:at[0]]+rapid.SampledFrom(x.by).Draw(t, "by")+text[at[1]:], "\n")
		case 5:
			j := rapid.IntRange(0, len(lines)-1).Draw(t, "with")
			lines[i], lines[j] = lines[j], lines[i]
		case 6:
			stage := rapid.SampledFrom([]string{"targeted.learn", "longterm.discover", "turnback.keep_warm", "targeted.engaged", "welcome.loyal"}).Draw(t, "stage")
			program, short, _ := strings.Cut(stage, ".")
			for name := range after {
				after[name] = strings.ReplaceAll(after[name], "stage "+short+" ", "stage "+short+"_2 ")
				after[name] = strings.ReplaceAll(after[name], "-> "+short+"\n", "-> "+short+"_2\n")
				after[name] = strings.ReplaceAll(after[name], stage, stage+"_2")
			}
			lines = strings.Split(after[name], "\n")
			if rapid.Bool().Draw(t, "migrate") {
				lines = append(lines, fmt.Sprintf("migrate %s.%s -> %s.%s_2", program, short, program, short), "")
			}
		}
		after[name] = strings.Join(lines, "\n")
	}
	delete(after, "tests.nurture")
	return after
}

// What a plan foresees of the contacts in flight is what the run then does, when nothing new happens: decision by
// decision, and as counts of what would happen and what would not because of the new version.
func TestPlanIsTrue(t *testing.T) {
	dir := t.TempDir()
	files := example(t)
	old := version(files)
	if old == nil {
		t.Fatal("the example has errors")
	}
	base := filepath.Join(dir, "base.db")
	contacts, events := lives(t, dir)
	if err := run(old, base, stands, contacts, events); err != nil {
		t.Fatal(err)
	}
	today := copied(t, base, filepath.Join(dir, "old.db"))
	if err := run(old, today, latest+month); err != nil {
		t.Fatal(err)
	}
	was := said(t, today, stands)
	got := foreseen(t, base, stands, old)
	for key := range union(was, got) {
		if !slices.Equal(was[key], got[key]) {
			t.Fatalf("%s: foreseen was\n  %s\nand this happened:\n  %s", key, strings.Join(got[key], "\n  "), strings.Join(was[key], "\n  "))
		}
	}
	made, differing := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		next := version(changed(t, files))
		if next == nil {
			return
		}
		made++
		from := rapid.SampledFrom([]int64{stands, stands, stands + 3*86400 + 3600*9, latest}).Draw(t, "from")
		was := said(t, today, from)
		s, err := store.Read(base)
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Make(context.Background(), plan.Options{Store: s, Running: old, Next: next, At: &from})
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		if (len(p.Changes) == 0) != (old.Program.Hash == next.Program.Hash) {
			t.Fatalf("there are %d changes in meaning", len(p.Changes))
		}
		after := copied(t, base, filepath.Join(dir, "next.db"))
		if err := run(old, after, from); err != nil {
			t.Fatal(err)
		}
		err = run(next, after, from+month)
		var dropped *runtime.DroppedError
		var crowded *runtime.CrowdedError
		if (errors.As(err, &dropped) || errors.As(err, &crowded)) != p.Stranding() {
			t.Fatalf("the plan says stranding: %v, and the run %v", p.Stranding(), err)
		}
		if p.Stranding() {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		is := said(t, after, from)
		got := foreseen(t, base, from, old, next)
		for key := range union(is, got) {
			if !slices.Equal(is[key], got[key]) {
				t.Fatalf("%s: foreseen was\n  %s\nand this happened:\n  %s", key, strings.Join(got[key], "\n  "), strings.Join(is[key], "\n  "))
			}
		}
		if want, got := effects(called(was, next), is, from), planned(p); want != got {
			t.Fatalf("the plan tells\n%s\nand the two journals\n%s", got, want)
		}
		if len(p.Effects) > 0 {
			differing++
		}
	})
	t.Logf("%d playbooks were planned, and %d of them make a difference", made, differing)
	if made == 0 || differing == 0 {
		t.Errorf("%d playbooks were planned, and %d of them make a difference", made, differing)
	}
}

// failing is a test, or a case of rapid.
type failing interface{ Fatal(...any) }

func union[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}

// effects counts, from two journals, of how many contacts what is told of only one, or of both at different times, by the
// first instant at which they differ.
func effects(was, is map[string][]string, from int64) string {
	counts := map[string][3]int{}
	for key := range union(was, is) {
		a, b := told(was[key]), told(is[key])
		for what := range union(a, b) {
			gone, come := without(a[what], b[what]), without(b[what], a[what])
			firsts := map[string]int64{}
			switch n := min(len(gone), len(come)); {
			case len(gone) > n:
				firsts["-"] = gone[n].at
			case len(come) > n:
				firsts["+"] = come[n].at
			}
			if len(gone) > 0 && len(come) > 0 {
				firsts["~"] = min(gone[0].at, come[0].at)
			}
			for sign, at := range firsts {
				c := counts[sign+what]
				for w, length := range []int64{1, 86400, month} {
					if at < from+length {
						c[w]++
					}
				}
				counts[sign+what] = c
			}
		}
	}
	var lines []string
	for what, n := range counts {
		lines = append(lines, fmt.Sprint(what, n))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// without are the instants of one list that are not in the other, one for one.
func without(list, other []instantOf) (left []instantOf) {
	other = slices.Clone(other)
	for _, x := range list {
		if i := slices.Index(other, x); i >= 0 {
			other = slices.Delete(other, i, i+1)
			continue
		}
		left = append(left, x)
	}
	return left
}

// called are decisions in which stages that are no more are called as those to which `migrate` leads.
func called(rows map[string][]string, next *plan.Version) map[string][]string {
	all := map[string][]string{}
	for key, lines := range rows {
		for _, line := range lines {
			for _, m := range next.Program.Playbook.Migrations {
				program, stage := m.FromProgram, m.FromStage
				line = strings.ReplaceAll(line, "| "+program+" | "+stage+" |", "| "+m.To.Stage.Program.Name+" | "+m.To.Stage.Name+" |")
				line = strings.ReplaceAll(line, "| "+program+"."+stage+" |", "| "+m.To.Stage.Program.Name+"."+m.To.Stage.Name+" |")
			}
			all[key] = append(all[key], line)
		}
	}
	return all
}

// instantOf is when a decision is made, and what it says beside what it is counted by.
type instantOf struct {
	at     int64
	beside string
}

// told gives the instants of what decisions say.
func told(rows []string) map[string][]instantOf {
	all := map[string][]instantOf{}
	for _, row := range rows {
		var at int64
		fmt.Sscan(row, &at)
		f := strings.Split(row, " | ")
		kind, program, stage, offer, to, reason, detail := f[1], f[2], f[3], f[4], f[5], f[6], f[7]
		if kind == "moved" && detail == "migrate" {
			continue
		}
		where := program
		if stage != "" {
			where += "." + stage
		}
		in := ""
		if where != "" {
			in = " (" + where + ")"
		}
		what := ""
		switch kind {
		case "entered", "exhausted":
			what = where
		case "moved":
			what = where + " -> " + to
		case "sent":
			what = offer + in
		case "held", "refused":
			what = reason + in
		case "handed", "withdrawn":
			what = to + in
		default:
			for _, s := range []string{detail, to, reason} {
				if s != "" {
					what = s
					break
				}
			}
			what += in
		}
		if kind != "held" {
			to = ""
		}
		all[kind+" "+what] = append(all[kind+" "+what], instantOf{at, to + detail})
	}
	return all
}

// planned are the effects of a plan, as effects writes them.
func planned(p *plan.Plan) string {
	var lines []string
	for _, e := range p.Effects {
		sign := map[plan.How]string{plan.Comes: "+", plan.Goes: "-", plan.Shifts: "~"}[e.How]
		lines = append(lines, fmt.Sprint(sign, e.Kind, " ", e.What, [3]int64(e.Contacts)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func instant(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

func until(at int64) string {
	if at == 0 {
		return ""
	}
	return instant(at)
}

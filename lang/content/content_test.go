package content_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nurture/lang/calendar"
	"nurture/lang/content"
	"nurture/lang/diag"
)

var fields = []string{"email", "first_name", "role", "company", "employees", "buy_by", "first_seen", "customer", "interests", "website"}

// report parses a file and writes what was found, one a line: place, the text there, code, message, fix.
func report(src string, opts ...content.Option) string {
	_, diags := content.Parse("content/a.md", src, fields, opts...)
	var out strings.Builder
	for _, d := range diags {
		before := src[:d.Span.Start]
		line := strings.Count(before, "\n") + 1
		column := len(before) - strings.LastIndex(before, "\n")
		fmt.Fprintf(&out, "%d:%d [%s] %s %s", line, column, src[d.Span.Start:d.Span.End], d.Code, d.Message)
		for _, f := range d.Fixes {
			mended := src
			for _, e := range f.Edits {
				mended = mended[:e.Span.Start] + e.New + mended[e.Span.End:]
			}
			fmt.Fprintf(&out, " => %s", strings.Split(mended, "\n")[line-1])
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestFindings(t *testing.T) {
	const top = "---\nsubject: Hello\n---\n"
	for _, test := range []struct{ name, src, want string }{
		{"sound", top + "Hello {{ contact.first_name | default: \"there\" }}, {% if contact.role == \"it\" %}you{% else %}all{% endif %}", ""},
		{"unknown field", top + "é {{ contact.frist_name }}",
			"4:15 [frist_name] NUR260 a contact has no field `frist_name`: did you mean `first_name`? => é {{ contact.first_name }}\n"},
		{"unknown field in a tag and behind a filter", top + "{% if contact.rolle == \"it\" and contact.company != \"x\" %}{{ \"a\" | append: contact.compny }}{% endif %}",
			"4:15 [rolle] NUR260 a contact has no field `rolle`: did you mean `role`? => {% if contact.role == \"it\" and contact.company != \"x\" %}{{ \"a\" | append: contact.compny }}{% endif %}\n" +
				"4:83 [compny] NUR260 a contact has no field `compny`: did you mean `company`? => {% if contact.rolle == \"it\" and contact.company != \"x\" %}{{ \"a\" | append: contact.company }}{% endif %}\n"},
		{"unknown field in the front matter", "---\nsubject: Hé, {{ contact.frist_name }}\npreheader: \"é {{ contact.rolle }}\"\n---\nx",
			"2:26 [frist_name] NUR260 a contact has no field `frist_name`: did you mean `first_name`? => subject: Hé, {{ contact.first_name }}\n" +
				"3:27 [rolle] NUR260 a contact has no field `rolle`: did you mean `role`? => preheader: \"é {{ contact.role }}\"\n"},
		{"unknown field where escapes hide the place", "---\nsubject: \"\\u00e9 {{ contact.zzz }}\"\n---\nx",
			"2:10 [\"\\u00e9 {{ contact.zzz }}\"] NUR260 a contact has no field `zzz`: declare it in `contact { … }`, or use one of its fields\n"},
		{"field by index", top + "{{ contact[\"rolle\"] }}{{ contact[offer.name] }}",
			"4:13 [rolle] NUR260 a contact has no field `rolle`: did you mean `role`? => {{ contact[\"role\"] }}{{ contact[offer.name] }}\n" +
				"4:26 [contact[] NUR262 `contact` is read by names that stand there: write `contact.email`\n"},
		{"bare field", top + "{{ first_name }}", "4:4 [first_name] NUR261 there is no `first_name` by itself: write `contact.first_name` => {{ contact.first_name }}\n"},
		{"unknown name", top + "{{ user.name }}", "4:4 [user] NUR261 there is no `user` here: a message sees `contact`, `now`, `offer`, `questions`\n"},
		{"a brief's name in a message", top + "{{ journal | size }}", "4:4 [journal] NUR261 only the brief of a hand-off sees `journal`: leave it out of a message\n"},
		{"whole object", top + "{{ contact }}", "4:4 [contact] NUR262 `contact` cannot be shown whole: say what of it, such as `contact.email`\n"},
		{"list of objects", top + "{{ questions }}{% if questions %}{% endif %}", "4:4 [questions] NUR262 `questions` is a list: show one after the other, `{% for x in questions %}{{ x.field }}{% endfor %}`\n"},
		{"contact under another name", top + "{% assign c = contact %}", "4:15 [contact] NUR262 `contact` cannot be shown whole: say what of it, such as `contact.email`\n"},
		{"part of a loop's element", top + "{% for q in questions %}{{ q.txt }}{% endfor %}{{ q.text }}",
			"4:30 [txt] NUR262 `q` has no `txt`: did you mean `text`? => {% for q in questions %}{{ q.text }}{% endfor %}{{ q.text }}\n" +
				"4:51 [q] NUR261 there is no `q` here: a message sees `contact`, `now`, `offer`, `questions`\n"},
		{"loops with modifiers", top + "{% for q in questions limit: 2 reversed %}{{ forloop.index }}{{ q.text }}{% endfor %}", ""},
		{"assigned element", top + "{% assign q = questions.first %}{{ q.nothing_such }}", "4:38 [nothing_such] NUR262 `q` has no `nothing_such`: it has `field`, `text`\n"},
		{"unknown filter", top + "{{ contact.role | upcse }}", "4:19 [upcse] NUR263 there is no filter `upcse`: did you mean `upcase`? => {{ contact.role | upcase }}\n"},
		{"filter without its value", top + "{{ contact.role | default }}", "4:19 [default] NUR263 `default` takes one value: write `| default: \"there\"`\n"},
		{"clock", top + "{{ 'now' | date: '%Y' }}", "4:4 ['now'] NUR266 a message reads no clock: write `now`, the instant it is sent at => {{ now | date: '%Y' }}\n"},
		{"unclosed object", top + "a {{ contact.role }", "4:3 [{{] NUR256 this `{{` has no `}}`, or nothing stands between: close it, or write `{% raw %}{{{% endraw %}` if the message shall show it\n"},
		{"raw and comment", top + "{% raw %}{{ nobody.knows }} {%{% endraw %}{% comment %}{{ neither }}{% endcomment %}", ""},
		{"other files", top + "{% include 'footer' %}", "4:4 [include] NUR257 a content file takes in no other file: write what `include` would bring here\n"},
		{"unknown tag", top + "{% iff x %}", "4:4 [iff] NUR257 there is no tag `iff`: did you mean `if`? => {% if x %}\n"},
		{"unclosed block", top + "{% if contact.customer %}{% for q in questions %}{% endif %}",
			"4:53 [endif] NUR258 `endif` stands where the `for` above is still open: write `{% endfor %}` first\n"},
		{"block never closed", top + "\n{% unless contact.customer %}", "5:1 [{% unless contact.customer %}] NUR258 this `unless` is never closed: write `{% endunless %}` where it ends\n"},
		{"else if", top + "{% if contact.customer %}a{% else if contact.role %}b{% endif %}",
			"4:30 [else if contact.role] NUR259 `else` takes no condition: write `elsif` => {% if contact.customer %}a{% elsif contact.role %}b{% endif %}\n"},
		{"not", top + "{% if not contact.customer %}a{% endif %}",
			"4:7 [not] NUR259 Liquid has no `not`: write `{% unless … %}`, or compare with `== false`\n"},
		{"curly quotes", top + "{{ contact.role | default: “x” }}", "4:28 [“] NUR259 Liquid does not know `“` here: write straight quotes, `\"`\n"},
		{"letters beyond a to z", top + "{{ contact.prénom }}", "4:11 [.prénom] NUR259 Liquid knows only the letters a to z behind a dot: write `[\"prénom\"]` => {{ contact[\"prénom\"] }}\n"},
		{"huge number", top + "{{ 99999999999999999999 }}", "4:4 [99999999999999999999] NUR264 this number is too long: write at most 15 digits\n"},
		{"huge range", top + "{% for i in (1..1000000000) %}{% endfor %}", "4:14 [1..1000000000] NUR264 this range has more than 10000 numbers: write a shorter one\n"},
		{"nesting", top + strings.Repeat("> ", 101) + "x", "4:201 [>] NUR264 this line begins with more than 100 quotations or lists in each other: nest less deeply\n"},
		{"brackets", top + strings.Repeat("[", 5001), "4:5001 [[] NUR264 more than 5000 brackets `[` are more than a message needs: shorten it\n"},
		{"taken name", top + "{% assign contact = 'x' %}", "4:11 [contact] NUR268 `contact` has a meaning already: choose another name\n"},
		{"no subject", "Hello", "1:1 [] NUR254 there is no subject: write `subject: …` between two lines `---` at the top of the file, or `subject \"…\"` in the offer\n"},
		{"unquoted braces", "---\nsubject: {{ contact.frist_name }}, hi\npreheder: x\n---\nx",
			"2:21 [frist_name] NUR260 a contact has no field `frist_name`: did you mean `first_name`? => subject: {{ contact.first_name }}, hi\n" +
				"3:1 [preheder] NUR253 front matter has no key `preheder`: did you mean `preheader`? => preheader: x\n"},
		{"unquoted colon", "---\nsubject: Now: a report\n---\nx", ""},
		{"cut by a comment", "---\r\nsubject: You are #1\r\n---\r\nx", "2:18 [#1] NUR265 ` #` begins a comment in YAML, so this is left out: put the whole text in quotes\n"},
		{"list for a subject", "---\nsubject: [a, b]\n---\nx", "2:10 [[a, b]] NUR255 `subject` is not a text: write `subject: \"…\"`\n"},
		{"nothing for a subject", "---\nsubject:\n---\nx", "2:1 [subject] NUR255 `subject` is not a text: write `subject: \"…\"`\n"},
		{"front matter that never ends", "---\nsubject: x\n\nHello", "1:1 [---] NUR252 the front matter that begins here never ends: put a line `---` below it\n"},
		{"front matter that is text", "---\nhello\n---\nx", "2:1 [hello\n] NUR252 the front matter is no list of `key: value` lines: write `subject: \"…\"`\n"},
		{"byte order mark", "\uFEFF---\nsubject: Hello\n---\n{{ contact.x }}", "4:12 [x] NUR260 a contact has no field `x`: declare it in `contact { … }`, or use one of its fields\n"},
		{"empty", top, "4:1 [] NUR267 nothing stands below the front matter: write what the message says\n"},
		{"not UTF-8", top + "a \xff b", "4:3 [\xff] NUR250 line 4 is not UTF-8 text: save the file as UTF-8\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := report(test.src); got != test.want {
				t.Errorf("for\n%s\ngot:\n%s\nwant:\n%s", test.src, got, test.want)
			}
		})
	}
}

func TestBriefNeedsNoSubjectAndSeesTheJournal(t *testing.T) {
	src := "{{ stage }} of {{ program }}\n\n{% for row in journal %}- {{ row }}\n{% endfor %}"
	if got := report(src, content.Brief()); got != "" {
		t.Error(got)
	}
}

func TestTooLarge(t *testing.T) {
	if got := report(strings.Repeat("a", 1<<20+1)); !strings.Contains(got, "NUR251") {
		t.Error(got)
	}
}

func TestOffersOwnSubjectStandsAboveTheFiles(t *testing.T) {
	literal := diag.Span{File: "a.nurture", Start: 100, End: 100 + len(`"Hi {{ contact.rolle }}"`)}
	_, diags := content.Parse("content/a.md", "Hello", fields, content.Subject("Hi {{ contact.rolle }}", literal))
	if len(diags) != 1 || diags[0].Span != (diag.Span{File: "a.nurture", Start: 115, End: 120}) {
		t.Errorf("got %+v", diags)
	}
	tpl, diags := content.Parse("content/a.md", "---\nsubject: theirs\n---\nHello", fields, content.Subject("Hi {{ contact.role }}", literal))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if r := render(t, tpl, content.Vars{Contact: map[string]any{"role": "it"}}); r.Subject != "Hi it" {
		t.Errorf("subject is %q", r.Subject)
	}
}

func TestVariablesAndTheirPlaces(t *testing.T) {
	src := "---\nsubject: \"é {{ contact.role }}\"\n---\n{% if contact.role == \"it\" %}{{ \"x\" | append: contact['company'] }}{% endif %}{% for i in contact.interests %}{% endfor %}"
	tpl, diags := content.Parse("content/a.md", src, fields)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if want := []string{"company", "interests", "role"}; !slices.Equal(tpl.Variables, want) {
		t.Errorf("variables are %v, want %v", tpl.Variables, want)
	}
	for name, spans := range tpl.Spans {
		for _, s := range spans {
			if src[s.Start:s.End] != name || s.File != "content/a.md" {
				t.Errorf("span of %s is %q", name, src[s.Start:s.End])
			}
		}
	}
	if len(tpl.Spans["role"]) != 2 {
		t.Errorf("role is at %v, want two places", tpl.Spans["role"])
	}
}

// Every code documents itself with a file that gets it and one that does not.
func TestCodesShowWhatTheySay(t *testing.T) {
	for _, code := range content.Codes {
		if code.Explain == "" || code.Title == "" {
			t.Errorf("%s lacks its explanation", code.ID)
		}
		if code.Bad == "" {
			continue
		}
		if got := report(code.Bad); !strings.Contains(got, code.ID) {
			t.Errorf("%s: the bad example gets\n%s", code.ID, got)
		}
		if got := report(code.Good); got != "" {
			t.Errorf("%s: the good example gets\n%s", code.ID, got)
		}
	}
}

func parse(t testing.TB, src string, opts ...content.Option) *content.Template {
	t.Helper()
	tpl, diags := content.Parse("content/a.md", src, fields, opts...)
	for _, d := range diags {
		if d.Severity == diag.Error {
			t.Fatalf("%s: %s", d.Code, d.Message)
		}
	}
	return tpl
}

func render(t testing.TB, tpl *content.Template, vars content.Vars) content.Rendered {
	t.Helper()
	r, err := tpl.Render(vars)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var berlin, _ = time.LoadLocation("Europe/Berlin")

var ada = content.Vars{
	Contact: map[string]any{
		"first_name": "Ada", "role": "it", "employees": 1000000.0, "customer": false, "buy_by": calendar.DateOf(2026, 12, 31),
		"first_seen": time.Date(2026, 3, 2, 10, 0, 0, 0, berlin), "interests": []string{"security", "scale"}, "website": "https://ada.example/?a=1&b=2",
	},
	Offer:     content.Offer{Name: "report", Title: "The 2026 report", Topic: "security"},
	Questions: []content.Question{{Field: "company", Text: "Where do you work?"}},
	Now:       time.Date(2026, 3, 2, 10, 0, 0, 0, berlin),
}

func TestLiquid(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"Hello {{ contact.first_name | default: \"there\" }}", "Hello Ada"},
		{"Hello {{ contact.company | default: \"there\" }}", "Hello there"},
		{"{{ contact.employees }} {{ contact.employees | times: 2.5 }} {{ contact.employees | plus: 0.5 }}", "1000000 2500000 1000000.5"},
		{"{{ contact.buy_by }} {{ contact.buy_by | date: \"%d %B %Y\" }}", "2026-12-31 31 December 2026"},
		{"{{ contact.first_seen }} {{ now | date: \"%H:%M\" }}", "2026-03-02 10:00 10:00"},
		{"{{ contact.interests }}; {{ contact.interests | join: \" and \" }}; {{ contact.interests.size }}", "security, scale; security and scale; 2"},
		{"{% if contact.interests contains \"scale\" and contact.employees >= 200 %}big{% endif %}", "big"},
		{"{% if contact.company == blank %}who?{% endif %}{% unless contact.customer %} not yet{% endunless %}", "who? not yet"},
		{"{% if contact.company %}a{% elsif contact.role == \"it\" %}b{% else %}c{% endif %}", "b"},
		{"{% case contact.role %}{% when \"user\", \"it\" %}ops{% else %}others{% endcase %}", "ops"},
		{"{% for i in (1..5) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% unless forloop.last %}/{% endunless %}{% endfor %}", "1/3/"},
		{"{% for i in (1..9) offset: 2 limit: 3 reversed %}{{ i }}{% endfor %}", "543"},
		{"{% for x in contact.company %}{{ x }}{% else %}none{% endfor %}", "none"},
		{"{%- if contact.company -%} a {%- else -%} c {%- endif -%}", "c"},
		{"{% assign n = contact.first_name | upcase %}{% capture c %}<{{ n }}>{% endcapture %}{{ c }}", "<ADA>"},
		{"a  {{- contact.first_name -}}  b", "aAdab"},
		{"{{ questions.first.text }} {{ questions | map: \"field\" | first }}", "Where do you work? company"},
		{"{{ \"Ünïcode\" | upcase | slice: 0, 3 }} {{ \"été\" | capitalize }} {{ \"été\" | size }} {{ \"one two three\" | truncatewords: 2 }} {{ \"abcdefgh\" | truncate: 6 }}", "ÜNÏ Été 3 one two... abc..."},
		{"{{ 7 | divided_by: 2 }} {{ 7.0 | divided_by: 2 }} {{ 7 | divided_by: 0 | default: \"none\" }} {{ 1.005 | round: 1 }} {{ 5 | modulo: 3 }}", "3 3 none 1 2"},
		{"{{ \"b,a,b\" | split: \",\" | sort | uniq | join: \"+\" }}", "a+b"},
		{"{{ contact.employees | slice: 0, 2 }} {{ \"a-b\" | replace: \"-\", \"+\" }} {{ \"x\" | slice: 5 }}.", "10 a+b ."},
		{"{% raw %}{{ x }}{% endraw %}", "{{ x }}"},
		{"{{ offer.title }} on {{ offer.topic }}", "The 2026 report on security"},
	} {
		vars := ada
		vars.Questions = ada.Questions
		tpl := parse(t, "---\nsubject: \"s\"\n---\n"+test.src+"{% assign asked = questions %}")
		if got := strings.TrimSuffix(render(t, tpl, vars).Text, "\n"); got != test.want {
			t.Errorf("%s\n got %q\nwant %q", test.src, got, test.want)
		}
	}
}

func TestTextPart(t *testing.T) {
	src := `---
subject: "x"
---
# Hello {{ contact.first_name }}

A *plain*, **strong** paragraph of
two lines\
and a [link](https://example.com/a?b=1&c=2), <https://example.com>, https://example.org.

- one
- two
  - [inner](https://example.com/i)

3. three
4. four

> quoted
>
> twice

    code & co

| a | b |
|---|---|
| 1 | 2 |

<p>Raw &amp; <b>bold</b><br>
<a href="https://example.com/raw">button</a></p>
<style>p { color: red }</style>

---

AT&amp;T \*stars\* ![a picture](cid:x) <https://example.com/{{ contact.company }}>
`
	want := `Hello Ada
=========

A plain, strong paragraph of two lines
and a link (https://example.com/a?b=1&c=2), https://example.com, https://example.org.

- one
- two
  - inner (https://example.com/i)

3. three
4. four

> quoted
>
> twice

    code & co

a | b
1 | 2

Raw & bold
button (https://example.com/raw)

* * *

AT&T *stars* a picture https://example.com/

- Where do you work?
`
	r := render(t, parse(t, src), ada)
	if r.Text != want {
		t.Errorf("got:\n%s\nwant:\n%s", r.Text, want)
	}
	for _, part := range []string{"<h1>Hello Ada</h1>", "<strong>strong</strong>", `<a href="https://example.org">`, "<td>1</td>", "color: red", "<li>Where do you work?</li>"} {
		if !strings.Contains(r.HTML, part) {
			t.Errorf("the page lacks %s:\n%s", part, r.HTML)
		}
	}
}

func TestQuestionsStandWhereTheFilePutsThem(t *testing.T) {
	tpl := parse(t, "---\nsubject: x\n---\n{% for q in questions %}{{ q.text }} {% endfor %}bye")
	if got := render(t, tpl, ada).Text; got != "Where do you work? bye\n" {
		t.Errorf("got %q", got)
	}
}

// What a contact wrote is text, wherever it lands.
func TestHostileValues(t *testing.T) {
	for _, name := range []string{
		"<script>alert(1)</script>", "**bold** _it_ `code`", "{{ contact.email }}{% if x %}", "# Title", "- item", "[x](javascript:alert(1))",
		"http://evil.example", "a\\*b", "&lt;b&gt;", "`", "|", "\"' onload=\"x", "zqjv0z", "---", "1. x", "<!-- x", "$1",
	} {
		tpl := parse(t, "---\nsubject: \"Hi {{ contact.first_name }}\"\n---\n{{ contact.first_name }}\n\n**{{ contact.first_name }}** `{{ contact.first_name }}`\n\n- {{ contact.first_name }}\n")
		r := render(t, tpl, content.Vars{Contact: map[string]any{"first_name": name}})
		if want := name + "\n\n" + name + " " + name + "\n\n- " + name + "\n"; r.Text != want {
			t.Errorf("text of %q:\n%s", name, r.Text)
		}
		if r.Subject != "Hi "+name {
			t.Errorf("subject of %q: %q", name, r.Subject)
		}
		inert := escaper.Replace(name)
		if want := "<p>" + inert + "</p>\n<p><strong>" + inert + "</strong> <code>" + inert + "</code></p>\n<ul>\n<li>" + inert + "</li>\n</ul>\n"; r.HTML != want {
			t.Errorf("page of %q:\n%s\nwant:\n%s", name, r.HTML, want)
		}
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func TestEscapingKnowsThePlace(t *testing.T) {
	for _, test := range []struct{ src, value, want string }{
		{`[x](https://e.com/?q={{ contact.company }})`, "a&b c\"<", `<p><a href="https://e.com/?q=a%26b%20c%22%3C">x</a></p>`},
		{`[x]({{ contact.company }})`, "javascript:alert(1)", `<p><a href="#">x</a></p>`},
		{`[x]({{ contact.company }})`, "https://e.com/?a=1&b=\"", `<p><a href="https://e.com/?a=1&amp;b=%22">x</a></p>`},
		{`<td title="{{ contact.company }}">`, `"><script>`, `<td title="&#34;&gt;&lt;script&gt;">`},
		{`<td title={{ contact.company }}>`, `x onload=alert(1)`, `<td title=xonloadalert1>`},
		{`<td {{ contact.company }}>`, `onload="x"`, `<td onloadx>`},
		{`<p style="color:{{ contact.company }}">`, `red;background:url(//evil)`, `<p style="color:redbackgroundurlevil">`},
		{`<a href='{{ contact.company }}'>`, `https://e.com/'x`, `<a href='https://e.com/&#39;x'>`},
		{`<style>p { color: {{ contact.company }} }</style>`, `</style><script>`, `<style>p { color: stylescript }</style>`},
		{`<!-- {{ contact.company }} -->`, `--><script>`, `<!-- script -->`},
		{`<b title="a > b">{{ contact.company }}</b>`, `<i>`, `<p><b title="a > b">&lt;i&gt;</b></p>`},
	} {
		tpl := parse(t, "---\nsubject: x\n---\n"+test.src)
		r := render(t, tpl, content.Vars{Contact: map[string]any{"company": test.value}})
		if got := strings.TrimSpace(r.HTML); got != test.want {
			t.Errorf("%s with %s\n got %s\nwant %s", test.src, test.value, got, test.want)
		}
	}
}

func TestSubjectIsOneLine(t *testing.T) {
	tpl := parse(t, "---\nsubject: \"Hi {{ contact.first_name }}\"\npreheader: \"{{ contact.first_name }}\"\n---\nx")
	r := render(t, tpl, content.Vars{Contact: map[string]any{"first_name": "a\r\nBcc: b@example.com\u2028\x00c \xff"}})
	if r.Subject != "Hi a Bcc: b@example.com c \uFFFD" || strings.ContainsAny(r.Preheader, "\r\n") {
		t.Errorf("got %q, %q", r.Subject, r.Preheader)
	}
	r = render(t, tpl, content.Vars{Contact: map[string]any{"first_name": strings.Repeat("é", 10_000)}})
	if n := len([]rune(r.Subject)); n != 250 {
		t.Errorf("a long subject has %d characters", n)
	}
}

func TestWhatNeverEndsIsRefused(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"loops", "{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}", "content/a.md: its loops do not end soon enough: show fewer things"},
		{"a range of the contact's", "\n{% assign n = contact.employees %}{% for i in (1..n) %}{% endfor %}", "content/a.md line 5: a list has more than 10000 entries"},
		{"doubling", "{% assign x = \"ab\" %}{% for i in (1..100) %}{% assign x = x | append: x %}{% endfor %}", "content/a.md line 4: filter append: a text grew over 65536 bytes"},
		{"doubling captures", "{% assign x = \"ab\" %}{% for i in (1..100) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}", "content/a.md: a text grew over 65536 bytes"},
		{"replacing", "{% assign x = \"\" %}{% for i in (1..1000) %}{% assign x = x | append: \"aaaaaaaaaa\" %}{% endfor %}{{ x | replace: \"a\", x }}", "content/a.md line 4: filter replace: a text grew over 65536 bytes"},
		{"nesting", "{% for i in (1..101) %}>{% endfor %}", "content/a.md: this line begins with more than 100 quotations or lists in each other: nest less deeply"},
		{"output", "{% for i in (1..9999) %}" + strings.Repeat("a", 1000) + "{% endfor %}", "content/a.md: the message has more than 1048576 bytes: make it shorter"},
	} {
		_, err := parse(t, "---\nsubject: x\n---\n"+test.body).Render(ada)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestRenderIsSafeForConcurrentUse(t *testing.T) {
	tpl := parse(t, "---\nsubject: \"{{ contact.first_name }}\"\n---\n{% for i in (1..3) %}{% assign x = contact.first_name %}{{ x }}{% endfor %}")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			name := fmt.Sprint("n", i)
			for range 50 {
				r, err := tpl.Render(content.Vars{Contact: map[string]any{"first_name": name}})
				if err != nil || r.Subject != name || r.Text != name+name+name+"\n" {
					t.Errorf("%s got %+v, %v", name, r, err)
				}
			}
		})
	}
	group.Wait()
}

func FuzzParse(f *testing.F) {
	for _, code := range content.Codes {
		f.Add(code.Bad)
		f.Add(code.Good)
	}
	f.Add("---\nsubject: >\n  a {{ contact.x }}\n  b\npreheader: 'it''s'\n---\n{% case a %}{% when 1 %}{%- endcase -%}{{ (1..3)[0].x['y'] | map: 'a' }}")
	f.Fuzz(func(t *testing.T, src string) {
		tpl, diags := content.Parse("a.md", src, fields)
		sound := true
		for _, d := range diags {
			sound = sound && d.Severity != diag.Error
			if d.Span.File != "a.md" || d.Span.Start < 0 || d.Span.Start > d.Span.End || d.Span.End > len(src) {
				t.Fatalf("%s at %+v of %d bytes", d.Code, d.Span, len(src))
			}
			for _, fix := range d.Fixes {
				for _, e := range fix.Edits {
					if e.Span.Start < 0 || e.Span.Start > e.Span.End || e.Span.End > len(src) {
						t.Fatalf("%s is mended at %+v of %d bytes", d.Code, e.Span, len(src))
					}
				}
			}
		}
		for name, spans := range tpl.Spans {
			for _, s := range spans {
				if got := src[s.Start:s.End]; got != name && s.End-s.Start < len(name) {
					t.Fatalf("span of %s is %q", name, got)
				}
			}
		}
		if sound {
			tpl.Render(ada) // may fail, must not panic
		}
	})
}

func FuzzRender(f *testing.F) {
	f.Add("Ada", "<b>", "https://example.com")
	f.Add("zqjv0z", "\"'", "javascript:x")
	tpl := parse(f, "---\nsubject: \"{{ contact.first_name }}\"\n---\n# {{ contact.first_name }}\n\n[{{ contact.company }}]({{ contact.website }}) <b title=\"{{ contact.company }}\">{{ contact.company }}</b>\n")
	shape := func(page string) string { // its tags, without what a value may change
		var out strings.Builder
		for _, tag := range strings.Split(page, "<")[1:] {
			out.WriteString(strings.FieldsFunc(tag, func(r rune) bool { return r == ' ' || r == '>' })[0] + " ")
		}
		return out.String()
	}
	want := shape(render(f, tpl, content.Vars{}).HTML)
	f.Fuzz(func(t *testing.T, name, company, website string) {
		r, err := tpl.Render(content.Vars{Contact: map[string]any{"first_name": name, "company": company, "website": website}})
		if err != nil {
			return
		}
		if got := shape(r.HTML); got != want {
			t.Errorf("tags became %s\n%s", got, r.HTML)
		}
		if strings.ContainsAny(r.Subject, "\r\n") {
			t.Errorf("subject is %q", r.Subject)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	tpl := parse(b, "---\nsubject: \"Hi {{ contact.first_name }}\"\n---\nHello {{ contact.first_name | default: \"there\" }},\n\n{% if contact.role == \"it\" %}For **operations**.{% endif %}\n\n- [Read](https://example.com/?c={{ contact.company }})\n- Reply\n")
	for b.Loop() {
		if _, err := tpl.Render(ada); err != nil {
			b.Fatal(err)
		}
	}
}

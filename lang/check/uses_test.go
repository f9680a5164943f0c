package check_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nurture/lang/check"
	"nurture/lang/cond"
)

// marked takes the signs « and » out of a text and gives the places between them.
func marked(text string) (plain string, places [][2]int) {
	for {
		before, rest, found := strings.Cut(text, "«")
		if !found {
			return plain + text, places
		}
		name, behind, _ := strings.Cut(rest, "»")
		plain += before
		places = append(places, [2]int{len(plain), len(plain) + len(name)})
		plain += name
		text = behind
	}
}

// TestUses marks in a playbook all places of one name.
func TestUses(t *testing.T) {
	const contact = "contact {\n  email email key\n  role enum(\"it\", \"user\") question light \"?\"\n  tags set(\"a\", \"b\")\n}\ntopics cost\nroles owner\n"
	for _, test := range []struct {
		name string
		of   check.Ref
		src  string
		text string // of the content file c.md; "" for a letter
	}{
		{"a field of the contact", check.Ref{Kind: check.AField, Of: "contact", Name: "size"}, `
contact {
  email  email  key
  «size» number question light "?"
}
segment big = contact.«size» > 3 and known(contact.«size»)
policy { consent when contact.«size» > 1 }
program p {
  phase nurture
  stage s {
    on submitted where event.«size» > 1 match contact.email { otherwise -> s }
    on opened { set contact.«size» = contact.«size» + 1 forget contact.«size» }
  }
}
test "t" {
  contact { «size» = 2 }
  submitted { «size» = 3 }
  expect asked «size»
  expect asked contact.«size»
}
scenario x { contacts 10 { «size» 1..3 } }
measure { cost contact.«size» }`, ""},
		{"a field of the contact in content files", check.Ref{Kind: check.AField, Of: "contact", Name: "role"}, `
contact { email email key
  «role» text }
offer o { content "c.md" }
offer p { content "c.md" subject "To {{ contact.«role» }}" }`,
			"---\nsubject: \"For {{ contact.«role» }}\"\n---\n{% if contact.«role» == \"it\" %}{{ contact.«role» | upcase }}{% endif %} role\n"},
		{"a field of an event", check.Ref{Kind: check.AnEventField, Of: "visited", Name: "page"}, contact + `
event visited { «page» text, at_all number }
event other { page text }
score s { +1 on visited where event.«page» == "/" -1 on other where event.page == "/" }
policy { stop on visited, other where event.«page» == "/" }
test "t" { visited { «page» = "/" } other { page = "/" } }`, ""},
		{"a value", check.Ref{Kind: check.AValue, Of: "contact.role", Name: "it"}, `
contact {
  email email key
  role enum("«it»", "user")
  other enum("it")
}
segment some = contact.role == "«it»" or "«it»" != contact.role or contact.role in ["user", "«it»"] or contact.other == "it"
program p {
  phase nurture
  stage s {
    on opened match contact.role { «it» -> s "user" -> s }
    on opened { set contact.role = "«it»" }
  }
}
test "t" { contact { role = «it» } expect contact.role == "«it»" }
scenario x { contacts 9 { role "«it»" 3%, user 4% } }`, ""},
		{"a topic", check.Ref{Kind: check.ATopic, Name: "cost"}, `
contact { email email key
  cost number }
topics «cost»
event visited { topic topic }
offer cheap { kind x topic «cost» channel post cost 2 }
map m { topic | otherwise
  «cost» | cheap }
segment s = sent(«cost») > 0 and contact.cost > 1
never "x" when offer.topic == "«cost»"
program p {
  phase nurture
  stage a {
    on visited where event.topic in ["«cost»"] match event.topic { «cost» -> a }
  }
}
test "t" { visited { topic = «cost» } visited { topic = "«cost»" } }`, ""},
		{"an offer", check.Ref{Kind: check.AnOffer, Name: "window"}, contact + `
offer «window» { channel post }
map m {
  topic | otherwise
  cost  | «window», «window»
}
policy { window 09:00..17:00 }
segment s = responded(«window») == 0
program p { phase nurture
  stage a { send «window», «window» every 3d where sent(«window») < 3
            on clicked where event.offer == "«window»" -> a } }
test "t" { clicked { offer = «window» } }`, ""},
		{"a stage", check.Ref{Kind: check.AStage, Of: "p", Name: "a"}, contact + `
program p {
  phase nurture
  on opened -> «a»
  stage «a» { on clicked match contact.role { it -> «a» otherwise -> p.«a» } -> done }
  stage b { after 3d -> «a» }
}
program q { phase nurture
  stage a { after 3d -> p.«a» after 4d -> a } }
track main { on replied -> p.«a» }
migrate p.c -> p.«a»
migrate p.«a» -> q.a
test "t" { expect in p.«a» expect not in q.a }`, ""},
		{"a program", check.Ref{Kind: check.AProgram, Name: "p"}, contact + `
program «p» { phase nurture
  stage a { on opened -> «p» on clicked -> «p».a on replied -> «p».nothing } }
migrate «p».c -> «p».a
migrate x.c -> «p»
test "t" { expect in «p» }`, ""},
		{"an outcome", check.Ref{Kind: check.AnOutcome, Of: "sales", Name: "won"}, contact + `
handoff sales { outcomes accepted, «won» }
handoff partner { outcomes won }
score s { +1 on sales.«won» }
segment x = count(sales.«won») > 0 or since(last(sales.«won»)) > 3d or count(partner.won, 3d) > 1
program p { phase nurture
  goal sales.«won» within 3d
  stage a { hand to sales
            on sales.«won» -> done
            on sales.accepted -> a } }
test "t" { sales.«won» expect handed sales }
scenario y { contacts 3 sales.«won» 3% }`, ""},
		{"a hand-off", check.Ref{Kind: check.AHandoff, Name: "sales"}, contact + `
handoff «sales» { channel sales brief "c.md" outcomes accepted }
segment x = count(«sales».accepted) > 0
program p { phase nurture
  stage a { hand to «sales»
            on «sales».accepted -> done } }
test "t" { expect handed «sales» }`, ""},
		{"segments, also where the condition is not finished", check.Ref{Kind: check.ASegment, Name: "big"}, contact + `
segment «big» = contact.role == "it"
segment other = not «big» and (contact.role == ) or «big»
map m { topic | «big» | otherwise
  cost | - | - }
program p { phase nurture
  stage a { when «big» and -> done
            when known(«big») or contact.big == "x" -> done } }`, ""},
		{"a score", check.Ref{Kind: check.AScore, Name: "heat"}, contact + `
score «heat» { +1 on opened }
segment hot = score.«heat» > 3 and score. > 3 and score.«heat»`, ""},
		{"a name that nothing has", check.Ref{Kind: check.AnOffer, Name: "guide"}, contact + `
map m { topic | otherwise
  cost  | «guide» }
program p { phase nurture
  stage a { send «guide» every 3d where responded(«guide») == 0 } }`, ""},
		{"an event", check.Ref{Kind: check.AnEvent, Name: "called"}, contact + `
event «called» { minutes number }
offer o { channel post response clicked, «called» }
score s { +2 on «called» where event.minutes > 2 }
policy { stop on «called», opened resume on «called» }
program p { phase nurture
  goal «called» within 3d
  stage a { on «called» -> done
            when count(«called», 3d) > 2 or since(last(«called»)) > 3d -> done } }
measure { revenue «called».minutes }
test "t" { «called» { minutes = 3 } }
scenario x { contacts 3 «called» 3% }`, ""},
		{"tracks, roles, kinds", check.Ref{Kind: check.ATrack, Name: "side"}, contact + `
track «side» { on opened -> p }
program p { phase nurture track «side»
  stage a { task "x" to owner } }`, ""},
		{"a kind", check.Ref{Kind: check.AnOfferKind, Name: "guide"}, contact + `
offer a { kind «guide» channel guide }
offer b { kind «guide» channel post }
never "x" when offer.kind == "«guide»" or offer.kind in ["«guide»"] or offer.channel == "guide"`, ""},
		{"a role", check.Ref{Kind: check.ARole, Name: "desk"}, contact + `
roles «desk», other
program p { phase nurture
  stage a { task "desk" to «desk» } }`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			want := []string{}
			for name, text := range map[string]string{"a.nurture": test.src, "c.md": test.text} {
				plain, places := marked(text)
				if files[name] = plain; plain == "" {
					files[name] = letter
				}
				for _, at := range places {
					want = append(want, fmt.Sprint(name, at))
				}
			}
			p, _, _ := playbook(files)
			got := []string{}
			for _, u := range p.UsesOf(test.of) {
				got = append(got, fmt.Sprint(u.Span.File, [2]int{u.Span.Start, u.Span.End}))
				if text := files[u.Span.File][u.Span.Start:u.Span.End]; text != test.of.Name {
					t.Errorf("a use is called %q", text)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			for _, place := range want {
				if !slices.Contains(got, place) {
					t.Errorf("%s is missing: %s", place, around(files, place))
				}
			}
			for _, place := range got {
				if !slices.Contains(want, place) {
					t.Errorf("%s is too much: %s", place, around(files, place))
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d uses, want %d", len(got), len(want))
			}
		})
	}
}

func around(files map[string]string, place string) string {
	var start, end int
	name, at, _ := strings.Cut(place, "[")
	fmt.Sscanf(at, "%d %d", &start, &end)
	src := files[name]
	return src[max(0, start-20):start] + "«" + src[start:end] + "»" + src[end:min(len(src), end+20)]
}

func TestUsesSayWhatTheyDo(t *testing.T) {
	src := `contact { email email key
  role text }
program p { phase nurture
  stage a { on opened where contact.role == "x" -> b { set contact.role = "y" } }
  stage b { on opened { forget contact.role } }
}
migrate p.c -> p.a
test "t" { contact { role = "x" } }`
	p, _, _ := playbook(map[string]string{"a.nurture": src})
	var got []string
	for _, u := range p.Uses() {
		if u.Ref == (check.Ref{Kind: check.AField, Of: "contact", Name: "role"}) || u.Past {
			line := src[strings.LastIndexByte(src[:u.Span.Start], '\n')+1 : u.Span.Start]
			got = append(got, fmt.Sprintf("%s|%s declares=%v writes=%v past=%v", strings.TrimLeft(line, " "), u.Name, u.Declares, u.Writes, u.Past))
		}
	}
	want := []string{
		`|role declares=true writes=false past=false`,
		`stage a { on opened where contact.|role declares=false writes=false past=false`,
		`stage a { on opened where contact.role == "x" -> b { set contact.|role declares=false writes=true past=false`,
		`stage b { on opened { forget contact.|role declares=false writes=true past=false`,
		`migrate |p declares=false writes=false past=true`,
		`migrate p.|c declares=false writes=false past=true`,
		`test "t" { contact { |role declares=false writes=true past=false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// words of the language that stand where names do.
const words = `contact topics roles event segment score offer map policy handoff measure track program never migrate test scenario
key arrived from unknown question light medium heavy text number bool date time timezone email enum set topic
halve every on where when kind for intent channel content subject asks response published expires cost repeat after
educate presell sell transactional otherwise window skip consent cap stop resume else weekdays per brief accept within outcomes
revenue phase priority holdout enter reenter goal stage engage nurture convert accelerate reassure retain always target
send task hand in pick ordered explore interest latest to match done forget tag at wait expect contacts true false entered`

// TestEveryNameIsAUse looks at each word of the whole playbook: it is a use, a word of the language, or in a comment or a
// text.
func TestEveryNameIsAUse(t *testing.T) {
	files := withContent(whole(t))
	p, _, _ := playbook(files)
	known := map[string]bool{}
	for _, w := range strings.Fields(words) {
		known[w] = true
	}
	for _, w := range append(slices.Clone(cond.Functions), cond.Operators...) {
		known[w.Name] = true
	}
	outside := regexp.MustCompile(`//[^\n]*|"[^"\n]*"|\d[\w:.-]*|[A-Za-z_]\w*`)
	src, n := files["whole.nurture"], 0
	for _, at := range outside.FindAllStringIndex(src, -1) {
		word := src[at[0]:at[1]]
		if strings.HasPrefix(word, "//") || word[0] == '"' || word[0] >= '0' && word[0] <= '9' {
			continue
		}
		n++
		uses := p.UsesAt("whole.nurture", at[0])
		if len(uses) == 0 && !known[word] {
			t.Errorf("%s is no use", around(files, fmt.Sprintf("whole.nurture[%d %d]", at[0], at[1])))
		}
		for _, u := range uses {
			if u.Span.Start != at[0] || u.Span.End != at[1] || u.Name != word {
				t.Errorf("%q is a use of %+v", word, u)
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d words were looked at", n)
	}
	for _, u := range p.Uses() {
		if text := files[u.Span.File][u.Span.Start:u.Span.End]; text != u.Name {
			t.Errorf("%q is called %s", text, u.Name)
		}
	}
}

func TestConditionAt(t *testing.T) {
	src := "contact { email email key }\nsegment a = known(contact.email)\nprogram p { phase nurture stage s { when a and known(contact.email) -> done } }\n"
	p, _, _ := playbook(map[string]string{"a.nurture": src})
	for offset := range len(src) {
		got := ""
		if e := p.ConditionAt("a.nurture", offset); e != nil {
			got = e.Text
		}
		want := ""
		for _, text := range []string{"known(contact.email)\np", "a and known(contact.email)"} {
			start := strings.Index(src, text)
			text = strings.TrimSuffix(text, "\np")
			if offset >= start && offset <= start+len(text) {
				want = text
			}
		}
		if got != want {
			t.Fatalf("at %q: %q, want %q", src[offset:], got, want)
		}
	}
}

package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"nurture/lang/syntax"
)

// Each case is a file with a `¦` where somebody writes, and what may stand there: the statements around, what is asked
// for, the words with which the statement may go on, and those with which a new one may begin.
func TestPlace(t *testing.T) {
	tests := []struct{ src, want string }{
		{"¦", "begins contact topics roles event segment score offer map policy handoff measure track program never migrate test scenario"},
		{"topics a, b\nof¦", "begins contact topics roles event segment score offer map policy handoff measure track program never migrate test scenario"},
		{"offer ¦", ""},
		{"offer a { ¦ }", "in offer · begins kind topic for intent channel content subject asks response published expires cost repeat transactional"},
		{"offer a { topic ¦ }", "in offer · topic"},
		{"offer a { topic b ¦ }", "in offer · begins kind topic for intent channel content subject asks response published expires cost repeat transactional"},
		{"offer a { for nurture, ¦", "in offer · phase"},
		{"offer a { repeat ¦", "in offer · further after"},
		{"offer a { repeat after 1¦", "in offer · duration"},
		{`offer a { content "con¦`, "in offer · quoted file"},
		{"program p {\n phase nu¦\n}", "in program · phase"},
		{"program p {\n stage s {\n ¦\n }\n}", "in program stage · begins send task hand on when after"},
		{"program p {\n stage s {\n send ¦\n }\n}", "in program stage · offer · further from"},
		{"program p {\n stage s {\n send from m ¦\n }\n}", "in program stage · further in every pick where · begins send task hand on when after"},
		{"program p {\n stage s {\n send from m every 7d pick ¦\n }\n}", "in program stage · pick"},
		{"program p {\n stage s {\n send a,\n  ¦\n }\n}", "in program stage · offer"},
		{"program p {\n stage s {\n task \"x\" ¦\n }\n}", "in program stage · further to"},
		{"program p {\n stage s {\n hand to ¦\n }\n}", "in program stage · handoff"},
		{"program p {\n stage s {\n on ¦\n }\n}", "in program stage · event"},
		{"program p {\n stage s {\n on sales.¦\n }\n}", "in program stage · sales. event"},
		{"program p {\n stage s {\n on a ¦\n }\n}", "in program stage · further where match ->"},
		{"program p {\n stage s {\n on a -> ¦\n }\n}", "in program stage · target"},
		{"program p {\n stage s {\n on a -> q.st¦\n after 3d -> done\n }\n}", "in program stage · q. target"},
		{"program p {\n stage s {\n on a where event.¦\n }\n}", "in program stage · condition `event.`"},
		{"program p {\n stage s {\n when a and\n  ¦\n }\n}", "in program stage · condition `a and\n  `"},
		{"program p {\n stage s {\n when contact.r == \"¦ -> done\n }\n}", "in program stage · quoted condition `contact.r == `"},
		{"program p {\n stage s {\n on a match event.t {\n  ¦", "in program stage on · begins otherwise · other matchvalue"},
		{"program p {\n stage s {\n on a match event.t {\n  x -> ¦", "in program stage on · target"},
		{"program p {\n stage s {\n on a -> b { set ¦", "in program stage on · contactfield"},
		{"program p {\n reenter ¦\n}", "in program · further never always after"},
		{"program p {\n enter ¦\n}", "in program · further when"},
		{"program p {\n goal purchased ¦", "in program · further within"},
		{"map m {\n topic | ¦\n}", "in map · cell"},
		{"map m {\n ¦\n}", "in map · other topic"},
		{"contact {\n role ¦\n}", "in contact · type"},
		{"contact {\n role text ¦\n}", "in contact · further key arrived from unknown question"},
		{"contact {\n role text question ¦\n}", "in contact · weight"},
		{"event e { a ¦ }", "in event · eventtype"},
		{"score s {\n +5 ¦\n}", "in score · further on when"},
		{"score s {\n +5 on opened ¦\n}", "in score · further where · begins halve"},
		{"policy { timezone contact.z else \"Eu¦\" }", "in policy · quoted zone"},
		{"policy { window mon..¦ }", "in policy · day"},
		{"policy { stop on a, ¦ }", "in policy · event"},
		{"test \"t\" { expect ¦ }", "in test · condition `` · further in held refused asked handed"},
		{"test \"t\" { expect held ¦ }", "in test · held"},
		{"test \"t\" { expect not in ¦ }", "in test · target"},
		{"test \"t\" { clicked { offer = ¦ } }", "in test clicked · value"},
		{"test \"t\" { clicked { ¦ } }", "in test clicked · other field"},
		{"scenario s { contacts 10 { ro¦", "in scenario contacts · other field"},
		{"migrate a.b ¦", "further ->"},
		{"// of¦", "nothing"},
		{"offer a { kind b } // of¦", "nothing"},
		{"program p {\n send )) 4\n stage s {\n on a -> ¦", "in program stage · target"},
	}
	for _, tt := range tests {
		before, after, _ := strings.Cut(tt.src, "¦")
		f, _ := syntax.Parse("a.nurture", before+after)
		if got := showPlace(f.Place(len(before))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}

var shownRoles = map[syntax.Role]string{
	syntax.RoleTopic: "topic", syntax.RolePhase: "phase", syntax.RoleDuration: "duration", syntax.RoleFile: "file",
	syntax.RoleOffer: "offer", syntax.RolePick: "pick", syntax.RoleHandoff: "handoff", syntax.RoleEvent: "event", syntax.RoleTarget: "target",
	syntax.RoleCondition: "condition", syntax.RoleMatchValue: "matchvalue", syntax.RoleContactField: "contactfield", syntax.RoleCell: "cell",
	syntax.RoleType: "type", syntax.RoleWeight: "weight", syntax.RoleEventType: "eventtype", syntax.RoleZone: "zone", syntax.RoleDay: "day",
	syntax.RoleHeld: "held", syntax.RoleValue: "value", syntax.RoleField: "field",
}

func showPlace(l syntax.Place, ok bool) string {
	if !ok {
		return "nothing"
	}
	var parts []string
	if len(l.Around) > 0 {
		in := "in"
		for _, s := range l.Around {
			if s.Word == "" {
				in += " " + s.Words[0].Text
			} else {
				in += " " + s.Word
			}
		}
		parts = append(parts, in)
	}
	if l.Role != syntax.NoRole {
		role := shownRoles[l.Role]
		if l.Qualifier != "" {
			role = l.Qualifier + ". " + role
		}
		if l.Quoted {
			role = "quoted " + role
		}
		if l.Role == syntax.RoleCondition {
			role += fmt.Sprintf(" `%s`", l.Condition)
		}
		parts = append(parts, role)
	}
	if len(l.Further) > 0 {
		parts = append(parts, "further"+wordsOf(l.Further))
	}
	if len(l.Begins) > 0 {
		parts = append(parts, "begins"+wordsOf(l.Begins))
	}
	if l.Other != syntax.NoRole {
		parts = append(parts, "other "+shownRoles[l.Other])
	}
	return strings.Join(parts, " · ")
}

func wordsOf(words []syntax.Keyword) (s string) {
	for _, w := range words {
		s += " " + w.Word
	}
	return s
}

// What may be written is read from the text as it is now, also where the last parse is one of an earlier text.
func TestPlaceInEditedText(t *testing.T) {
	const before = "offer a { kind guide }\nprogram p {\n stage s { send a }\n}\noffer b { }\n"
	f, _ := syntax.Parse("a.nurture", before)
	for _, tt := range []struct{ src, want string }{
		{"offer a { kind guide }\nprogram p {\n stage s { send a on opened -> ¦ }\n}\noffer b { }\n", "in program stage · target"},
		{"offer a { kind guide }\nprogram p {\n ¦\n stage s { send a }\n}\noffer b { }\n", "in program · begins phase track priority holdout enter reenter goal on when stage"},
		{"offer a { kind guide  topic ¦", "in offer · topic"},
		{"program p { hold¦", "in program · begins phase track priority holdout enter reenter goal on when stage"},
	} {
		before, after, _ := strings.Cut(tt.src, "¦")
		if got := showPlace(f.PlaceIn(before+after, len(before))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}

// FuzzPlace pins that a place can be asked for in every text, that what is being written begins before it, and that
// the words of a file are parts of it.
func FuzzPlace(f *testing.F) {
	for _, src := range []string{"program p { stage s { on a where event.x == \"y\" match event.t { a, ", "test \"x\" { expect not held", "contact {\n a enum(\"", "score s { + - +5 on", "map m {\n | , |", "send ] ) \" } { // x"} {
		f.Add(src, len(src))
	}
	f.Fuzz(func(t *testing.T, src string, offset int) {
		file, _ := syntax.Parse("f.nurture", src)
		offset = min(max(offset, 0), len(src))
		if l, ok := file.Place(offset); ok && (l.Start < 0 || l.Start > offset || l.At < 0 || l.At+len(l.Condition) > offset) {
			t.Errorf("the place at %d begins at %d, its condition at %d with %q", offset, l.Start, l.At, l.Condition)
		}
		other, _ := syntax.Parse("f.nurture", src[:offset]+"offer x {"+src[offset:])
		if l, ok := other.PlaceIn(src, offset); ok && (l.Start < 0 || l.Start > offset) {
			t.Errorf("by an earlier parse the place at %d begins at %d", offset, l.Start)
		}
		at := 0
		for _, w := range syntax.Words("f.nurture", src) {
			if w.Start < at || w.End > len(src) || src[w.Start:w.End] != w.Text {
				t.Errorf("%q stands at %d..%d, behind %d", w.Text, w.Start, w.End, at)
			}
			at = w.Start
		}
	})
}

// Every word of a statement says what it does.
func TestKeywordsAreDocumented(t *testing.T) {
	for _, k := range syntax.Keywords() {
		if k.Doc == "" && k.Word != "=" {
			t.Errorf("`%s` in %s (of `%s`) has no documentation", k.Word, k.Block, k.Of)
		}
		if k.Usage == "" {
			t.Errorf("`%s` in %s has no usage", k.Word, k.Block)
		}
	}
}

package cond_test

import (
	"fmt"
	"testing"

	"nurture/lang/cond"
)

func TestAt(t *testing.T) {
	tests := []struct {
		before string
		want   cond.Place
	}{
		{"", cond.Place{}},
		{"customers ", cond.Place{Complete: true}},
		{"customers and ", cond.Place{}},
		{"contact.", cond.Place{Member: "contact"}},
		{"not known(contact.", cond.Place{Member: "contact", Call: "known"}},
		{"contact.role == ", cond.Place{Against: "contact.role"}},
		{"contact.role not in [", cond.Place{Against: "contact.role"}},
		{`contact.role in ["it", `, cond.Place{Against: "contact.role"}},
		{"phase != ", cond.Place{Against: "phase"}},
		{"since(last(response)) >= ", cond.Place{Against: "since"}},
		{"count(response, ", cond.Place{Call: "count", Argument: 1}},
		{"min(1, max(2, 3), ", cond.Place{Call: "min", Argument: 2}},
		{"known(contact.role) and ", cond.Place{}},
		{"len(trim(", cond.Place{Call: "trim"}},
		{"(a or ", cond.Place{}},
		{")) [ , ..", cond.Place{}},
	}
	for _, tt := range tests {
		if got := cond.At(tt.before); got != tt.want {
			t.Errorf("behind %q: %+v, want %+v", tt.before, got, tt.want)
		}
	}
}

func TestPieces(t *testing.T) {
	const text = `not known(contact.role) or score.x >= 3 and 'y`
	var got string
	for _, p := range cond.Pieces(text) {
		got += fmt.Sprintf("%s:%d ", text[p.Start:p.End], p.Kind)
	}
	const want = "not:3 known:2 (:4 contact:1 .:4 role:0 ):4 or:3 score:1 .:4 x:0 >=:4 3:5 and:3 y:0 "
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

package logic_test

import (
	"fmt"
	"strings"
	"testing"

	"nurture/lang/cond"
	"nurture/lang/logic"
)

// What a linter asks of each condition: can it hold, must it. A world that has not been asked before is made for each round.
func BenchmarkQuestions(b *testing.B) {
	var long strings.Builder
	for i := range 100 {
		fmt.Fprintf(&long, `(contact.company matches "a%d" or contact.employees > %d or count(visited, %dd) > 3) and `, i, i, i%30+1)
	}
	for _, c := range []struct{ name, text string }{
		{"field", `contact.customer`},
		{"values", `contact.role == "it" and contact.employees >= 200`},
		{"typical", `contact.role == "it" and large and score.interest >= 35 and count(visited, 30d) >= 2 and phase not in ["reassure", "retain"]`},
		{"long", long.String() + `contact.renewal < 2026-01-01 and contact.renewal > 2026-02-01`},
	} {
		pb, _ := world(b, c.text, "true", "false")
		e := pb.Segments[1].Cond
		b.Run(c.name+"/first", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(logic.New(pb), e)
			}
		})
		w := logic.New(pb)
		b.Run(c.name+"/again", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(w, e)
			}
		})
	}
}

func ask(w *logic.World, e *cond.Expr) bool {
	f := w.Of(e, logic.At{})
	return w.Can(f) && !w.Must(f)
}

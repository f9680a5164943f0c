package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	. "nurture/runtime/engine"
)

// reference is a year of two stages: a touch a week, a response hands the contact off, thirty days without one lead to
// the long term.
func reference(t testing.TB) *compile.Program {
	var src strings.Builder
	src.WriteString("contact {\n  email email key\n}\n")
	var names []string
	for i := range 60 {
		name := fmt.Sprintf("offer_%d", i)
		names = append(names, name)
		fmt.Fprintf(&src, "offer %s \"%s\" { kind guide  for nurture  intent educate  content \"c.md\" }\n", name, name)
	}
	all := strings.Join(names, ", ")
	fmt.Fprintf(&src, `
policy { timezone "UTC" }
program targeted "T" {
  phase nurture
  enter when true
  stage main_stage {
    send %s in 7d every 7d
    on response -> handed
    after 30d -> longterm
  }
  stage handed { after 1000d -> done }
}
program longterm "L" {
  phase nurture
  stage main_stage {
    send %s in 7d every 7d
    on response -> targeted.handed
  }
}
`, all, all)
	return program(t, src.String())
}

// A year of one contact that never answers: about 53 decisions.
func BenchmarkYear(b *testing.B) {
	p := reference(b)
	in := []Input{{Event: compile.None, Arrive: true, Offer: compile.None}}
	fx, s := Effects{}, NewState("a@example.com")
	decisions := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Reset("a@example.com")
		fx.Reset()
		Step(p, s, 1, in, &fx)
		for at := Wake(p, s); at < 364*86400 && at != calendar.Never; at = Wake(p, s) {
			Step(p, s, at, nil, &fx)
		}
		decisions += len(fx.Rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(decisions), "ns/decision")
}

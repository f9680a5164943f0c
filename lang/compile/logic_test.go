package compile_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	. "nurture/lang/compile"
	"nurture/lang/logic"
)

// What lang/logic says of a condition is true of every contact that the closures judge: what holds for one can hold, what fails
// for one need not.
func TestLogicKnowsWhatIsPossible(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := tree(r, 4, true)
		p, c := condition(r, text)
		if c == nil {
			r.Fatalf("%s does not check", text)
		}
		stage := p.Playbook.Programs[0].Stages[0]
		w := logic.New(p.Playbook)
		for _, at := range []logic.At{{}, {Stage: stage}} {
			f := w.Of(stage.Rules[0].When, at)
			for range 10 {
				x := facts(r, p, false)
				if is := c.Eval(x); is && !w.Can(f) {
					r.Fatalf("%s: cannot be, and is, at %d of %+v", text, x.Now, x.Facts)
				} else if !is && w.Must(f) {
					r.Fatalf("%s: must be, and is not, at %d of %+v", text, x.Now, x.Facts)
				}
			}
		}
	})
}

// Of fields of finite types and numbers against numbers it says exactly what contacts can be.
func TestLogicIsExact(t *testing.T) {
	var tree func(r *rapid.T, depth int) string
	tree = func(r *rapid.T, depth int) string {
		if depth > 0 && rapid.Bool().Draw(r, "inner") {
			l, m := tree(r, depth-1), tree(r, depth-1)
			return rapid.SampledFrom([]string{"(" + l + " and " + m + ")", "(" + l + " or " + m + ")", "not (" + l + ")"}).Draw(r, "connective")
		}
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(r, "op")
		return rapid.SampledFrom([]string{
			`contact.role == "it"`, `contact.role != "developer"`, `contact.role in ["it", "user"]`, `contact.role not in ["developer", "it", "user"]`,
			`known(contact.role)`, `contact.customer`, `contact.customer == false`, `known(contact.customer)`,
			fmt.Sprintf("contact.employees %s %d", op, rapid.IntRange(0, 4).Draw(r, "n")), `known(contact.employees)`, `large`,
		}).Draw(r, "leaf")
	}
	rapid.Check(t, func(r *rapid.T) {
		text := tree(r, 4)
		p, c := condition(r, text)
		if c == nil {
			r.Fatalf("%s does not check", text)
		}
		x := facts(r, p, false)
		can := false
		each := func(field string, values []Value, then func()) {
			for _, v := range values {
				x.Fields[p.FieldIndex(field)] = v
				then()
			}
		}
		known := func(n float64) Value { return Value{Known: true, Num: n} }
		numbers := []Value{{}, known(100)}
		for n := -0.5; n < 5; n += 0.5 {
			numbers = append(numbers, known(n))
		}
		each("role", []Value{{}, {Known: true, Text: "developer"}, {Known: true, Text: "it"}, {Known: true, Text: "user"}}, func() {
			each("customer", []Value{{}, known(0), known(1)}, func() {
				each("employees", numbers, func() { can = can || c.Eval(x) })
			})
		})
		w := logic.New(p.Playbook)
		if f := w.Of(p.Playbook.Programs[0].Stages[0].Rules[0].When, logic.At{}); w.Can(f) != can {
			r.Fatalf("%s: %v for some contact, and logic says %v", text, can, w.Can(f))
		}
	})
}

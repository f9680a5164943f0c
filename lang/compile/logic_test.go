package compile_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nurture/lang/check"
	. "nurture/lang/compile"
	"nurture/lang/logic"
)

// asking is the world with questions, and with a score that conditions alone make.
var asking = strings.NewReplacer(
	`"user")`, `"user")  question light "What are you?"`,
	"  employees number", `  employees number  question light "How many?"`,
	"score plain {", "score fit {\n  +20 when contact.role == \"it\"\n  +30 when large\n  -5 when contact.customer\n}\n\nscore plain {",
).Replace(world)

// What lang/logic says of a condition is true of every contact that the closures judge: what holds for one can hold, what fails
// for one need not.
func TestLogicKnowsWhatIsPossible(t *testing.T) {
	var mixed func(r *rapid.T, depth int) string
	mixed = func(r *rapid.T, depth int) string {
		if depth > 0 {
			l, m := mixed(r, depth-1), mixed(r, depth-1)
			return rapid.SampledFrom([]string{"(" + l + " and " + m + ")", "(" + l + " or " + m + ")", "not (" + l + ")"}).Draw(r, "connective")
		}
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(r, "op")
		than := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(r, "than")
		days := rapid.SampledFrom([]string{"0d", "5d", "14d", "1mo", "30d"}).Draw(r, "days")
		return rapid.SampledFrom([]string{
			tree(r, 1, true), exactLeaf(r),
			`(contact.customer and large) == false`, `(contact.employees > 5) == contact.customer`, `contact.employees ` + op + ` contact.employees`,
			`contact.renewal ` + op + ` contact.seen`, `contact.seen ` + op + ` contact.renewal`, `contact.seen ` + op + ` stage.entered`,
			`contact.company matches "^A"`, `contact.company == "Acme"`, `contact.company contains "c"`, `contact.company startsWith "Ü"`, `lower(contact.company) == contact.company`,
			`abs(contact.employees) ` + op + ` 0`, `len(contact.company) ` + op + ` 0`, `contact.employees / contact.employees ` + op + ` 1`,
			`since(stage.entered) ` + than + ` ` + days, `until(stage.entered) ` + than + ` ` + days, `since(last(visited)) ` + than + ` ` + days, `until(contact.seen) ` + than + ` ` + days,
			fmt.Sprintf("score.interest %s %d", op, rapid.IntRange(0, 6).Draw(r, "points")), fmt.Sprintf("score.plain %s %d", op, rapid.IntRange(-1, 1).Draw(r, "points")),
			fmt.Sprintf("count(visited, 14d) %s %d", op, rapid.IntRange(0, 2).Draw(r, "times")), fmt.Sprintf("sent(all) %s %d", op, rapid.IntRange(-1, 2).Draw(r, "times")),
		}).Draw(r, "leaf")
	}
	rapid.Check(t, func(r *rapid.T) {
		text := mixed(r, rapid.IntRange(0, 4).Draw(r, "depth"))
		p, c := conditionOf(r, asking, text)
		if c == nil {
			r.Fatalf("%s does not check", text)
		}
		stage := p.Playbook.Programs[0].Stages[0]
		w := logic.New(p.Playbook)
		anywhere, here := w.Of(stage.Rules[0].When, logic.At{}), w.Of(stage.Rules[0].When, logic.At{Stage: stage})
		for range 10 {
			x := facts(r, p, false)
			for i, s := range p.Playbook.Scores { // events only raise them here, and no event `fit`
				x.Scores[i].V = math.Abs(x.Scores[i].V)
				if s.Name == "fit" {
					x.Scores[i] = Decay{}
				}
			}
			f := here
			if rapid.Bool().Draw(r, "anywhere") {
				f = anywhere
				if rapid.Bool().Draw(r, "outside") {
					x.InProgram, x.Phase = false, check.NoPhase
				}
			}
			if is := c.Eval(x); is && !w.Can(f) {
				r.Fatalf("%s: cannot be, and is, at %d of %+v", text, x.Now, x.Facts)
			} else if !is && w.Must(f) {
				r.Fatalf("%s: must be, and is not, at %d of %+v", text, x.Now, x.Facts)
			}
		}
	})
}

// exactLeaf draws a comparison that logic knows all about.
func exactLeaf(r *rapid.T) string {
	op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(r, "op")
	than := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(r, "than")
	phases := []string{"engage", "nurture", "convert", "accelerate", "reassure", "retain"}
	return rapid.SampledFrom([]string{
		`contact.role == "it"`, `contact.role != "developer"`, `contact.role in ["it", "user"]`, `contact.role not in ["developer", "it", "user"]`,
		`contact.role matches "e"`, `contact.role contains "it"`, `not (contact.role startsWith "u")`,
		`known(contact.role)`, `contact.customer`, `contact.customer == false`, `contact.customer == large`, `known(contact.customer)`,
		fmt.Sprintf("contact.employees %s %d", op, rapid.IntRange(0, 4).Draw(r, "n")), `known(contact.employees)`, `large`,
		fmt.Sprintf("score.fit %s %d", op, rapid.SampledFrom([]int{-1, 0, 15, 20, 25, 30, 45, 50}).Draw(r, "points")),
		fmt.Sprintf("completeness %s %g", op, rapid.SampledFrom([]float64{0, 0.3, 0.5, 1}).Draw(r, "share")),
		fmt.Sprintf("phase == %q", rapid.SampledFrom(phases).Draw(r, "phase")), `phase not in ["engage", "nurture"]`, `phase startsWith "re"`, `phase matches ""`,
		fmt.Sprintf("since(stage.entered) %s 0d", than), fmt.Sprintf("until(stage.entered) %s 0d", than),
	}).Draw(r, "leaf")
}

// Of fields of finite types, phases, numbers against numbers, and what adds up from these it says exactly what contacts can be.
func TestLogicIsExact(t *testing.T) {
	var tree func(r *rapid.T, depth int) string
	tree = func(r *rapid.T, depth int) string {
		if depth > 0 && rapid.Bool().Draw(r, "inner") {
			l, m := tree(r, depth-1), tree(r, depth-1)
			return rapid.SampledFrom([]string{"(" + l + " and " + m + ")", "(" + l + " or " + m + ")", "not (" + l + ")"}).Draw(r, "connective")
		}
		return exactLeaf(r)
	}
	known := func(n float64) Value { return Value{Known: true, Num: n} }
	numbers := []Value{{}, known(100)}
	for n := -0.5; n < 5; n += 0.5 {
		numbers = append(numbers, known(n))
	}
	rapid.Check(t, func(r *rapid.T) {
		text := tree(r, 4)
		p, c := conditionOf(r, asking, text)
		if c == nil {
			r.Fatalf("%s does not check", text)
		}
		x := facts(r, p, false)
		clear(x.Scores)
		can := false
		each := func(field string, values []Value, then func()) {
			for _, v := range values {
				x.Fields[p.FieldIndex(field)] = v
				then()
			}
		}
		each("role", []Value{{}, {Known: true, Text: "developer"}, {Known: true, Text: "it"}, {Known: true, Text: "user"}}, func() {
			each("customer", []Value{{}, known(0), known(1)}, func() {
				each("employees", numbers, func() {
					for phase := check.NoPhase; phase <= check.Retain; phase++ {
						x.Phase, x.InProgram = phase, phase != check.NoPhase
						for _, x.StageEntered = range []int64{x.Now, x.Now - 1} {
							can = can || c.Eval(x)
						}
					}
				})
			})
		})
		w := logic.New(p.Playbook)
		if f := w.Of(p.Playbook.Programs[0].Stages[0].Rules[0].When, logic.At{}); w.Can(f) != can {
			r.Fatalf("%s: %v for some contact, and logic says %v", text, can, w.Can(f))
		}
	})
}

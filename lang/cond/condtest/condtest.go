// Package condtest evaluates conditions by expr's own virtual machine, from their text. It shares nothing with what runs
// them but the tokens: tests hold the one against the other. Values are known ones: an unknown value is nil, which expr
// compares otherwise than the language does; only known(…) may see one.
package condtest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"nurture/lang/calendar"
	"nurture/lang/cond"
	"nurture/lang/cond/internal/lex"
)

// World is what a condition sees. Fields are string, float64, bool, calendar.Date, time.Time or []string, by name.
type World struct {
	Now            time.Time
	Zone           *calendar.Zone // of the contact; nil is UTC
	Contact        map[string]any // known fields only
	Event          map[string]any
	Offer          map[string]string
	Scores         map[string]float64
	Segments       map[string]bool
	Phase          string
	StageEntered   time.Time
	ProgramEntered time.Time
	Completeness   float64
	Sent           func(name string) int // of an offer, a topic or a map
	Responded      func(name string) int
	Count          func(event string, window calendar.Duration) int // a zero window: ever
	Last           func(event string) time.Time
}

// What expr has no types for.
type (
	thing     string // the name of an offer, a topic or a map
	eventName string
	since     struct{ time.Time }
	until     struct{ time.Time }
)

// Eval gives the value of an accepted expression: a bool, float64, string, time.Time (also of a date: its first moment
// in the zone) or []string.
func Eval(e *cond.Expr, w World) (any, error) {
	if w.Zone == nil {
		w.Zone = calendar.UTC
	}
	tokens, _ := lex.Scan(e.Text)
	program, err := compile(e, tokens, &w)
	if err != nil {
		return nil, err
	}
	v, err := vm.Run(program, values(e, &w))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Text, err)
	}
	switch v := v.(type) {
	case int:
		return float64(v), nil
	case []any:
		set := make([]string, len(v))
		for i, s := range v {
			set[i] = fmt.Sprint(s)
		}
		return set, nil
	}
	return v, nil
}

// TypeOf is the type that expr's checker gives a node of an expression, names in it having the types of its tree. The
// node's tokens are those that it has in the whole text: by itself a part of it may read otherwise. A date is a Time, a
// set a List.
func TypeOf(e *cond.Expr, n *cond.Node) (cond.Type, error) {
	tokens, _ := lex.Scan(e.Text)
	from, to := n.Span.Start-e.Span.Start, n.Span.End-e.Span.Start
	tokens = slices.DeleteFunc(tokens, func(t lex.Token) bool { return t.Start < from || t.End > to })
	part := &cond.Expr{Text: e.Text[from:to], Root: n}
	program, err := compile(part, tokens, &World{Zone: calendar.UTC})
	if err != nil {
		return cond.Bad, err
	}
	switch t := program.Node().Type(); t {
	case reflect.TypeFor[time.Time]():
		return cond.Time, nil
	case reflect.TypeFor[since](), reflect.TypeFor[until](), reflect.TypeFor[calendar.Duration]():
		return cond.Duration, nil
	default:
		switch t.Kind() {
		case reflect.Bool:
			return cond.Bool, nil
		case reflect.Float64, reflect.Int:
			return cond.Number, nil
		case reflect.String:
			return cond.Text, nil
		case reflect.Slice:
			return cond.List, nil
		}
		return cond.Bad, fmt.Errorf("%s: expr makes a %s of it", e.Text, t)
	}
}

// The event `sent` is called like the function, which expr keeps in the same place: here the event goes by another name.
var bareSent = regexp.MustCompile(`(\b(?:count|last)[ \t\r\n]*\([ \t\r\n(]*)sent\b`)

const sentEvent = "sent_event"

// nameOf is what an event is called in the environment.
func nameOf(event string) string {
	if event == "sent" {
		return sentEvent
	}
	return event
}

func compile(e *cond.Expr, tokens []lex.Token, w *World) (*vm.Program, error) {
	text, _ := lex.Rewrite(tokens)
	text = bareSent.ReplaceAllString(text, "${1}"+sentEvent)
	options := append(functions(w), expr.Env(environment(e, tokens)), expr.DisableIfOperator(), expr.MaxNodes(0))
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Text, err)
	}
	return program, nil
}

// environment is the types of the names that an expression uses.
func environment(e *cond.Expr, tokens []lex.Token) types.Map {
	env := types.Map{}
	put := func(t types.Type, path ...string) {
		m := env
		for _, p := range path[:len(path)-1] {
			if _, ok := m[p].(types.Map); !ok {
				m[p] = types.Map{}
			}
			m = m[p].(types.Map)
		}
		m[path[len(path)-1]] = t
	}
	for i, t := range tokens {
		switch t.Kind {
		case lex.Duration:
			put(types.TypeOf(calendar.Duration{}), lex.Placeholder(i))
		case lex.Date, lex.DateTime:
			put(types.TypeOf(time.Time{}), lex.Placeholder(i))
		}
	}
	known := map[string]bool{}
	cond.Walk(e.Root, func(n *cond.Node) bool {
		switch n.Op {
		case cond.Field:
			put(typeOf(n.Type), "contact", n.Name)
			known[n.Name] = true
		case cond.Known:
			if !known[n.Name] {
				put(types.Any, "contact", n.Name)
			}
		case cond.EventField:
			put(typeOf(n.Type), "event", n.Name)
		case cond.OfferAttr:
			put(types.String, "offer", n.Name)
		case cond.Score:
			put(types.Float64, "score", n.Name)
		case cond.Segment:
			put(types.Bool, n.Name)
		case cond.StageEntered:
			put(types.TypeOf(time.Time{}), "stage", "entered")
		case cond.ProgramEntered:
			put(types.TypeOf(time.Time{}), "program", "entered")
		case cond.Phase:
			put(types.String, "phase")
		case cond.Completeness:
			put(types.Float64, "completeness")
		case cond.Sent, cond.Responded:
			put(types.TypeOf(thing("")), n.Name)
		case cond.Count, cond.Last:
			put(types.TypeOf(eventName("")), strings.Split(nameOf(n.Name), ".")...)
		}
		return true
	})
	return env
}

func typeOf(t cond.Type) types.Type {
	switch t {
	case cond.Bool:
		return types.Bool
	case cond.Number:
		return types.Float64
	case cond.Date, cond.Time:
		return types.TypeOf(time.Time{})
	case cond.Set:
		return types.TypeOf([]string{})
	default:
		return types.String
	}
}

// values is the environment that an expression runs in.
func values(e *cond.Expr, w *World) map[string]any {
	nested := func(fields map[string]any) map[string]any {
		m := map[string]any{}
		for name, v := range fields {
			if d, ok := v.(calendar.Date); ok {
				v = instant(w.Zone.Start(d))
			}
			m[name] = v
		}
		return m
	}
	offer, scores := map[string]any{}, map[string]any{}
	for name, v := range w.Offer {
		offer[name] = v
	}
	for name, v := range w.Scores {
		scores[name] = v
	}
	env := map[string]any{
		"contact": nested(w.Contact), "event": nested(w.Event), "offer": offer, "score": scores,
		"stage":   map[string]any{"entered": w.StageEntered},
		"program": map[string]any{"entered": w.ProgramEntered},
		"phase":   w.Phase, "completeness": w.Completeness,
	}
	for name, v := range w.Segments {
		env[name] = v
	}
	tokens, _ := lex.Scan(e.Text)
	for i, t := range tokens {
		switch t.Kind {
		case lex.Duration:
			env[lex.Placeholder(i)] = t.Dur
		case lex.Date:
			env[lex.Placeholder(i)] = instant(w.Zone.Start(t.Date))
		case lex.DateTime:
			env[lex.Placeholder(i)] = instant(w.Zone.At(t.Date, t.Minute))
		}
	}
	cond.Walk(e.Root, func(n *cond.Node) bool {
		switch n.Op {
		case cond.Sent, cond.Responded:
			env[n.Name] = thing(n.Name)
		case cond.Count, cond.Last:
			if handoff, outcome, ok := strings.Cut(n.Name, "."); ok {
				if _, there := env[handoff]; !there {
					env[handoff] = map[string]any{}
				}
				env[handoff].(map[string]any)[outcome] = eventName(n.Name)
			} else {
				env[nameOf(n.Name)] = eventName(n.Name)
			}
		}
		return true
	})
	return env
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// functions are those of the language that expr does not bring along, and its operators for durations and sets.
func functions(w *World) []expr.Option {
	options := []expr.Option{
		expr.Function("known", func(a ...any) (any, error) { return a[0] != nil, nil }, new(func(any) bool)),
		expr.Function("sent", func(a ...any) (any, error) { return float64(w.Sent(string(a[0].(thing)))), nil }, new(func(thing) float64)),
		expr.Function("responded", func(a ...any) (any, error) { return float64(w.Responded(string(a[0].(thing)))), nil }, new(func(thing) float64)),
		expr.Function("count", func(a ...any) (any, error) {
			var window calendar.Duration
			if len(a) == 2 {
				window = a[1].(calendar.Duration)
			}
			return float64(w.Count(string(a[0].(eventName)), window)), nil
		}, new(func(eventName) float64), new(func(eventName, calendar.Duration) float64)),
		expr.Function("last", func(a ...any) (any, error) { return w.Last(string(a[0].(eventName))), nil }, new(func(eventName) time.Time)),
		expr.Function("since", func(a ...any) (any, error) { return since{a[0].(time.Time)}, nil }, new(func(time.Time) since)),
		expr.Function("until", func(a ...any) (any, error) { return until{a[0].(time.Time)}, nil }, new(func(time.Time) until)),
		expr.Function("hasValue", func(a ...any) (any, error) {
			for _, v := range a[0].([]string) {
				if v == a[1].(string) {
					return true, nil
				}
			}
			return false, nil
		}, new(func([]string, string) bool)),
		expr.Operator("contains", "hasValue"),
	}
	for name, holds := range map[string]func(order int) bool{
		"<":  func(o int) bool { return o < 0 },
		"<=": func(o int) bool { return o <= 0 },
		">":  func(o int) bool { return o > 0 },
		">=": func(o int) bool { return o >= 0 },
	} {
		function := map[string]string{"<": "isShorter", "<=": "isAtMost", ">": "isLonger", ">=": "isAtLeast"}[name]
		options = append(options,
			expr.Function(function, func(a ...any) (any, error) { return holds(w.order(a[0], a[1])), nil },
				new(func(since, calendar.Duration) bool), new(func(until, calendar.Duration) bool),
				new(func(calendar.Duration, since) bool), new(func(calendar.Duration, until) bool)),
			expr.Operator(name, function))
	}
	return options
}

// order compares an elapsed or remaining time with a duration. A time as long as D lies D away on the calendar of the
// contact's zone: since(T) is D at T + D, until(T) is D at T - D.
func (w *World) order(a, b any) int {
	switch a := a.(type) {
	case since:
		return w.Now.Compare(instant(w.Zone.Add(a.Unix(), b.(calendar.Duration))))
	case until:
		return -w.Now.Compare(instant(w.Zone.Sub(a.Unix(), b.(calendar.Duration))))
	default:
		return -w.order(b, a)
	}
}

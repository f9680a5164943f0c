package cond

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"

	"nurture/lang/cond/internal/lex"
)

// What names stand for in expr's types.
type (
	thing struct{} // an offer, a topic or a map: the argument of sent and responded
	event struct{} // an event: the argument of count and last
)

// functions are expr's table: our functions with their types, and all that expr brings along, so that its parser takes
// every call as a plain one, whatever it would make of it itself.
var functions = func() conf.FunctionsTable {
	table := conf.FunctionsTable{}
	for _, f := range builtin.Builtins {
		table[f.Name] = &builtin.Function{Name: f.Name}
	}
	for name, signatures := range map[string][]any{
		"known":     {func(any) bool { return false }},
		"sent":      {func(thing) float64 { return 0 }},
		"responded": {func(thing) float64 { return 0 }},
		"count":     {func(event) float64 { return 0 }, func(event, time.Duration) float64 { return 0 }},
		"last":      {func(event) time.Time { return time.Time{} }},
		"since":     {func(time.Time) time.Duration { return 0 }},
		"until":     {func(time.Time) time.Duration { return 0 }},
		"lower":     {func(string) string { return "" }},
		"upper":     {func(string) string { return "" }},
		"trim":      {func(string) string { return "" }},
		"len":       {func(string) float64 { return 0 }, func([]any) float64 { return 0 }},
		"abs":       {func(float64) float64 { return 0 }},
		"min":       {func(float64, ...float64) float64 { return 0 }},
		"max":       {func(float64, ...float64) float64 { return 0 }},
		"round":     {func(float64) float64 { return 0 }},
	} {
		f := &builtin.Function{Name: name}
		for _, s := range signatures {
			f.Types = append(f.Types, reflect.TypeOf(s))
		}
		table[name] = f
	}
	return table
}()

// lowering parses a range of tokens with expr, ready to be lowered; nil with what expr's parser says, should it not take
// what has passed the check of its shape.
func (c *clause) lowering(tokens [2]int, want *SchemaField) *lowering {
	text, starts := lex.Rewrite(c.tokens[tokens[0] : tokens[1]+1])
	l := &lowering{clause: c, first: tokens[0], starts: starts, want: want, env: environment{}}
	tree, err := parser.ParseWithConfig(text, &conf.Config{Functions: functions, DisableIfOperator: true})
	if err != nil {
		if len(c.found) == 0 { // otherwise it follows from what has been reported
			l.translate("NUR201", "this is no expression", err)
		}
		return nil
	}
	l.parsed, l.tree = tree, tree.Node
	return l
}

// translate reports an error of expr at the token that it is about.
func (l *lowering) translate(code, what string, err error) {
	at, message := l.first, err.Error()
	var e *file.Error
	if errors.As(err, &e) {
		at, message = l.token(e.From), e.Message
	}
	l.report(code, at, at, "%s: %s", what, message)
}

// token is the index of the token that stands at a rune offset of the text that expr was given.
func (l *lowering) token(offset int) int {
	i, found := slices.BinarySearch(l.starts, offset)
	if !found && i > 0 {
		i--
	}
	return l.first + min(i, len(l.starts)-1)
}

// environment is what a condition has used, by its types: the top-level names, and under "contact.", "event." and the like.
type environment map[string]types.Type

func (e environment) use(t types.Type, path ...string) {
	at := types.Map(e)
	for _, p := range path[:len(path)-1] {
		inner, ok := at[p].(types.Map)
		if !ok {
			inner = types.Map{}
			at[p] = inner
		}
		at = inner
	}
	at[path[len(path)-1]] = t
}

var (
	aThing  = types.TypeOf(thing{})
	anEvent = types.TypeOf(event{})
)

// exprType is a type of ours in expr's types.
func exprType(t Type) types.Type {
	switch t {
	case Bool:
		return types.Bool
	case Number:
		return types.Float64
	case Text:
		return types.String
	case Date, Time:
		return types.TypeOf(time.Time{})
	case Duration:
		return types.TypeOf(time.Duration(0))
	case Set:
		return types.Array(types.String)
	default:
		return types.Any
	}
}

// gate lets expr's own checker, strict, over what the lowering accepted, with the types of every name used: what it does
// not accept is no expr expression.
func (l *lowering) gate(root *Node) {
	config := &conf.Config{Functions: functions, Env: types.Map(l.env).Nature(), Strict: true}
	t, err := checker.Check(l.parsed, config)
	switch {
	case err != nil:
		l.translate("NUR221", "this does not fit together", err)
	case t.Kind() != kindOf(root.Type):
		last := len(l.tokens) - 1
		l.report("NUR221", 0, last, "this does not fit together: it is %s here, and %s in expr", root.Type, t)
	}
}

func kindOf(t Type) reflect.Kind {
	switch t {
	case Bool:
		return reflect.Bool
	case Number:
		return reflect.Float64
	case Text:
		return reflect.String
	case Set:
		return reflect.Slice
	default:
		return reflect.Struct
	}
}

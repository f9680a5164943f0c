package check

import (
	"reflect"
	"sync"

	"nurture/lang/cond"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// move gives a declaration the meaning that it had before: all its places lie where it stands now, and the things that
// it names are those that have these names now. Nothing is judged.
func (c *checker) move(u *unit) {
	old := u.before
	m := mover{c: c, by: syntax.NodeOf(u.tree).Start - old.start, made: map[any]any{}, exprs: map[*cond.Expr]*cond.Expr{}}
	for i, thing := range old.things {
		m.made[thing] = u.things[i]
	}
	was, is := conditionsOf(old.tree), conditionsOf(u.tree)
	m.trees = make(map[*syntax.Cond]*syntax.Cond, len(was))
	for i, tree := range was {
		m.trees[tree] = is[i]
	}
	for i, thing := range old.things {
		v := reflect.ValueOf(u.things[i]).Elem()
		v.Set(reflect.ValueOf(thing).Elem())
		m.move(v)
	}
	switch t := u.things[0].(type) {
	case *Test:
		t.Decl = u.tree.(*syntax.TestDecl)
	case *Scenario:
		t.Decl = u.tree.(*syntax.ScenarioDecl)
	}
	u.uses = make([]Use, len(old.uses))
	for i, use := range old.uses {
		use.Span = m.span(use.Span)
		u.uses[i] = use
	}
	u.conditions = make([]*cond.Expr, len(old.conditions))
	for i, e := range old.conditions {
		u.conditions[i] = m.expr(e)
	}
	u.content = old.content
}

// conditionsOf lists the conditions of a test or a scenario in the order of the text.
func conditionsOf(d syntax.Decl) (all []*syntax.Cond) {
	switch d.(type) {
	case *syntax.TestDecl, *syntax.ScenarioDecl:
	default:
		return nil
	}
	syntax.Walk(d, func(n syntax.Walked) bool {
		switch n := n.(type) {
		case *syntax.ExpectStmt:
			all = append(all, n.Cond)
		case *syntax.ScenarioEvent:
			all = append(all, n.Where)
		}
		return true
	})
	return all
}

type mover struct {
	c     *checker
	by    int
	made  map[any]any // the declaration's own things
	exprs map[*cond.Expr]*cond.Expr
	trees map[*syntax.Cond]*syntax.Cond
}

func (m *mover) span(s diag.Span) diag.Span {
	if s.File != "" {
		s.Start += m.by
		s.End += m.by
	}
	return s
}

func (m *mover) expr(e *cond.Expr) *cond.Expr {
	if e == nil || m.by == 0 {
		return e
	}
	moved := m.exprs[e]
	if moved == nil {
		moved = e.Moved(m.by)
		m.exprs[e] = moved
	}
	return moved
}

// move moves what v holds. What v points to is copied first: an older Playbook has it too.
func (m *mover) move(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		m.pointer(v)
	case reflect.Slice:
		if v.IsNil() || !placed(v.Type().Elem()) {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		v.Set(list)
		for i := range list.Len() {
			m.move(list.Index(i))
		}
	case reflect.Map: // the conditions of a test or a scenario
		conds := make(map[*syntax.Cond]*cond.Expr, v.Len())
		for tree, e := range v.Interface().(map[*syntax.Cond]*cond.Expr) {
			conds[m.trees[tree]] = m.expr(e)
		}
		v.Set(reflect.ValueOf(conds))
	case reflect.Struct:
		if s, ok := reflect.TypeAssert[*diag.Span](v.Addr()); ok {
			*s = m.span(*s)
			return
		}
		for _, i := range placedFields(v.Type()) {
			m.move(v.Field(i))
		}
	}
}

func (m *mover) pointer(v reflect.Value) {
	if v.IsNil() {
		return
	}
	if e, ok := reflect.TypeAssert[*cond.Expr](v); ok {
		v.Set(reflect.ValueOf(m.expr(e)))
		return
	}
	if is, ok := m.made[v.Interface()]; ok {
		v.Set(reflect.ValueOf(is))
		return
	}
	if is, ok := m.c.now(v.Interface()); ok {
		v.Set(reflect.ValueOf(is))
		return
	}
	copied := reflect.New(v.Type().Elem())
	copied.Elem().Set(v.Elem())
	m.move(copied.Elem())
	v.Set(copied)
}

// now is the thing that has the name of another by now; ok is false for what has no name in the playbook.
func (c *checker) now(thing any) (now any, ok bool) {
	switch t := thing.(type) {
	case *Field:
		if t.of == ofContact {
			return called(&c.fields, t.Name, t), true
		}
		if e := c.events.things[t.of]; e != nil {
			if f := e.field(t.Name); f != nil {
				return f, true
			}
		}
		return t, true
	case *Topic:
		return called(&c.topics, t.Name, t), true
	case *Role:
		return called(&c.roles, t.Name, t), true
	case *Event:
		return called(&c.events, t.Name, t), true
	case *Segment:
		return called(&c.segments, t.Name, t), true
	case *Score:
		return called(&c.scores, t.Name, t), true
	case *Offer:
		return called(&c.offers, t.Name, t), true
	case *Map:
		return called(&c.maps, t.Name, t), true
	case *Handoff:
		return called(&c.handoffs, t.Name, t), true
	case *Track:
		return called(&c.tracks, t.Name, t), true
	case *Program:
		return called(&c.programs, t.Name, t), true
	case *Stage:
		return called(c.stages[called(&c.programs, t.Program.Name, t.Program)], t.Name, t), true
	}
	return nil, false
}

// called is the thing of a name, or what stands for one that may be declared in text that did not parse.
func called[T any](x *index[T], name string, was T) T {
	if is, ok := x.things[name]; ok {
		return is
	}
	return was
}

var placedTypes sync.Map // []int by reflect.Type

// placedFields gives the fields of a struct in which a place or a thing can stand.
func placedFields(t reflect.Type) []int {
	if known, ok := placedTypes.Load(t); ok {
		return known.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && placed(f.Type) {
			fields = append(fields, i)
		}
	}
	placedTypes.Store(t, fields)
	return fields
}

// placed says whether something of a type has a place: what this package declares, and spans and conditions.
func placed(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return placed(t.Elem())
	case reflect.Map:
		return true
	case reflect.Struct:
		return t == reflect.TypeFor[diag.Span]() || t == reflect.TypeFor[cond.Expr]() || t.PkgPath() == reflect.TypeFor[Playbook]().PkgPath()
	}
	return false
}

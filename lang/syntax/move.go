package syntax

import (
	"reflect"
	"sync"
	"unsafe"
)

// moved is a copy of a declaration for another place of another text: all its spans lie by bytes further on, and its
// texts are parts of the new text in the place of the old one, so that this can be forgotten.
func moved(d Decl, from, to string, by int) Decl {
	v := reflect.New(reflect.TypeFor[Decl]()).Elem()
	v.Set(reflect.ValueOf(d))
	m := mover{uintptr(unsafe.Pointer(unsafe.StringData(from))), len(from), to, by}
	m.move(v)
	return v.Interface().(Decl)
}

type mover struct {
	from   uintptr // where the old text begins
	length int
	to     string
	by     int
}

// move moves what v holds. What v points to is copied first: others see it too.
func (m *mover) move(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			v.Set(m.copied(v.Elem()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			v.Set(m.copied(v))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		v.Set(list)
		for i := range list.Len() {
			m.move(list.Index(i))
		}
	case reflect.Struct:
		if s, ok := reflect.TypeAssert[*Span](v.Addr()); ok {
			if *s != (Span{}) { // what is not there has no place
				s.Start += m.by
				s.End += m.by
			}
			return
		}
		for _, i := range placed(v.Type()) {
			m.move(v.Field(i))
		}
	case reflect.String:
		s := v.String()
		// A text that is no part of the old one, such as a keyword, is outside of it.
		if at := uintptr(unsafe.Pointer(unsafe.StringData(s))) - m.from; s != "" && at < uintptr(m.length) {
			start := int(at) + m.by
			v.SetString(m.to[start : start+len(s)])
		}
	}
}

func (m *mover) copied(pointer reflect.Value) reflect.Value {
	c := reflect.New(pointer.Type().Elem())
	c.Elem().Set(pointer.Elem())
	m.move(c.Elem())
	return c
}

var placedFields sync.Map // []int by reflect.Type

// placed gives the fields of a struct in which there can be a span or a text.
func placed(t reflect.Type) []int {
	if known, ok := placedFields.Load(t); ok {
		return known.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		switch f := t.Field(i).Type; f.Kind() {
		case reflect.Pointer:
			if k := f.Elem().Kind(); k == reflect.Struct {
				fields = append(fields, i)
			}
		case reflect.Struct:
			if f == reflect.TypeFor[Span]() || len(placed(f)) > 0 {
				fields = append(fields, i)
			}
		case reflect.Interface, reflect.Slice, reflect.String:
			fields = append(fields, i)
		}
	}
	placedFields.Store(t, fields)
	return fields
}

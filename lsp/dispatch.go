package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"

	"go.lsp.dev/jsonrpc2"
)

// Codes of errors that the libraries do not name.
const (
	codeRequestFailed    jsonrpc2.Code = -32803 // the request was sound, but cannot be fulfilled; the message is for the user
	codeRequestCancelled jsonrpc2.Code = -32800
)

// dispatch takes one message. It runs in the goroutine that reads, so messages are taken in their order; it never
// writes and never waits. A notification is carried out here. Of a call only the first part is done here, which says
// what it is about (the text as it is now); the rest has a goroutine, so no call waits behind a slow one.
func (s *server) dispatch(ctx context.Context, reply jsonrpc2.Replier, m jsonrpc2.Request) error {
	if s.state == ended {
		return nil
	}
	call, isCall := m.(*jsonrpc2.Call)
	if !isCall {
		s.notified(ctx, m.Method(), json.RawMessage(m.Params()))
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	id := fmt.Sprint(call.ID())
	s.calls.Store(id, cancel)
	work, err := s.prepare(m.Method(), json.RawMessage(m.Params()))
	s.answering.Go(func() {
		defer cancel()
		var result any
		if err == nil {
			result, err = s.guarded(ctx, m.Method(), work)
		}
		s.calls.Delete(id)
		answer(ctx, reply, result, err)
	})
	return nil
}

// answer replies to a call: with a list of nothing as `[]`, where the library would write `null`.
func answer(ctx context.Context, reply jsonrpc2.Replier, result any, err error) {
	var body []byte
	if err == nil {
		body, err = encode(result)
	}
	reply(ctx, json.RawMessage(body), err) // an editor that has gone away needs no answer
}

// work is the part of a call that may take its time.
type work func(context.Context) (any, error)

// prepare does the part of a call that has to be done in the order of the messages.
func (s *server) prepare(name string, params json.RawMessage) (w work, err error) {
	defer s.recovered(name, &err)
	if err := s.ready(name); err != nil {
		return nil, err
	}
	m, ok := methods[name]
	if !ok {
		return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "there is no method %s", name)
	}
	return m(s, params)
}

func (s *server) guarded(ctx context.Context, name string, w work) (result any, err error) {
	defer s.recovered(name, &err)
	return w(ctx)
}

// notified carries out a notification. What is wrong with one can only be noted.
func (s *server) notified(ctx context.Context, name string, params json.RawMessage) {
	var err error
	defer func() {
		if err != nil {
			s.note("%s: %v", name, err)
		}
	}()
	defer s.recovered(name, &err)
	if name == "$/cancelRequest" {
		err = s.cancel(params)
		return
	}
	if name != "exit" && s.ready(name) != nil {
		return // before `initialize` and after `shutdown` notifications mean nothing
	}
	if n, ok := notifications[name]; ok {
		err = n(ctx, s, params)
	}
}

// cancel ends a call by its id as it was written: 7 and "7" are two ids.
func (s *server) cancel(params json.RawMessage) error {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if err := json.Unmarshal(params, &p); err != nil {
		return err
	}
	if cancel, ok := s.calls.Load(string(p.ID)); ok {
		cancel.(context.CancelFunc)()
	}
	return nil
}

// recovered makes a panic an error and a line in the log: one feature that fails does not end the session.
func (s *server) recovered(name string, err *error) {
	if r := recover(); r != nil {
		s.note("%s failed: %v\n%s", name, r, debug.Stack())
		*err = jsonrpc2.Errorf(jsonrpc2.InternalError, "%s failed: %v; please report this", name, r)
	}
}

// decodeParams reads the parameters of a method.
func decodeParams[P any](raw json.RawMessage) (p P, err error) {
	if len(raw) == 0 || string(raw) == "null" {
		return p, nil
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the parameters do not fit: %v", err)
	}
	return p, nil
}

// encode writes a value for the editor, in which every list that is not left out is a list, even an empty one.
func encode(v any) ([]byte, error) {
	if v == nil {
		return []byte("null"), nil
	}
	addressable := reflect.New(reflect.TypeOf(v)).Elem()
	addressable.Set(reflect.ValueOf(v))
	listed(addressable)
	return json.Marshal(addressable.Interface())
}

// listed puts an empty list wherever there is none.
func listed(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			listed(v.Elem())
		}
	case reflect.Interface:
		if inner := v.Elem(); inner.IsValid() && v.CanSet() {
			copied := reflect.New(inner.Type()).Elem()
			copied.Set(inner)
			listed(copied)
			v.Set(copied)
		}
	case reflect.Struct:
		t := v.Type()
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !(v.Field(i).IsZero() && strings.Contains(f.Tag.Get("json"), "omitempty")) {
				listed(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			if v.CanSet() && v.Type().Elem().Kind() != reflect.Uint8 { // those are texts of JSON
				v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			}
			return
		}
		switch v.Type().Elem().Kind() {
		case reflect.Struct, reflect.Pointer, reflect.Interface, reflect.Slice:
			for i := range v.Len() {
				listed(v.Index(i))
			}
		}
	}
}

package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"go.lsp.dev/jsonrpc2"
)

// largestMessage bounds what one message may make the server allocate, in bytes.
const largestMessage = 256 << 20

// stream is a jsonrpc2.Stream with the protocol's Content-Length headers. It differs from the library's own in what it
// does with the unusual: a body that is no message is answered with an error and does not end the session; the id of
// a call is kept byte for byte (the library's is a string or an int32), so that every id can be cancelled and
// answered; an error never goes out with the code 0; a message is written whole or not at all.
type stream struct {
	source io.Reader
	in     *bufio.Reader
	out    io.Writer

	writing sync.Mutex
}

func newStream(in io.Reader, out io.Writer) *stream {
	return &stream{source: in, in: bufio.NewReaderSize(in, 64<<10), out: out}
}

// envelope is any message.
type envelope struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *jsonrpc2.Error `json:"error,omitempty"`
}

// Read gives the next message; an error ends the session.
func (s *stream) Read(context.Context) (jsonrpc2.Message, int64, error) {
	for {
		body, err := s.body()
		if err != nil {
			return nil, 0, err
		}
		m, bad := decode(body)
		if bad != nil {
			// Not in this goroutine: who sends may not read before all is sent.
			go s.send(envelope{ID: json.RawMessage("null"), Error: bad})
			continue
		}
		return m, int64(len(body)), nil
	}
}

// body takes the headers of a message and what they announce.
func (s *stream) body() ([]byte, error) {
	length := -1
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimSpace(line)
		if line == "" {
			if length >= 0 {
				break
			}
			continue // blank lines between messages say nothing
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%.80q is no header of a message", line)
		}
		if strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > largestMessage {
				return nil, fmt.Errorf("a message cannot have the length %.80q", value)
			}
		}
	}
	// The length is only announced: memory is taken as the bytes come.
	var body bytes.Buffer
	body.Grow(min(length, 1<<20))
	_, err := io.CopyN(&body, s.in, int64(length))
	return body.Bytes(), err
}

func decode(body []byte) (jsonrpc2.Message, *jsonrpc2.Error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		code := jsonrpc2.ParseError
		if json.Valid(body) {
			code = jsonrpc2.InvalidRequest
		}
		return nil, jsonrpc2.Errorf(code, "this is no message: %v", err)
	}
	switch {
	case e.Method != "" && len(e.ID) > 0:
		return message(jsonrpc2.NewCall(jsonrpc2.NewStringID(string(e.ID)), e.Method, e.Params))
	case e.Method != "":
		return message(jsonrpc2.NewNotification(e.Method, e.Params))
	}
	// An answer to a call of the server, whose ids are numbers.
	var number int32
	if err := json.Unmarshal(e.ID, &number); err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "a message has a method, or is an answer to the id of a call")
	}
	var failed error
	if e.Error != nil {
		failed = e.Error
	}
	return message(jsonrpc2.NewResponse(jsonrpc2.NewNumberID(number), e.Result, failed))
}

func message[M jsonrpc2.Message](m M, err error) (jsonrpc2.Message, *jsonrpc2.Error) {
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "this is no message: %v", err)
	}
	return m, nil
}

// Write sends a message. That the context of an answered call is cancelled does not keep its answer back.
func (s *stream) Write(_ context.Context, m jsonrpc2.Message) (int64, error) {
	var e envelope
	switch m := m.(type) {
	case *jsonrpc2.Call:
		id := m.ID()
		raw, err := json.Marshal(&id)
		if err != nil {
			return 0, err
		}
		e = envelope{ID: raw, Method: m.Method(), Params: json.RawMessage(m.Params())}
	case *jsonrpc2.Notification:
		e = envelope{Method: m.Method(), Params: json.RawMessage(m.Params())}
	case *jsonrpc2.Response:
		e = envelope{ID: json.RawMessage(fmt.Sprint(m.ID())), Result: json.RawMessage(m.Result())}
		if err := m.Err(); err != nil {
			e.Result, e.Error = nil, wireError(err)
		} else if len(e.Result) == 0 {
			e.Result = json.RawMessage("null")
		}
	}
	return s.send(e)
}

func (s *stream) send(e envelope) (int64, error) {
	e.Version = jsonrpc2.Version
	body, err := json.Marshal(e)
	if err != nil {
		return 0, err
	}
	whole := append(fmt.Appendf(make([]byte, 0, len(body)+32), "Content-Length: %d\r\n\r\n", len(body)), body...)
	s.writing.Lock()
	defer s.writing.Unlock()
	n, err := s.out.Write(whole)
	return int64(n), err
}

// Close ends a Read that waits. What is still to be said can be said: the other end may have closed only its mouth.
func (s *stream) Close() error {
	if c, ok := s.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// wireError gives an error the code that says what kind it is.
func wireError(err error) *jsonrpc2.Error {
	var coded *jsonrpc2.Error
	switch {
	case errors.As(err, &coded) && coded.Code != 0:
		return coded
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return jsonrpc2.NewError(codeRequestCancelled, "the request was cancelled")
	default:
		return jsonrpc2.NewError(codeRequestFailed, err.Error())
	}
}

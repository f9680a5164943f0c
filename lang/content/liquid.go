package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/osteele/liquid/expressions"
	liquid "github.com/osteele/liquid/parser"

	"nurture/lang/diag"
)

// Liquid is read with the library's lexer and expression language. Its tags are built into nodes here: the library's own
// read files, spin through any range, and say no more of an error than its line. Its tokens cover a text without a gap,
// so the running sum of their lengths says where each one stands.

const (
	maxExpression = 1000 // bytes between {{ and }}
	maxNesting    = 100  // blocks within blocks
)

// blocks are the tags that have an end, each with the clauses that may stand in it.
var blocks = map[string][]string{
	"if":      {"elsif", "else"},
	"unless":  {"elsif", "else"},
	"case":    {"when", "else"},
	"for":     {"else"},
	"capture": nil,
	"comment": nil,
	"raw":     nil,
}

var tagNames = []string{
	"assign", "break", "capture", "case", "comment", "continue", "else", "elsif", "for", "if", "raw", "unless", "when",
	"endcapture", "endcase", "endcomment", "endfor", "endif", "endraw", "endunless",
}

// fileTags are Liquid's ways to take in other files.
var fileTags = []string{"include", "include_relative", "render", "layout", "section"}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// token is one of Liquid's, and where its parts stand in the text.
type token struct {
	liquid.Token
	at, name, args int
}

// block is an open block: where its nodes go, and what its end restores.
type block struct {
	token
	branch  *branch
	loop    *loop
	capture *capture
	outer   *[]node
	last    bool             // its else has been seen
	hidden  map[string]shape // what its own names hide
}

// reader builds the nodes of one text.
type reader struct {
	*parser
	line int // of the text's first byte in its file; 0: not known
	body *[]node
	open []*block
}

// liquid compiles one text of the file.
func (p *parser) liquid(s scalar) []node {
	p.place, p.locals = s.place, map[string]shape{}
	var nodes []node
	r := &reader{parser: p, body: &nodes}
	if s.place.span.File == p.template.File {
		r.line = strings.Count(p.src[:s.place.span.Start], "\n") + 1
	}
	tokens := scan(s.text, r.line)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch t.Type {
		case liquid.TextTokenType:
			r.text(t, i > 0 && strings.HasSuffix(tokens[i-1].Source, trimmed(tokens[i-1], "-}}", "-%}")),
				i+1 < len(tokens) && strings.HasPrefix(tokens[i+1].Source, trimmed(tokens[i+1], "{{-", "{%-")))
		case liquid.ObjTokenType:
			if e := r.value(t.Args, t.args, t); e != nil {
				r.add(&output{*e})
			}
		case liquid.TagTokenType:
			if t.Name == "raw" || t.Name == "comment" {
				i = r.verbatim(tokens, i)
			} else {
				r.tag(t)
			}
		}
	}
	for _, b := range r.open {
		r.errorf("NUR258", r.place.at(b.at, b.at+len(b.Source)), "this `%s` is never closed: write `{%% end%s %%}` where it ends", b.Name, b.Name)
	}
	return nodes
}

func scan(text string, line int) []token {
	var tokens []token
	at := 0
	for _, t := range liquid.Scan(text, liquid.SourceLoc{LineNo: line}, nil) {
		if t.Source == "" {
			continue // a trim mark: the hyphen in its neighbour says the same
		}
		tok := token{Token: t, at: at, name: at, args: at}
		if t.Type != liquid.TextTokenType {
			if t.Args == "-" { // the library takes the trim mark of `{% else -%}` for arguments
				t.Args, tok.Args = "", ""
			}
			tok.name = at + 2 + strings.Index(t.Source[2:], t.Name)
			from := tok.name + len(t.Name)
			tok.args = from + strings.Index(text[from:], t.Args)
		}
		tokens = append(tokens, tok)
		at += len(t.Source)
	}
	return tokens
}

// trimmed gives the mark with which a token takes the white space away beside it.
func trimmed(t token, object, tag string) string {
	switch t.Type {
	case liquid.ObjTokenType:
		return object
	case liquid.TagTokenType:
		return tag
	default:
		return "\x00" // in no text
	}
}

func (r *reader) add(n node) { *r.body = append(*r.body, n) }

func (r *reader) text(t token, trimLeft, trimRight bool) {
	for _, mark := range []struct{ open, end string }{{"{{", "}}"}, {"{%", "%}"}} {
		if i := strings.Index(t.Source, mark.open); i >= 0 {
			r.errorf("NUR256", r.place.at(t.at+i, t.at+i+2), "this `%s` has no `%s`, or nothing stands between: close it, or write `{%% raw %%}%s{%% endraw %%}` if the message shall show it",
				mark.open, mark.end, mark.open)
		}
	}
	text := strings.ReplaceAll(t.Source, "\r\n", "\n")
	if trimLeft {
		text = strings.TrimLeft(text, " \t\n\r\v\f")
	}
	if trimRight {
		text = strings.TrimRight(text, " \t\n\r\v\f")
	}
	if text != "" {
		r.add(literal(text))
	}
}

// verbatim takes what stands between raw or comment at i and its end; it returns where the end is.
func (r *reader) verbatim(tokens []token, i int) int {
	t := tokens[i]
	var text strings.Builder
	for i++; i < len(tokens); i++ {
		if tokens[i].Type == liquid.TagTokenType && tokens[i].Name == "end"+t.Name {
			break
		}
		text.WriteString(strings.ReplaceAll(tokens[i].Source, "\r\n", "\n"))
	}
	if i == len(tokens) {
		r.open = append(r.open, &block{token: t})
	}
	if t.Name == "raw" && text.Len() > 0 {
		r.add(literal(text.String()))
	}
	return i
}

func (r *reader) tag(t token) {
	name := r.place.at(t.name, t.name+len(t.Name))
	switch t.Name {
	case "assign":
		r.assign(t)
	case "break", "continue":
		if !slices.ContainsFunc(r.open, func(b *block) bool { return b.loop != nil }) {
			r.errorf("NUR258", name, "`%s` stands outside of a `for`", t.Name)
			return
		}
		r.add(jump(map[string]flow{"break": leaveLoop, "continue": nextRound}[t.Name]))
	case "if", "unless", "case", "for", "capture":
		r.begin(t)
	case "elsif", "when", "else":
		r.clause(t)
	default:
		if closes, ok := strings.CutPrefix(t.Name, "end"); ok && slices.Contains(tagNames, t.Name) {
			r.end(t, closes)
			return
		}
		if slices.Contains(fileTags, t.Name) {
			r.errorf("NUR257", name, "a content file takes in no other file: write what `%s` would bring here", t.Name)
			return
		}
		d := r.errorf("NUR257", name, "there is no tag `%s`", t.Name)
		if !suggest(d, t.Name, tagNames) {
			d.Message += ": Liquid's tags here are assign, capture, case, comment, for, if, raw and unless"
		}
	}
}

// begin opens a block. A block that has an error is opened all the same: its end is then no second error.
func (r *reader) begin(t token) {
	b := &block{token: t, outer: r.body}
	r.open = append(r.open, b)
	if len(r.open) == maxNesting+1 {
		r.errorf("NUR264", r.place.at(t.at, t.at+len(t.Source)), "this is the %dth block within a block: nest less deeply", len(r.open))
	}
	switch t.Name {
	case "if", "unless":
		b.branch = &branch{}
		b.branch.arm(r.test(t), t.Name == "unless")
		r.body = &b.branch.arms[0].body
		*b.outer = append(*b.outer, b.branch)
	case "case":
		b.branch = &branch{subject: r.test(t)}
		*b.outer = append(*b.outer, b.branch)
		r.body = new([]node) // what stands before the first `when` is never shown
	case "for":
		b.loop = r.forTag(t, b)
		r.body = &b.loop.body
		*b.outer = append(*b.outer, b.loop)
	case "capture":
		if !identifier.MatchString(t.Args) {
			r.errorf("NUR259", r.place.at(t.at, t.at+len(t.Source)), "`capture` takes the name to keep the text under: write `{%% capture NAME %%}`")
		} else {
			r.declare(t.Args, t.args, shape{open: true})
		}
		b.capture = &capture{name: t.Args}
		r.body = &b.capture.body
		*b.outer = append(*b.outer, b.capture)
	}
}

func (r *reader) clause(t token) {
	span := r.place.at(t.name, t.name+len(t.Name))
	var b *block
	if len(r.open) > 0 {
		b = r.open[len(r.open)-1]
	}
	if b == nil || !slices.Contains(blocks[b.Name], t.Name) {
		r.errorf("NUR258", span, "`%s` stands in no block that takes it: it belongs between `%s` and its end", t.Name, parents(t.Name))
		return
	}
	if b.last {
		r.errorf("NUR258", span, "`%s` stands below the `else` of its `%s`: put it above", t.Name, b.Name)
	}
	switch t.Name {
	case "elsif":
		b.branch.arm(r.test(t), false)
	case "when":
		b.branch.arms = append(b.branch.arms, arm{values: r.values(t)})
	case "else":
		b.last = true
		if t.Args != "" {
			d := r.errorf("NUR259", r.place.at(t.name, t.args+len(t.Args)), "`else` takes no condition")
			if rest, ok := strings.CutPrefix(t.Args, "if "); ok && b.branch != nil && b.Name != "case" {
				d.Message += ": write `elsif`"
				d.Fixes = append(d.Fixes, replace(d.Span, "elsif "+strings.TrimSpace(rest)))
			}
		}
		if b.loop != nil {
			r.body = &b.loop.otherwise
			return
		}
		b.branch.arms = append(b.branch.arms, arm{otherwise: true})
	}
	r.body = &b.branch.arms[len(b.branch.arms)-1].body
}

func parents(clause string) string {
	var names []string
	for name, clauses := range blocks {
		if slices.Contains(clauses, clause) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, "`, `")
}

func (r *reader) end(t token, closes string) {
	span := r.place.at(t.name, t.name+len(t.Name))
	if len(r.open) == 0 {
		r.errorf("NUR258", span, "there is no `%s` that this `%s` could close", closes, t.Name)
		return
	}
	b := r.open[len(r.open)-1]
	if b.Name != closes {
		d := r.errorf("NUR258", span, "`%s` stands where the `%s` above is still open: write `{%% end%s %%}` first", t.Name, b.Name, b.Name)
		d.Related = []diag.Related{{Span: r.place.at(b.at, b.at+len(b.Source)), Message: fmt.Sprintf("the open `%s`", b.Name)}}
		if !slices.ContainsFunc(r.open, func(b *block) bool { return b.Name == closes }) {
			return
		}
		for b.Name != closes {
			r.close(b)
			b = r.open[len(r.open)-1]
		}
	}
	r.close(b)
}

func (r *reader) close(b *block) {
	r.open = r.open[:len(r.open)-1]
	r.body = b.outer
	for name, hidden := range b.hidden {
		if hidden.none {
			delete(r.locals, name)
		} else {
			r.locals[name] = hidden
		}
	}
}

// test reads the condition of a tag.
func (r *reader) test(t token) *expr {
	if t.Args == "" {
		r.errorf("NUR259", r.place.at(t.at, t.at+len(t.Source)), "`%s` lacks what it looks at: write `{%% %s … %%}`", t.Name, t.Name)
		return nil
	}
	return r.value(t.Args, t.args, t)
}

// value reads an expression that stands at offset at; nil with an error.
func (r *reader) value(text string, at int, t token) *expr {
	as := testing
	if t.Type == liquid.ObjTokenType {
		as = showing
	}
	if _, ok := r.check(text, at, as); !ok {
		return nil
	}
	parsed, err := guard(func() (expressions.Expression, error) { return expressions.Parse(text) })
	if err != nil {
		r.unreadable(text, at)
		return nil
	}
	return &expr{parsed, r.where(t)}
}

func (r *reader) unreadable(text string, at int) {
	r.errorf("NUR259", r.place.at(at, at+len(text)),
		"this cannot be read: Liquid takes `contact.field`, `\"text\"`, numbers, `== != < > <= >= contains`, `and`, `or`, and filters behind `|`")
}

func (r *reader) where(t token) string {
	if t.SourceLoc.LineNo == 0 || r.line == 0 {
		return r.place.span.File
	}
	return fmt.Sprintf("%s line %d", r.place.span.File, t.SourceLoc.LineNo)
}

// values reads the alternatives of a `when`.
func (r *reader) values(t token) []expr {
	if t.Args == "" {
		r.test(t)
		return nil
	}
	stmt, ok := r.statement(expressions.WhenStatementSelector, t)
	if !ok {
		return nil
	}
	var values []expr
	for _, e := range stmt.When.Exprs {
		values = append(values, expr{e, r.where(t)})
	}
	return values
}

// statement has the library read the operands of a tag, once the names in them are known to be sound.
func (r *reader) statement(selector string, t token) (*expressions.Statement, bool) {
	stmt, err := guard(func() (*expressions.Statement, error) { return expressions.ParseStatement(selector, t.Args) })
	if err != nil {
		r.unreadable(t.Args, t.args)
		return nil, false
	}
	if selector == expressions.WhenStatementSelector {
		if _, ok := r.check(t.Args, t.args, testing); !ok {
			return nil, false
		}
	}
	return stmt, true
}

var assignment = regexp.MustCompile(`(?s)^([A-Za-z_][A-Za-z0-9_-]*)\s*=\s*([^=\s].*)$`)

func (r *reader) assign(t token) {
	m := assignment.FindStringSubmatchIndex(t.Args)
	if m == nil {
		r.errorf("NUR259", r.place.at(t.at, t.at+len(t.Source)), "`assign` takes a name and a value: write `{%% assign NAME = … %%}`")
		return
	}
	name := t.Args[m[2]:m[3]]
	of, ok := r.check(t.Args[m[4]:], t.args+m[4], naming)
	r.declare(name, t.args, of)
	if !ok {
		return
	}
	if stmt, ok := r.statement(expressions.AssignStatementSelector, t); ok {
		r.add(&assign{name: name, value: expr{stmt.Assignment.ValueFn, r.where(t)}})
	}
}

var forClause = regexp.MustCompile(`(?s)^([A-Za-z_][A-Za-z0-9_-]*)\s+in\s+(\S.*)$`)

func (r *reader) forTag(t token, b *block) *loop {
	l := &loop{}
	m := forClause.FindStringSubmatchIndex(t.Args)
	if m == nil {
		r.errorf("NUR259", r.place.at(t.at, t.at+len(t.Source)), "`for` takes a name and a list: write `{%% for question in questions %%}`")
		return l
	}
	l.variable = t.Args[m[2]:m[3]]
	over, ok := r.check(t.Args[m[4]:], t.args+m[4], looping)
	element := shape{open: true}
	if over.elem != nil {
		element = *over.elem
	}
	b.hidden = map[string]shape{}
	for _, name := range []string{l.variable, "forloop"} {
		hidden, known := r.locals[name]
		hidden.none = !known
		b.hidden[name] = hidden
	}
	r.declare(l.variable, t.args, element)
	r.locals["forloop"] = forloop
	if !ok {
		return l
	}
	if stmt, ok := r.statement(expressions.LoopStatementSelector, t); ok {
		where := r.where(t)
		l.over, l.reversed = &expr{stmt.Loop.Expr, where}, stmt.Loop.Reversed
		if stmt.Loop.Limit != nil {
			l.limit = &expr{stmt.Loop.Limit, where}
		}
		if stmt.Loop.Offset != nil {
			l.offset = &expr{stmt.Loop.Offset, where}
		}
	}
	return l
}

// declare makes a name of the template's own known.
func (r *reader) declare(name string, at int, is shape) {
	if _, taken := r.roots()[name]; taken || slices.Contains(keywords, name) || name == "forloop" {
		r.errorf("NUR268", r.place.at(at, at+len(name)), "`%s` has a meaning already: choose another name", name)
		return
	}
	r.locals[name] = is
}

// guard keeps a fault of the Liquid library (it panics on a number that is too large) from taking the compiler down.
func guard[T any](parse func() (T, error)) (parsed T, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	return parse()
}

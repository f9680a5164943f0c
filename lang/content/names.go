package content

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The library's expressions are closures: they do not say which names they read. So the names are found in the same
// words here, each with its place, and checked before the library sees the expression. What passes is only what the
// library's own lexer would see.

// shape is what a name stands for, as far as names below it can be checked.
type shape struct {
	props []string // an object has just these; it cannot be shown whole
	elem  *shape   // a list of these
	open  bool     // anything
	none  bool     // nothing: the name was not known
}

var (
	scalarShape = shape{}
	forloop     = shape{props: []string{"first", "index", "index0", "last", "length", "rindex", "rindex0"}}
	question    = shape{props: []string{"field", "text"}}
	keywords    = []string{"and", "or", "contains", "in", "true", "false", "nil", "blank", "empty", "reversed"}
	briefOnly   = []string{"journal", "stage", "program"}
)

// roots are the names that a content file starts with.
func (p *parser) roots() map[string]shape {
	roots := map[string]shape{
		"contact":   {props: p.fields},
		"offer":     {props: []string{"name", "title", "topic"}},
		"questions": {elem: &question},
		"now":       scalarShape,
	}
	if p.brief {
		roots["journal"], roots["stage"], roots["program"] = shape{elem: &scalarShape}, scalarShape, scalarShape
	}
	return roots
}

// word is a token of an expression.
type word struct {
	kind wordKind
	text string // without the dot of a property, the colon of a keyword and the quotes of a string
	at   int    // of text
	end  int    // of the whole
}

type wordKind uint8

const (
	wordName     wordKind = iota
	wordProperty          // .name
	wordArgument          // name:
	wordText
	wordNumber
	wordSymbol
)

var wordPatterns = []struct {
	kind    wordKind
	pattern *regexp.Regexp
}{
	{wordText, regexp.MustCompile(`^(?:"([^"]*)"|'([^']*)')`)},
	{wordNumber, regexp.MustCompile(`^(-?\d+(?:\.\d+)?)`)},
	{wordArgument, regexp.MustCompile(`^([A-Za-z_][\w-]*\??):`)},
	{wordName, regexp.MustCompile(`^([A-Za-z_][\w-]*\??)`)},
	{wordProperty, regexp.MustCompile(`^\.([A-Za-z_][\w-]*\??)`)},
	{wordSymbol, regexp.MustCompile(`^(==|!=|>=|<=|\.\.|[<>|,()[\]])`)},
}

// words cuts an expression that stands at offset at into words.
func (p *parser) words(source string, at int) ([]word, bool) {
	if len(source) > maxExpression {
		p.errorf("NUR264", p.place.at(at, at+len(source)), "this has %d bytes, more than %d: make it in steps, with `assign`", len(source), maxExpression)
		return nil, false
	}
	var words []word
next:
	for i := 0; i < len(source); {
		if strings.IndexByte(" \t\r\n\v\f", source[i]) >= 0 {
			i++
			continue
		}
		for _, w := range wordPatterns {
			m := w.pattern.FindStringSubmatchIndex(source[i:])
			if m == nil {
				continue
			}
			from, to := m[2], m[3]
			if from < 0 {
				from, to = m[4], m[5]
			}
			words = append(words, word{w.kind, source[i+from : i+to], at + i + from, at + i + m[1]})
			i += m[1]
			continue next
		}
		p.strayCharacter(source, i, at, words)
		return nil, false
	}
	return words, true
}

// strayCharacter reports what no word begins with, behind the words before it.
func (p *parser) strayCharacter(source string, i, at int, before []word) {
	r, size := utf8.DecodeRuneInString(source[i:])
	from := i
	if n := len(before); unicode.IsLetter(r) && n > 0 && before[n-1].kind == wordProperty && before[n-1].end == at+i {
		from = before[n-1].at - 1 - at
	}
	if rest, dotted := strings.CutPrefix(source[from:], "."); dotted {
		letters := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
		if letters < 0 {
			letters = len(rest)
		}
		if letters > 0 {
			d := p.errorf("NUR259", p.place.at(at+from, at+from+1+letters), "Liquid knows only the letters a to z behind a dot: write `[\"%s\"]`", rest[:letters])
			d.Fixes = append(d.Fixes, replace(d.Span, `["`+rest[:letters]+`"]`))
			return
		}
	}
	hint := ""
	switch {
	case r == '"' || r == '\'':
		hint = ": this quote is never closed"
	case r == '&' || r == '!':
		hint = ": write `and`, `or`, `!=`, or `{% unless … %}`"
	case r == '=':
		hint = ": to compare, write `==`"
	case strings.ContainsRune("+-*/", r):
		hint = ": to calculate, write filters such as `| plus: 1`"
	case strings.ContainsRune("“”„‘’«»", r):
		hint = ": write straight quotes, `\"`"
	}
	p.errorf("NUR259", p.place.at(at+i, at+i+size), "Liquid does not know `%s` here%s", string(r), hint)
}

// use says what an expression is for.
type use uint8

const (
	testing use = iota // in a tag, or as an operand
	showing            // in {{ }}
	looping            // behind `in`: modifiers of the loop may follow
	naming             // in assign: a thing may be taken whole
)

// check looks at the names, filters and ranges of an expression that stands at offset at. It says what the expression
// is, and whether the library may read it.
func (p *parser) check(source string, at int, as use) (is shape, ok bool) {
	before := len(p.diags)
	words, ok := p.words(source, at)
	if !ok {
		return shape{open: true}, false
	}
	is = shape{open: true}
	for i := 0; i < len(words); {
		w := words[i]
		piped := i > 0 && words[i-1].kind == wordSymbol && words[i-1].text == "|"
		switch {
		case piped && (w.kind == wordName || w.kind == wordArgument):
			p.filter(words, i)
			i++
		case w.kind == wordName && !slices.Contains(keywords, w.text):
			of, next := p.variable(words, i, as == naming)
			if i == 0 && (next == len(words) || as == looping && words[next].kind != wordSymbol) {
				is = of
			}
			if i == 0 && next == len(words) && as == showing && of.elem != nil && of.elem.props != nil {
				p.errorf("NUR262", p.place.at(w.at, words[next-1].end), "`%s` is a list: show one after the other, `{%% for x in %s %%}{{ x.%s }}{%% endfor %%}`", w.text, w.text, of.elem.example())
			}
			i = next
		case w.kind == wordNumber && len(w.text) > 15:
			p.errorf("NUR264", p.place.at(w.at, w.end), "this number is too long: write at most 15 digits")
			i++
		default:
			i++
		}
	}
	p.literalRanges(words)
	return is, len(p.diags) == before
}

// filter checks the filter at i: that it exists and takes as many arguments as it is given.
func (p *parser) filter(words []word, i int) {
	w := words[i]
	span := p.place.at(w.at, w.at+len(w.text))
	f, known := filters[w.text]
	if !known {
		d := p.errorf("NUR263", span, "there is no filter `%s`", w.text)
		if !suggest(d, w.text, filterNames()) {
			d.Message += ": the reference lists them all"
		}
		return
	}
	args, depth := 0, 0
	if w.kind == wordArgument {
		args = 1
		for _, next := range words[i+1:] {
			if next.kind != wordSymbol {
				continue
			}
			if depth == 0 && next.text == "|" {
				break
			}
			switch next.text {
			case "(", "[":
				depth++
			case ")", "]":
				depth--
			case ",":
				if depth == 0 {
					args++
				}
			}
		}
	}
	if args < f.min || args > f.max {
		p.errorf("NUR263", span, "`%s` takes %s: write %s", w.text, f.arguments(), f.example)
	}
	if first := i - 2; w.text == "date" && first >= 0 && words[first].kind == wordText && (words[first].text == "now" || words[first].text == "today") {
		d := p.errorf("NUR266", p.place.at(words[first].at-1, words[first].end), "a message reads no clock: write `now`, the instant it is sent at")
		d.Fixes = append(d.Fixes, replace(d.Span, "now"))
	}
}

// literalRanges refuses ranges that nobody would show, where they can be seen already; the rest is bounded when it runs.
func (p *parser) literalRanges(words []word) {
	for i := 1; i+1 < len(words); i++ {
		from, to := words[i-1], words[i+1]
		if words[i].text != ".." || words[i].kind != wordSymbol || from.kind != wordNumber || to.kind != wordNumber {
			continue
		}
		a, _ := strconv.ParseFloat(from.text, 64)
		b, _ := strconv.ParseFloat(to.text, 64)
		if b-a >= maxList {
			p.errorf("NUR264", p.place.at(from.at, to.end), "this range has more than %d numbers: write a shorter one", maxList)
		}
	}
}

// variable checks the name at i and what stands behind it, and notes which contact field it reads. The contact itself is
// never taken whole: its fields could then be read where no one sees it.
func (p *parser) variable(words []word, i int, whole bool) (is shape, next int) {
	root := words[i]
	is, known := p.locals[root.text]
	if !known {
		is, known = p.roots()[root.text]
	}
	if !known {
		p.unknownName(root)
		is = shape{open: true}
	}
	path := root.text
	for next = i + 1; next < len(words); {
		step, after, isStep := step(words, next)
		if !isStep {
			break
		}
		next = after
		if step.kind != wordText && step.kind != wordProperty { // an index: a number, or worked out
			if is.props != nil {
				p.errorf("NUR262", p.place.at(root.at, step.end), "`%s` is read by names that stand there: write `%s.%s`", path, path, is.example())
				return shape{open: true}, next
			}
			if step.kind == wordName && !slices.Contains(keywords, step.text) {
				p.variable([]word{step}, 0, false)
			}
			is = is.element()
			continue
		}
		if root.text == "contact" && path == "contact" && slices.Contains(p.fields, step.text) {
			p.template.Spans[step.text] = append(p.template.Spans[step.text], p.place.at(step.at, step.at+len(step.text)))
			is, path = scalarShape, path+"."+step.text
			continue
		}
		is = p.below(is, path, step)
		path += "." + step.text
	}
	if root.text == "questions" {
		p.template.asks = true
	}
	if is.props != nil && (!whole || root.text == "contact") {
		p.errorf("NUR262", p.place.at(root.at, words[next-1].end), "`%s` cannot be shown whole: say what of it, such as `%s.%s`", path, path, is.example())
		return shape{open: true}, next
	}
	return is, next
}

// step reads one `.name` or `[…]` behind a variable.
func step(words []word, i int) (w word, next int, ok bool) {
	if words[i].kind == wordProperty {
		return words[i], i + 1, true
	}
	if words[i].kind != wordSymbol || words[i].text != "[" {
		return word{}, i, false
	}
	if i+2 < len(words) && words[i+2].kind == wordSymbol && words[i+2].text == "]" {
		return words[i+1], i + 3, true
	}
	// Something worked out: its names are checked where they stand, by whoever goes on from here.
	return word{kind: wordSymbol, at: words[i].at, end: words[i].end}, i + 1, true
}

func (s shape) element() shape {
	if s.elem != nil {
		return *s.elem
	}
	return shape{open: true}
}

func (s shape) example() string {
	if len(s.props) == 0 {
		return "field"
	}
	return s.props[0]
}

// below gives the shape of a property, and reports one that does not exist.
func (p *parser) below(is shape, path string, step word) shape {
	span := p.place.at(step.at, step.at+len(step.text))
	switch {
	case is.open:
		return is
	case is.props != nil && slices.Contains(is.props, step.text):
		return scalarShape
	case is.props != nil && path == "contact":
		d := p.errorf("NUR260", span, "a contact has no field `%s`", step.text)
		if !suggest(d, step.text, is.props) {
			d.Message += ": declare it in `contact { … }`, or use one of its fields"
		}
	case is.props != nil:
		d := p.errorf("NUR262", span, "`%s` has no `%s`", path, step.text)
		if !suggest(d, step.text, is.props) {
			d.Message += ": it has `" + strings.Join(is.props, "`, `") + "`"
		}
	case step.text == "size":
		return scalarShape
	case is.elem != nil && (step.text == "first" || step.text == "last"):
		return *is.elem
	default:
		p.errorf("NUR262", span, "`%s` has nothing below it: leave `.%s` out", path, step.text)
	}
	return shape{open: true}
}

func (p *parser) unknownName(w word) {
	span := p.place.at(w.at, w.at+len(w.text))
	switch {
	case slices.Contains(p.fields, w.text):
		d := p.errorf("NUR261", span, "there is no `%s` by itself: write `contact.%s`", w.text, w.text)
		d.Fixes = append(d.Fixes, replace(span, "contact."+w.text))
	case w.text == "not":
		p.errorf("NUR259", span, "Liquid has no `not`: write `{%% unless … %%}`, or compare with `== false`")
	case slices.Contains(briefOnly, w.text):
		p.errorf("NUR261", span, "only the brief of a hand-off sees `%s`: leave it out of a message", w.text)
	default:
		var names []string
		for name := range p.roots() {
			names = append(names, name)
		}
		for name := range p.locals {
			names = append(names, name)
		}
		slices.Sort(names)
		d := p.errorf("NUR261", span, "there is no `%s` here", w.text)
		if !suggest(d, w.text, names) {
			d.Message += ": a message sees `" + strings.Join(names, "`, `") + "`"
		}
	}
}

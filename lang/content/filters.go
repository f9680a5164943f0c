package content

import (
	"errors"
	"fmt"
	"html"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"
	"github.com/osteele/tuesday"
)

// The filters of Liquid, written out: the library's own panic on lengths over 1,000, read the clock and the machine's time
// zone, print a million as 1e+06 and let texts grow without end. Unknown stays unknown through all of them but `default`.

var errTooLong = fmt.Errorf("a text grew over %d bytes", maxText)

// filter is one entry of the table: how it is written, and what it does.
type filter struct {
	min, max int // arguments
	example  string
	apply    func(in any, args []any) (any, error)
}

func (f filter) arguments() string {
	switch {
	case f.max == 0:
		return "nothing"
	case f.min == f.max && f.min == 1:
		return "one value"
	case f.min == f.max:
		return fmt.Sprintf("%d values", f.min)
	default:
		return fmt.Sprintf("%d to %d values", f.min, f.max)
	}
}

var filters = map[string]filter{
	"default": {1, 1, "`| default: \"there\"`", func(in any, args []any) (any, error) {
		if in == nil || in == false || in == "" {
			return args[0], nil
		}
		if list, ok := in.([]any); ok && len(list) == 0 {
			return args[0], nil
		}
		return in, nil
	}},

	// Texts.
	"append":  {1, 1, "`| append: \"!\"`", texts(func(s string, a []string) string { return s + a[0] })},
	"prepend": {1, 1, "`| prepend: \"Dear \"`", texts(func(s string, a []string) string { return a[0] + s })},
	"capitalize": {0, 0, "`| capitalize`", texts(func(s string, _ []string) string {
		_, size := utf8.DecodeRuneInString(s)
		return strings.ToUpper(s[:size]) + s[size:]
	})},
	"downcase":       {0, 0, "`| downcase`", texts(func(s string, _ []string) string { return strings.ToLower(s) })},
	"upcase":         {0, 0, "`| upcase`", texts(func(s string, _ []string) string { return strings.ToUpper(s) })},
	"strip":          {0, 0, "`| strip`", texts(func(s string, _ []string) string { return strings.TrimSpace(s) })},
	"lstrip":         {0, 0, "`| lstrip`", texts(func(s string, _ []string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) })},
	"rstrip":         {0, 0, "`| rstrip`", texts(func(s string, _ []string) string { return strings.TrimRightFunc(s, unicode.IsSpace) })},
	"strip_newlines": {0, 0, "`| strip_newlines`", texts(func(s string, _ []string) string { return strings.ReplaceAll(s, "\n", "") })},
	"strip_html":     {0, 0, "`| strip_html`", texts(func(s string, _ []string) string { return tags.ReplaceAllString(s, "") })},
	// What `{{ }}` shows is escaped for its place anyway; escaping it here too would show the marks.
	"escape":        {0, 0, "`| escape`", texts(func(s string, _ []string) string { return s })},
	"escape_once":   {0, 0, "`| escape_once`", texts(func(s string, _ []string) string { return html.UnescapeString(s) })},
	"url_encode":    {0, 0, "`| url_encode`", texts(func(s string, _ []string) string { return url.QueryEscape(s) })},
	"remove":        {1, 1, "`| remove: \"-\"`", texts(func(s string, a []string) string { return strings.ReplaceAll(s, a[0], "") })},
	"remove_first":  {1, 1, "`| remove_first: \"-\"`", texts(func(s string, a []string) string { return strings.Replace(s, a[0], "", 1) })},
	"replace":       {2, 2, "`| replace: \"-\", \" \"`", replaced(-1)},
	"replace_first": {2, 2, "`| replace_first: \"-\", \" \"`", replaced(1)},
	"truncate":      {0, 2, "`| truncate: 30`", truncate},
	"truncatewords": {0, 2, "`| truncatewords: 5`", truncateWords},
	"slice":         {1, 2, "`| slice: 0, 3`", slice},
	"split":         {1, 1, "`| split: \",\"`", split},
	"date":          {1, 1, "`| date: \"%d %B %Y\"`", date},

	// Lists.
	"size": {0, 0, "`| size`", func(in any, _ []any) (any, error) {
		switch in := in.(type) {
		case nil:
			return 0, nil
		case string:
			return utf8.RuneCountInString(in), nil
		default:
			list, err := listOf(in)
			return len(list), err
		}
	}},
	"join":         {0, 1, "`| join: \", \"`", join},
	"first":        {0, 0, "`| first`", lists(func(l []any, _ []any) any { return at(l, 0) })},
	"last":         {0, 0, "`| last`", lists(func(l []any, _ []any) any { return at(l, len(l)-1) })},
	"reverse":      {0, 0, "`| reverse`", lists(func(l []any, _ []any) any { return reversed(l) })},
	"sort":         {0, 1, "`| sort`", lists(func(l []any, a []any) any { return sorted(l, a, false) })},
	"sort_natural": {0, 1, "`| sort_natural`", lists(func(l []any, a []any) any { return sorted(l, a, true) })},
	"compact": {0, 0, "`| compact`", lists(func(l []any, _ []any) any {
		return slices.DeleteFunc(slices.Clone(l), func(v any) bool { return v == nil })
	})},
	"uniq": {0, 0, "`| uniq`", lists(func(l []any, _ []any) any {
		seen := map[string]bool{}
		return slices.DeleteFunc(slices.Clone(l), func(v any) bool {
			key := textOf(v)
			known := seen[key]
			seen[key] = true
			return known
		})
	})},
	"map": {1, 1, "`| map: \"text\"`", lists(func(l []any, a []any) any {
		out := make([]any, len(l))
		for i, v := range l {
			out[i] = property(v, textOf(a[0]))
		}
		return out
	})},

	// Numbers.
	"plus":       {1, 1, "`| plus: 1`", numbers(func(n, a float64) any { return n + a })},
	"minus":      {1, 1, "`| minus: 1`", numbers(func(n, a float64) any { return n - a })},
	"times":      {1, 1, "`| times: 2`", numbers(func(n, a float64) any { return n * a })},
	"at_least":   {1, 1, "`| at_least: 1`", numbers(func(n, a float64) any { return max(n, a) })},
	"at_most":    {1, 1, "`| at_most: 100`", numbers(func(n, a float64) any { return min(n, a) })},
	"modulo":     {1, 1, "`| modulo: 2`", numbers(func(n, a float64) any { return math.Mod(n, a) })},
	"divided_by": {1, 1, "`| divided_by: 12`", divide},
	"abs":        {0, 0, "`| abs`", numbers(func(n, _ float64) any { return math.Abs(n) })},
	"ceil":       {0, 0, "`| ceil`", numbers(func(n, _ float64) any { return math.Ceil(n) })},
	"floor":      {0, 0, "`| floor`", numbers(func(n, _ float64) any { return math.Floor(n) })},
	"round": {0, 1, "`| round: 2`", numbers(func(n, places float64) any {
		scale := math.Pow10(int(max(0, min(places, 12))))
		return math.Floor(n*scale+0.5) / scale
	})},
}

var tags = regexp.MustCompile(`<[^>]*>`)

func filterNames() []string { return slices.Sorted(maps.Keys(filters)) }

// filterConfig is what the library finds the filters in.
var filterConfig = func() expressions.Config {
	var c expressions.Config
	for name, f := range filters {
		c.AddFilter(name, func(in any, args ...any) (any, error) {
			if len(args) < f.min || len(args) > f.max {
				return nil, fmt.Errorf("it takes %s", f.arguments())
			}
			out, err := f.apply(in, args)
			if s, ok := out.(string); ok && len(s) > maxText {
				return nil, errTooLong
			}
			return normal(out), err
		})
	}
	return c
}()

func texts(f func(s string, args []string) string) func(any, []any) (any, error) {
	return func(in any, args []any) (any, error) {
		if in == nil {
			return nil, nil
		}
		words := make([]string, len(args))
		for i, a := range args {
			words[i] = textOf(a)
		}
		return f(textOf(in), words), nil
	}
}

func lists(f func(list, args []any) any) func(any, []any) (any, error) {
	return func(in any, args []any) (any, error) {
		list, err := listOf(in)
		if err != nil {
			return nil, err
		}
		return f(list, args), nil
	}
}

// numbers makes a filter of arithmetic; what is no number, and what has no finite result, is unknown.
func numbers(f func(n, arg float64) any) func(any, []any) (any, error) {
	return func(in any, args []any) (any, error) {
		n, ok := numberOf(in)
		arg := 0.0
		if ok && len(args) > 0 {
			arg, ok = numberOf(args[0])
		}
		if !ok {
			return nil, nil
		}
		return f(n, arg), nil
	}
}

// divide keeps whole numbers whole, as Liquid does.
func divide(in any, args []any) (any, error) {
	whole := isWhole(in) && isWhole(args[0])
	return numbers(func(n, by float64) any {
		if by == 0 {
			return nil
		}
		if whole {
			return math.Floor(n / by)
		}
		return n / by
	})(in, args)
}

func isWhole(v any) bool { _, ok := normal(v).(int); return ok }

func replaced(times int) func(any, []any) (any, error) {
	return func(in any, args []any) (any, error) {
		if in == nil {
			return nil, nil
		}
		s, old, by := textOf(in), textOf(args[0]), textOf(args[1])
		count := strings.Count(s, old)
		if times >= 0 {
			count = min(count, times)
		}
		if len(s)+count*(len(by)-len(old)) > maxText {
			return nil, errTooLong
		}
		return strings.Replace(s, old, by, times), nil
	}
}

func truncate(in any, args []any) (any, error) {
	length, ending := 50, "..."
	return shortened(in, args, &length, &ending, func(s string) string {
		runes := []rune(s)
		if len(runes) <= length {
			return s
		}
		return string(runes[:max(0, length-utf8.RuneCountInString(ending))]) + ending
	})
}

func truncateWords(in any, args []any) (any, error) {
	length, ending := 15, "..."
	return shortened(in, args, &length, &ending, func(s string) string {
		words := strings.Fields(s)
		if len(words) <= length {
			return s
		}
		return strings.Join(words[:length], " ") + ending
	})
}

func shortened(in any, args []any, length *int, ending *string, f func(string) string) (any, error) {
	if in == nil {
		return nil, nil
	}
	if len(args) > 0 {
		n, ok := numberOf(args[0])
		if !ok {
			return nil, errors.New("its first value is a number")
		}
		*length = int(max(0, min(n, maxText)))
	}
	if len(args) > 1 {
		*ending = textOf(args[1])
	}
	return f(textOf(in)), nil
}

func slice(in any, args []any) (any, error) {
	start, ok := numberOf(args[0])
	length := 1.0
	if len(args) > 1 {
		l, isNumber := numberOf(args[1])
		length, ok = l, ok && isNumber
	}
	if !ok {
		return nil, errors.New("its values are numbers")
	}
	runes := []rune(textOf(in))
	size := float64(len(runes))
	if start < 0 {
		start += size
	}
	if start < 0 || start > size {
		return "", nil
	}
	return string(runes[int(start):int(max(start, min(start+length, size)))]), nil
}

func split(in any, args []any) (any, error) {
	s, by := textOf(in), textOf(args[0])
	parts := strings.Split(s, by)
	if by == " " {
		parts = strings.Fields(s)
	}
	if len(parts) > maxList {
		return nil, errLongList
	}
	out := make([]any, 0, len(parts))
	for _, part := range parts {
		out = append(out, part)
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out, nil
}

func join(in any, args []any) (any, error) {
	list, err := listOf(in)
	if err != nil {
		return nil, err
	}
	by := " "
	if len(args) > 0 {
		by = textOf(args[0])
	}
	var out strings.Builder
	for i, v := range list {
		if i > 0 {
			out.WriteString(by)
		}
		out.WriteString(textOf(v))
		if out.Len() > maxText {
			return nil, errTooLong
		}
	}
	return out.String(), nil
}

func reversed(list []any) []any {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

func sorted(list []any, by []any, fold bool) []any {
	key := func(v any) any {
		if len(by) > 0 {
			v = property(v, textOf(by[0]))
		}
		if fold {
			return strings.ToLower(textOf(v))
		}
		return v
	}
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b any) int {
		x, y := key(a), key(b)
		switch {
		case values.Less(x, y):
			return -1
		case values.Less(y, x):
			return 1
		default:
			return 0
		}
	})
	return out
}

var dateLayouts = []string{time.DateOnly, "2006-01-02 15:04", time.DateTime, time.RFC3339}

// date shows a date or time as strftime would; what is neither stays as it is.
func date(in any, args []any) (any, error) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, textOf(in)); err == nil {
			return tuesday.Strftime(textOf(args[0]), t)
		}
	}
	return in, nil
}

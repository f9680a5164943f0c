package content

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/osteele/liquid/values"

	"nurture/lang/calendar"
)

// Liquid sees few kinds of value: nil (unknown), bool, int, float64 that is not whole, string, []any, and objects as
// map[string]any. Dates and times are strings that begin with the year, so that they compare as they should.

var errLongList = fmt.Errorf("a list has more than %d entries", maxList)

// normal makes a value one of the kinds above.
func normal(v any) any {
	switch v := v.(type) {
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return nil
		case v == math.Trunc(v) && math.Abs(v) < 1e15:
			return int(v)
		}
		return v
	case int64:
		return int(v)
	case string:
		return plain(v)
	case calendar.Date:
		return v.String()
	case time.Time:
		if v.Second() == 0 {
			return v.Format("2006-01-02 15:04")
		}
		return v.Format(time.DateTime)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = plain(s)
		}
		return list
	default:
		return v
	}
}

// plain makes a text that a mail can carry: valid UTF-8 of at most maxText bytes, no control characters but line ends
// and tabs.
func plain(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 }

// textOf is how a value is shown.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var out strings.Builder
		for i, item := range v {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(textOf(item))
			if out.Len() > maxText {
				break
			}
		}
		return out.String()
	default:
		return "" // unknown, and objects, which Parse does not let through
	}
}

func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return n, err == nil && !math.IsNaN(n)
	default:
		return 0, false
	}
}

// listOf gives the entries of a list or range. Unknown has none, anything else is its own only one.
func listOf(v any) ([]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []any:
		return v, nil
	case values.Range:
		n := v.Len()
		if n > maxList {
			return nil, errLongList
		}
		list := make([]any, 0, max(0, n))
		for i := range n {
			list = append(list, v.Index(i))
		}
		return list, nil
	default:
		return []any{v}, nil
	}
}

func at(list []any, i int) any {
	if i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

func property(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

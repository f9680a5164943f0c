package syntax

import (
	"strings"
	"testing"
)

// FuzzLex pins that the tokens of any input lie in order, that only white space lies between them, and that the last
// one is the end of the file.
func FuzzLex(f *testing.F) {
	for _, src := range []string{
		"", "\ufefftopics a, b // c\r\n", "a \"b\\u{1f600}\" 'c' “d” \"e", "1_000 0.5 12% 30min 7days 1..2 09:00..17:00 9:0 24:00",
		"2026-03-02 10:00 2026-3-2 2026-03-02T10:00:00Z 2026-02-30", "-> == != && || .. a→b \u00a0 … # x", "/* a", "\xff\xfe\x00é",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		report := &reporter{}
		end := len(src) - len(strings.TrimPrefix(src, "\ufeff"))
		tokens := lex(src, report)
		for i, tok := range tokens {
			if tok.start < end || tok.end < tok.start || tok.end > len(src) {
				t.Fatalf("token %d at %d..%d, the one before ends at %d", i, tok.start, tok.end, end)
			}
			if gap := src[end:tok.start]; strings.Trim(gap, " \t") != "" {
				t.Fatalf("%q lies before token %d", gap, i)
			}
			if (tok.kind == tEOF) != (i == len(tokens)-1) {
				t.Fatalf("token %d of %d is the end: %v", i, len(tokens), tok.kind == tEOF)
			}
			end = tok.end
		}
		if end != len(src) {
			t.Fatalf("the tokens end at %d of %d", end, len(src))
		}
	})
}

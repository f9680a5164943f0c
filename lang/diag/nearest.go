package diag

import (
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// longestWord bounds the work of Nearest: what is longer is no misspelt name.
const longestWord = 64

// Nearest finds the candidate that a misspelt word most likely stands for: at most two edits away, or a third of the
// word's length when that is more, but never most of a short word. Of equally near ones the one of the nearest length is
// taken, then the first.
func Nearest(word string, candidates []string) (string, bool) {
	length := utf8.RuneCountInString(word)
	if length == 0 || length > longestWord {
		return "", false
	}
	limit := max(2, length/3)
	if length <= 3 {
		limit = 1
	}
	best, found, spread := "", false, 0
	for _, c := range candidates {
		if c == word || c == "" || len(c) > 4*longestWord || abs(utf8.RuneCountInString(c)-length) > limit {
			continue
		}
		d, longer := levenshtein.ComputeDistance(word, c), abs(utf8.RuneCountInString(c)-length)
		if d < limit || d == limit && (!found || longer < spread) {
			best, found, limit, spread = c, true, d, longer
		}
	}
	return best, found
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

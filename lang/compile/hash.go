package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"nurture/lang/check"
	"nurture/lang/syntax"
)

// hash names the meaning of a playbook: what its declarations say, without layout, comments, tests and scenarios.
func hash(pb *check.Playbook) string {
	sum := sha256.New()
	for _, f := range pb.Files {
		for _, d := range f.Decls {
			switch d.(type) {
			case *syntax.TestDecl, *syntax.ScenarioDecl:
				continue
			}
			n := syntax.NodeOf(d)
			io.WriteString(sum, bare(f.Src[n.Start:n.End]))
			sum.Write([]byte{0})
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// bare is source text without comments, and with one blank where words would run together.
func bare(src string) string {
	var out strings.Builder
	blank := false
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case strings.HasPrefix(src[i:], "//"):
			for i < len(src) && src[i] != '\n' && src[i] != '\r' {
				i++
			}
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			blank = true
			i++
		default:
			end := i + 1
			if c == '"' {
				end = stringEnd(src, i)
			}
			if blank && word(c) {
				out.WriteByte(' ')
			}
			blank = false
			out.WriteString(src[i:end])
			i = end
		}
	}
	return out.String()
}

func word(c byte) bool {
	return c == '_' || c == '"' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func stringEnd(src string, i int) int {
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}

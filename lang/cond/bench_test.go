package cond_test

import (
	"testing"

	"nurture/lang/cond"
	"nurture/lang/syntax"
)

func BenchmarkBool(b *testing.B) {
	s := playbook()
	text := syntax.Cond{Text: `warm and count(response, 14d) >= 1 and since(stage.entered) >= 14d and contact.role in ["it", "user"]`}
	for b.Loop() {
		if _, diags := s.Bool("a.nurture", text, cond.Scope{}); len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}

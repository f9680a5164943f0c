package diag_test

import (
	"testing"

	"nurture/lang/diag"
)

func TestLines(t *testing.T) {
	const src = "ab\r\nçd😀e\rx\n"
	tests := []struct {
		offset        int
		line, column  int // from 1, runes
		utf8C, utf16C int // from 0
	}{
		{0, 1, 1, 0, 0},
		{2, 1, 3, 2, 2},
		{4, 2, 1, 0, 0},
		{6, 2, 2, 2, 1},
		{7, 2, 3, 3, 2},
		{11, 2, 4, 7, 4},
		{13, 3, 1, 0, 0},
		{15, 4, 1, 0, 0},
	}
	lines := diag.NewLines(src)
	if lines.Count() != 4 {
		t.Errorf("%d lines, want 4", lines.Count())
	}
	for _, tt := range tests {
		if l, c := lines.Position(tt.offset); l != tt.line || c != tt.column {
			t.Errorf("offset %d is at %d:%d, want %d:%d", tt.offset, l, c, tt.line, tt.column)
		}
		if l, c := lines.UTF8(tt.offset); l != tt.line-1 || c != tt.utf8C {
			t.Errorf("offset %d is at UTF-8 %d:%d, want %d:%d", tt.offset, l, c, tt.line-1, tt.utf8C)
		}
		if l, c := lines.UTF16(tt.offset); l != tt.line-1 || c != tt.utf16C {
			t.Errorf("offset %d is at UTF-16 %d:%d, want %d:%d", tt.offset, l, c, tt.line-1, tt.utf16C)
		}
		if got := lines.OffsetUTF8(tt.line-1, tt.utf8C); got != tt.offset {
			t.Errorf("UTF-8 %d:%d is offset %d, want %d", tt.line-1, tt.utf8C, got, tt.offset)
		}
		if got := lines.OffsetUTF16(tt.line-1, tt.utf16C); got != tt.offset {
			t.Errorf("UTF-16 %d:%d is offset %d, want %d", tt.line-1, tt.utf16C, got, tt.offset)
		}
	}
	if got := lines.Text(2); got != "çd😀e" {
		t.Errorf("line 2 is %q", got)
	}
}

func TestLinesOutsideTheFile(t *testing.T) {
	lines := diag.NewLines("ab\ncd")
	for _, tt := range []struct{ line, column, offset int }{
		{0, 99, 2}, {1, 99, 5}, {7, 0, 5}, {-1, 3, 0}, {0, -1, 0},
	} {
		if got := lines.OffsetUTF16(tt.line, tt.column); got != tt.offset {
			t.Errorf("UTF-16 %d:%d is offset %d, want %d", tt.line, tt.column, got, tt.offset)
		}
		if got := lines.OffsetUTF8(tt.line, tt.column); got != tt.offset {
			t.Errorf("UTF-8 %d:%d is offset %d, want %d", tt.line, tt.column, got, tt.offset)
		}
	}
	if l, c := lines.Position(99); l != 2 || c != 3 {
		t.Errorf("behind the end is %d:%d, want 2:3", l, c)
	}
	if l, c := lines.Position(-1); l != 1 || c != 1 {
		t.Errorf("before the start is %d:%d, want 1:1", l, c)
	}
	if got := lines.Text(9); got != "" {
		t.Errorf("a line that is not there has the text %q", got)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"send", "stage", "on", "threat_report", "transactional", "when"}
	for _, tt := range []struct{ word, want string }{
		{"sned", "send"},
		{"stge", "stage"},
		{"threat_reports", "threat_report"},
		{"thread_rapport", "threat_report"},
		{"send", ""}, // itself is no suggestion
		{"o", "on"},
		{"whne", "when"},
		{"xy", ""},
		{"", ""},
		{"completely_different", ""},
	} {
		got, ok := diag.Nearest(tt.word, words)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q) is %q, want %q", tt.word, got, tt.want)
		}
	}
}

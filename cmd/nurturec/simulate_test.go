package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// A simulation that is interrupted says so, and shows nothing.
func TestSimulateInterrupted(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	var out, err bytes.Buffer
	code := command(stopped, []string{"simulate", "--contacts", "1000000", "../../examples/saas"}, &terminal{out: &out, err: &err})
	if code != exitRefused || out.Len() > 0 || !strings.Contains(err.String(), "interrupted") {
		t.Errorf("exit %d\n%s%s", code, out.String(), err.String())
	}
}

// Every line of the tables that a person reads fits on a screen of 80 columns, but for what a playbook names at length.
func TestSimulateFitsTheScreen(t *testing.T) {
	for _, args := range [][]string{{"../../examples/saas"}, {"../../examples/minimal"}, {"--compare", "../../examples/saas", "../../examples/saas"}} {
		var out, err bytes.Buffer
		args = append([]string{"simulate", "--from", "2026-01-05", "--seeds", "3", "--contacts", "2000"}, args...)
		if code := command(t.Context(), args, &terminal{out: &out, err: &err}); code != exitFine {
			t.Fatalf("exit %d\n%s", code, err.String())
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if n := len([]rune(line)); n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

package main

import (
	"os"
	"testing"
)

// The files that ship are those that the generator makes.
func TestFilesAreUpToDate(t *testing.T) {
	contacts, events, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"../contacts.csv": contacts, "../events.jsonl": events} {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what the generator makes: go run ./examples/b2c_retail/generate", name)
		}
	}
}

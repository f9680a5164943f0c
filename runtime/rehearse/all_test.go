package rehearse_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"nurture/lang"
	"nurture/lang/compile"
	"nurture/runtime/rehearse"
)

// Tests that are played at once come to what each comes to by itself.
func TestPlayAll(t *testing.T) {
	src := playbook
	for i := range 50 {
		src += fmt.Sprintf(`
test "number %d" {
  contact { email = "a%d@example.com"  consent = true }
  wait %dd
  clicked { offer = report }
  expect score.interest > 8 and count(sent) == %d
  expect in p.two
}
`, i, i, i, i%5)
	}
	loaded := lang.Parse(map[string]string{"p.nurture": src}, nil)
	if loaded.Failed() {
		t.Fatal(loaded.Diagnostics)
	}
	p, tests := compile.Compile(loaded.Playbook), loaded.Playbook.Tests
	all := make([]rehearse.Result, len(tests))
	if err := rehearse.PlayAll(t.Context(), p, tests, nil, func(i int, r rehearse.Result) { all[i] = r }); err != nil {
		t.Fatal(err)
	}
	for i, got := range all {
		if got.Took <= 0 {
			t.Errorf("%s took no time", got.Title)
		}
		got.Took = 0
		if want := rehearse.Play(p, tests[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", want.Title, got, want)
		}
	}
}

func TestPlayAllEndsWithItsContext(t *testing.T) {
	src := playbook
	for i := range 1000 {
		src += fmt.Sprintf("test \"number %d\" { wait 1d }\n", i)
	}
	loaded := lang.Parse(map[string]string{"p.nurture": src}, nil)
	if loaded.Failed() {
		t.Fatal(loaded.Diagnostics)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := rehearse.PlayAll(ctx, compile.Compile(loaded.Playbook), loaded.Playbook.Tests, nil, func(int, rehearse.Result) { n++; cancel() })
	if !errors.Is(err, context.Canceled) || n == 0 || n > 100 {
		t.Errorf("%d tests were played, %v", n, err)
	}
}

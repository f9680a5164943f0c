package lsp_test

import (
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

const drawn = `
-- a.nurture --
contact { email email key }
-- b.nurture --
program p "Programme" {
  phase nurture
  enter when true
  stage s { after 30d -> t }
  stage t {}
}
`

type picture struct {
	SVG    string
	Errors int
	Files  map[string]protocol.DocumentURI
}

func (e *editor) draw(name string) (p picture) {
	e.t.Helper()
	if err := e.execute("nurture.graph", map[string]any{"uri": e.uri(name)}, &p); err != nil {
		e.t.Fatal(err)
	}
	return p
}

// The picture is of what stands in the editor; its places are files that the editor knows, and lines of them.
func TestGraph(t *testing.T) {
	e := showing(t, drawn, config{lints: true, census: func(string) (map[string]int64, error) { return map[string]int64{"p.s": 1200}, nil }})
	e.substitute("b.nurture", "after 30d", "after 31d")
	p := e.draw("b.nurture")
	if p.Errors != 0 || !strings.Contains(p.SVG, "after 31d") || !strings.Contains(p.SVG, "1,200") || !strings.Contains(p.SVG, "Programme") {
		t.Errorf("there are %d errors in the picture\n%s", p.Errors, p.SVG)
	}
	if !strings.Contains(p.SVG, `class="card hole"`) {
		t.Errorf("that p.t leads nowhere is not drawn:\n%s", p.SVG)
	}
	for dec := xml.NewDecoder(strings.NewReader(p.SVG)); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	var places []string
	for _, m := range regexp.MustCompile(`data-place="(.*?):(\d+)"`).FindAllStringSubmatch(p.SVG, -1) {
		if p.Files[m[1]] != e.uri(m[1]) {
			t.Errorf("a place is in %s, which the editor calls %q", m[1], p.Files[m[1]])
		}
		places = append(places, m[1]+":"+m[2])
	}
	if !slices.Contains(places, "b.nurture:4") {
		t.Errorf("stage s is not among the places %v", places)
	}

	// With an error there is no picture, and then there is again.
	e.substitute("b.nurture", "-> t", "-> u")
	if p := e.draw("a.nurture"); p.Errors != 1 || p.SVG != "" {
		t.Errorf("with an error it is %+v", p)
	}
	e.substitute("b.nurture", "-> u", "-> t")
	if p := e.draw("a.nurture"); p.Errors != 0 || p.SVG == "" {
		t.Errorf("without an error it is %+v", p)
	}
}

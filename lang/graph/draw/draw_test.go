package draw_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"nurture/lang"
	"nurture/lang/calendar"
	"nurture/lang/graph"
	"nurture/lang/graph/draw"
)

var update = flag.Bool("update", false, "rewrite what is expected")

// Things that are red, two tracks, a program's own rules, a hand-off, `done`, and ways that share their target.
const small = `contact {
  email email key
  role  text
}
event visited { page text }
roles owner
handoff sales "Inside <sales>" {
  channel  crm
  accept   within 2d
  outcomes won, lost
}
track main {
  on sales.won     -> done
  on sales.lost    -> learn
  on sales.overdue -> learn
}
program learn "Learn & ask" {
  phase nurture
  enter when known(contact.role)
  on visited where event.page startsWith "/pricing" and contact.role != "a role with a name that is long" -> selling
  stage first {
    task "Say \"hello\"" to owner
    on replied -> second
    after 7d   -> second
  }
  stage second {
    on visited match event.page {
      "/a", "/b" -> selling
      otherwise  -> first
    }
    after 30d -> done
  }
  stage lost { after 1d -> done }
}
program selling "Selling" {
  phase accelerate
  stage offered { hand to sales }
}
program beside "Beside" {
  track other
  enter when contact.role == "x"
  stage wait { after 1y -> done }
}
`

func load(t *testing.T, src string) *lang.Loaded {
	t.Helper()
	l := lang.Parse(map[string]string{"main.nurture": src}, nil)
	l.LintAs(lang.Source{}, calendar.DateOf(2026, 1, 1))
	if l.Failed() {
		t.Fatal(l.Diagnostics)
	}
	return l
}

func written(t *testing.T, format string, p *draw.Picture) string {
	t.Helper()
	var b bytes.Buffer
	if err := draw.Formats[format](&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTexts(t *testing.T) {
	l := load(t, small)
	numbers := &draw.Numbers{
		Standing: map[string]int64{"learn.first": 1234},
		Flows: []draw.Flow{
			{To: "learn.first", By: "main.nurture:19", N: 5000},
			{From: "learn.first", To: "learn.second", By: "gone.nurture:1", N: 7},      // by a line that is no more: the way is found by where it leads
			{From: "learn.second", To: "selling.offered", By: "main.nurture:20", N: 3}, // by the program's rule, not the stage's
			{From: "selling.offered", To: "sales", By: "", N: 2},
			{From: "old.stage", To: "learn.first", By: "", N: 9},
		},
	}
	for name, p := range map[string]*draw.Picture{
		"small":   draw.Of(l.Playbook, l.Sources, l.Diagnostics, nil),
		"numbers": draw.Of(l.Playbook, l.Sources, l.Diagnostics, numbers),
		"only":    draw.Of(l.Playbook, l.Sources, l.Diagnostics, nil).Only("selling"),
	} {
		for _, format := range []string{"mermaid", "dot", "svg"} {
			got := written(t, format, p)
			file := filepath.Join("testdata", name+"."+format)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(file); err != nil || string(want) != got {
				t.Errorf("%s is not what is drawn now (%v); look at it with -update:\n%s", file, err, got)
			}
		}
	}
}

// large has 30 stages, with ways across all phases.
func large() string {
	var b strings.Builder
	b.WriteString("contact {\n  email email key\n  role text\n}\nevent visited { page text }\ntrack main {\n  on visited -> p3\n}\n")
	phases := []string{"engage", "nurture", "nurture", "convert", "accelerate", "reassure"}
	for i, phase := range phases {
		fmt.Fprintf(&b, "program p%d \"Program 漢字 %d\" {\n  phase %s\n  enter when contact.role == \"%d\"\n", i, i, phase, i)
		for j := range 5 {
			to := (i*2 + j) % 6
			fmt.Fprintf(&b, "  stage s%d_%d {\n    on visited where event.page startsWith \"/a/page/whose/name/is/long/%s\" -> p%d.s%d_%d\n    after 30d -> done\n  }\n",
				i, j, strings.Repeat("漢", 20), to, to, (j*3+1)%5)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// The picture is XML, nothing that is written in it lies on anything else that is, and everything of the graph is there.
func TestEverythingIsDrawnOnce(t *testing.T) {
	for name, src := range map[string]string{"small": small, "large": large()} {
		l := load(t, src)
		text := written(t, "svg", draw.Of(l.Playbook, l.Sources, l.Diagnostics, nil))
		if again := written(t, "svg", draw.Of(l.Playbook, l.Sources, l.Diagnostics, nil)); again != text {
			t.Errorf("%s: drawn twice, it is not the same", name)
		}
		texts, ways, width, height := read(t, text)
		for i, a := range texts {
			if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
				t.Errorf("%s: %q is not inside of the picture", name, a.text)
			}
			for _, b := range texts[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%s: %q lies on %q", name, a.text, b.text)
				}
			}
		}
		g := graph.Of(l.Playbook)
		for _, s := range g.Stages {
			if title := "<title>" + s.Program.Name + "." + s.Name; !strings.Contains(text, title+"<") && !strings.Contains(text, title+"&#xA;") {
				t.Errorf("%s: %s is not drawn", name, s.Name)
			}
			for _, w := range g.Out(s) {
				from := map[graph.Scope]string{graph.OfStage: s.Program.Name + "." + s.Name, graph.OfProgram: s.Program.Name, graph.OfTrack: "track " + s.Program.Track.Name}[w.Rule.Scope]
				to := "done"
				if w.To != nil {
					to = w.To.Program.Name + "." + w.To.Name
				}
				if ways[from+" "+to] != 1 {
					t.Errorf("%s: the way from %s to %s is drawn %d times", name, from, to, ways[from+" "+to])
				}
			}
		}
	}
}

type words struct {
	text       string
	x, y, w, h int
}

func read(t *testing.T, svg string) (texts []words, ways map[string]int, width, height int) {
	t.Helper()
	ways = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	var open *words
	for {
		token, err := d.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Fatalf("the picture is no XML: %v", err)
			}
			return texts, ways, width, height
		}
		switch token := token.(type) {
		case xml.StartElement:
			at := map[string]string{}
			for _, a := range token.Attr {
				at[a.Name.Local] = a.Value
			}
			number := func(name string) int { n, _ := strconv.Atoi(at[name]); return n }
			switch {
			case token.Name.Local == "svg":
				width, height = number("width"), number("height")
			case token.Name.Local == "text":
				open = &words{x: number("x"), y: number("y") - 11, h: 14}
			case at["class"] == "way":
				ways[at["data-from"]+" "+at["data-to"]]++
			}
		case xml.CharData:
			if open != nil {
				open.text = string(token)
				open.w = runewidth.StringWidth(open.text) * 7
			}
		case xml.EndElement:
			if token.Name.Local == "text" {
				texts, open = append(texts, *open), nil
			}
		}
	}
}

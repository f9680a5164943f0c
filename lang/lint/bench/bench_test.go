// Package bench measures the linter beside the tools that others check files of rules with. It is a module of its own, so
// that nothing else needs those:
//
//	cd lang/lint/bench && go test -bench . -benchtime 5x
//
// Each benchmark is given 1,000 files of about 1.5 kB and 45 lines. For the linter they are one playbook, which is harder
// than 1,000 playbooks: every name is looked up among those of all files. HCL's are parsed, which is all that can be done
// to them without a schema; OPA's are parsed and compiled, which is what `opa check` does.
package bench

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/open-policy-agent/opa/v1/ast"

	"nurture/lang"
	"nurture/lang/lint"
)

const files = 1000

// numbered gives the files that a text with NN in it makes.
func numbered(text, extension string) map[string]string {
	all := map[string]string{}
	for i := range files {
		all[fmt.Sprintf("file_%04d%s", i, extension)] = strings.ReplaceAll(text, "NN", fmt.Sprintf("%04d", i))
	}
	return all
}

func letter(string) (string, error) { return "---\nsubject: Hello\n---\nHello\n", nil }

func playbook() map[string]string {
	all := numbered(campaign, lang.Extension)
	all["a_base.nurture"] = base
	return all
}

func check(b *testing.B, sources map[string]string) *lang.Loaded {
	loaded := lang.Parse(sources, letter)
	if loaded.Failed() {
		b.Fatal(loaded.Diagnostics[0].Message)
	}
	return loaded
}

// BenchmarkRules is the linter alone: what an editor pays for it beside the check.
func BenchmarkRules(b *testing.B) {
	loaded := check(b, playbook())
	found := 0
	for b.Loop() {
		found = len(lint.Run(loaded.Playbook, lint.Config{}))
	}
	b.ReportMetric(float64(found), "findings")
}

// BenchmarkCheck is the check alone: every name is found, every condition has its types. Beside it HCL is only parsed; the
// figures to compare are those by the line.
func BenchmarkCheck(b *testing.B) {
	sources := playbook()
	size(b, sources)
	measure(b, sources, func() { check(b, sources) })
}

// BenchmarkCheckAndLint is all of `nurturec check` but the reading of the files.
func BenchmarkCheckAndLint(b *testing.B) {
	sources := playbook()
	size(b, sources)
	for b.Loop() {
		check(b, sources).LintAs(lang.Source{}, 0)
	}
}

func BenchmarkHCLParse(b *testing.B) {
	sources := numbered(resources, ".hcl")
	size(b, sources)
	measure(b, sources, func() {
		p := hclparse.NewParser()
		for name, src := range sources {
			if _, wrong := p.ParseHCL([]byte(src), name); wrong.HasErrors() {
				b.Fatal(wrong)
			}
		}
	})
}

func BenchmarkOPACheck(b *testing.B) {
	sources := numbered(policy, ".rego")
	size(b, sources)
	for b.Loop() {
		modules := map[string]*ast.Module{}
		for name, src := range sources {
			m, err := ast.ParseModule(name, src)
			if err != nil {
				b.Fatal(err)
			}
			modules[name] = m
		}
		c := ast.NewCompiler()
		if c.Compile(modules); c.Failed() {
			b.Fatal(c.Errors)
		}
	}
}

// measure says what a line costs.
func measure(b *testing.B, sources map[string]string, does func()) {
	lines := 0
	for _, src := range sources {
		lines += strings.Count(src, "\n")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		does()
	}
	runtime.ReadMemStats(&after)
	each := float64(b.N) * float64(lines)
	b.ReportMetric(float64(b.Elapsed().Microseconds())/each, "µs/line")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/each, "allocs/line")
}

func size(b *testing.B, sources map[string]string) {
	n := int64(0)
	for _, src := range sources {
		n += int64(len(src))
	}
	b.SetBytes(n)
}

const base = `contact {
  email      email   key
  role       enum("developer", "it", "user")  question light "What do you work as?"
  employees  number  question medium "How many people work there?"
  timezone   timezone
  consent    bool
  customer   bool
}
topics security, scale, cost
roles owner
event visited { page text, topic topic }
segment developers = contact.role == "developer"
segment customers  = contact.customer
score interest {
  halve every 30d
  +15 on response
}
policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained
}
`

const campaign = `/// Who campaign NN is for.
segment fit_NN = developers and contact.employees >= 50 and not customers

offer guide_NN  "The guide NN"  { kind guide  topic security  for nurture  intent educate  content "mail.md" }
offer report_NN "The report NN" { kind report  topic scale  for nurture  intent educate  content "mail.md" }
offer tool_NN   "The tool NN"   { kind tool  topic cost  for nurture  intent presell  content "mail.md" }

/// Topics by role.
map topics_NN {
  topic    | developers | otherwise
  security | guide_NN   | guide_NN
  scale    | report_NN  | report_NN
  cost     | -          | tool_NN
}

/// What campaign NN is about.
program campaign_NN "Campaign NN" {
  phase nurture
  track track_NN
  enter when fit_NN and known(contact.role)
  when customers and sent(topics_NN) == 0 -> done

  stage learn {
    send from topics_NN every 7d pick interest
    on response                                       -> engaged
    on visited where event.page startsWith "/pricing" -> engaged
    on exhausted                                      -> done
    after 60d                                         -> done
  }

  // Those who have answered.
  stage engaged {
    send report_NN, tool_NN in 3d every 7d
    task "Write a personal note" to owner within 2d
    when score.interest >= 35 and count(response, 14d) >= 1 -> asked
    after 30d                                               -> learn
  }

  stage asked {
    send guide_NN in 14d
    on visited where event.topic == "cost" and not (contact.role == "user") -> engaged
    after 90d                                                              -> done
  }
}
`

const resources = `# What campaign NN is about.
locals {
  fit_NN = var.role == "developer" && var.employees >= 50 && !var.customer
}

resource "offer" "guide_NN" {
  title   = "The guide NN"
  kind    = "guide"
  topic   = "security"
  intent  = "educate"
  content = file("${path.module}/mail.md")
}

resource "offer" "report_NN" {
  title   = "The report NN"
  kind    = "report"
  topic   = "scale"
  intent  = "educate"
  content = file("${path.module}/mail.md")
}

resource "map" "topics_NN" {
  security = [offer.guide_NN.id, offer.guide_NN.id]
  scale    = [offer.report_NN.id, offer.report_NN.id]
  cost     = [null, offer.tool_NN.id]
}

resource "program" "campaign_NN" {
  title = "Campaign NN"
  phase = "nurture"
  enter = local.fit_NN && var.role != null

  stage "learn" {
    send  = { from = map.topics_NN.id, every = "7d", pick = "interest" }
    rules = [for r in var.rules : { on = r.event, to = "engaged" } if r.page != "/pricing"]
    after = { length = "60d", to = "done" }
  }

  stage "engaged" {
    send  = { offers = [offer.report_NN.id], start = "3d", every = "7d" }
    task  = { title = "Write a personal note", to = "owner", within = "2d" }
    when  = var.interest >= 35 && var.responses >= 1 ? "asked" : "engaged"
    after = { length = "30d", to = "learn" }
  }
}
`

const policy = `# What campaign NN is about.
package campaign_NN

import data.shared

fit if {
	input.contact.role == "developer"
	input.contact.employees >= 50
	not input.contact.customer
}

offers := {
	"guide": {"title": "The guide NN", "kind": "guide", "topic": "security", "intent": "educate"},
	"report": {"title": "The report NN", "kind": "report", "topic": "scale", "intent": "educate"},
	"tool": {"title": "The tool NN", "kind": "tool", "topic": "cost", "intent": "presell"},
}

topics := {
	"security": ["guide", "guide"],
	"scale": ["report", "report"],
	"cost": ["", "tool"],
}

next contains "engaged" if {
	input.stage == "learn"
	input.event.name == "response"
}

next contains "engaged" if {
	input.stage == "learn"
	input.event.name == "visited"
	startswith(input.event.page, "/pricing")
}

next contains "asked" if {
	input.stage == "engaged"
	input.score.interest >= 35
	count([r | some r in input.responses; r.days <= 14]) >= 1
}

send contains offers[name].title if {
	fit
	some topic in input.topics
	some name in topics[topic]
	name != ""
	not name in {s | some s in input.sent}
}
`

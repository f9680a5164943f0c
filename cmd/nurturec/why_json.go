package main

import (
	"encoding/json"
	"io"

	"nurture/lang/calendar"
	"nurture/lang/compile"
	"nurture/runtime/why"
)

// The answer as data. Names are those of the journal where it has them; instants are RFC 3339 in UTC, absent where none
// is known or none comes.
type (
	whyJSON struct {
		Contact     string       `json:"contact"`
		At          string       `json:"at"`
		Timezone    string       `json:"timezone"`
		Arrives     string       `json:"arrives,omitempty"` // still to come
		Exact       bool         `json:"exact"`
		Differences []differJSON `json:"differences,omitempty"`
		Waiting     int          `json:"waiting,omitempty"`
		Story       []lineJSON   `json:"story,omitempty"`
		Answer      *answerJSON  `json:"answer,omitempty"`
	}
	differJSON struct {
		At       string   `json:"at"`
		Journal  []string `json:"journal"`
		Replayed []string `json:"replayed"`
	}
	lineJSON struct {
		At      string       `json:"at"`
		Kind    string       `json:"kind"`
		Says    string       `json:"says"`
		Where   string       `json:"where,omitempty"`
		By      string       `json:"by,omitempty"`
		Rule    string       `json:"rule,omitempty"`
		Late    bool         `json:"late,omitempty"`
		Because []reasonJSON `json:"because,omitempty"`
	}
	reasonJSON struct {
		Gate string    `json:"gate,omitempty"`
		Says string    `json:"says,omitempty"`
		Cond *partJSON `json:"condition,omitempty"`
	}
	partJSON struct {
		Text  string      `json:"text"`
		Holds bool        `json:"holds"`
		First bool        `json:"first,omitempty"`
		Is    []valueJSON `json:"values,omitempty"`
		Any   bool        `json:"any,omitempty"` // one of the parts is enough
		Parts []partJSON  `json:"parts,omitempty"`
		Next  string      `json:"changes,omitempty"` // by time alone
	}
	valueJSON struct {
		Text string `json:"text"`
		Is   string `json:"is"`
	}
	answerJSON struct {
		Kind  string     `json:"kind"`
		Name  string     `json:"name"`
		Was   []lineJSON `json:"was,omitempty"`
		Now   bool       `json:"there,omitempty"`
		Later string     `json:"later,omitempty"`
		Ways  []wayJSON  `json:"ways,omitempty"`
		Next  nextJSON   `json:"takes"`
	}
	wayJSON struct {
		Where string     `json:"where"`
		By    string     `json:"by"`
		Rule  string     `json:"rule"`
		Gates []gateJSON `json:"gates"`
	}
	gateJSON struct {
		Name  string    `json:"gate"`
		Open  bool      `json:"open"`
		First bool      `json:"first,omitempty"`
		Says  string    `json:"says"`
		Cond  *partJSON `json:"condition,omitempty"`
		From  string    `json:"opens,omitempty"` // by time alone
		Shut  bool      `json:"never,omitempty"`
	}
	nextJSON struct {
		Comes bool       `json:"comes"`
		At    string     `json:"at,omitempty"`
		Needs []needJSON `json:"needs,omitempty"`
		Never string     `json:"never,omitempty"`
		Tried int        `json:"tried,omitempty"`
	}
	needJSON struct {
		At    string            `json:"at"`
		Says  string            `json:"says"`
		Field string            `json:"field,omitempty"`
		Value string            `json:"value,omitempty"`
		Event string            `json:"event,omitempty"`
		Offer string            `json:"offer,omitempty"`
		With  map[string]string `json:"with,omitempty"`
	}
)

func writeWhyJSON(w io.Writer, of *why.Case, then *why.Standing, a *why.Answer) error {
	all := whyJSON{Contact: of.Key, At: instant(then.Now), Timezone: then.Zone().Name, Exact: of.Exact(), Waiting: of.Waiting()}
	for _, d := range of.Differences() {
		all.Differences = append(all.Differences, differJSON{instant(d.At), d.Journal, d.Replayed})
	}
	if then.State() == nil {
		all.Arrives = instant(then.Arrived)
	}
	if a == nil {
		all.Story = linesJSON(of.Story(then.Now))
	} else {
		all.Answer = answered(then, a)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

func linesJSON(lines []why.Line) (all []lineJSON) {
	for _, l := range lines {
		line := lineJSON{At: instant(l.At), Kind: l.Kind, Says: l.Says, Where: l.Where, By: l.By, Rule: l.Rule, Late: l.Late}
		for _, b := range l.Because {
			line.Because = append(line.Because, reasonJSON{b.Gate, b.Says, condJSON(b.Part)})
		}
		all = append(all, line)
	}
	return all
}

func condJSON(p *why.Part) *partJSON {
	if p == nil {
		return nil
	}
	part := &partJSON{Text: p.Text, Holds: p.Holds, First: p.First, Any: p.Any, Next: comesAt(p.Next)}
	for _, v := range p.Is {
		part.Is = append(part.Is, valueJSON(v))
	}
	for i := range p.Parts {
		part.Parts = append(part.Parts, *condJSON(&p.Parts[i]))
	}
	return part
}

// comesAt is an instant that may not be known, or not come.
func comesAt(t int64) string {
	if t == 0 || t == calendar.Never {
		return ""
	}
	return instant(t)
}

func answered(then *why.Standing, a *why.Answer) *answerJSON {
	n := &a.Next
	answer := &answerJSON{
		Kind: a.Kind, Name: a.Name, Was: linesJSON(a.Was), Now: a.Now, Later: comesAt(a.Later),
		Next: nextJSON{Comes: n.Comes, At: comesAt(n.At), Never: n.Never, Tried: n.Tried},
	}
	for _, w := range a.Ways {
		way := wayJSON{Where: w.Where, By: w.By, Rule: w.Rule}
		for i := range w.Gates {
			g := &w.Gates[i]
			way.Gates = append(way.Gates, gateJSON{g.Name, g.Open, g.First, g.Says, condJSON(g.Part), comesAt(g.From), g.Shut})
		}
		answer.Ways = append(answer.Ways, way)
	}
	p := then.Program()
	for i := range n.Needs {
		need := &n.Needs[i]
		is := needJSON{At: instant(need.At), Says: then.Tells(need)}
		if need.Field != compile.None {
			is.Field, is.Value = p.Fields[need.Field].Name, p.Fields[need.Field].Format(need.Value)
		} else {
			e := &p.Events[need.Event]
			is.Event = e.Name
			if need.Offer != compile.None {
				is.Offer = p.Offers[need.Offer].Name
			}
			for j, v := range need.With {
				if v.Known {
					if is.With == nil {
						is.With = map[string]string{}
					}
					is.With[e.Fields[j].Name] = e.Fields[j].Format(v)
				}
			}
		}
		answer.Next.Needs = append(answer.Next.Needs, is)
	}
	return answer
}

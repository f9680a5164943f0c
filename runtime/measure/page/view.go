package page

import (
	"fmt"
	"strings"

	"nurture/runtime/measure"
)

// view makes what the page shows.
type view struct {
	*Page
	number func(what, by, key string) (measure.Interval, bool)
}

type (
	// answer is a number at the top of the page.
	answer struct{ Name, Value, Note string }

	section struct {
		ID, Title, Text string
		Charts          []chart
		Tables          []table
	}

	table struct {
		Title   string
		Columns []string
		Words   int // columns of words, at the left; the others are numbers
		Rows    [][]cell
		Heat    bool
		Folded  bool // it is long, and seldom looked at
	}

	cell struct {
		Text, Range string
		Heat        float64 // of a heat map: 0 to 1
	}
)

func word(text string) cell { return cell{Text: text} }

// cell shows a number, "–" where there is none.
func (v *view) cell(show func(float64) string, what, by, key string) cell {
	n, ok := v.number(what, by, key)
	if !ok {
		return word("–")
	}
	return ranged(show, n)
}

func ranged(show func(float64) string, n measure.Interval) cell {
	c := word(show(n.Value))
	if low, high := show(n.Low), show(n.High); low != high {
		if strings.HasSuffix(high, "%") {
			low = strings.TrimSuffix(low, "%")
		}
		c.Range = low + " to " + high
	}
	return c
}

func (v *view) value(what, by, key string) float64 {
	n, _ := v.number(what, by, key)
	return n.Value
}

// answers are what one wants to know first.
func (v *view) answers() (all []answer) {
	add := func(name, note string, c cell) {
		if c.Range != "" {
			note = strings.TrimSuffix(c.Range+"; "+note, "; ")
		}
		all = append(all, answer{name, c.Text, note})
	}
	add("contacts", amount(v.value("contacts_arrived", "", ""))+" of them new", v.cell(amount, "contacts", "", ""))
	add("messages", amount(v.value("sent_most_a_day", "", ""))+" on the busiest day", v.cell(amount, "sent", "", ""))
	add("answered", "of the messages", v.cell(percent, "responded", "", ""))
	for i := range v.Figures.Handoffs {
		h := &v.Figures.Handoffs[i]
		add("to "+h.Handoff, amount(v.value("handed_most_a_week", "handoff", h.Handoff))+" in the busiest week", v.cell(amount, "handed", "handoff", h.Handoff))
	}
	for i := range v.Figures.Goals {
		g := &v.Figures.Goals[i]
		note := ""
		if g.Target > 0 {
			note = "target " + percent(g.Target)
		}
		add(g.Program+": "+g.Goal, note, v.cell(percent, "reached_share", "goal", g.Program+"/"+g.Goal))
	}
	if v.value("sales", "", "") > 0 || v.value("cost_of_messages", "", "")+v.value("cost_of_contacts", "", "") > 0 {
		add("revenue", "cost "+amount(v.value("cost_of_messages", "", "")+v.value("cost_of_contacts", "", "")), v.cell(amount, "revenue", "", ""))
		if _, ok := v.number("roi", "", ""); ok {
			add("return on cost", "", v.cell(percent, "roi", "", ""))
		}
	}
	return all
}

func (v *view) sections() []section {
	var all []section
	for _, make := range []func() section{v.changes, v.goals, v.stages, v.messages, v.offers, v.maps, v.handoffs, v.programs} {
		if s := make(); len(s.Charts)+len(s.Tables) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// changes are those that are more than chance: whose interval is all on one side of none. What is of the whole, of goals and
// of sales comes first.
func (v *view) changes() section {
	s := section{ID: "changes", Title: "What " + v.Against + " changes", Text: "Only what differs by more than chance. The people and their luck are the same in both."}
	whole := table{Columns: []string{"what", "of", "change", "before", "after"}, Words: 2}
	parts := table{Title: "By program, stage, offer and reason", Columns: whole.Columns, Words: 2, Folded: true}
	for _, c := range v.Changes {
		if c.By == "day" || strings.HasSuffix(c.By, "week") || c.Change.Value == 0 || c.Change.Low <= 0 && c.Change.High >= 0 {
			continue
		}
		is := shows(c.Measure)
		t := &parts
		switch c.By {
		case "", "goal", "handoff", "outcome":
			t = &whole
		}
		t.Rows = append(t.Rows, []cell{word(strings.ReplaceAll(c.Measure, "_", " ")), word(c.Key), ranged(signed(is.change), c.Change), ranged(is.value, c.Before), ranged(is.value, c.After)})
	}
	return with(s, whole, parts)
}

func (v *view) goals() section {
	s := section{ID: "goals", Title: "Goals", Text: "Of the stays in the program whose time for the goal is over. Beside each share stands the interval in which it lies with 95% confidence."}
	t := table{Columns: []string{"goal", "reached", "target", "reached by now", "still open"}, Words: 1}
	lift := table{Title: "Lift: those who get messages against the holdout", Columns: []string{"goal", "lift", "with messages", "held out"}, Words: 1}
	for i := range v.Figures.Goals {
		g := &v.Figures.Goals[i]
		key, target := g.Program+"/"+g.Goal, word("–")
		if g.Target > 0 {
			target = word(percent(g.Target))
		}
		open := word("–")
		if v.Number == nil {
			open = word(amount(float64(g.Open)))
		}
		t.Rows = append(t.Rows, []cell{word(g.Program + ": " + g.Goal), v.cell(percent, "reached_share", "goal", key), target, v.cell(amount, "reached", "goal", key), open})
		if g.Messages != nil {
			lift.Rows = append(lift.Rows, []cell{
				word(g.Program + ": " + g.Goal), v.cell(signed(points), "lift", "goal", key),
				v.cell(percent, "reached_share_with_messages", "goal", key), v.cell(percent, "reached_share_held_out", "goal", key),
			})
		}
	}
	return with(s, t, lift)
}

// with adds the tables that have rows.
func with(s section, tables ...table) section {
	for _, t := range tables {
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	return s
}

func (v *view) stages() section {
	s := section{ID: "stages", Title: "Stages", Text: "Who was there before and who entered, has left or is there still. The days are those of who has left."}
	s.Charts = append(s.Charts, v.standing())
	t := table{Columns: []string{"stage", "before", "entered", "left", "there", "days, median", "90% within", "ran out of offers"}, Words: 1}
	ways := table{Title: "Where those who left a stage went", Columns: []string{"from", "to", "contacts", "share"}, Words: 2, Folded: true}
	for i := range v.Figures.Stages {
		stage := &v.Figures.Stages[i]
		name := stage.Stage
		if v.value("before", "stage", name)+v.value("entered", "stage", name) == 0 {
			continue
		}
		t.Rows = append(t.Rows, []cell{
			word(name), v.cell(amount, "before", "stage", name), v.cell(amount, "entered", "stage", name), v.cell(amount, "left", "stage", name),
			v.cell(amount, "there", "stage", name), v.cell(days, "days_in_stage_p50", "stage", name), v.cell(days, "days_in_stage_p90", "stage", name),
			v.cell(amount, "exhausted", "stage", name),
		})
		for _, to := range stage.To {
			key, left := name+"/"+to.Name, v.value("left", "stage", name)
			share := word("–")
			if left > 0 {
				share = word(percent(v.value("moved", "stage/to", key) / left))
			}
			ways.Rows = append(ways.Rows, []cell{word(name), word(to.Name), v.cell(amount, "moved", "stage/to", key), share})
		}
	}
	return with(s, t, ways)
}

func (v *view) messages() section {
	s := section{ID: "messages", Title: "Messages"}
	if caps := v.Figures.Messages.Caps; len(caps) > 0 {
		s.Text = "To one contact go at most " + strings.Join(caps, "; ") + "."
	}
	s.Charts = append(s.Charts, v.sending())
	reasons := func(title, what string, all []measure.Count) table {
		t := table{Title: title, Columns: []string{"reason", "times"}, Words: 1}
		for _, c := range all {
			t.Rows = append(t.Rows, []cell{word(c.Name), v.cell(amount, what, "reason", c.Name)})
		}
		return t
	}
	m := &v.Figures.Messages
	return with(s, reasons("Held, not dropped", "held", m.Held), reasons("Refused, once a stay in a stage", "refused", m.Refused), v.byWeek())
}

// byWeek is what the charts show, as a table.
func (v *view) byWeek() table {
	t := table{Title: "By week", Columns: []string{"week of", "contacts", "in no program", "sent", "answered", "ran out of offers", "revenue"}, Words: 1, Folded: true}
	for i, w := range v.Figures.Weeks {
		row := []cell{word(w.Begins), v.cell(amount, "contacts", "week", w.Begins), v.cell(amount, "contacts_in_no_program", "week", w.Begins)}
		for _, what := range []string{"sent", "responses"} {
			row = append(row, word(amount(v.ofWeek(what, i))))
		}
		t.Rows = append(t.Rows, append(row, v.cell(amount, "exhausted", "week", w.Begins), word(amount(v.ofWeek("revenue", i)))))
	}
	return t
}

// ofWeek adds the days of a week.
func (v *view) ofWeek(what string, week int) (sum float64) {
	all := v.Figures.Days
	for _, d := range all[week*7 : min(week*7+7, len(all))] {
		sum += v.value(what, "day", d.Date)
	}
	return sum
}

func (v *view) offers() section {
	s := section{ID: "offers", Title: "Offers", Text: "A message counts as answered by the first response to it. Revenue is credited to the message that the contact answered last before."}
	t := table{Columns: []string{"offer", "answered", "sent", "contacts", "cost", "revenue", "return", "topic"}, Words: 1}
	for i := range v.Figures.Offers {
		o := &v.Figures.Offers[i]
		if v.value("sent", "offer", o.Offer) == 0 {
			continue
		}
		t.Rows = append(t.Rows, []cell{
			word(o.Offer), v.cell(percent, "responded", "offer", o.Offer), v.cell(amount, "sent", "offer", o.Offer), v.cell(amount, "contacts", "offer", o.Offer),
			v.cell(amount, "cost_of_messages", "offer", o.Offer), v.cell(amount, "revenue", "offer", o.Offer), v.cell(percent, "roi", "offer", o.Offer), word(o.Topic),
		})
	}
	return with(s, t)
}

// maps are heat maps: the more is answered, the stronger the colour.
func (v *view) maps() section {
	s := section{ID: "maps", Title: "Responses by offer and segment", Text: "What share of the messages from the offer map was answered, by the segment that the contact was in when it got it; below it how many were sent."}
	most := 0.0
	for _, m := range v.Figures.Maps {
		for _, row := range m.Rows {
			for _, c := range row.Cells {
				if c.Interval != nil {
					most = max(most, c.Value)
				}
			}
		}
	}
	for _, m := range v.Figures.Maps {
		t := table{Title: m.Map, Columns: append(append([]string{"offer"}, m.Columns...), "topic"), Words: 1, Heat: true}
		any := false
		for _, row := range m.Rows {
			cells := []cell{word(row.Offer)}
			for c, share := range row.Cells {
				n, ok := v.number("responded", "map/offer/column", m.Map+"/"+row.Offer+"/"+m.Columns[c])
				if !ok {
					cells = append(cells, word(""))
					continue
				}
				any = true
				is := cell{Text: percent(n.Value), Range: amount(float64(share.Of)) + " sent"}
				if most > 0 {
					is.Heat = min(1, n.Value/most)
				}
				cells = append(cells, is)
			}
			t.Rows = append(t.Rows, append(cells, word(row.Topic)))
		}
		if any {
			s.Tables = append(s.Tables, t)
		}
	}
	return s
}

func (v *view) handoffs() section {
	s := section{ID: "handoffs", Title: "Hand-offs to sales"}
	t := table{Columns: []string{"hand-off", "handed", "most a week", "open", "overdue", "withdrawn", "days to it, median", "days to accept, median"}, Words: 1}
	outcomes := table{Title: "What came of them", Columns: []string{"outcome", "times", "of what was handed"}, Words: 1}
	for i := range v.Figures.Handoffs {
		h := &v.Figures.Handoffs[i]
		handed := v.value("handed", "handoff", h.Handoff)
		if handed == 0 {
			continue
		}
		s.Charts = append(s.Charts, v.handing(h))
		row := []cell{word(h.Handoff)}
		for _, what := range []string{"handed", "handed_most_a_week", "open", "overdue", "withdrawn"} {
			row = append(row, v.cell(amount, what, "handoff", h.Handoff))
		}
		t.Rows = append(t.Rows, append(row, v.cell(days, "days_to_handoff_p50", "handoff", h.Handoff), v.cell(days, "days_to_accept_p50", "handoff", h.Handoff)))
		for _, o := range h.Outcomes {
			outcomes.Rows = append(outcomes.Rows, []cell{word(strings.TrimPrefix(o.Outcome, h.Handoff+".")), v.cell(amount, "outcomes", "outcome", o.Outcome), word(percent(v.value("outcomes", "outcome", o.Outcome) / handed))})
		}
	}
	return with(s, t, outcomes)
}

func (v *view) programs() section {
	s := section{ID: "programs", Title: "Programs", Text: "The cost is that of the messages a program sent. What the contacts cost is in the whole only."}
	t := table{Columns: []string{"program", "stays", "there", "held out", "sent", "cost", "revenue", "return"}, Words: 1}
	for i := range v.Figures.Programs {
		p := v.Figures.Programs[i].Program
		if v.value("stays", "program", p)+v.value("there", "program", p) == 0 {
			continue
		}
		row := []cell{word(p)}
		for _, what := range []string{"stays", "there", "held_out", "sent", "cost_of_messages", "revenue"} {
			row = append(row, v.cell(amount, what, "program", p))
		}
		t.Rows = append(t.Rows, append(row, v.cell(percent, "roi", "program", p)))
	}
	return with(s, t)
}

// written is how the numbers of a measure are written, and how their differences.
type written struct{ value, change func(float64) string }

func shows(what string) written {
	switch {
	case what == "lift":
		return written{points, points}
	case what == "roi":
		return written{percent, percent}
	case what == "target", strings.Contains(what, "share"), what == "responded":
		return written{percent, points}
	case strings.HasPrefix(what, "days_"):
		return written{days, days}
	default:
		return written{amount, amount}
	}
}

func signed(show func(float64) string) func(float64) string {
	return func(x float64) string {
		if x > 0 {
			return "+" + show(x)
		}
		return show(x)
	}
}

func percent(x float64) string {
	digits := 1
	if x >= 10 || x <= -10 {
		digits = 0
	}
	return number(100*x, digits) + "%"
}

// points is a difference of shares.
func points(x float64) string { return number(100*x, 1) + " points" }

func days(x float64) string { return number(x, 1) }

// amount writes a number with its thousands apart, and small ones to the tenth where they are not whole.
func amount(x float64) string {
	if x > -100 && x < 100 && x != float64(int64(x)) {
		return number(x, 1)
	}
	return number(x, 0)
}

func number(x float64, digits int) string {
	text := fmt.Sprintf("%.*f", digits, x)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "−", text[1:]
	}
	whole, part, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	return sign + whole
}

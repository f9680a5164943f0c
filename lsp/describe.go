package lsp

import (
	"fmt"
	"slices"
	"strings"

	"nurture/lang/check"
	"nurture/lang/content"
	"nurture/lang/diag"
	"nurture/lang/syntax"
)

// describe is what the playbook says of one of its things, in Markdown: how it is declared, its documentation, what
// follows from the rest of the playbook, and who uses it.
func (s *Snapshot) describe(r check.Ref) string {
	parts := []string{fence(s.head(r))}
	declared := false
	if about, ok := descriptions[r.Kind]; ok {
		var details []string
		declared, details = about(s, r)
		parts = append(parts, details...)
	}
	if !declared && r.Kind != check.AnOfferKind && r.Kind != check.AChannel {
		parts = append(parts, "There is no "+r.Kind.Word()+" of this name.")
	}
	parts = append(parts, s.usedBy(r))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n\n")
}

// descriptions say what there is to tell of each kind of thing beside how it is declared; declared is false for a thing
// that is not.
var descriptions map[check.Kind]func(*Snapshot, check.Ref) (declared bool, parts []string)

func init() { // some of them describe others
	descriptions = map[check.Kind]func(*Snapshot, check.Ref) (bool, []string){
		check.AnOffer:      describeOffer,
		check.AMap:         describeMap,
		check.ASegment:     describeSegment,
		check.AScore:       describeScore,
		check.ATopic:       describeTopic,
		check.AnEvent:      describeEvent,
		check.AnOutcome:    describeOutcome,
		check.AProgram:     describeProgram,
		check.AHandoff:     describeHandoff,
		check.AField:       describeField,
		check.AnEventField: describeField,
		check.AValue:       describeValue,
		check.ARole:        describeRole,
		check.ATrack:       describeTrack,
		check.AStage:       describeStage,
		check.AScenario:    describeScenario,
		check.AContentFile: describeContent,
	}
}

// head is how a thing is declared, without its block.
func (s *Snapshot) head(r check.Ref) string {
	at, ok := s.Playbook.Declaration(r)
	switch {
	case !ok, r.Kind == check.ATopic, r.Kind == check.ARole, r.Kind == check.AnOutcome:
		return strings.ReplaceAll(r.Kind.Word(), "-", "") + " " + r.String()
	case r.Kind == check.AValue:
		return r.Of + " == \"" + r.Name + "\""
	}
	text, _, _ := strings.Cut(s.Text(s.whole(at)), "{")
	text = oneLine(text)
	switch r.Kind {
	case check.AField, check.AnEventField:
		return r.Of + "." + text
	case check.AStage:
		return "program " + r.Of + "\n  " + text
	}
	return text
}

func describeOffer(s *Snapshot, r check.Ref) (bool, []string) {
	o := s.offer(r.Name)
	if o == nil {
		return false, nil
	}
	var facts []string
	if o.Kind != "" {
		facts = append(facts, o.Kind)
	}
	if o.Topic != nil {
		facts = append(facts, "topic "+code(o.Topic.Name))
	}
	if len(o.For) > 0 {
		var phases []string
		for _, p := range o.For {
			phases = append(phases, check.Phases[p])
		}
		facts = append(facts, "for "+strings.Join(phases, ", "))
	}
	if o.Intent != "" {
		facts = append(facts, "to "+o.Intent)
	}
	facts = append(facts, "by "+o.Channel)
	if o.Asks > 0 {
		facts = append(facts, "asks "+counted(o.Asks, "question"))
	}
	if o.Published != nil {
		facts = append(facts, "from "+o.Published.String())
	}
	if o.Expires != nil {
		facts = append(facts, "through "+o.Expires.String())
	}
	if o.RepeatAfter != nil {
		facts = append(facts, "again after "+inDays(*o.RepeatAfter))
	}
	if o.Transactional {
		facts = append(facts, "transactional")
	}
	parts := []string{o.Doc, strings.Join(facts, " · ")}
	if o.Message != nil && o.Message.Subject != "" {
		parts = append(parts, "Subject: "+o.Message.Subject)
	}
	var from []string
	for _, p := range s.Playbook.Programs {
		for _, st := range p.Stages {
			for _, send := range st.Sends {
				if send.Map != nil && slices.Contains(send.Map.Offers(), o) {
					from = append(from, code(refOf(st).String())+" (from "+code(send.Map.Name)+")")
				} else if slices.Contains(send.Offers, o) {
					from = append(from, code(refOf(st).String()))
				}
			}
		}
	}
	if len(from) == 0 {
		return true, append(parts, "No stage sends it.")
	}
	return true, append(parts, "Sent in "+some(from)+".")
}

func describeMap(s *Snapshot, r check.Ref) (bool, []string) {
	m := s.offerMap(r.Name)
	if m == nil {
		return false, nil
	}
	table := "| segment | offers | gaps |\n|---|---|---|\n"
	for i, column := range m.Columns {
		name := "otherwise"
		if column != nil {
			name = column.Name
		}
		n := 0
		var gaps []string
		for _, row := range m.Rows {
			if i < len(row.Cells) && len(row.Cells[i]) > 0 {
				n += len(row.Cells[i])
			} else if row.Topic != nil {
				gaps = append(gaps, row.Topic.Name)
			}
		}
		table += fmt.Sprintf("| %s | %d | %s |\n", cell(name), n, strings.Join(gaps, ", "))
	}
	return true, []string{m.Doc, table, counted(len(m.Offers()), "offer") + " in all."}
}

func describeSegment(s *Snapshot, r check.Ref) (bool, []string) {
	g := s.segment(r.Name)
	if g == nil {
		return false, nil
	}
	return true, []string{g.Doc, s.wakes(g.Cond)}
}

func describeScore(s *Snapshot, r check.Ref) (bool, []string) {
	score := s.score(r.Name)
	if score == nil {
		return false, nil
	}
	var lines []string
	if score.Halve != nil {
		lines = append(lines, "halve every "+inDays(*score.Halve))
	}
	for _, t := range score.Terms {
		lines = append(lines, oneLine(s.Text(t.Span)))
	}
	return true, []string{score.Doc, fence(strings.Join(lines, "\n"))}
}

func describeTopic(s *Snapshot, r check.Ref) (bool, []string) {
	t := s.topic(r.Name)
	if t == nil {
		return false, nil
	}
	var offers []string
	for _, o := range s.Playbook.Offers {
		if o.Topic == t {
			offers = append(offers, code(o.Name))
		}
	}
	if len(offers) == 0 {
		return true, []string{t.Doc, "No offer is about it."}
	}
	return true, []string{t.Doc, counted(len(offers), "offer") + ": " + some(offers) + "."}
}

func describeEvent(s *Snapshot, r check.Ref) (bool, []string) {
	e := s.event(r.String())
	if e == nil {
		return false, nil
	}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, code(f.Name+" "+fieldType(f)))
	}
	if len(fields) == 0 {
		return true, []string{e.Doc, "It has no fields but `at`, when it happened."}
	}
	return true, []string{e.Doc, "Its fields, beside `at`: " + some(fields) + "."}
}

func fieldType(f *check.Field) string {
	if len(f.Values) == 0 {
		return f.Type.String()
	}
	return f.Type.String() + "(\"" + strings.Join(f.Values, "\", \"") + "\")"
}

func describeOutcome(s *Snapshot, r check.Ref) (bool, []string) {
	e := s.event(r.String())
	if e == nil {
		return false, nil
	}
	return true, []string{e.Doc, "An outcome of the hand-off " + code(r.Of) + "."}
}

func describeProgram(s *Snapshot, r check.Ref) (bool, []string) {
	p := s.program(r.Name)
	if p == nil {
		return false, nil
	}
	var facts []string
	if p.Phase != check.NoPhase {
		facts = append(facts, "phase "+check.Phases[p.Phase])
	}
	if p.Track != nil {
		facts = append(facts, "track "+code(p.Track.Name))
	}
	facts = append(facts, fmt.Sprintf("priority %g", p.Priority))
	if p.Holdout > 0 {
		facts = append(facts, fmt.Sprintf("holdout %g%%", p.Holdout*100))
	}
	parts := []string{p.Doc, strings.Join(facts, " · ")}
	var stages []string
	for _, st := range p.Stages {
		stages = append(stages, code(st.Name))
	}
	if len(stages) > 0 {
		parts = append(parts, "Stages: "+some(stages)+".")
	}
	return true, append(parts, s.ways(r))
}

func describeHandoff(s *Snapshot, r check.Ref) (bool, []string) {
	h := s.handoff(r.Name)
	if h == nil {
		return false, nil
	}
	var outcomes []string
	for _, e := range h.Outcomes {
		outcomes = append(outcomes, code(e.Name))
	}
	parts := []string{h.Doc}
	if len(outcomes) > 0 {
		parts = append(parts, "Outcomes: "+some(outcomes)+".")
	}
	if h.Accept != nil {
		parts = append(parts, "Unanswered for "+code(inDays(*h.Accept))+", "+code(h.Name+".overdue")+" comes.")
	}
	return true, parts
}

func describeField(s *Snapshot, r check.Ref) (bool, []string) {
	f := s.field(r.Of, r.Name)
	if f == nil {
		return false, nil
	}
	parts := []string{f.Doc}
	if _, ok := s.Playbook.Declaration(r); !ok {
		parts = append(parts, "A field of the event "+code(r.Of)+", of type "+code(fieldType(f))+".")
	}
	if r.Kind == check.AField {
		if contact := s.Playbook.Contact; contact.Key == f {
			parts = append(parts, "It names the contact.")
		} else if contact.Arrived == f {
			parts = append(parts, "When we came to know the contact: it takes part from then on.")
		}
	}
	return true, parts
}

func describeValue(s *Snapshot, r check.Ref) (bool, []string) {
	of, name, _ := strings.Cut(r.Of, ".")
	f := s.field(of, name)
	if f == nil || !slices.Contains(f.Values, r.Name) {
		return false, nil
	}
	return true, []string{"A value of " + code(r.Of) + ", " + code(fieldType(f)) + "."}
}

func describeRole(s *Snapshot, r check.Ref) (bool, []string) {
	role := s.role(r.Name)
	if role == nil {
		return false, nil
	}
	return true, []string{role.Doc}
}

func describeTrack(s *Snapshot, r check.Ref) (bool, []string) {
	t := s.track(r.Name)
	if t == nil {
		return false, nil
	}
	var programs []string
	for _, p := range s.Playbook.Programs {
		if p.Track == t {
			programs = append(programs, code(p.Name))
		}
	}
	if len(programs) == 0 {
		return true, []string{t.Doc, "No program is on it."}
	}
	return true, []string{t.Doc, "Programs on it: " + some(programs) + "."}
}

func describeStage(s *Snapshot, r check.Ref) (bool, []string) {
	st := s.stage(r.Of, r.Name)
	if st == nil {
		return false, nil
	}
	parts := []string{st.Doc}
	if st.Program.Phase != check.NoPhase {
		parts = append(parts, "Phase "+check.Phases[st.Program.Phase]+".")
	}
	return true, append(parts, s.ways(r))
}

func describeScenario(s *Snapshot, r check.Ref) (bool, []string) {
	sc := s.scenario(r.Name)
	if sc == nil {
		return false, nil
	}
	return true, []string{sc.Doc}
}

func describeContent(s *Snapshot, r check.Ref) (bool, []string) {
	if _, ok := s.Sources[r.Name]; !ok {
		return false, nil
	}
	var of *content.Template
	for _, o := range s.Playbook.Offers {
		if o.Message != nil && o.Message.File == r.Name {
			of = o.Message
		}
	}
	for _, h := range s.Playbook.Handoffs {
		if h.Message != nil && h.Message.File == r.Name {
			of = h.Message
		}
	}
	if of == nil {
		return true, nil
	}
	var parts []string
	if of.Subject != "" {
		parts = append(parts, "Subject: "+of.Subject)
	}
	if len(of.Variables) > 0 {
		var fields []string
		for _, v := range of.Variables {
			fields = append(fields, code("contact."+v))
		}
		parts = append(parts, "It reads "+some(fields)+".")
	}
	return true, parts
}

// usedBy lists the declarations and content files that name a thing.
func (s *Snapshot) usedBy(r check.Ref) string {
	var users []string
	for _, u := range s.Playbook.UsesOf(r) {
		if u.Declares {
			continue
		}
		if user := s.user(u.Span); !slices.Contains(users, user) {
			users = append(users, user)
		}
	}
	if len(users) == 0 {
		return "No other place names it."
	}
	return "Used by " + some(users) + "."
}

// user is the declaration, or the content file, that a place stands in.
func (s *Snapshot) user(at diag.Span) string {
	path := s.around(at.File, at.Start)
	if len(path) == 0 {
		return code(at.File)
	}
	switch d := path[0].(type) {
	case *syntax.ContactDecl:
		return "the contact"
	case *syntax.EventDecl:
		return "event " + code(d.Name.Text)
	case *syntax.SegmentDecl:
		return "segment " + code(d.Name.Text)
	case *syntax.ScoreDecl:
		return "score " + code(d.Name.Text)
	case *syntax.OfferDecl:
		return "offer " + code(d.Name.Text)
	case *syntax.MapDecl:
		return "map " + code(d.Name.Text)
	case *syntax.PolicyDecl:
		return "the policy"
	case *syntax.HandoffDecl:
		return "hand-off " + code(d.Name.Text)
	case *syntax.MeasureDecl:
		return "the measures"
	case *syntax.TrackDecl:
		return "track " + code(d.Name.Text)
	case *syntax.ProgramDecl:
		return "program " + code(d.Name.Text)
	case *syntax.ScenarioDecl:
		return "scenario " + code(d.Name.Text)
	case *syntax.MigrateDecl:
		return "a `migrate`"
	case *syntax.NeverDecl:
		return titled("never", d.Title)
	case *syntax.TestDecl:
		return titled("test", d.Title)
	}
	return code(at.File)
}

func titled(word string, title *syntax.Str) string {
	if title == nil {
		return "a " + word
	}
	return word + " “" + title.Value + "”"
}

// mostNamed bounds a list that is shown.
const mostNamed = 8

// some is a list for a person, with what is too much for one counted.
func some(all []string) string {
	if len(all) > mostNamed {
		return strings.Join(all[:mostNamed], ", ") + fmt.Sprintf(" and %d more", len(all)-mostNamed)
	}
	if n := len(all); n > 1 {
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
	return strings.Join(all, "")
}

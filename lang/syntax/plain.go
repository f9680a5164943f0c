package syntax

import (
	"github.com/alecthomas/participle/v2"
	plex "github.com/alecthomas/participle/v2/lexer"
)

// The statements of which a playbook is full have productions of their own, as operands have: Parse methods that
// participle calls in the place of their tags, which allocate an eighth of what it takes to follow those. They take a
// statement as it should be, and nothing else: whatever they do not take is parsed by the tags in tree.go, which say what
// the statement is, and where one that is wrong goes wrong. A test holds both against one another.

// production is a statement that takes itself, and then is the one of the tree.
type production[T any] interface {
	*T
	participle.Parseable
	tree() noder
}

type (
	plainOfferDecl   OfferDecl
	plainProgramDecl ProgramDecl
	plainStage       StageStmt
	plainOffer       OfferStmt
	plainProgram     ProgramStmt
	plainEnter       EnterStmt
	plainSend        SendStmt
	plainTask        TaskStmt
	plainRule        Rule
	plainArm         Arm
	plainRow         MapRow
	plainScore       ScoreStmt
)

func (d *plainOfferDecl) tree() noder   { return (*OfferDecl)(d) }
func (d *plainProgramDecl) tree() noder { return (*ProgramDecl)(d) }
func (s *plainStage) tree() noder       { return (*StageStmt)(s) }
func (s *plainOffer) tree() noder       { return (*OfferStmt)(s) }
func (s *plainProgram) tree() noder     { return (*ProgramStmt)(s) }
func (s *plainEnter) tree() noder       { return (*EnterStmt)(s) }
func (s *plainSend) tree() noder        { return (*SendStmt)(s) }
func (s *plainTask) tree() noder        { return (*TaskStmt)(s) }
func (s *plainRule) tree() noder        { return (*Rule)(s) }
func (s *plainArm) tree() noder         { return (*Arm)(s) }
func (s *plainRow) tree() noder         { return (*MapRow)(s) }
func (s *plainScore) tree() noder       { return (*ScoreStmt)(s) }

// word takes a word of the statement, or a sign.
func word(lex *plex.PeekingLexer, text string) bool {
	if lex.Peek().Value != text {
		return false
	}
	lex.Next()
	return true
}

// operand makes and takes an operand.
func operand[T any, P interface {
	*T
	participle.Parseable
}](lex *plex.PeekingLexer, to **T) error {
	if *to != nil {
		return participle.NextMatch // it stands twice
	}
	*to = new(T)
	return P(*to).Parse(lex)
}

// operands take one operand, and more behind commas.
func operands[T any, P interface {
	*T
	participle.Parseable
}](lex *plex.PeekingLexer, to *[]T) error {
	for {
		var v T
		if err := P(&v).Parse(lex); err != nil {
			return err
		}
		if *to = append(*to, v); !word(lex, ",") {
			return nil
		}
	}
}

// behind takes the operand of a further word, where that stands next.
func behind[T any, P interface {
	*T
	participle.Parseable
}](lex *plex.PeekingLexer, text string, to **T) error {
	if !word(lex, text) {
		return nil
	}
	return operand[T, P](lex, to)
}

// title takes a name, and a title where one follows.
func title(lex *plex.PeekingLexer, name *Name, to **Str) error {
	lex.Next() // the keyword
	if err := name.Parse(lex); err != nil || lex.Peek().Type != wString {
		return err
	}
	return operand(lex, to)
}

func (d *plainOfferDecl) Parse(lex *plex.PeekingLexer) error { return title(lex, &d.Name, &d.Title) }

func (d *plainProgramDecl) Parse(lex *plex.PeekingLexer) error { return title(lex, &d.Name, &d.Title) }

func (s *plainStage) Parse(lex *plex.PeekingLexer) error {
	lex.Next()
	return s.Name.Parse(lex)
}

func (s *plainOffer) Parse(lex *plex.PeekingLexer) error {
	switch lex.Next().Value {
	case "kind", "topic", "intent", "channel":
		s.Names = make([]Name, 1)
		return s.Names[0].Parse(lex)
	case "for":
		return operands(lex, &s.Names)
	case "response":
		return operands(lex, &s.Events)
	case "content", "subject":
		return operand(lex, &s.Str)
	}
	return participle.NextMatch
}

func (s *plainProgram) Parse(lex *plex.PeekingLexer) error {
	switch lex.Next().Value {
	case "phase", "track":
		return operand(lex, &s.Name)
	case "priority":
		return operand(lex, &s.Number)
	case "holdout":
		return operand(lex, &s.Percent)
	}
	return participle.NextMatch
}

func (s *plainEnter) Parse(lex *plex.PeekingLexer) error {
	if lex.Next(); !word(lex, "when") {
		return participle.NextMatch
	}
	return operand(lex, &s.When)
}

func (s *plainSend) Parse(lex *plex.PeekingLexer) (err error) {
	if lex.Next(); word(lex, "from") {
		err = operand(lex, &s.Map)
	} else {
		err = operands(lex, &s.Offers)
	}
	for err == nil && !lex.Peek().EOF() {
		switch lex.Next().Value {
		case "in":
			err = operand(lex, &s.In)
		case "every":
			err = operand(lex, &s.Every)
		case "pick":
			err = operand(lex, &s.Pick)
		case "where":
			err = operand(lex, &s.Where)
		default:
			err = participle.NextMatch
		}
	}
	return err
}

func (s *plainTask) Parse(lex *plex.PeekingLexer) error {
	lex.Next()
	if err := s.Text.Parse(lex); err != nil {
		return err
	}
	if !word(lex, "to") {
		return participle.NextMatch
	}
	if err := s.To.Parse(lex); err != nil {
		return err
	}
	return behind(lex, "within", &s.Within)
}

func (s *plainRule) Parse(lex *plex.PeekingLexer) (err error) {
	switch lex.Next().Value {
	case "on":
		if err = operand(lex, &s.Event); err == nil {
			err = behind(lex, "where", &s.Cond)
		}
	case "when":
		err = operand(lex, &s.Cond)
	case "after":
		err = operand(lex, &s.After)
	default:
		err = participle.NextMatch
	}
	if err == nil && word(lex, "match") {
		s.Match = new(Match)
		err = s.Match.Field.Parse(lex)
	}
	if err == nil {
		err = behind(lex, "->", &s.Target)
	}
	return err
}

func (s *plainArm) Parse(lex *plex.PeekingLexer) (err error) {
	if lex.Peek().Type == wKeyword {
		err = operand(lex, &s.Otherwise)
	} else {
		err = operands(lex, &s.Values)
	}
	if err == nil {
		err = behind(lex, "->", &s.Target)
	}
	return err
}

func (s *plainRow) Parse(lex *plex.PeekingLexer) error {
	if err := s.Label.Parse(lex); err != nil {
		return err
	}
	for word(lex, "|") {
		var cell MapCell
		if err := cell.Parse(lex); err != nil {
			return err
		}
		s.Cells = append(s.Cells, cell)
	}
	if len(s.Cells) == 0 {
		return participle.NextMatch
	}
	return nil
}

func (s *plainScore) Parse(lex *plex.PeekingLexer) (err error) {
	if err = s.Points.Parse(lex); err != nil {
		return err
	}
	switch lex.Next().Value {
	case "on":
		if err = operand(lex, &s.On); err == nil {
			err = behind(lex, "where", &s.Where)
		}
		return err
	case "when":
		return operand(lex, &s.When)
	}
	return participle.NextMatch
}

package syntax

import plex "github.com/alecthomas/participle/v2/lexer"

// Role is what a word is in its statement, or what has to stand at a place: completion offers it, semantic tokens colour
// it.
type Role uint8

const (
	NoRole Role = iota
	RoleKeyword
	RoleSign
	RoleComment

	// Names of things of the playbook.
	RoleOffer
	RoleMap
	RoleSegment
	RoleScore
	RoleTopic
	RoleEvent
	RoleOutsideEvent // an event that does not come from the run itself
	RoleHandoff
	RoleOutcome
	RoleProgram
	RoleStage
	RoleGoneStage // program.stage, which no longer exists
	RoleTarget    // a stage, a program, program.stage or done
	RoleTrack
	RoleRole
	RoleScenario
	RoleField        // a bare field, of the contact or of an event
	RoleContactField // contact.FIELD
	RoleEventField   // EVENT.FIELD
	RoleMatchField   // event.FIELD or contact.FIELD
	RoleZoneField    // contact.FIELD or a zone in quotes
	RoleCell         // a cell of a map: offers, or a column in its first line
	RoleMatchValue
	RoleValue // of a field

	// Words of a list of the language's: see Choices.
	RolePhase
	RoleIntent
	RolePick
	RoleWeight
	RoleType
	RoleEventType
	RoleDay
	RoleHeld
	RoleRefused

	// Words that anybody may choose.
	RoleKind
	RoleChannel

	RoleText
	RoleFile // the path of a content file in quotes
	RoleZone // a time zone in quotes
	RoleNumber
	RolePercent
	RoleDuration
	RoleDate
	RoleDateTime
	RoleTime
	RoleCondition
)

// roles are what the operands behind a word are, one after the other. The last of them may be a list.
type roles []Role

func (r roles) at(i int) Role {
	if i < 0 || i >= len(r) {
		return NoRole
	}
	return r[i]
}

// Word is one word of a statement, or a comment.
type Word struct {
	Span
	Text     string // as written
	Role     Role
	Declares bool // it gives a thing its name
}

// reading goes through the words of a statement and says what each is.
type reading struct {
	*sentenceCut
	takes    roles // of the word that governs the operands
	declares Role
	operands int // so far
	joined   bool
	last     Role
}

func (c *sentenceCut) reading() *reading {
	r := &reading{sentenceCut: c, takes: c.statement.takes, declares: c.declares}
	return r
}

// next is what an operand would be that stands next, and whether it would be the name of something new.
func (r *reading) next() (role Role, declares bool) {
	at := r.operands
	if r.joined {
		at--
	}
	if r.declares != NoRole {
		if at == 0 {
			return r.declares, true
		}
		at--
	}
	return r.takes.at(at), false
}

// take says what the i-th word is; further, that it is one of the statement's further words.
func (r *reading) take(i int, w plex.Token, further bool) Word {
	word := Word{Span: spanOf(&w), Text: w.Value}
	switch {
	case i == 0 && w.Type == wKeyword:
		word.Role, word.Span = RoleKeyword, Span{r.first.start, r.first.end} // it may be misspelt
	case further && r.clause(w.Value) != nil:
		cl := r.clause(w.Value)
		word.Role = RoleKeyword
		if w.Type == wPunct {
			word.Role = RoleSign
		}
		r.takes, r.declares, r.operands, r.joined = cl.takes, NoRole, 0, false
	case w.Type == wPunct && w.Value == "|":
		word.Role = RoleSign
		r.takes, r.declares, r.operands, r.joined = roles{RoleCell}, NoRole, 0, false
	case w.Type == wPunct:
		word.Role = RoleSign
		switch w.Value {
		case ",", ".", "..":
			r.joined = true
		case "(", "[":
			r.takes, r.declares, r.operands, r.joined = roles{RoleText}, NoRole, 0, false
		}
	default:
		word.Role, word.Declares = r.next()
		word.Role = literal(w.Type, word.Role)
		if r.takes.at(0) == RoleDay && w.Type == wTime { // a window without days
			r.takes = roles{RoleTime}
			word.Role = RoleTime
		}
		if !r.joined {
			r.operands++
		}
		r.joined = false
	}
	r.last = word.Role
	return word
}

// literal is the role of a word that is not what was to stand there.
func literal(t plex.TokenType, role Role) Role {
	switch t {
	case wNumber:
		return RoleNumber
	case wPercent:
		return RolePercent
	case wDuration:
		return RoleDuration
	case wDate:
		return RoleDate
	case wDateTime:
		return RoleDateTime
	case wTime:
		return RoleTime
	case wCond:
		return RoleCondition
	case wString:
		switch role {
		case RoleFile, RoleZone, RoleValue, RoleMatchValue:
			return role
		case RoleZoneField:
			return RoleZone
		}
		return RoleText
	}
	return role
}

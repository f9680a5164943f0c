package cond

import (
	"slices"
	"strings"

	"nurture/lang/cond/internal/lex"
)

// Place says what may follow a condition that is being written. It is read from the tokens alone, since a condition that
// is not complete has no tree.
type Place struct {
	Complete bool   // a value stands before: an operator follows
	Member   string // what stands before the dot behind which the place is: "contact"
	Call     string // the function between whose brackets the place is; "" in none
	Argument int    // which of its arguments, from 0
	Against  string // what the value is compared with: "contact.role", "phase", or the name of a function; "" for nothing
}

// frame is an open bracket.
type frame struct {
	call     string
	argument int
	against  string // of a list
}

// At says what may stand behind a text with which a condition begins.
func At(before string) Place {
	tokens, _ := lex.Scan(before)
	var frames []frame
	for i, t := range tokens {
		switch {
		case t.Is("("):
			f := frame{}
			if i > 0 && tokens[i-1].Kind == lex.Word && !operatorWord(tokens[i-1].Text) {
				f.call = tokens[i-1].Text
			}
			frames = append(frames, f)
		case t.Is("["):
			frames = append(frames, frame{against: against(tokens[:i])})
		case t.Is(")", "]") && len(frames) > 0:
			frames = frames[:len(frames)-1]
		case t.Is(",") && len(frames) > 0:
			frames[len(frames)-1].argument++
		}
	}
	var p Place
	if len(tokens) == 0 {
		return p
	}
	last := tokens[len(tokens)-1]
	for _, f := range slices.Backward(frames) {
		if f.call != "" {
			p.Call, p.Argument = f.call, f.argument
			break
		}
	}
	switch {
	case last.Is("."):
		if n := len(tokens); n > 1 && tokens[n-2].Kind == lex.Word {
			p.Member = tokens[n-2].Text
		}
	case last.Kind != lex.Op && !(last.Kind == lex.Word && operatorWord(last.Text)), last.Is(")", "]"):
		p.Complete = true
	case last.Is("[", ","):
		if len(frames) > 0 {
			p.Against = frames[len(frames)-1].against
		}
	default:
		p.Against = against(tokens)
	}
	return p
}

// against is what stands before the comparison with which the tokens end.
func against(tokens []lex.Token) string {
	n := len(tokens)
	if n < 2 || !tokens[n-1].Is("==", "!=", "<", "<=", ">", ">=", "in", "contains", "=") {
		return ""
	}
	n--
	if tokens[n-1].Is("not") {
		n--
	}
	if n > 0 && tokens[n-1].Is(")") {
		depth := 0
		for i := n - 1; i > 0; i-- {
			switch {
			case tokens[i].Is(")"):
				depth++
			case tokens[i].Is("("):
				if depth--; depth == 0 {
					return tokens[i-1].Text
				}
			}
		}
		return ""
	}
	if n == 0 || tokens[n-1].Kind != lex.Word {
		return ""
	}
	if n > 2 && tokens[n-2].Is(".") {
		return tokens[n-3].Text + "." + tokens[n-1].Text
	}
	return tokens[n-1].Text
}

func operatorWord(word string) bool {
	return slices.ContainsFunc(Operators, func(w Word) bool { return w.Name == word })
}

// Parameters are the arguments of a function as its signature names them: "EVENT", "30d".
func (w Word) Parameters() []string {
	_, inside, ok := strings.Cut(strings.TrimSuffix(w.Signature, ")"), "(")
	if !ok {
		return nil
	}
	return strings.Split(inside, ", ")
}

// PieceKind says what a Piece is.
type PieceKind uint8

const (
	PieceName PieceKind = iota // a name of the playbook's, or one that nobody has
	PieceRoot                  // what the language itself calls something: contact, phase
	PieceFunction
	PieceWord // a word between values: and, contains
	PieceSign
	PieceNumber // with percentages, durations and dates
	PieceText
	PieceConstant // true, false, nil
)

// Piece is one token of a condition, from byte Start to before byte End of its text.
type Piece struct {
	Kind       PieceKind
	Start, End int
}

// Pieces cuts a condition into its tokens, whatever is wrong with it. What could not be read is left out.
func Pieces(text string) []Piece {
	tokens, _ := lex.Scan(text)
	pieces := make([]Piece, 0, len(tokens))
	for i, t := range tokens {
		p := Piece{Start: t.Start, End: t.End}
		switch t.Kind {
		case lex.Word:
			member := i > 0 && tokens[i-1].Is(".")
			called := i+1 < len(tokens) && tokens[i+1].Is("(")
			p.Kind = wordKind(t.Text, member, called)
		case lex.Op:
			p.Kind = PieceSign
		case lex.Number, lex.Duration, lex.Date, lex.DateTime:
			p.Kind = PieceNumber
		case lex.String:
			p.Kind = PieceText
		default:
			continue
		}
		pieces = append(pieces, p)
	}
	return pieces
}

func wordKind(word string, member, called bool) PieceKind {
	switch {
	case member:
		return PieceName
	case operatorWord(word):
		return PieceWord
	case word == "true" || word == "false" || word == "nil":
		return PieceConstant
	case called && slices.Contains(wordNames(Functions), word):
		return PieceFunction
	case slices.Contains(wordNames(Names), word):
		return PieceRoot
	}
	return PieceName
}

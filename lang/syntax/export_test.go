package syntax

// ByGrammars parses with nothing but the grammars in the tags of tree.go.
func ByGrammars(name, src string) (*File, any) {
	onlyGrammars = true
	defer func() { onlyGrammars = false }()
	return Parse(name, src)
}

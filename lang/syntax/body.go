package syntax

// bodied is a statement or declaration with a block of its own.
type bodied interface {
	noder
	body() **Block
}

func (d *ContactDecl) body() **Block   { return &d.Body }
func (d *EventDecl) body() **Block     { return &d.Body }
func (d *ScoreDecl) body() **Block     { return &d.Body }
func (d *OfferDecl) body() **Block     { return &d.Body }
func (d *MapDecl) body() **Block       { return &d.Body }
func (d *PolicyDecl) body() **Block    { return &d.Body }
func (d *HandoffDecl) body() **Block   { return &d.Body }
func (d *MeasureDecl) body() **Block   { return &d.Body }
func (d *TrackDecl) body() **Block     { return &d.Body }
func (d *ProgramDecl) body() **Block   { return &d.Body }
func (d *TestDecl) body() **Block      { return &d.Body }
func (d *ScenarioDecl) body() **Block  { return &d.Body }
func (s *StageStmt) body() **Block     { return &s.Body }
func (s *Rule) body() **Block          { return &s.Actions }
func (s *Arm) body() **Block           { return &s.Actions }
func (s *TestContact) body() **Block   { return &s.Body }
func (s *TestEvent) body() **Block     { return &s.Body }
func (s *ContactsStmt) body() **Block  { return &s.Body }
func (s *ScenarioEvent) body() **Block { return &s.Body }

// Walked is a declaration or a statement.
type Walked = noder

// Walk calls visit for a declaration or statement and then, where visit says so, for the statements of its blocks.
func Walk(n Walked, visit func(Walked) bool) {
	if !visit(n) {
		return
	}
	if r, ok := n.(*Rule); ok && r.Match != nil {
		walkBlock(r.Match.Body, visit)
	}
	if b, ok := n.(bodied); ok {
		walkBlock(*b.body(), visit)
	}
}

func walkBlock(b *Block, visit func(Walked) bool) {
	if b == nil {
		return
	}
	for _, s := range b.Stmts {
		Walk(s, visit)
	}
}

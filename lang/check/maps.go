package check

import "nurture/lang/syntax"

func (c *checker) checkMaps() {
	for _, d := range c.mapDecls {
		if c.known(d.unit) {
			continue
		}
		c.checkMap(d.is, d.tree)
	}
}

func (c *checker) checkMap(m *Map, tree *syntax.MapDecl) {
	var header *syntax.MapRow
	topics, columns := once{}, once{}
	for _, s := range stmts(tree.Body) {
		row, ok := s.(*syntax.MapRow)
		if !ok {
			continue
		}
		if row.Header {
			if header == nil {
				header = row
				c.checkHeader(m, row, columns)
			} else {
				c.errorf("NUR105", row.Label.Span, "map `%s` has a header already; delete one of the two", m.Name).
					because(c.span(header.Label.Span), "the first one")
			}
			continue
		}
		c.checkRow(m, header, row, topics)
	}
	switch {
	case !sound(tree.Body):
	case header == nil:
		c.errorf("NUR130", tree.Name.Span, "map `%s` has no header: its first line is `topic | SEGMENT | otherwise`", m.Name)
	case len(m.Rows) == 0:
		c.errorf("NUR130", tree.Name.Span, "map `%s` has no rows: write one for each topic, `TOPIC | OFFER`", m.Name)
	}
}

// checkHeader reads the columns: segments, and at the end perhaps `otherwise`, a nil column.
func (c *checker) checkHeader(m *Map, row *syntax.MapRow, said once) {
	for i, cell := range row.Cells {
		if len(cell.Names) == 0 {
			c.errorf("NUR130", cell.Span, "a column needs a segment, or `otherwise`")
			m.Columns = append(m.Columns, &Segment{})
			continue
		}
		name := cell.Names[0]
		c.twice(said, name.Text, name.Span, "the column `%s`")
		if name.Text == "otherwise" {
			if i < len(row.Cells)-1 {
				c.errorf("NUR132", name.Span, "`otherwise` is everybody, so no column behind it is ever looked at; put it last")
			}
			m.Columns = append(m.Columns, nil)
			continue
		}
		segment, ok := find(c, &c.segments, name)
		if !ok {
			segment = &Segment{}
		}
		m.Columns = append(m.Columns, segment)
	}
	if len(row.Cells) == 0 {
		c.errorf("NUR130", row.Span, "map `%s` has no columns: its header is `topic | SEGMENT | otherwise`", m.Name)
	}
}

func (c *checker) checkRow(m *Map, header *syntax.MapRow, tree *syntax.MapRow, said once) {
	row := &MapRow{Span: c.span(tree.Span)}
	m.Rows = append(m.Rows, row)
	row.Topic, _ = find(c, &c.topics, tree.Label)
	if row.Topic != nil {
		c.twice(said, tree.Label.Text, tree.Label.Span, "the row of `%s`")
	}
	if header != nil && len(tree.Cells) != len(header.Cells) {
		c.errorf("NUR130", tree.Span, "the row has %s, the header %s; write `-` where there is no offer on purpose",
			plural(len(tree.Cells), "cell"), plural(len(header.Cells), "column")).
			because(c.span(header.Span), "the header")
	}
	for _, cell := range tree.Cells {
		var offers []*Offer
		inCell := once{}
		for _, name := range cell.Names {
			if o, ok := find(c, &c.offers, name); ok && !c.twice(inCell, name.Text, name.Span, "`%s`") {
				offers = append(offers, o)
			}
		}
		row.Cells = append(row.Cells, offers)
	}
	if header != nil {
		for len(row.Cells) < len(header.Cells) {
			row.Cells = append(row.Cells, nil)
		}
	}
}

// Offers lists the offers of the map, row by row, cells left to right, each once.
func (m *Map) Offers() []*Offer {
	var offers []*Offer
	seen := map[*Offer]bool{}
	for _, row := range m.Rows {
		for _, cell := range row.Cells {
			for _, o := range cell {
				if !seen[o] {
					seen[o] = true
					offers = append(offers, o)
				}
			}
		}
	}
	return offers
}

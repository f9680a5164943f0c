package lsp

import (
	"os"
	"path/filepath"
	"sync"

	"go.lsp.dev/protocol"

	"nurture/lang"
	"nurture/lang/diag"
)

// pages are what `nurturec explain` says of each code, as files that an editor can open from a diagnostic: no network,
// and always of this version.
type pages struct {
	dir  string
	once sync.Once
	uris map[string]protocol.DocumentURI
}

// of is the page about a code; "" where there is none.
func (p *pages) of(code string) protocol.DocumentURI {
	p.once.Do(p.write)
	return p.uris[code]
}

func (p *pages) write() {
	if p.dir == "" || os.MkdirAll(p.dir, 0o755) != nil {
		return
	}
	p.uris = map[string]protocol.DocumentURI{}
	for id, code := range codes() {
		file := filepath.Join(p.dir, id+".md")
		text := code.Markdown()
		if old, err := os.ReadFile(file); err != nil || string(old) != text {
			if os.WriteFile(file, []byte(text), 0o644) != nil {
				continue // a finding without a link is better than none
			}
		}
		p.uris[id] = fileURI(file)
	}
}

// codes documents the codes of diagnostics by their names.
var codes = sync.OnceValue(func() map[string]diag.Code {
	all := map[string]diag.Code{}
	for _, code := range lang.Codes() {
		all[code.ID] = code
	}
	return all
})

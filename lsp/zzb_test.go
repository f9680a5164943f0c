package lsp_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
	"go.lsp.dev/protocol"
)

func TestZZTime(t *testing.T) {
	for _, n := range []int{1, 20} {
		var a txtar.Archive
		for name, text := range large(n) {
			a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
		}
		e := start(t, string(txtar.Format(&a)), config{quiet: 0})
		f := "campaigns_00.nurture"
		e.open(f)
		e.diagnostics(f)
		src := e.text(f)
		for _, what := range []string{"hover same", "hover edit", "hover edit settled", "references", "rename", "symbols", "workspace"} {
			var times []time.Duration
			for i := range 40 {
				at := strings.Index(src, "send guide_00_05") + 8
				params := map[string]any{"textDocument": map[string]any{"uri": e.uri(f)}, "position": e.position(f, at), "context": map[string]any{"includeDeclaration": true}, "newName": "neu", "query": "guide_0"}
				if strings.Contains(what, "edit") {
					p := strings.Index(src, "\n  stage asked")
					if i%2 == 0 {
						e.replace(f, p, p, " ")
					} else {
						e.replace(f, p, p+1, "")
					}
					if strings.Contains(what, "settled") {
						e.diagnostics(f)
					}
				}
				began := time.Now()
				method := "textDocument/hover"
				switch what {
				case "references":
					method = "textDocument/references"
				case "rename":
					method = "textDocument/rename"
				case "symbols":
					method = "textDocument/documentSymbol"
				case "workspace":
					method = "workspace/symbol"
				}
				var out any
				e.call(method, params, &out)
				times = append(times, time.Since(began))
			}
			slices.Sort(times)
			t.Logf("%d files %s: median %v p95 %v", n, what, times[20], times[38])
		}
	}
	_ = protocol.Hover{}
}

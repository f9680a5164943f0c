package check

import (
	"nurture/lang/cond"
	"nurture/lang/content"
	"nurture/lang/diag"
)

// Memory keeps what took long in checking a playbook, its conditions and content files, so that the next Check of the
// same playbook, after an edit, does only what has changed. The zero value knows nothing. It is for one goroutine at a
// time.
type Memory struct {
	conditions cond.Memory
	contents   map[contentUse]*contentText
	uses       int // how many names stood in the playbook
}

// contentText is a content file as it was parsed, and what that depended on.
type contentText struct {
	src      string
	fields   []string
	template *content.Template
	diags    []diag.Diagnostic
}

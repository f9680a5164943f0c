package lint

import "embed"

// The page of every rule is made of the registry and of what the examples really get, by
//
//	go test ./lang/lint -run TestPages -update
//
//go:embed rules/*.md
var pages embed.FS

// page is the page of a rule; "" while it has not been made.
func page(id string) string {
	text, _ := pages.ReadFile("rules/" + id + ".md")
	return string(text)
}

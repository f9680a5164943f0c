package lsp

import (
	"net/url"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"
)

// filePath is the path that a `file:` URI names; ok is false for everything else, such as `untitled:Untitled-1`.
func filePath(uri protocol.DocumentURI) (path string, ok bool) {
	u, err := url.Parse(string(uri))
	if err != nil || u.Scheme != "file" || u.Path == "" {
		return "", false
	}
	path = u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' { // /c:/x
		path = strings.ToUpper(path[1:2]) + path[2:]
	}
	if u.Host != "" && u.Host != "localhost" { // \\host\share
		path = "//" + u.Host + path
	}
	return filepath.Clean(filepath.FromSlash(path)), true
}

func fileURI(path string) protocol.DocumentURI {
	path = filepath.ToSlash(path)
	if len(path) > 1 && path[1] == ':' {
		path = "/" + path
	}
	return protocol.DocumentURI((&url.URL{Scheme: "file", Path: path}).String())
}

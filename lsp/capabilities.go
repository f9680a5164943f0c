package lsp

import "go.lsp.dev/protocol"

// initializeResult and serverCapabilities are the library's with what newer versions of the protocol added.
type (
	initializeResult struct {
		Capabilities serverCapabilities  `json:"capabilities"`
		ServerInfo   protocol.ServerInfo `json:"serverInfo"`
	}
	serverCapabilities struct {
		protocol.ServerCapabilities
		PositionEncoding   string             `json:"positionEncoding"`
		DiagnosticProvider *diagnosticOptions `json:"diagnosticProvider,omitempty"`
	}
	diagnosticOptions struct {
		Identifier            string `json:"identifier"`
		InterFileDependencies bool   `json:"interFileDependencies"`
		WorkspaceDiagnostics  bool   `json:"workspaceDiagnostics"`
	}
)

// capabilities is what the server offers. A feature adds its line.
func (s *server) capabilities() serverCapabilities {
	var c serverCapabilities
	c.PositionEncoding = s.client.encoding.name()
	c.TextDocumentSync = protocol.TextDocumentSyncOptions{
		OpenClose: true,
		Change:    protocol.TextDocumentSyncKindIncremental,
		Save:      &protocol.SaveOptions{},
	}
	c.Workspace = &protocol.ServerCapabilitiesWorkspace{
		WorkspaceFolders: &protocol.ServerCapabilitiesWorkspaceFolders{Supported: true, ChangeNotifications: true},
	}
	c.DocumentFormattingProvider = true
	c.DocumentRangeFormattingProvider = true
	c.DocumentOnTypeFormattingProvider = &protocol.DocumentOnTypeFormattingOptions{FirstTriggerCharacter: "}", MoreTriggerCharacter: []string{"\n"}}
	if s.client.pulls {
		c.DiagnosticProvider = &diagnosticOptions{Identifier: "nurture", InterFileDependencies: true, WorkspaceDiagnostics: true}
	}
	return c
}

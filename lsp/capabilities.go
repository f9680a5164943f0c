package lsp

import (
	"maps"
	"slices"

	"go.lsp.dev/protocol"
)

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
		InlayHintProvider  bool               `json:"inlayHintProvider"`
	}
	diagnosticOptions struct {
		Identifier            string `json:"identifier"`
		InterFileDependencies bool   `json:"interFileDependencies"`
		WorkspaceDiagnostics  bool   `json:"workspaceDiagnostics"`
	}
	semanticTokensOptions struct {
		Legend semanticTokensLegend `json:"legend"`
		Range  bool                 `json:"range"`
		Full   semanticTokensFull   `json:"full"`
	}
	semanticTokensLegend struct {
		TokenTypes     []string `json:"tokenTypes"`
		TokenModifiers []string `json:"tokenModifiers"`
	}
	semanticTokensFull struct {
		Delta bool `json:"delta"`
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
	c.CompletionProvider = &protocol.CompletionOptions{ResolveProvider: true, TriggerCharacters: []string{".", `"`, " ", "|"}}
	c.SignatureHelpProvider = &protocol.SignatureHelpOptions{TriggerCharacters: []string{"(", ","}}
	c.SemanticTokensProvider = semanticTokensOptions{
		Legend: semanticTokensLegend{tokenTypes, tokenModifiers}, Range: true, Full: semanticTokensFull{Delta: true},
	}
	c.InlayHintProvider = true
	c.FoldingRangeProvider = true
	c.SelectionRangeProvider = true
	c.HoverProvider, c.DefinitionProvider, c.DeclarationProvider, c.TypeDefinitionProvider = true, true, true, true
	c.ReferencesProvider, c.DocumentHighlightProvider, c.CallHierarchyProvider = true, true, true
	c.RenameProvider = &protocol.RenameOptions{PrepareProvider: true}
	c.DocumentSymbolProvider, c.WorkspaceSymbolProvider = true, true
	c.CodeActionProvider = &protocol.CodeActionOptions{CodeActionKinds: actionKinds}
	c.CodeLensProvider = &protocol.CodeLensOptions{}
	c.ExecuteCommandProvider = &protocol.ExecuteCommandOptions{Commands: slices.Sorted(maps.Keys(commands))}
	if s.client.pulls {
		c.DiagnosticProvider = &diagnosticOptions{Identifier: "nurture", InterFileDependencies: true, WorkspaceDiagnostics: true}
	}
	return c
}

package syntax

import "nurture/lang/diag"

// Codes documents the diagnostics of this package. Bad and Good are whole files.
var Codes = []diag.Code{
	{
		ID: "NUR001", Title: "a line that begins no statement",
		Explain: "Every statement begins with its keyword, and which keywords there are depends on the block. The word here is none of them. If it is a misspelt one, the message names the word that is near.",
		Bad:     "program p \"P\" {\n  stage s {\n    sned guide\n  }\n}\n",
		Good:    "program p \"P\" {\n  stage s {\n    send guide\n  }\n}\n",
	},
	{
		ID: "NUR002", Title: "a statement in the wrong block",
		Explain: "The statement exists, but it stands in another kind of block: `send` in a stage, `enter` in a program, `cap` in the policy. Move it there.",
		Bad:     "program p \"P\" {\n  send guide\n}\n",
		Good:    "program p \"P\" {\n  stage s {\n    send guide\n  }\n}\n",
	},
	{
		ID: "NUR003", Title: "a statement that is not complete",
		Explain: "The statement ends before it says all that it has to. The message says what is missing and how the statement is written.",
		Bad:     "program p \"P\" {\n  goal purchased\n  stage s { send guide }\n}\n",
		Good:    "program p \"P\" {\n  goal purchased within 90d\n  stage s { send guide }\n}\n",
	},
	{
		ID: "NUR004", Title: "something that does not belong there",
		Explain: "The statement is complete, and then there is more on its line that is neither one of its words nor a new statement.",
		Bad:     "topics security scale\n",
		Good:    "topics security, scale\n",
	},
	{
		ID: "NUR005", Title: "the wrong kind of thing",
		Explain: "A word of the statement needs something of another kind behind it: a duration such as `7d`, a number, a name, a text in quotes.",
		Bad:     "program p \"P\" {\n  stage s { after 30 -> done }\n}\n",
		Good:    "program p \"P\" {\n  stage s { after 30d -> done }\n}\n",
	},
	{
		ID: "NUR006", Title: "a word of the language used as a name",
		Explain: "`from in every pick where match otherwise done and or not true false nil` are never names, so that statements can be read without knowing the playbook. Choose another name.",
		Bad:     "topics security, match\n",
		Good:    "topics security, matching\n",
	},
	{
		ID: "NUR007", Title: "a block that is never closed",
		Explain: "The `}` of a block is missing. It is noticed at the next keyword that cannot stand in the block, or at the end of the file.",
		Bad:     "program p \"P\" {\n  stage s { send guide }\n\ntopics security\n",
		Good:    "program p \"P\" {\n  stage s { send guide }\n}\n\ntopics security\n",
	},
	{
		ID: "NUR008", Title: "a `}` that closes nothing",
		Explain: "There is a `}` more than there are blocks.",
		Bad:     "event pinged { n number }\n}\n",
		Good:    "event pinged { n number }\n",
	},
	{
		ID: "NUR009", Title: "a statement without its block",
		Explain: "The statement needs a block `{ … }` behind it, on its line.",
		Bad:     "program p \"P\"\n",
		Good:    "program p \"P\" {\n  stage s { send guide }\n}\n",
	},
	{
		ID: "NUR010", Title: "a `{` on a line of its own",
		Explain: "A statement ends with its line, so the `{` of its block stands on that line.",
		Bad:     "event pinged\n{ n number }\n",
		Good:    "event pinged { n number }\n",
	},
	{
		ID: "NUR011", Title: "a block behind a statement that has none",
		Explain: "Only some statements have a block. This one ends with its line.",
		Bad:     "program p \"P\" {\n  stage s { send guide { every 7d } }\n}\n",
		Good:    "program p \"P\" {\n  stage s { send guide, report every 7d }\n}\n",
	},
	{
		ID: "NUR012", Title: "a word that stands twice in a statement",
		Explain: "Each word of a statement, such as `every` or `where`, says one thing and stands once.",
		Bad:     "program p \"P\" {\n  stage s { send guide, report every 7d every 10d }\n}\n",
		Good:    "program p \"P\" {\n  stage s { send guide, report every 10d }\n}\n",
	},
	{
		ID: "NUR013", Title: "a condition that is missing",
		Explain: "`when`, `where` and the like need a condition behind them, on the same line.",
		Bad:     "segment customers =\n",
		Good:    "segment customers = contact.customer\n",
	},
	{
		ID: "NUR014", Title: "a bracket that is never closed",
		Explain: "A condition goes on over line ends inside brackets, so a bracket that is not closed would take in what follows. It is taken to end at its line.",
		Bad:     "segment engaged = count(response >= 1\n",
		Good:    "segment engaged = count(response) >= 1\n",
	},
	{
		ID: "NUR015", Title: "blocks too deep in one another",
		Explain: "The language has at most six blocks in one another: program, stage, rule, match, arm, actions. Far more than that is a mistake; usually a `}` is missing further up.",
	},
	{
		ID: "NUR016", Title: "`=` where `==` compares",
		Explain: "One `=` gives a name or a field its value; two compare.",
		Bad:     "segment developers = contact.role = \"developer\"\n",
		Good:    "segment developers = contact.role == \"developer\"\n",
	},
	{
		ID: "NUR017", Title: "a statement that is too long",
		Explain: "A statement may have 200,000 words and signs, conditions and blocks in it aside.",
	},
	{
		ID: "NUR020", Title: "a text that is never closed",
		Explain: "A text begins and ends with `\"` on one line.",
		Bad:     "topics security\nnever \"sell too early\n",
		Good:    "topics security\nnever \"sell too early\" when offer.intent == \"sell\"\n",
	},
	{
		ID: "NUR021", Title: "an unknown escape in a text",
		Explain: "Behind `\\` in a text stand `n` (new line), `t` (tab), `r`, `\"`, `\\`, or `u` with a character's number, as in `\\u00e9` or `\\u{1f600}`. A backslash itself is `\\\\`.",
		Bad:     "program p \"50\\% off\" {\n  stage s { send guide }\n}\n",
		Good:    "program p \"50% off\" {\n  stage s { send guide }\n}\n",
	},
	{
		ID: "NUR022", Title: "a character that means nothing",
		Explain: "The language has no use for this character outside of texts and comments.",
		Bad:     "topics security, $scale\n",
		Good:    "topics security, scale\n",
	},
	{
		ID: "NUR023", Title: "a character in the place of another",
		Explain: "Word processors put typographic quotes, arrows, dashes and spaces in the place of plain ones, and other languages write comments and texts in other ways. The fix writes what the language knows.",
		Bad:     "program p “The program” {\n  stage s { send guide }\n}\n",
		Good:    "program p \"The program\" {\n  stage s { send guide }\n}\n",
	},
	{
		ID: "NUR024", Title: "no such duration",
		Explain: "A duration is a whole number and, without a space, its unit: `30min`, `12h`, `7d`, `2w`, `1mo`, `1y`.",
		Bad:     "program p \"P\" {\n  stage s { after 30days -> done }\n}\n",
		Good:    "program p \"P\" {\n  stage s { after 30d -> done }\n}\n",
	},
	{
		ID: "NUR025", Title: "no such date or time",
		Explain: "Dates are written `2026-12-31`, times `09:00`, and a date with its time `2026-03-02 10:00`. They have to exist in the calendar.",
		Bad:     "policy { skip 2026-02-30 }\n",
		Good:    "policy { skip 2026-02-28 }\n",
	},
	{
		ID: "NUR026", Title: "a file that is no UTF-8",
		Explain: "Playbooks are UTF-8 text. Save the file again with that encoding; most editors offer it under \"Save as\" or \"Encoding\".",
		Bad:     "topics security // caf\xe9\n",
		Good:    "topics security // café\n",
	},
	{
		ID: "NUR027", Title: "a file that is too large",
		Explain: "A file may have up to 8 MB, far more than anybody writes by hand. A playbook may have as many files as it likes.",
	},
	{
		ID: "NUR028", Title: "too many errors",
		Explain: "The file has over a thousand errors; the rest is not shown. Most likely it is no playbook.",
	},
}

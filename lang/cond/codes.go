package cond

import (
	"strings"

	"nurture/lang/diag"
)

// Codes documents what is reported about conditions.
var Codes = []diag.Code{
	{
		ID: "NUR200", Title: "a condition is missing",
		Explain: "A condition must stand here, and there is none. Write one, or `true` for what holds always.",
		Bad:     `segment everybody = // all of them`,
		Good:    `segment everybody = true`,
	},
	{
		ID: "NUR201", Title: "a condition that does not read",
		Explain: "Values and operators alternate in a condition, as in `contact.role == \"it\" and contact.employees >= 50`. " +
			"Here a value or an operator is missing, or something stands in the place of another.",
		Bad:  `segment big = contact.employees >= and contact.customer`,
		Good: `segment big = contact.employees >= 200 and contact.customer`,
	},
	{
		ID: "NUR202", Title: "a bracket without its partner",
		Explain: "Each opening bracket needs its closing one, of the same kind.",
		Bad:     `segment big = (contact.employees >= 200 and contact.customer`,
		Good:    `segment big = (contact.employees >= 200 and contact.customer)`,
	},
	{
		ID: "NUR203", Title: "a value that cannot be read",
		Explain: "Numbers are written `200`, `1_000` or `0.5`, percentages `12%`, durations `30min 12h 7d 2w 1mo 1y`, dates `2026-12-31`, " +
			"date-times `2026-03-02 10:00`, and texts in straight double quotes.",
		Bad:  `segment late = until(contact.renewal) <= 30days`,
		Good: `segment late = until(contact.renewal) <= 30d`,
	},
	{
		ID: "NUR204", Title: "a construct that conditions do not have",
		Explain: "Conditions have no loops, no lambdas, no `let`, no `? :`, `??`, `|`, `%`, `^`, `**`, `..`, no indexing, no `{ }` and no methods: they " +
			"stay short, always end, and the moment at which they next change can be worked out.",
		Bad:  `segment odd = contact.employees % 2 == 1`,
		Good: `segment odd = contact.employees == 1`,
	},
	{
		ID: "NUR205", Title: "a condition that is too large",
		Explain: "A condition has at most 10,000 characters, 100 brackets in each other, lists of 1,000 values and regular expressions of 1,000 characters. " +
			"Give names to parts of it with `segment`, or keep long lists as a field of the contact.",
		Bad:  "segment deep = " + strings.Repeat("(", 101) + "contact.customer" + strings.Repeat(")", 101),
		Good: `segment deep = contact.customer`,
	},
	{
		ID: "NUR206", Title: "comparisons strung together",
		Explain: "A comparison is yes or no, so the next comparison would compare that. Join comparisons with `and`.",
		Bad:     `segment medium = 50 <= contact.employees <= 200`,
		Good:    `segment medium = contact.employees >= 50 and contact.employees <= 200`,
	},
	{
		ID: "NUR207", Title: "`not` before a comparison without brackets",
		Explain: "`not` binds to the value right behind it. Put the comparison into brackets, or write its opposite.",
		Bad:     `segment others = not contact.role == "it"`,
		Good:    `segment others = not (contact.role == "it")`,
	},
	{
		ID: "NUR208", Title: "an operator of another language",
		Explain: "Equality is `==`, and its opposite `!=`; conditions are joined by `and` and `or`, in small letters.",
		Bad:     `segment it = contact.role = "it"`,
		Good:    `segment it = contact.role == "it"`,
	},
	{
		ID: "NUR210", Title: "a name that nothing has",
		Explain: "A name that stands alone in a condition is a segment; an argument of `sent` and `responded` an offer, a topic or a map, and of `count` and `last` an event.",
		Bad:     `segment engaged = count(openned) >= 3`,
		Good:    `segment engaged = count(opened) >= 3`,
	},
	{
		ID: "NUR211", Title: "a field that is not there",
		Explain: "The contact, an event, `score`, `offer`, `stage` and `program` have the names that are declared for them, and no others.",
		Bad:     `segment big = contact.employes >= 200`,
		Good:    `segment big = contact.employees >= 200`,
	},
	{
		ID: "NUR212", Title: "a function that is not there",
		Explain: "Conditions have these functions: known, sent, responded, count, last, since, until, lower, upper, trim, len, abs, min, max, round.",
		Bad:     `segment it = lowercase(contact.company) == "acme"`,
		Good:    `segment it = lower(contact.company) == "acme"`,
	},
	{
		ID: "NUR213", Title: "a name of the wrong kind",
		Explain: "The name is declared, but what it names cannot stand here.",
		Bad:     `segment warm = interest >= 35`,
		Good:    `segment warm = score.interest >= 35`,
	},
	{
		ID: "NUR214", Title: "an event or an offer where there is none",
		Explain: "`event.…` is seen where something reacts to an event, `offer.…` where an offer is being weighed: in `never` and in `send … where`.",
		Bad:     `segment pricing = event.page startsWith "/pricing"`,
		Good:    `segment pricing = count(visited, 30d) >= 1`,
	},
	{
		ID: "NUR215", Title: "too many or too few arguments",
		Explain: "The function takes another number of arguments.",
		Bad:     `segment fresh = count(opened, 7d, 30d) >= 1`,
		Good:    `segment fresh = count(opened, 7d) >= 1`,
	},
	{
		ID: "NUR216", Title: "an argument of the wrong kind",
		Explain: "`known` takes a field of the contact, `sent` and `responded` an offer, a topic or a map, `count` and `last` an event, `since` and `until` a date or a time.",
		Bad:     `segment fresh = count("opened", 7d) >= 1`,
		Good:    `segment fresh = count(opened, 7d) >= 1`,
	},
	{
		ID: "NUR220", Title: "a value that is never taken",
		Explain: "The field has values of its own, and this is not among them, so the comparison would never hold.",
		Bad:     `segment developers = contact.role == "develper"`,
		Good:    `segment developers = contact.role == "developer"`,
	},
	{
		ID: "NUR221", Title: "types that do not fit together",
		Explain: "A text is compared with texts, a number with numbers, a date or time with dates and times.",
		Bad:     `segment big = contact.employees >= "200"`,
		Good:    `segment big = contact.employees >= 200`,
	},
	{
		ID: "NUR222", Title: "a value of the wrong type for its place",
		Explain: "A condition is yes or no; what a field is set to has the field's type.",
		Bad:     `segment big = contact.employees`,
		Good:    `segment big = contact.employees >= 200`,
	},
	{
		ID: "NUR223", Title: "a comparison with nil",
		Explain: "What is not known makes a comparison false, so comparing with nil says nothing. Ask `known(contact.x)` or `not known(contact.x)`.",
		Bad:     `segment nobody = contact.role == nil`,
		Good:    `segment nobody = not known(contact.role)`,
	},
	{
		ID: "NUR224", Title: "no regular expression",
		Explain: "What stands behind `matches` is a regular expression in RE2's syntax, in quotes. It has no look-around and no back-references.",
		Bad:     `segment acme = contact.company matches "acme("`,
		Good:    `segment acme = contact.company matches "(?i)^acme"`,
	},
	{
		ID: "NUR225", Title: "a text without quotes",
		Explain: "A text stands in double quotes; a name without them is a segment.",
		Bad:     `segment developers = contact.role == developer`,
		Good:    `segment developers = contact.role == "developer"`,
	},
	{
		ID: "NUR230", Title: "a duration where it cannot stand",
		Explain: "A duration stands in conditions only as `since(…)` or `until(…)` compared by `<`, `<=`, `>` or `>=` with a literal such as `7d`: from that the " +
			"runtime knows when the condition next changes.",
		Bad:  `segment week = since(stage.entered) == 7d`,
		Good: `segment week = since(stage.entered) >= 7d`,
	},
	{
		ID: "NUR231", Title: "something that changes with time, not compared as it is",
		Explain: "A score that halves with time, and a count in a window, are compared directly with a value that does not change with time: so the runtime " +
			"knows when the condition next changes. Bring everything else to the other side.",
		Bad:  `segment warm = score.interest - 5 >= 30`,
		Good: `segment warm = score.interest >= 35`,
	},
}

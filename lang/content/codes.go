package content

import "nurture/lang/diag"

// Codes documents what Parse reports. Bad and Good are whole content files of a playbook whose contact has the fields
// first_name and role.
var Codes = []diag.Code{
	{
		ID: "NUR250", Title: "a content file that is not UTF-8 text",
		Explain: "Content files are UTF-8. A file in another encoding, or one that is no text at all, would come out as wrong letters in every message. Open it in an editor and save it as UTF-8.",
		Bad:     "---\nsubject: Gr\xfc\xdfe\n---\nHello!\n",
		Good:    "---\nsubject: Grüße\n---\nHello!\n",
	},
	{
		ID: "NUR251", Title: "a content file that is too large",
		Explain: "A content file has at most 1 MB. What is larger is usually a picture or a PDF, which belongs on a web server with a link to it in the message.",
	},
	{
		ID: "NUR252", Title: "front matter that cannot be read",
		Explain: "Front matter stands between two lines `---` at the top of the file and is YAML. Only `subject` and `preheader` stand in it, a line each; a text that is more than a line goes in quotes.",
		Bad:     "---\nA word with you\n---\nHello!\n",
		Good:    "---\nsubject: A word with you\n---\nHello!\n",
	},
	{
		ID: "NUR253", Tag: diag.Unused, Title: "a front matter key that means nothing",
		Explain: "Front matter takes `subject` and `preheader` (what mail programs show beside the subject in a list of messages). Everything else about an offer stands in the playbook.",
		Bad:     "---\nsubject: Hello\npreheeder: News\n---\nHello!\n",
		Good:    "---\nsubject: Hello\npreheader: News\n---\nHello!\n",
	},
	{
		ID: "NUR254", Title: "a message without a subject",
		Explain: "Every mail has a subject: in the front matter of its content, or in its offer, which stands above it. The brief of a hand-off needs none.",
		Bad:     "Hello!\n",
		Good:    "---\nsubject: Hello\n---\nHello!\n",
	},
	{
		ID: "NUR255", Title: "front matter that is not a text",
		Explain: "`subject` and `preheader` are each one text.",
		Bad:     "---\nsubject: [Hello, there]\n---\nHello!\n",
		Good:    "---\nsubject: \"[Hello, there]\"\n---\nHello!\n",
	},
	{
		ID: "NUR256", Title: "Liquid that is not closed",
		Explain: "`{{` needs its `}}` on the same line and something between, `{%` needs its `%}`. A message that shall show the braces themselves puts them between `{% raw %}` and `{% endraw %}`.",
		Bad:     "---\nsubject: Hello\n---\nHello {{ contact.first_name }!\n",
		Good:    "---\nsubject: Hello\n---\nHello {{ contact.first_name }}!\n",
	},
	{
		ID: "NUR257", Title: "a tag that does not exist",
		Explain: "Content files know Liquid's tags assign, break, capture, case, comment, continue, for, if, raw and unless. They take in no other files: `include` and `render` do not exist here.",
		Bad:     "---\nsubject: Hello\n---\n{% fi contact.role == \"it\" %}Hello!{% endif %}\n",
		Good:    "---\nsubject: Hello\n---\n{% if contact.role == \"it\" %}Hello!{% endif %}\n",
	},
	{
		ID: "NUR258", Title: "blocks that do not fit together",
		Explain: "What begins with `{% if … %}` ends with `{% endif %}`, and so do the other blocks; one that begins within another ends within it. `elsif`, `else` and `when` stand directly in the block they belong to.",
		Bad:     "---\nsubject: Hello\n---\n{% if contact.role == \"it\" %}Hello!\n",
		Good:    "---\nsubject: Hello\n---\n{% if contact.role == \"it\" %}Hello!{% endif %}\n",
	},
	{
		ID: "NUR259", Title: "Liquid that cannot be read",
		Explain: "An expression is a name, a text in quotes, a number or a range `(1..5)`, with filters behind it, `{{ contact.first_name | default: \"there\" }}`; a condition compares two of them. Liquid has no `not`, `&&`, `+` or brackets around filters: use `unless`, `and`, `| plus: 1` and `assign`.",
		Bad:     "---\nsubject: Hello\n---\n{% if not contact.first_name %}Hello!{% endif %}\n",
		Good:    "---\nsubject: Hello\n---\n{% unless contact.first_name %}Hello!{% endunless %}\n",
	},
	{
		ID: "NUR260", Title: "a contact field that does not exist",
		Explain: "`contact.` is followed by a field that the playbook's `contact { … }` declares. Otherwise every message would have a hole there, and nobody would be told.",
		Bad:     "---\nsubject: Hello\n---\nHello {{ contact.frist_name }}!\n",
		Good:    "---\nsubject: Hello\n---\nHello {{ contact.first_name }}!\n",
	},
	{
		ID: "NUR261", Title: "a name that means nothing in a content file",
		Explain: "A content file sees `contact`, `offer`, `questions`, `now`, and what it has assigned itself above; the brief of a hand-off also sees `journal`, `stage` and `program`.",
		Bad:     "---\nsubject: Hello\n---\nHello {{ first_name }}!\n",
		Good:    "---\nsubject: Hello\n---\nHello {{ contact.first_name }}!\n",
	},
	{
		ID: "NUR262", Title: "a part that something does not have",
		Explain: "`offer` has `name`, `title` and `topic`; a question has `field` and `text`; lists have `size`, `first` and `last`. What has parts cannot be shown whole.",
		Bad:     "---\nsubject: Hello\n---\nHere is {{ offer.titel }}.\n",
		Good:    "---\nsubject: Hello\n---\nHere is {{ offer.title }}.\n",
	},
	{
		ID: "NUR263", Title: "a filter that does not exist, or takes something else",
		Explain: "Content files know the filters abs, append, at_least, at_most, capitalize, ceil, compact, date, default, divided_by, downcase, escape, escape_once, first, floor, join, last, lstrip, map, minus, modulo, plus, prepend, remove, remove_first, replace, replace_first, reverse, round, rstrip, size, slice, sort, sort_natural, split, strip, strip_html, strip_newlines, times, truncate, truncatewords, uniq, upcase and url_encode, each as Liquid has it.",
		Bad:     "---\nsubject: Hello\n---\nHello {{ contact.first_name | defualt: \"there\" }}!\n",
		Good:    "---\nsubject: Hello\n---\nHello {{ contact.first_name | default: \"there\" }}!\n",
	},
	{
		ID: "NUR264", Title: "more than a message can have",
		Explain: "An expression has at most 1,000 bytes, a range at most 10,000 numbers, a number at most 15 digits, and blocks, quotations and lists stand at most 100 deep in each other.",
		Bad:     "---\nsubject: Hello\n---\n{% for i in (1..1000000000) %}Hello! {% endfor %}\n",
		Good:    "---\nsubject: Hello\n---\n{% for i in (1..3) %}Hello! {% endfor %}\n",
	},
	{
		ID: "NUR265", Title: "a subject that YAML cuts off",
		Explain: "In YAML ` #` begins a comment, so the rest of the line is not part of the text. Put the text in quotes.",
		Bad:     "---\nsubject: You are #1\n---\nHello!\n",
		Good:    "---\nsubject: \"You are #1\"\n---\nHello!\n",
	},
	{
		ID: "NUR266", Title: "a message that reads the clock",
		Explain: "`\"now\" | date` would make a replay differ from the run it replays. `now` is the instant at which the message is sent, in the contact's time zone.",
		Bad:     "---\nsubject: Hello\n---\n{{ \"now\" | date: \"%Y\" }}\n",
		Good:    "---\nsubject: Hello\n---\n{{ now | date: \"%Y\" }}\n",
	},
	{
		ID: "NUR267", Title: "a message that says nothing",
		Explain: "Below the front matter stands what the message says. An empty one would be sent all the same.",
		Bad:     "---\nsubject: Hello\n---\n",
		Good:    "---\nsubject: Hello\n---\nHello!\n",
	},
	{
		ID: "NUR268", Title: "a name that is taken",
		Explain: "`assign`, `capture` and `for` cannot give a new meaning to the names that every content file has, or to Liquid's own words.",
		Bad:     "---\nsubject: Hello\n---\n{% for offer in questions %}- {{ offer.text }}\n{% endfor %}\n",
		Good:    "---\nsubject: Hello\n---\n{% for question in questions %}- {{ question.text }}\n{% endfor %}\n",
	},
}

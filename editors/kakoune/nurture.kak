# Kakoune: colours, indenting and the language server for playbooks. Source this file in kakrc, or link it into
# ~/.config/kak/autoload.

hook global BufCreate .*\.nurture %{ set-option buffer filetype nurture }

hook global WinSetOption filetype=nurture %~
    require-module nurture
    set-option window static_words %opt{nurture_words}
    hook window ModeChange pop:insert:.* -group nurture-trim %{ try %{ execute-keys -draft <semicolon> x s ^\h+$ <ret> d } }
    hook window InsertChar \n -group nurture-indent nurture-indent-on-new-line
    hook window InsertChar \} -group nurture-indent nurture-indent-on-closing
    hook -once -always window WinSetOption filetype=.* %{ remove-hooks window nurture-.+ }
~

hook -group nurture-highlight global WinSetOption filetype=nurture %{
    add-highlighter window/nurture ref nurture
    hook -once -always window WinSetOption filetype=.* %{ remove-highlighter window/nurture }
}

hook global BufSetOption filetype=nurture %{
    set-option buffer comment_line '//'
    set-option buffer indentwidth 2
    set-option buffer tabstop 2
    set-option buffer makecmd 'nurturec check .'
}

# The server, where kakoune-lsp is there and is new enough to be told of servers here; else see README.md.
hook global BufSetOption filetype=nurture %{
    try %{
        set-option buffer lsp_servers %{
            [nurturec]
            root_globs = ["*.nurture"]
            args = ["lsp"]
        }
    }
}

provide-module nurture %§

declare-option str-list nurture_words contact topics roles event segment score offer map policy handoff measure track program never migrate test scenario \
    kind topic for intent channel content subject asks response published expires cost repeat transactional timezone window skip consent cap stop resume \
    brief accept outcomes revenue phase priority holdout enter reenter goal stage send task hand halve set forget tag at wait expect contacts \
    on when after where match otherwise every pick to within per else target from done

add-highlighter shared/nurture regions
add-highlighter shared/nurture/doc region '///' '$' fill documentation
add-highlighter shared/nurture/comment region '//' '$' fill comment
add-highlighter shared/nurture/string region '"' '(?<!\\)(\\\\)*"|$' group
add-highlighter shared/nurture/string/ fill string
add-highlighter shared/nurture/string/ regex '\\(?:[ntr"''\\]|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]+\})' 0:keyword
add-highlighter shared/nurture/code default-region group
# Of two that colour one place the later one wins: words first, then the names that may be called like them.
add-highlighter shared/nurture/code/ regex '\b(?:done|true|false|nil|weekdays|everyday|mon|tue|wed|thu|fri|sat|sun|never|always|ordered|explore|interest|latest)\b' 0:value
add-highlighter shared/nurture/code/ regex '\b(?:\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|\d\d:\d\d|\d[\d_]*(?:\.\d+)?(?:min|mo|[hdwy%])?)' 0:value
add-highlighter shared/nurture/code/ regex '\b(?:and|or|not|in|contains|startsWith|endsWith|matches)\b|[=!<>]=|[<>]|&&|\|\|' 0:operator
add-highlighter shared/nurture/code/ regex '\b(?:known|sent|responded|count|last|since|until|lower|upper|trim|len|abs|min|max|round)(?=\()' 0:function
add-highlighter shared/nurture/code/ regex '\b(?:on|when|after|where|match|otherwise|every|pick|to|within|per|else|target|from)\b' 0:keyword
add-highlighter shared/nurture/code/ regex '\bsend\h+from\h+(\w+)' 1:type
add-highlighter shared/nurture/code/ regex '(?:^\h*|\{\h*|\h\h+)(kind|topic|for|intent|channel|content|subject|asks|response|published|expires|cost|repeat|transactional|timezone|window|skip|consent|cap|stop|resume|brief|accept|outcomes|revenue|phase|track|priority|holdout|enter|reenter|goal|stage|send|task|hand|halve|set|forget|tag|contact|at|wait|expect|contacts)\b(?![.(])' 1:keyword
add-highlighter shared/nurture/code/ regex '(?:^\h*|\{\h*|\h\h+)(?:kind|topic|intent|channel|phase|track)\h+(\w+)' 1:value
add-highlighter shared/nurture/code/ regex '\b(?:to|pick)\h+(\w+)' 1:value
add-highlighter shared/nurture/code/ regex '(?:^\h*|\{\h*|\h\h+)(?:for|outcomes|response|topics|roles)\h+(\w+(?:\.\w+)?(?:\h*,\h*\w+(?:\.\w+)?)*)' 1:value
add-highlighter shared/nurture/code/ regex '\bon\h+(\w+(?:\.\w+)?)' 1:attribute
add-highlighter shared/nurture/code/ regex '\b(contact|event|score|offer|stage|program)\.(\w+)' 1:builtin 2:variable
add-highlighter shared/nurture/code/ regex '\b(phase|completeness)\h*(?:in\b|not\b|[=!<>])' 1:builtin
add-highlighter shared/nurture/code/ regex '(?:^\h+|[{,]\h*)(\w+)\h+(text|number|bool|date|timezone|time|email|topic|enum|set)\b' 1:variable 2:type
add-highlighter shared/nurture/code/ regex '\b(key|arrived|unknown|question)\b' 0:keyword
add-highlighter shared/nurture/code/ regex '\bquestion\h+(light|medium|heavy)\b' 1:value
add-highlighter shared/nurture/code/ regex '^\h*(\w+)\h*\|' 1:value
add-highlighter shared/nurture/code/ regex '^\h*([-+]\d[\d_.]*)' 1:value
add-highlighter shared/nurture/code/ regex '^\h*(contact|topics|roles|event|segment|score|offer|map|policy|handoff|measure|track|program|never|migrate|test|scenario)\b(?![.|])' 1:keyword
add-highlighter shared/nurture/code/ regex '^(?:event|segment|score|offer|map|handoff|track|program|scenario)\h+(\w+)' 1:type
add-highlighter shared/nurture/code/ regex '\bstage\h+(\w+)' 1:function
add-highlighter shared/nurture/code/ regex '(->)\h*(\w+(?:\.\w+)?)?' 1:operator 2:function

define-command -hidden nurture-indent-on-new-line %~
    evaluate-commands -draft -itersel %@
        # a comment goes on, documentation as documentation
        try %< execute-keys -draft k x s '^\h*\K///\h*' <ret> y gh j P >
        try %< execute-keys -draft <semicolon> K <a-&> >
        try %< execute-keys -draft k x <a-k> \{\h*(//.*)?$ <ret> j <a-gt> >
        try %< execute-keys -draft k : s '\h+$' <ret> d >
    @
~

define-command -hidden nurture-indent-on-closing %~
    evaluate-commands -draft -itersel %@
        try %< execute-keys -draft <a-h> <a-k> ^\h+\}$ <ret> h m <a-S> 1 <a-&> >
    @
~

§

" Colours of playbooks. Which words are keywords depends on the block, and on whether a statement still needs an
" operand: in `topic cost  for nurture` the topic is called cost. So each block has a cluster of its own, and a keyword
" takes its operand with it by nextgroup.
if exists('b:current_syntax')
  finish
endif

syn case match
syn iskeyword @,48-57,_,192-255
syn sync minlines=200

" A declaration in the first column ends what a broken file left open above it.
let s:recover = 'end=/^\%(contact\|topics\|roles\|event\|segment\|score\|offer\|map\|policy\|handoff\|measure\|track\|program\|never\|migrate\|test\|scenario\)\>/me=s-1'
let s:name = '\%(\d\)\@!\k\+'

" ---- everywhere ----
syn match  nurtureComment "//.*$" contains=@Spell
syn match  nurtureDoc "///.*$" contains=@Spell,nurtureDocCode
syn match  nurtureDocCode "`[^`]*`" contained
syn region nurtureString start=/"/ skip=/\\./ end=/"/ end=/$/ contains=nurtureEscape,@Spell
syn match  nurtureEscape /\\\%([ntr"'\\]\|u\x\{4}\|u{\x\{1,6}}\)/ contained
syn match  nurtureNumber /\<\d[0-9_]*\%(\.\d\+\)\?\>%\?/
syn match  nurtureDuration /\<\d[0-9_]*\%(min\|h\|d\|w\|mo\|y\)\>/
syn match  nurtureDate /\<\d\{4}-\d\d-\d\d\>\%( \d\d:\d\d\>\)\?/
syn match  nurtureTime /\<\d\d:\d\d\>/
syn match  nurtureRange /\.\./
syn keyword nurtureBoolean true false nil
syn match  nurtureArrow /->/ nextgroup=nurtureTarget,nurtureDone skipwhite
exe 'syn match nurtureTarget /' . s:name . '\%(\.' . s:name . '\)\?/ contained'
syn match  nurtureDone /\<done\>/ contained
syn cluster nurtureAny contains=nurtureComment,nurtureDoc,nurtureString,nurtureNumber,nurtureDuration,nurtureDate,nurtureTime,nurtureRange,nurtureBoolean

" ---- conditions ----
exe 'syn match nurtureVariable /\<' . s:name . '/ contained'
exe 'syn match nurtureEvent /\<' . s:name . '\.' . s:name . '/ contained'
syn match  nurtureOperator /\<\%(and\|or\|not\|in\|contains\|startsWith\|endsWith\|matches\)\>/ contained
syn match  nurtureOperator /==\|!=\|<=\|>=\|<\|>\|&&\|||/ contained
syn match  nurtureFunction /\<\%(known\|sent\|responded\|count\|last\|since\|until\|lower\|upper\|trim\|len\|abs\|min\|max\|round\)\ze\s*(/ contained
syn match  nurtureRoot /\<\%(contact\|event\|score\|offer\|stage\|program\)\ze\./ contained nextgroup=nurtureField
syn match  nurtureRoot /\<\%(phase\|completeness\)\>/ contained
syn match  nurtureField /\.\k\+/ contained
syn cluster nurtureExpression contains=@nurtureAny,nurtureVariable,nurtureEvent,nurtureOperator,nurtureFunction,nurtureRoot,nurtureParens
exe 'syn region nurtureParens start=/(/ end=/)/ end=/[{}]/me=e-1 ' . s:recover . ' contained transparent contains=@nurtureExpression'
exe 'syn region nurtureParens start=/\[/ end=/\]/ end=/[{}]/me=e-1 ' . s:recover . ' contained transparent contains=@nurtureExpression'

" ---- operands, which keywords take with them ----
exe 'syn match nurtureChoice /' . s:name . '/ contained'
exe 'syn match nurtureChoices /' . s:name . '\%(\s*,\s*' . s:name . '\)*/ contained'
exe 'syn match nurtureTopic /' . s:name . '/ contained'
exe 'syn match nurtureEvents /' . s:name . '\%(\.' . s:name . '\)\?\%(\s*,\s*' . s:name . '\%(\.' . s:name . '\)\?\)*/ contained'
exe 'syn match nurtureNames /' . s:name . '\%(\s*,\s*' . s:name . '\)*,\?/ contained'
exe 'syn match nurtureStageName /' . s:name . '/ contained nextgroup=nurtureStageBlock skipwhite'
exe 'syn match nurtureRole /' . s:name . '/ contained'
exe 'syn match nurturePath /' . s:name . '\.' . s:name . '/ contained'

" ---- rules ----
" Of two that begin at one place the later one wins: names stand before words.
exe 'syn match nurtureArmValue /' . s:name . '/ contained'
syn match nurtureRule /\<on\>/ contained nextgroup=nurtureEvents skipwhite
syn match nurtureRule /\<\%(when\|where\|after\|otherwise\)\>/ contained
syn match nurtureRule /\<match\>/ contained nextgroup=nurtureMatched skipwhite
exe 'syn match nurtureMatched /' . s:name . '\%(\.' . s:name . '\)\?/ contained contains=nurtureRoot nextgroup=nurtureArms skipwhite'
exe 'syn region nurtureArms matchgroup=nurtureBrace start=/{/ end=/}/ ' . s:recover . ' contained fold contains=@nurtureAny,nurtureArrow,nurtureRule,nurtureArmValue,nurtureActions'
exe 'syn region nurtureActions matchgroup=nurtureBrace start=/{/ end=/}/ ' . s:recover . ' contained fold contains=@nurtureExpression,nurtureAction'
syn match nurtureAction /\<\%(set\|forget\|tag\)\>/ contained nextgroup=nurturePath skipwhite
syn cluster nurtureRules contains=@nurtureExpression,nurtureRule,nurtureArrow,nurtureActions

" ---- the statements of each block: those that take a kind of operand with them, then all the others ----
exe 'syn match nurtureHappens /\%(\%(contact\|score\|stage\|program\)\.\)\@!' . s:name . '\%(\.' . s:name . '\)\?\ze\s*\%({\|\d\|$\)/ contained'
let s:blocks = {
      \ 'Contact':  [[], []],
      \ 'Event':    [[], []],
      \ 'Score':    [[['halve', 'nurtureScoreWord']], ['every']],
      \ 'Offer':    [[['kind|intent|channel', 'nurtureChoice'], ['topic', 'nurtureTopic'], ['for', 'nurtureChoices'], ['response', 'nurtureEvents']],
      \              ['content', 'subject', 'asks', 'published', 'expires', 'cost', 'repeat', 'after', 'transactional']],
      \ 'Map':      [[], []],
      \ 'Policy':   [[['stop|resume', 'nurtureStopOn']], ['timezone', 'else', 'window', 'skip', 'consent', 'when', 'cap', 'per', 'for', 'where']],
      \ 'Handoff':  [[['channel', 'nurtureChoice'], ['outcomes', 'nurtureEvents']], ['brief', 'accept', 'within']],
      \ 'Measure':  [[['revenue|cost', 'nurturePath']], []],
      \ 'Track':    [[], []],
      \ 'Program':  [[['phase', 'nurtureChoice'], ['track', 'nurtureRole'], ['goal', 'nurtureEvents'], ['reenter', 'nurtureChoice'], ['stage', 'nurtureStageName']],
      \              ['priority', 'holdout', 'enter', 'within', 'target']],
      \ 'Stage':    [[['send', 'nurtureFrom,nurtureSent'], ['pick', 'nurtureChoice'], ['hand', 'nurtureTo'], ['to', 'nurtureRole'], ['every|within|in', 'nurtureDuration']],
      \              ['task']],
      \ 'Test':     [[['expect', 'nurtureExpected'], ['contact', 'nurtureValues'], ['at', 'nurtureDate'], ['wait', 'nurtureDuration']], []],
      \ 'Scenario': [[['contacts', 'nurtureNumber']], ['per', 'within', 'where']],
      \ }
for [s:block, s:words] in items(s:blocks)
  let s:group = 'nurture' . s:block . 'Word'
  if !empty(s:words[1])
    exe 'syn match ' . s:group . ' /\<\%(' . join(s:words[1], '\|') . '\)\>/ contained'
  endif
  for [s:word, s:next] in s:words[0]
    exe 'syn match ' . s:group . ' /\<\%(' . substitute(s:word, '|', '\\|', 'g') . '\)\>\ze\%(\.\|(\)\@!/ contained nextgroup=' . s:next . ' skipwhite'
  endfor
  exe 'hi def link ' . s:group . ' Statement'
endfor
syn match nurtureStopOn /\<on\>/ contained nextgroup=nurtureEvents skipwhite
exe 'syn match nurtureSent /' . s:name . '\%(\s*,\s*' . s:name . '\)*,\?/ contained'
syn match nurtureFrom /\<from\>/ contained nextgroup=nurtureMapUse skipwhite
exe 'syn match nurtureMapUse /' . s:name . '/ contained'
syn match nurtureTo /\<to\>/ contained nextgroup=nurtureRole skipwhite
syn match nurtureExpected /\%(not\s\+\)\?in\>/ contained nextgroup=nurtureTarget skipwhite
exe 'syn match nurtureExpected /\%(not\s\+\)\?\%(held\|refused\|asked\|handed\)\>\ze\s\+' . s:name . '/ contained nextgroup=nurtureChoice skipwhite'
exe 'syn region nurtureValues matchgroup=nurtureBrace start=/{/ end=/}/ ' . s:recover . ' contained contains=@nurtureAny,nurtureProperty,nurtureVariable'
exe 'syn match nurtureProperty /' . s:name . '\ze\s*\%(=\|\d\|"\)/ contained'

syn match nurtureType /\<\%(text\|number\|bool\|date\|timezone\|time\|email\|topic\|enum\|set\)\>/ contained
syn match nurtureModifier /\<\%(key\|arrived\|from\|unknown\)\>/ contained
syn match nurtureQuestion /\<question\>/ contained nextgroup=nurtureChoice skipwhite
exe 'syn match nurtureFieldName /' . s:name . '\ze\s\+\%(text\|number\|bool\|date\|timezone\|time\|email\|topic\|enum\|set\)\>/ contained'
syn match nurturePoints /[-+]\d[0-9_]*\%(\.\d\+\)\?/ contained
syn match nurtureBar /|/ contained
syn match nurtureGap /-/ contained
exe 'syn match nurtureRow /^\s*\zs' . s:name . '\ze\s*|/ contained'
syn match nurtureMapWord /^\s*\zstopic\ze\s*|/ contained
syn keyword nurtureDay weekdays everyday mon tue wed thu fri sat sun contained

let s:bodies = {
      \ 'Contact':  '@nurtureAny,nurtureFieldName,nurtureType,nurtureModifier,nurtureQuestion',
      \ 'Event':    '@nurtureAny,nurtureFieldName,nurtureType',
      \ 'Score':    '@nurtureExpression,nurtureScoreWord,nurturePoints,nurtureRule',
      \ 'Offer':    '@nurtureAny,nurtureOfferWord',
      \ 'Map':      '@nurtureAny,nurtureVariable,nurtureRow,nurtureMapWord,nurtureBar,nurtureGap,nurtureRule',
      \ 'Policy':   '@nurtureExpression,nurturePolicyWord,nurtureDay',
      \ 'Handoff':  '@nurtureAny,nurtureHandoffWord',
      \ 'Measure':  '@nurtureAny,nurtureMeasureWord',
      \ 'Track':    '@nurtureRules',
      \ 'Program':  '@nurtureRules,nurtureProgramWord',
      \ 'Stage':    '@nurtureRules,nurtureStageWord',
      \ 'Test':     '@nurtureExpression,nurtureHappens,nurtureTestWord,nurtureValues',
      \ 'Scenario': '@nurtureExpression,nurtureHappens,nurtureScenarioWord,nurtureValues',
      \ }
for [s:block, s:body] in items(s:bodies)
  let s:b = 'nurture' . s:block . 'Block'
  exe 'syn region ' . s:b . ' matchgroup=nurtureBrace start=/{/ end=/}/ ' . s:recover . ' contained fold contains=' . s:body
  if s:block ==# 'Stage'
    continue
  endif
  let s:word = tolower(s:block)
  exe 'syn match nurtureDeclare /^\s*' . s:word . '\>/ nextgroup=' . s:b . ',nurture' . s:block . 'Name,nurture' . s:block . 'Title skipwhite'
  exe 'syn match nurture' . s:block . 'Name /' . s:name . '/ contained nextgroup=' . s:b . ',nurture' . s:block . 'Title skipwhite'
  exe 'syn region nurture' . s:block . 'Title start=/"/ skip=/\\./ end=/"/ end=/$/ contained contains=nurtureEscape,@Spell nextgroup=' . s:b . ' skipwhite'
  exe 'hi def link nurture' . s:block . 'Name ' . (s:block ==# 'Event' ? 'Special' : 'Type')
  exe 'hi def link nurture' . s:block . 'Title String'
endfor

" ---- declarations without a block ----
syn match nurtureDeclare /^\s*\%(topics\|roles\)\>/ nextgroup=nurtureNames skipwhite
syn match nurtureDeclare /^\s*segment\>/ nextgroup=nurtureSegmentName skipwhite
exe 'syn match nurtureSegmentName /' . s:name . '/ contained nextgroup=nurtureSegmentIs skipwhite'
syn region nurtureSegmentIs matchgroup=nurtureOperator start=/=/ end=/$/ contained contains=@nurtureExpression
syn match nurtureDeclare /^\s*never\>/ nextgroup=nurtureNeverTitle skipwhite
syn region nurtureNeverTitle start=/"/ skip=/\\./ end=/"/ end=/$/ contained contains=nurtureEscape,@Spell nextgroup=nurtureNeverWhen skipwhite
syn region nurtureNeverWhen matchgroup=nurtureRule start=/\<when\>/ end=/$/ contained contains=@nurtureExpression
syn match nurtureDeclare /^\s*migrate\>/ nextgroup=nurtureTarget skipwhite

hi def link nurtureComment     Comment
hi def link nurtureDoc         SpecialComment
hi def link nurtureDocCode     Identifier
hi def link nurtureString      String
hi def link nurtureEscape      SpecialChar
hi def link nurtureNumber      Number
hi def link nurtureDuration    Number
hi def link nurtureDate        Number
hi def link nurtureTime        Number
hi def link nurturePoints      Number
hi def link nurtureBoolean     Boolean
hi def link nurtureDeclare     Keyword
hi def link nurtureRule        Conditional
hi def link nurtureStopOn      Statement
hi def link nurtureTo          Statement
hi def link nurtureAction      Statement
hi def link nurtureFrom        Statement
hi def link nurtureSent        Identifier
hi def link nurtureMapUse      Type
hi def link nurtureExpected    Statement
hi def link nurtureArrow       Operator
hi def link nurtureOperator    Operator
hi def link nurtureRange       Operator
hi def link nurtureBar         Delimiter
hi def link nurtureBrace       Delimiter
hi def link nurtureGap         Comment
hi def link nurtureTarget      Function
hi def link nurtureDone        Boolean
hi def link nurtureStageName   Function
hi def link nurtureSegmentName Type
hi def link nurtureNeverTitle  String
hi def link nurtureFunction    Function
hi def link nurtureRoot        Special
hi def link nurtureField       Identifier
hi def link nurtureFieldName   Identifier
hi def link nurtureProperty    Identifier
hi def link nurtureMatched     Identifier
hi def link nurtureVariable    Identifier
hi def link nurtureNames       Constant
hi def link nurtureTopic       Constant
hi def link nurtureRow         Constant
hi def link nurtureChoice      Constant
hi def link nurtureChoices     Constant
hi def link nurtureArmValue    Constant
hi def link nurtureDay         Constant
hi def link nurtureRole        Constant
hi def link nurtureEvent       Special
hi def link nurtureEvents      Special
hi def link nurtureHappens     Special
hi def link nurturePath        Identifier
hi def link nurtureType        Type
hi def link nurtureModifier    StorageClass
hi def link nurtureQuestion    Statement
hi def link nurtureMapWord     Statement

let b:current_syntax = 'nurture'

" Held by Vim's own syntax engine: no word of any example is left without a group, every statement of the reference is
" coloured as a word of the language, and indenting changes nothing in a file that is laid out.
" usage: EXAMPLES=… SPEC=lang/spec.md vim -es -u NORC -i NONE --cmd 'set rtp^=EDITORS/vim' -S syntax.vim
filetype plugin indent on
syntax on
let s:passed = 0
let s:failed = []

function! s:Group(line, column) abort
  return synIDattr(synID(a:line, a:column, 1), 'name')
endfunction

function! s:Step(name, wrong) abort
  if empty(a:wrong)
    let s:passed += 1
    call s:Say('ok   vim: ' . a:name)
  else
    call add(s:failed, a:name)
    call s:Say('FAIL vim: ' . a:name . "\n     " . join(a:wrong[:9], "\n     "))
  endif
endfunction

function! s:Say(text) abort
  call writefile(split(a:text, "\n"), '/dev/stdout', 'a')
endfunction

let s:wrong = []
let s:moved = []
for s:file in sort(glob($EXAMPLES . '/**/*.nurture', 1, 1))
  exe 'silent edit! ' . fnameescape(s:file)
  set noswapfile
  syntax sync fromstart
  for s:line in range(1, line('$'))
    let s:column = match(getline(s:line), '\k')
    while s:column >= 0
      if s:Group(s:line, s:column + 1) ==# ''
        call add(s:wrong, printf('%s:%d: `%s` has no group', s:file, s:line, matchstr(getline(s:line), '\k\+', s:column)))
      endif
      let s:column = match(getline(s:line), '\k', matchend(getline(s:line), '\k\+', s:column))
    endwhile
  endfor
  let s:before = getline(1, '$')
  silent normal! gg=G
  for s:line in range(len(s:before))
    if getline(s:line + 1) !=# s:before[s:line]
      call add(s:moved, printf('%s:%d: %s', s:file, s:line + 1, getline(s:line + 1)))
    endif
  endfor
endfor
call s:Step('no word of an example is left without a group', s:wrong)
call s:Step('indenting changes nothing in a file that is laid out', s:moved)

" The table of words: | `program` | `phase track …` | … |
let s:frames = {
      \ 'score': 'score x {', 'offer': 'offer x {', 'policy': 'policy {', 'handoff': 'handoff x {', 'measure': 'measure {',
      \ 'program': 'program x {', 'stage': 'program x { stage y {', 'test': 'test "x" {', 'scenario': 'scenario x {' }
let s:operands = {'at': '2026-03-02 10:00', 'wait': '7d', 'contact': '{', 'contacts': '10'}
let s:wrong = []
let s:seen = 0
for s:row in readfile($SPEC)
  let s:cells = matchlist(s:row, '^| `\(\w\+\)` | `\([a-z ]\+\)`')
  if empty(s:cells) || !has_key(s:frames, s:cells[1])
    continue
  endif
  for s:word in split(s:cells[2])
    enew!
    call setline(1, s:frames[s:cells[1]])
    call setline(2, '  ' . s:word . ' ' . get(s:operands, s:word, 'something'))
    setfiletype nurture
    let s:seen += 1
    if synIDattr(synIDtrans(synID(2, 3, 1)), 'name') !~# '^\%(Statement\|Conditional\|Keyword\)$'
      call add(s:wrong, printf('`%s` in %s is %s', s:word, s:cells[1], s:Group(2, 3)))
    endif
  endfor
endfor
call s:Step('every statement of the reference is a word of the language', s:seen > 40 ? s:wrong : ['only ' . s:seen . ' words found'])

enew!
call setline(1, ['program a {', '  stage b {', '    when (contact.role == "it', 'offer after "whole again" {'])
setfiletype nurture
call s:Step('a broken block ends where the next declaration begins', s:Group(4, 1) ==# 'nurtureDeclare' ? [] : [s:Group(4, 1)])

call s:Say(printf('vim: %d passed, %d failed', s:passed, len(s:failed)))
if empty(s:failed)
  qall!
endif
cquit!

" A block is indented by one step; so is what a condition goes on with, by two.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=NurtureIndent(v:lnum) indentkeys=0},0),0],!^F,o,O
setlocal nosmartindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< smartindent<'

if exists('*NurtureIndent')
  finish
endif

" The line with its texts empty and without comments, in which braces mean blocks.
function! s:Bare(lnum) abort
  let line = substitute(getline(a:lnum), '"\%(\\.\|[^"\\]\)*"\?', '""', 'g')
  return substitute(line, '//.*$', '', '')
endfunction

function! s:Continues(line) abort
  return a:line =~# '\%(\<\%(and\|or\|not\|in\)\|&&\|||\|[=!<>]=\?\)\s*$'
endfunction

function! NurtureIndent(lnum) abort
  let above = prevnonblank(a:lnum - 1)
  if above == 0
    return 0
  endif
  let bare = s:Bare(above)
  let indent = indent(above)
  if s:Continues(bare)
    return s:Continues(s:Bare(prevnonblank(above - 1))) ? indent : indent + 2 * shiftwidth()
  endif
  if above > 1 && s:Continues(s:Bare(prevnonblank(above - 1)))
    let first = prevnonblank(above - 1)
    while first > 1 && s:Continues(s:Bare(prevnonblank(first - 1)))
      let first = prevnonblank(first - 1)
    endwhile
    let indent = indent(first)
  endif
  " How many blocks the line above opens and does not close; a `}` that stands first has taken its step already.
  let rest = substitute(bare, '^\s*[}\])]', '', '')
  let opened = len(substitute(rest, '[^{(\[]', '', 'g')) - len(substitute(rest, '[^})\]]', '', 'g'))
  let indent += opened * shiftwidth()
  if s:Bare(a:lnum) =~# '^\s*[}\])]'
    let indent -= shiftwidth()
  endif
  return max([indent, 0])
endfunction

" Playbooks: comments, how words are cut, folding by blocks, and the language server in Neovim.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:///,:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal suffixesadd=.nurture,.md
let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< softtabstop< suffixesadd<'

if exists('loaded_matchit')
  let b:match_words = '{:},(:),\[:\]'
  let b:undo_ftplugin .= ' | unlet! b:match_words'
endif

if executable('nurturec')
  compiler nurturec
  let b:undo_ftplugin .= ' | setlocal makeprg< errorformat<'
endif

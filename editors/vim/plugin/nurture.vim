" Starts the language server for playbooks and for the messages in their folders: Neovim's own client, or vim-lsp in Vim.
if exists('g:loaded_nurture')
  finish
endif
let g:loaded_nurture = 1

augroup nurture
  autocmd!
  if has('nvim-0.7')
    autocmd FileType nurture,markdown if get(g:, 'nurture_lsp', 1) | call v:lua.require'nurture'.start(str2nr(expand('<abuf>'))) | endif
  else
    autocmd User lsp_setup if executable('nurturec') | call lsp#register_server({
          \ 'name': 'nurture',
          \ 'cmd': {_ -> ['nurturec', 'lsp']},
          \ 'root_uri': {_ -> lsp#utils#path_to_uri(expand('%:p:h'))},
          \ 'allowlist': ['nurture'],
          \ }) | endif
  endif
augroup END

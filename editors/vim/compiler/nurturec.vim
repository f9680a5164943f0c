" :make runs `nurturec check` on the playbook of the file and fills the quickfix list.
if exists('current_compiler')
  finish
endif
let current_compiler = 'nurturec'

CompilerSet makeprg=nurturec\ check\ %:p:h:S
CompilerSet errorformat=%f:%l:%c:\ %trror\ %m,%f:%l:%c:\ %tarning\ %m,%f:%l:%c:\ %tnfo\ %m,%-G%.%#

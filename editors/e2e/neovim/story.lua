-- Neovim's own client with the files of editors/vim, told as one sitting: a playbook with an error is opened, put
-- right, changed, laid out and saved.
-- usage: nvim --headless -u NORC -i NONE --cmd 'set rtp^=EDITORS/vim' -c 'luafile story.lua' PLAYBOOK/hello.nurture
local passed, failed = 0, 0

local function step(name, f)
  local ok, err = pcall(f)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
  end
  io.stdout:write(('%s neovim: %s%s\n'):format(ok and 'ok  ' or 'FAIL', name, ok and '' or '\n     ' .. tostring(err)))
end

-- eventually waits until f gives something true, and gives that.
local function eventually(what, f)
  local last
  local ok = vim.wait(10000, function()
    last = f()
    return last
  end, 10)
  assert(ok, 'did not happen in ten seconds: ' .. what)
  return last
end

local function text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer or 0, 0, -1, false), '\n')
end

-- go sets the cursor on the first place of a text, behind `ahead` bytes of it.
local function go(needle, ahead)
  for i, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local at = line:find(needle, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { i, at - 1 + (ahead or 0) })
      return
    end
  end
  error('there is no ' .. needle)
end

-- ask sends a request for the place of the cursor and gives the result.
local function ask(method, extra)
  local params = vim.tbl_extend('force', vim.lsp.util.make_position_params(0, 'utf-16'), extra or {})
  local answers = assert(vim.lsp.buf_request_sync(0, method, params, 10000))
  for _, answer in pairs(answers) do
    assert(not answer.err, vim.inspect(answer.err))
    return answer.result
  end
  error('nobody answered ' .. method)
end

local function has(list, wanted, key)
  for _, item in ipairs(list) do
    if item[key] == wanted then
      return item
    end
  end
  local all = vim.tbl_map(function(item) return item[key] end, list)
  error(('no %s among: %s'):format(wanted, table.concat(all, ', ')))
end

local function story()
  require('nurture').setup({
    cmd = vim.split(vim.env.NURTURE_SERVER, ' '),
    settings = { nurture = { diagnostics = { quiet = 10 } } },
  })
  vim.cmd('edit! ' .. vim.fn.fnameescape(vim.env.PLAYBOOK .. '/hello.nurture'))

  step('the file has its type, its comments and its colours', function()
    assert(vim.bo.filetype == 'nurture', vim.bo.filetype)
    assert(vim.bo.commentstring == '// %s')
    go('program hello')
    assert(vim.fn.synIDattr(vim.fn.synID(vim.fn.line('.'), 1, 1), 'name') == 'nurtureDeclare')
  end)
  step('the error is shown where it is, with its code', function()
    eventually('a diagnostic', function() return #vim.diagnostic.get(0) > 0 end)
    local found = vim.diagnostic.get(0)
    assert(#found == 1, vim.inspect(found))
    go('send welcome_guid', #'send ')
    assert(found[1].lnum == vim.fn.line('.') - 1 and found[1].col == vim.fn.col('.') - 1, vim.inspect(found[1]))
    assert(found[1].message:find('did you mean `welcome_guide`', 1, true), found[1].message)
    assert(found[1].severity == vim.diagnostic.severity.ERROR)
  end)
  step('its fix is a code action, and puts it right', function()
    go('send welcome_guid', #'send ')
    local range = vim.lsp.util.make_range_params()
    range.context = { diagnostics = { vim.diagnostic.get(0)[1].user_data.lsp } }
    range.context.diagnostics[1].range = range.context.diagnostics[1].range or {
      start = { line = vim.fn.line('.') - 1, character = vim.fn.col('.') - 1 },
      ['end'] = { line = vim.fn.line('.') - 1, character = vim.fn.col('.') - 1 + #'welcome_guid' },
    }
    local actions
    for _, answer in pairs(assert(vim.lsp.buf_request_sync(0, 'textDocument/codeAction', range, 10000))) do
      actions = answer.result
    end
    local fix
    for _, action in ipairs(actions or {}) do
      if action.title:find('welcome_guide', 1, true) then
        fix = action
      end
    end
    assert(fix, vim.inspect(actions))
    if not fix.edit then
      fix = vim.lsp.buf_request_sync(0, 'codeAction/resolve', fix, 10000)[1].result
    end
    vim.lsp.util.apply_workspace_edit(fix.edit, 'utf-16')
    assert(text():find('send welcome_guide\n', 1, true), text())
    eventually('no diagnostics', function() return #vim.diagnostic.get(0) == 0 end)
  end)
  step('typing an error shows it, typing it right takes it away', function()
    go('send digest')
    vim.cmd('normal! ccsend nothing every 1mo')
    eventually('a diagnostic', function() return #vim.diagnostic.get(0) > 0 end)
    vim.cmd('normal! ccsend digest every 1mo')
    eventually('no diagnostics', function() return #vim.diagnostic.get(0) == 0 end)
  end)
  step('hovering over an offer tells its title', function()
    go('send digest', #'send ')
    local said = vim.inspect(ask('textDocument/hover').contents)
    assert(said:find('The digest', 1, true), said)
  end)
  step('a stage leads to where it is declared', function()
    go('on clicked -> later', #'on clicked -> ')
    vim.lsp.buf.definition()
    eventually('the cursor on the stage', function() return vim.fn.getline('.'):find('stage later', 1, true) end)
  end)
  step('references of a stage are found over all files', function()
    go('stage warm', #'stage ')
    local places = ask('textDocument/references', { context = { includeDeclaration = true } })
    assert(#places == 2, vim.inspect(places))
  end)
  step('the outline has the program and its stages', function()
    local tree = ask('textDocument/documentSymbol', {})
    local program = has(tree, 'hello', 'name')
    has(program.children or tree, 'warm', 'name')
  end)
  step('the word under the cursor is marked wherever it stands', function()
    go('stage later', #'stage ')
    assert(#ask('textDocument/documentHighlight') == 3, vim.inspect(ask('textDocument/documentHighlight')))
  end)
  step('programs, stages and offers are found by name in the whole playbook', function()
    has(ask('workspace/symbol', { query = 'later' }), 'later', 'name')
  end)
  step('a stage tells who leads to it', function()
    go('stage later', #'stage ')
    local item = ask('textDocument/prepareCallHierarchy')[1]
    local from = ask('callHierarchy/incomingCalls', { item = item })
    assert(#from == 1 and from[1].from.name:find('warm', 1, true), vim.inspect(from))
  end)
  step('a lens says how many references there are', function()
    local lenses = ask('textDocument/codeLens')
    assert(#lenses > 0 and lenses[1].command.title:find('reference', 1, true), vim.inspect(lenses))
  end)
  step('typing a function shows what it takes', function()
    go('enter when contact.consent')
    vim.cmd('normal! A and count(')
    local shown = ask('textDocument/signatureHelp', { position = { line = vim.fn.line('.') - 1, character = #vim.fn.getline('.') } })
    assert(shown.signatures[1].label:find('EVENT', 1, true), vim.inspect(shown))
    vim.cmd('normal! ccenter when contact.consent')
    eventually('no diagnostics', function() return #vim.diagnostic.get(0) == 0 end)
  end)
  step('completion behind an arrow has the stages, and puts one in', function()
    go('on clicked -> later')
    vim.cmd('normal! oon replied -> la')
    vim.api.nvim_win_set_cursor(0, { vim.fn.line('.'), #vim.fn.getline('.') })
    local list = ask('textDocument/completion', { position = { line = vim.fn.line('.') - 1, character = #vim.fn.getline('.') } })
    has(list.items or list, 'later', 'label')
    -- Insert mode has to be typed: a timer sees to the menu while feedkeys() waits in it.
    local timer, waited = vim.loop.new_timer(), 0
    timer:start(50, 50, vim.schedule_wrap(function()
      waited = waited + 50
      if waited == 50 then
        vim.api.nvim_input('<C-x><C-o>')
      elseif vim.fn.pumvisible() == 1 then
        timer:stop()
        vim.api.nvim_input('<C-n><C-y><Esc>')
      elseif waited > 5000 then
        timer:stop()
        vim.api.nvim_input('<Esc>')
      end
    end))
    vim.api.nvim_feedkeys('A', 'x!', false)
    assert(text():find('on replied -> later', 1, true), vim.fn.getline('.'))
  end)
  step('renaming a stage changes it in every file', function()
    vim.cmd('stopinsert')
    go('stage warm', #'stage ')
    vim.lsp.buf.rename('first')
    eventually('the new name', function() return text():find('stage first', 1, true) end)
    local tests = vim.fn.bufnr(vim.env.PLAYBOOK .. '/tests.nurture')
    assert(tests > 0 and text(tests):find('expect in hello.first', 1, true), 'tests.nurture still says warm')
    eventually('no diagnostics', function() return #vim.diagnostic.get(0) == 0 end)
  end)
  step('saving lays the file out', function()
    vim.cmd('silent wall')
    local saved = table.concat(vim.fn.readfile(vim.env.PLAYBOOK .. '/hello.nurture'), '\n')
    assert(saved:find('    after 30d  -> later\n', 1, true), saved)
  end)
  step('a message of the playbook is looked at too', function()
    vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.PLAYBOOK .. '/content/welcome.md'))
    vim.bo.filetype = 'markdown'
    vim.cmd([[silent %s/contact\.role/contact.rolle/]])
    eventually('a diagnostic', function() return #vim.diagnostic.get(0) > 0 end)
    assert(vim.diagnostic.get(0)[1].message:find('role', 1, true))
    vim.cmd('silent undo')
    eventually('no diagnostics', function() return #vim.diagnostic.get(0) == 0 end)
  end)
  step(':make fills the quickfix list', function()
    vim.cmd('edit! ' .. vim.fn.fnameescape(vim.env.PLAYBOOK .. '/hello.nurture'))
    vim.cmd('compiler nurturec')
    vim.cmd('silent! make')
    assert(#vim.fn.getqflist() == 0, vim.inspect(vim.fn.getqflist()))
  end)
end

local ok, err = xpcall(story, debug.traceback)
if not ok then
  failed = failed + 1
  io.stdout:write('FAIL neovim: ' .. err .. '\n')
end
io.stdout:write(('neovim: %d passed, %d failed\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qall!' or 'cquit!')

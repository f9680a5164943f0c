-- The language server in Neovim, from 0.7 on, without other plugins.
--
--   require('nurture').setup({ cmd = { '/opt/nurture/nurturec', 'lsp' }, format_on_save = false })
--
-- is only needed to change something. Everything in `setup`'s table that vim.lsp.start() knows is passed on to it.
local M = {}

local options = {
  name = 'nurture',
  cmd = { 'nurturec', 'lsp' },
  settings = {},          -- { nurture = { diagnostics = { quiet = 250 } } }
  format_on_save = true,
}
local missing_said = false

function M.setup(changes)
  options = vim.tbl_deep_extend('force', options, changes or {})
end

local function has_playbook(folder)
  return next(vim.fn.glob(vim.fn.fnameescape(folder) .. '/*.nurture', true, true)) ~= nil
end

-- The folder of the playbook that a file belongs to, or nil: its own, or for a message the nearest above it.
local function playbook_of(file, filetype)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  if filetype == 'nurture' then
    return folder
  end
  while not has_playbook(folder) do
    local above = vim.fn.fnamemodify(folder, ':h')
    if above == folder then
      return nil
    end
    folder = above
  end
  return folder
end

-- vim.lsp.start() of Neovim 0.8, where there is none.
local function start(config, buffer)
  if vim.lsp.start then
    return vim.lsp.start(config, { bufnr = buffer })
  end
  for _, client in pairs(vim.lsp.get_active_clients()) do
    if client.name == config.name and client.config.root_dir == config.root_dir then
      vim.lsp.buf_attach_client(buffer, client.id)
      return client.id
    end
  end
  local id = vim.lsp.start_client(config)
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
  return id
end

local function format(buffer)
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ bufnr = buffer, name = options.name, timeout_ms = 2000 })
  else
    vim.lsp.buf.formatting_sync(nil, 2000)
  end
end

local function on_attach(client, buffer)
  vim.bo[buffer].omnifunc = 'v:lua.vim.lsp.omnifunc'
  if client.server_capabilities and vim.lsp.formatexpr then
    vim.bo[buffer].formatexpr = 'v:lua.vim.lsp.formatexpr()'
  end
  if options.format_on_save and vim.bo[buffer].filetype == 'nurture' then
    vim.api.nvim_create_autocmd('BufWritePre', {
      group = vim.api.nvim_create_augroup('nurture_format_' .. buffer, {}),
      buffer = buffer,
      callback = function() format(buffer) end,
    })
  end
end

-- Starts the server for a buffer, or lets the one that runs for its playbook have it too.
function M.start(buffer)
  buffer = (buffer == nil or buffer == 0) and vim.api.nvim_get_current_buf() or buffer
  local file = vim.api.nvim_buf_get_name(buffer)
  local folder = playbook_of(file ~= '' and file or vim.fn.getcwd() .. '/untitled.nurture', vim.bo[buffer].filetype)
  if not folder then
    return nil
  end
  if vim.fn.executable(options.cmd[1]) == 0 then
    if not missing_said then
      missing_said = true
      vim.notify(('nurture: there is no `%s`, so no errors, completion or formatting for playbooks. '):format(options.cmd[1])
        .. "Install it with `go install ./cmd/nurturec` in the nurture project's folder, or name it in require('nurture').setup({ cmd = { PATH, 'lsp' } }).",
        vim.log.levels.WARN)
    end
    return nil
  end
  local config = vim.tbl_extend('force', options, {
    root_dir = folder,
    workspace_folders = { { uri = vim.uri_from_fname(folder), name = vim.fn.fnamemodify(folder, ':t') } },
    init_options = options.settings.nurture or vim.empty_dict(),
  })
  config.format_on_save = nil
  config.on_attach = function(client, attached)
    on_attach(client, attached)
    if options.on_attach then
      options.on_attach(client, attached)
    end
  end
  return start(config, buffer)
end

return M

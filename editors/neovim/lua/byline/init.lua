-- Byline in Neovim: who wrote this line, for which prompt, and how that is known.
--   require('byline').setup({})
-- Hover (K) and the code lens come from the server; this file draws AI lines and adds commands.
local M = {}

local namespace = vim.api.nvim_create_namespace('byline')

M.defaults = {
  cmd = { 'byline', 'lsp', '--stdio' },
  codelens = true, -- show the lens at the end of the first line
  settings = {}, -- byline's own settings, see docs/editors.md
}

local function client_of(buf)
  return vim.lsp.get_clients({ bufnr = buf, name = 'byline' })[1]
end

local function draw(buf, answer)
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  if not answer.shown then
    return
  end
  local last = vim.api.nvim_buf_line_count(buf)
  for _, range in ipairs(answer.ranges or {}) do
    if range.owner == 'session' and range.start < last then
      local prompt = type(range.prompt) == 'string' and range.prompt:gsub('[%c%s]+', ' ') or nil
      local text = tostring(range.agent) .. (prompt and (' "' .. vim.fn.strcharpart(prompt, 0, 40) .. '"') or '')
      for line = range.start, math.min(range['end'], last) - 1 do
        vim.api.nvim_buf_set_extmark(buf, namespace, line, 0, {
          sign_text = '▎',
          sign_hl_group = 'BylineSign',
          line_hl_group = 'BylineLine',
          virt_text = line == range.start and { { text, 'BylineText' } } or nil,
          virt_text_pos = 'eol',
        })
      end
    end
  end
end

--- Asks who wrote the lines of a buffer and draws it when AI lines are shown there.
function M.refresh(buf)
  local client = client_of(buf)
  if not client or not vim.api.nvim_buf_is_loaded(buf) then
    return
  end
  client:request('byline/attribution', { uri = vim.uri_from_bufnr(buf) }, function(err, answer)
    if not err and answer and vim.api.nvim_buf_is_loaded(buf) then
      draw(buf, answer)
    end
  end, buf)
  if M.options.codelens and not vim.lsp.codelens.enable then
    vim.lsp.codelens.refresh({ bufnr = buf })
  end
end

local function run(command, arguments, buf)
  buf = buf or vim.api.nvim_get_current_buf()
  local client = client_of(buf)
  if not client then
    vim.notify('byline is not attached to this buffer', vim.log.levels.WARN)
    return
  end
  client:request('workspace/executeCommand', { command = command, arguments = arguments }, function(err)
    if err then
      vim.notify('byline: ' .. err.message, vim.log.levels.ERROR)
    end
  end, buf)
end

--- Shows or hides AI lines in the current buffer.
function M.toggle()
  run('byline.showAiLines', { vim.uri_from_bufnr(0) })
end

--- Opens the session that wrote the line under the cursor.
function M.session()
  run('byline.showSession', { vim.uri_from_bufnr(0), vim.api.nvim_win_get_cursor(0)[1] - 1 })
end

--- Opens the sessions that wrote lines of this file.
function M.file_sessions()
  run('byline.showFileSessions', { vim.uri_from_bufnr(0) })
end

--- Says who wrote lines `first` to `last` (from 1): `human`, `unknown`, `undo` or a session id.
function M.correct(first, last, owner)
  run('byline.correctOwner', { vim.uri_from_bufnr(0), first, last, owner })
end

local function commands()
  vim.api.nvim_create_user_command('Byline', M.toggle, { desc = 'Show or hide AI lines' })
  vim.api.nvim_create_user_command('BylineSession', M.session, { desc = 'The session that wrote this line' })
  vim.api.nvim_create_user_command('BylineFile', M.file_sessions, { desc = 'The sessions in this file' })
  vim.api.nvim_create_user_command('BylineCorrect', function(given)
    M.correct(given.line1, given.line2, given.args)
  end, { range = true, nargs = 1, desc = 'Say who wrote these lines' })
end

local function attached(args)
  local client = vim.lsp.get_client_by_id(args.data.client_id)
  if not client or client.name ~= 'byline' then
    return
  end
  if M.options.codelens and vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = args.buf })
  end
  M.refresh(args.buf)
end

--- Switches byline on for every file below a `.git`.
function M.setup(options)
  M.options = vim.tbl_deep_extend('force', M.defaults, options or {})
  for group, link in pairs({ BylineText = 'Comment', BylineSign = 'DiagnosticSignHint', BylineLine = 'CursorLine' }) do
    vim.api.nvim_set_hl(0, group, { link = link, default = true })
  end
  commands()
  local group = vim.api.nvim_create_augroup('byline', { clear = true })
  vim.api.nvim_create_autocmd('LspAttach', { group = group, callback = attached })
  vim.lsp.config('byline', {
    cmd = M.options.cmd,
    root_markers = { '.git' },
    init_options = vim.tbl_extend('force', { draws = true }, M.options.settings),
    settings = { byline = next(M.options.settings) and M.options.settings or vim.empty_dict() },
    handlers = {
      ['byline/changed'] = function(_, params)
        local buf = vim.uri_to_bufnr(params.uri)
        if vim.api.nvim_buf_is_loaded(buf) then
          M.refresh(buf)
        end
      end,
    },
  })
  vim.lsp.enable('byline')
end

return M

-- Byline in Neovim: who wrote this line, for which prompt, and how that is known.
--   require('byline').setup({})
-- Hover (K) and the code lens come from the server; this plugin draws AI lines and adds commands. See :help byline.
local state = require('byline.state')
local draw = require('byline.draw')
local formatted = require('byline.formatted')
local server = require('byline.server')
local M = {}

M.defaults = {
  cmd = { 'byline', 'lsp', '--stdio' },
  codelens = true, -- show the lens
  labels = true, -- agent and prompt behind the first line of each run, while AI lines are shown
  tint = true, -- AI lines have a background of their own, while they are shown
  sign_priority = 5, -- below diagnostics
  reload = true, -- load what an agent writes, where 'autoread' is on and the buffer has no changes
  settings = {}, -- the server's own settings, see docs/editors.md
}

local timers = {}

local function keep(buf, answer)
  if state.waiting[buf] and not answer.shown then
    return -- the server is about to hear that they are shown here
  end
  state.answers[buf], state.shown[buf] = answer, answer.shown or nil
  vim.b[buf].byline_summary = answer.summary
  draw.draw(buf, answer)
  vim.api.nvim_exec_autocmds('User', { pattern = 'BylineUpdate', modeline = false, data = { buf = buf } })
end

--- Asks who wrote the lines of a buffer, and draws it where AI lines are shown.
function M.refresh(buf)
  local client = state.client(buf)
  if not client or not vim.api.nvim_buf_is_loaded(buf) then
    return
  end
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  client:request('byline/attribution', { uri = vim.uri_from_bufnr(buf) }, function(err, answer)
    if err or not answer or not vim.api.nvim_buf_is_loaded(buf) then
      return
    end
    -- an answer for an older text: marks move with the text by themselves, a newer answer comes
    if vim.api.nvim_buf_get_changedtick(buf) == tick then
      keep(buf, answer)
    end
  end, buf)
  if state.options.codelens and not vim.lsp.codelens.enable then
    vim.lsp.codelens.refresh({ bufnr = buf })
  end
end

local function soon(buf)
  if timers[buf] then
    timers[buf]:stop()
  end
  timers[buf] = vim.defer_fn(function()
    timers[buf] = nil
    M.refresh(buf)
  end, 100)
end

--- Runs a command of the server's; one given while it starts runs when it is there.
local function run(command, arguments, after, buf, tries)
  buf = buf or vim.api.nvim_get_current_buf()
  local client = state.client(buf)
  if not client or not client.initialized then
    server.await(buf, tries or 0, function(count) run(command, arguments, after, buf, count) end)
    return
  end
  local offered = vim.tbl_get(client.server_capabilities, 'executeCommandProvider', 'commands') or {}
  if not vim.tbl_contains(offered, command) then
    state.say('the installed server does not know ' .. command, vim.log.levels.WARN)
    return
  end
  client:request('workspace/executeCommand', { command = command, arguments = arguments }, function(err, result)
    if err then
      state.say(err.message, vim.log.levels.ERROR)
    elseif after then
      after(result)
    end
  end, buf)
end

local function uri()
  return vim.uri_from_bufnr(0)
end

local function here()
  return vim.api.nvim_win_get_cursor(0)[1] - 1
end

--- Shows or hides AI lines in the current buffer; without `wish` the other of both.
function M.show(wish)
  run('byline.showAiLines', { uri(), wish }, function(told)
    if type(told) ~= 'table' then
      return
    end
    if told.ai_lines > 0 then -- signs are silent: say it as well
      local text = told.shown and ('%d of %d lines are an agent\'s: %s'):format(told.ai_lines, told.lines, table.concat(told.agents, ', '))
        or 'AI lines hidden'
      state.line({ { 'byline: ' .. text } })
    end
  end)
end

--- Shows AI lines in the current buffer, or hides them.
function M.toggle()
  M.show()
end

--- Opens a session: the one of that id, else the one that wrote the line under the cursor.
function M.session(id)
  run('byline.showSession', id and { id } or { uri(), here() })
end

--- Opens the sessions that wrote lines of this file.
function M.file_sessions()
  run('byline.showFileSessions', { uri() })
end

--- Says who wrote lines `first` to `last` (from 1): `human`, `unknown`, `undo` or a session id.
function M.correct(first, last, owner)
  run('byline.correctOwner', { uri(), first, last, owner })
end

--- Writes down that lines `first` to `last` (from 1) have been reviewed; `is` false: that they have not.
function M.reviewed(first, last, is)
  run('byline.markReviewed', { uri(), first, last, is ~= false })
end

--- Opens the change that wrote the line under the cursor, as a diff.
function M.change()
  run('byline.showChange', { uri(), here() })
end

--- Copies the id of the session that wrote the line under the cursor, into the unnamed and the `+` register.
function M.copy()
  local range = state.range(vim.api.nvim_get_current_buf(), here())
  local id = range and range.session_id
  if type(id) ~= 'string' then
    state.say('no session is known to have written this line')
    return
  end
  vim.fn.setreg('"', id)
  pcall(vim.fn.setreg, '+', id)
  state.line({ { 'byline: copied ' .. id } })
end

--- Says in one line who wrote the line under the cursor.
function M.blame()
  local range = state.range(vim.api.nvim_get_current_buf(), here())
  local said = range and state.label(range, 60) or 'the writer of this line is unknown'
  local more = range and state.clean(range.reason, 80)
  state.line({ { 'byline: ' .. said }, { more and more ~= '' and ' (' .. more .. ')' or '', 'Comment' } })
end

--- Lists the runs of AI lines in the quickfix window: of one `agent`, of `all` buffers.
function M.quickfix(agent, all)
  require('byline.quickfix').open(vim.api.nvim_get_current_buf(), agent, all)
end

--- Goes to the next (1) or the previous (-1) run of AI lines.
function M.jump(way)
  local line, target = here(), nil
  for _, range in ipairs((state.answers[vim.api.nvim_get_current_buf()] or {}).ranges or {}) do
    if range.owner == 'session' then
      if way > 0 and range.start > line then
        target = target or range.start
      elseif way < 0 and range.start < line then
        target = range.start
      end
    end
  end
  if not target then
    state.say(way > 0 and 'no AI lines below' or 'no AI lines above')
    return
  end
  vim.cmd("normal! m'")
  vim.api.nvim_win_set_cursor(0, { math.min(target + 1, vim.api.nvim_buf_line_count(0)), 0 })
end

--- For a statusline: the writer of the cursor's line, `claude · "add retry"`; empty in files without AI lines.
function M.status()
  local buf = vim.api.nvim_get_current_buf()
  local answer = state.answers[buf]
  if not answer or not answer.summary or answer.summary.ai_lines == 0 then
    return ''
  end
  local range = state.range(buf, here())
  return ((range and state.label(range, 30) or 'unknown writer'):gsub('%%', '%%%%'))
end

--- Ends the server and starts it again.
function M.restart()
  server.restart()
end

--- A new server, or one that takes a file loaded again for another document, knows nothing of what is shown.
local function show_again(client, buf)
  if not state.shown[buf] then
    return
  end
  state.waiting[buf] = true
  local arguments = { vim.uri_from_bufnr(buf), true }
  client:request('workspace/executeCommand', { command = 'byline.showAiLines', arguments = arguments }, function()
    state.waiting[buf] = nil
    M.refresh(buf)
  end, buf)
end

local function attached(args)
  local client = vim.lsp.get_client_by_id(args.data.client_id)
  if not client or client.name ~= 'byline' then
    return
  end
  if state.options.codelens and vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = args.buf })
  end
  formatted.begin(args.buf)
  show_again(client, args.buf)
  M.refresh(args.buf)
end

local function changed(_, params)
  local buf = state.buffer(params.uri)
  if not buf then
    return
  end
  if state.options.reload and vim.o.autoread and not vim.bo[buf].modified then
    vim.cmd.checktime(buf) -- an agent may have written it
  end
  M.refresh(buf)
end

local function watch(group)
  local on = function(events, work)
    vim.api.nvim_create_autocmd(events, { group = group, callback = work })
  end
  on('LspAttach', attached)
  on({ 'TextChanged', 'TextChangedI' }, function(args)
    if state.answers[args.buf] then
      soon(args.buf)
    end
  end)
  on('FileChangedShellPost', function(args)
    local client = state.client(args.buf)
    if client then
      show_again(client, args.buf)
    end
  end)
  on({ 'BufUnload', 'BufWipeout' }, function(args)
    state.answers[args.buf], state.shown[args.buf], state.waiting[args.buf] = nil, nil, nil
  end)
  on('ColorScheme', draw.highlights)
  on('OptionSet', function(args)
    if args.match == 'background' then
      draw.highlights()
    end
  end)
  formatted.watch(group)
  server.watch(group)
end

--- Switches byline on for every file.
function M.setup(options)
  if vim.fn.has('nvim-0.11') ~= 1 then
    state.say('Neovim 0.11 or newer is needed', vim.log.levels.ERROR)
    return
  end
  state.options = vim.tbl_deep_extend('force', M.defaults, options or {})
  M.options = state.options
  draw.highlights()
  require('byline.command').define()
  watch(vim.api.nvim_create_augroup('byline', { clear = true }))
  local settings = state.options.settings
  vim.lsp.config('byline', {
    cmd = state.options.cmd,
    root_dir = server.root,
    init_options = vim.tbl_extend('force', { draws = true }, settings),
    settings = { byline = next(settings) and settings or vim.empty_dict() },
    handlers = { ['byline/changed'] = changed, ['window/showMessage'] = server.message },
    on_exit = server.ended,
  })
  vim.lsp.enable('byline')
end

return M

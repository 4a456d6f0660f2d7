-- The server's life: found or not, ended and started again, and one sentence where that goes wrong.
local state = require('byline.state')
local M = {}

local OFTEN, WITHIN = 5, 180
local QUICK = 2
local PATIENCE = 200 -- times a tenth of a second that a command waits for a server that starts

local attached, ends = {}, {}
local told, missing, paused = nil, false, false

--- Says a problem once, until something else has been said or it is mended.
local function tell(text)
  if told ~= text then
    told = text
    vim.schedule(function() state.say(text, vim.log.levels.WARN) end)
  end
end

--- Whether the program is there; says so where it is not.
function M.there()
  local command = state.options.cmd[1]
  if vim.fn.executable(command) == 1 then
    if missing then
      missing, told = false, nil
      vim.schedule(function() state.say('the language server is there again') end)
    end
    return true
  end
  missing = true
  tell(('the language server `%s` is not there: install it (`pipx install .` in a clone of byline) or set `cmd` in setup()'):format(command))
  return false
end

--- Whether a buffer is one of byline's own pages, a file in its cache folder.
function M.is_page(buf)
  local name = vim.fs.normalize(vim.api.nvim_buf_get_name(buf))
  return vim.fs.basename(vim.fs.dirname(name)) == 'pages' and vim.fs.basename(name):match('^' .. ('%x'):rep(16) .. '%.%l+$') ~= nil
end

local function is_wanted(buf)
  return vim.bo[buf].buftype == '' and vim.api.nvim_buf_get_name(buf) ~= '' and not M.is_page(buf)
end

--- A command was given in a buffer that has no server yet: says so, and calls `again` until it has, or says why not.
function M.await(buf, tries, again)
  if not M.there() then
    return
  elseif M.is_page(buf) then
    state.say('this is a page of byline; go to a file first', vim.log.levels.WARN)
  elseif not is_wanted(buf) then
    state.say('this buffer is no file', vim.log.levels.WARN)
  elseif paused or tries >= PATIENCE then
    state.say('the language server does not run; :Byline restart, :Byline log', vim.log.levels.WARN)
  else
    if tries == 0 then
      state.say('the language server is starting …')
    end
    vim.defer_fn(function()
      if vim.api.nvim_buf_is_loaded(buf) then
        again(tries + 1)
      end
    end, 100)
  end
end

local LEVELS = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO, vim.log.levels.DEBUG }

--- For `window/showMessage`: one line; Neovim's own handler would stop at a prompt.
function M.message(_, params)
  state.say((params.message:gsub('^byline: ', '')), LEVELS[params.type] or vim.log.levels.INFO)
  return vim.NIL
end

--- For `vim.lsp.config`: the folder of a file; nothing for what is no file.
function M.root(buf, start)
  if vim.bo[buf].buftype == '' and not M.is_page(buf) and not paused then
    start(vim.fs.root(buf, { '.git' }))
  end
end

--- Has the server for a buffer, whatever its filetype, or says why it cannot.
local function open(buf)
  if not vim.api.nvim_buf_is_loaded(buf) or not is_wanted(buf) then
    return
  end
  attached[buf] = true
  if M.there() and not paused and not state.client(buf) then
    local config = vim.tbl_extend('force', {}, vim.lsp.config['byline'], {
      name = 'byline',
      root_dir = vim.fs.root(buf, { '.git' }),
    })
    vim.lsp.start(config, { bufnr = buf })
  end
end

--- Starts the server for every buffer that should have it.
function M.start()
  paused = false
  if not M.there() then
    return
  end
  for buf in pairs(attached) do
    open(buf)
  end
end

--- Ends it and starts it again, as if nothing had happened.
function M.restart()
  ends, told = {}, nil
  paused = true -- so that the ends of the old ones start nothing
  local old = vim.lsp.get_clients({ name = 'byline' })
  for _, client in ipairs(old) do
    client:stop()
  end
  vim.wait(3000, function()
    return #vim.lsp.get_clients({ name = 'byline' }) == 0
  end, 20)
  M.start()
end

--- The server has ended. By itself or killed: it is started again, unless it keeps ending.
function M.ended(code, signal)
  if vim.v.exiting ~= vim.NIL or paused then
    return
  end
  local now = vim.uv.now() / 1000
  ends = vim.tbl_filter(function(at) return now - at < WITHIN end, ends)
  table.insert(ends, now)
  vim.schedule(function()
    if not M.there() then
      return
    end
    if #ends >= OFTEN then
      paused = true
      tell(('the language server has ended %d times (code %d, signal %d); :Byline restart, :Byline log'):format(#ends, code, signal))
      return
    end
    vim.defer_fn(M.start, #ends > QUICK and 2000 or 100)
  end)
end

--- Has the server for every file that is opened. While the program is missing: looks again when the user comes back.
function M.watch(group)
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = group,
    -- later: Neovim starts it by itself for files whose type it knows
    callback = function(args) vim.schedule(function() open(args.buf) end) end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', { group = group, callback = function(args) attached[args.buf] = nil end })
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    vim.schedule(function() open(buf) end)
  end
  vim.api.nvim_create_autocmd({ 'FocusGained', 'BufEnter', 'CursorHold' }, {
    group = group,
    callback = function()
      if missing and vim.fn.executable(state.options.cmd[1]) == 1 then
        M.start()
      end
    end,
  })
end

return M

-- What a formatter made of the text is nobody's writing. Neovim does not say that one ran, but it shows: the words stay,
-- and lines change where no one types. Each such change is told to the server with the text from before it.
local state = require('byline.state')
local M = {}

local LARGEST = 2000000
local ENDS = { unix = '\n', dos = '\r\n', mac = '\r' }

local seen = {}

local function words(lines)
  local found = {}
  for _, line in ipairs(lines) do
    for word in line:gmatch('[%w_\128-\255]+') do
      found[#found + 1] = word
    end
  end
  table.sort(found)
  return table.concat(found, ' ')
end

--- First and last line (from 1) of `after` that differ from `before`.
local function changed(before, after)
  local first, drop = 1, 0
  while first <= #before and first <= #after and before[first] == after[first] do
    first = first + 1
  end
  while #before - drop >= first and #after - drop >= first and before[#before - drop] == after[#after - drop] do
    drop = drop + 1
  end
  return first, math.max(first, #after - drop)
end

local function remember(buf, lines)
  seen[buf] = { tick = vim.api.nvim_buf_get_changedtick(buf), lines = lines }
end

local function read(buf)
  if vim.api.nvim_buf_get_offset(buf, vim.api.nvim_buf_line_count(buf)) > LARGEST then
    return nil
  end
  return vim.api.nvim_buf_get_lines(buf, 0, -1, false)
end

local function joined(buf, lines)
  local stop = ENDS[vim.bo[buf].fileformat] or '\n'
  return table.concat(lines, stop) .. (vim.bo[buf].endofline and stop or '')
end

local function undoing(buf)
  local tree = vim.fn.undotree(buf)
  return tree.seq_cur < tree.seq_last
end

--- By its place: typing changes the cursor's line and its neighbours, or what is selected; a formatter the whole text.
local function typed(buf, before, after)
  local first, last = changed(before, after)
  local line = vim.api.nvim_get_current_buf() == buf and vim.api.nvim_win_get_cursor(0)[1] or -1
  return first >= line - 1 and last <= line + 1
end

--- Looks at a buffer after something changed it. `saving`: right now it is being written, nobody types.
function M.look(buf, saving)
  local known = seen[buf]
  if known and known.tick == vim.api.nvim_buf_get_changedtick(buf) then
    return
  end
  local lines = read(buf)
  if not lines then
    seen[buf] = nil
    return
  end
  remember(buf, lines)
  local client = known and state.client(buf)
  if not client or not vim.bo[buf].modified and not saving or undoing(buf) then
    return -- unmodified: loaded from disk
  end
  local before = known.lines
  if vim.deep_equal(before, lines) or words(before) ~= words(lines) then
    return
  end
  if saving or not typed(buf, before, lines) then
    client:notify('byline/formatted', { uri = vim.uri_from_bufnr(buf), before = joined(buf, before) })
  end
end

--- What stands in the buffer now is where the next change starts from.
function M.begin(buf)
  local lines = read(buf)
  if lines then
    remember(buf, lines)
  end
end

--- Follows all buffers that byline is attached to.
function M.watch(group)
  local function on(events, work)
    vim.api.nvim_create_autocmd(events, {
      group = group,
      callback = function(args)
        if seen[args.buf] then
          work(args.buf)
        end
      end,
    })
  end
  on('TextChanged', function(buf) M.look(buf, false) end)
  -- what was typed in insert mode is the start for what comes after it
  on({ 'InsertLeave', 'BufReadPost', 'FileChangedShellPost' }, M.begin)
  on('BufWritePre', function(buf)
    local tick = vim.api.nvim_buf_get_changedtick(buf)
    if vim.fn.mode():match('^[iR]') and seen[buf].tick ~= tick then
      M.begin(buf) -- saved while typing
    else
      M.look(buf, true)
    end
  end)
  -- before the client's own `didSave`: formatters that ran in BufWritePre after us
  on('BufWritePost', function(buf) M.look(buf, true) end)
  on({ 'BufUnload', 'BufWipeout' }, function(buf) seen[buf] = nil end)
end

return M

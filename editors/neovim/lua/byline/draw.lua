-- Signs, tint and words on AI lines. A session is told by colour, by the sign's shape and by its agent's first letter.
local state = require('byline.state')
local M = {}

local namespace = vim.api.nvim_create_namespace('byline')
local COLORS = 12
local BARS = { '▎', '┇' }

local PALETTE = {
  dark = { '#4fb3ff', '#ffb454', '#6fd08c', '#e879c9', '#f2d45c', '#a99bff', '#ff8a75', '#4dd4c6', '#b8c0cc', '#d8a0ff',
    '#9fc3ff', '#ffa8c5', line = '#1f2f3d' },
  light = { '#0b66c2', '#a85a00', '#1a7f37', '#b01e8c', '#7d6a00', '#5b45d6', '#c0311a', '#00776c', '#57606a', '#8a3fc0',
    '#3b5b99', '#b3275f', line = '#e6f1fb' },
}

--- Defines the highlight groups, as defaults: a colour scheme's or the user's own win.
function M.highlights()
  local palette = PALETTE[vim.o.background] or PALETTE.dark
  for index = 1, COLORS do
    vim.api.nvim_set_hl(0, 'BylineSession' .. index, { fg = palette[index], ctermfg = index, default = true })
  end
  vim.api.nvim_set_hl(0, 'BylineLine', { bg = palette.line, default = true })
  vim.api.nvim_set_hl(0, 'BylineText', { link = 'Comment', default = true })
end

--- A number for each session of an answer; where two would have the same, the later one moves on.
local function slots(ranges)
  local found, used = {}, {}
  for _, range in ipairs(ranges) do
    local id = range.session_id
    if range.owner == 'session' and type(id) == 'string' and not found[id] then
      local slot = (type(range.color_key) == 'number' and range.color_key or 0) % (COLORS * #BARS)
      for _ = 1, COLORS * #BARS do
        if not used[slot] then
          break
        end
        slot = (slot + 1) % (COLORS * #BARS)
      end
      used[slot], found[id] = true, slot
    end
  end
  return found
end

--- The lines (from 0) that a person has marked as reviewed.
local function reviewed(answer)
  local found = {}
  for _, run in ipairs(type(answer.reviewed) == 'table' and answer.reviewed or {}) do
    for line = run[1], run[2] - 1 do
      found[line] = true
    end
  end
  return found
end

--- What tells the agents of an answer apart: their first letter; where two have the same, the first one that differs.
local function letters(ranges)
  local found, used = {}, {}
  for _, range in ipairs(ranges) do
    local agent = state.clean(range.agent, 30) or 'a'
    if range.owner == 'session' and not found[agent] then
      for letter in agent:gmatch('%w') do
        if not used[letter] then
          found[agent], used[letter] = letter, true
          break
        end
      end
      found[agent] = found[agent] or agent:match('%w') or 'a'
    end
  end
  return found
end

--- The first line (from 0) of a range that is not blank; nil for none.
local function first_line(buf, range, last)
  for index, text in ipairs(vim.api.nvim_buf_get_lines(buf, range.start, math.min(range['end'], last), false)) do
    if text:match('%S') then
      return range.start + index - 1
    end
  end
end

local function goes_on(before, range)
  return before and before['end'] == range.start and before.session_id == range.session_id and before.prompt == range.prompt
end

--- Draws an answer; what it has not is taken away.
function M.draw(buf, answer)
  local wanted = {}
  local last = vim.api.nvim_buf_line_count(buf)
  local slot, before, told = slots(answer.ranges or {}), nil, false
  local letter_of = letters(answer.ranges or {})
  local looked_at = reviewed(answer)
  for _, range in ipairs(answer.shown and answer.ranges or {}) do
    if range.owner == 'session' and range.start < last then
      local number = slot[range.session_id] or 0
      local bar = BARS[math.floor(number / COLORS) + 1]
      local letter = letter_of[state.clean(range.agent, 30) or 'a'] or 'a'
      local new = not goes_on(before, range) or not told -- a run that begins with blank lines is told further down
      local first = new and first_line(buf, range, last) or nil
      told = not new and told or first ~= nil
      local text = first and state.options.labels and state.label(range, 40)
      for line = range.start, math.min(range['end'], last) - 1 do
        wanted[line] = {
          sign_text = looked_at[line] and '✓' .. bar
            or line == first and letter .. bar
            or ' ' .. bar,
          sign_hl_group = 'BylineSession' .. (number % COLORS + 1),
          line_hl_group = state.options.tint and 'BylineLine' or nil,
          virt_text = (text and line == first) and { { text, 'BylineText' } } or nil,
          virt_text_pos = 'eol',
          hl_mode = 'combine',
          priority = state.options.sign_priority,
        }
      end
      before = range
    end
  end
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  for line, mark in pairs(wanted) do
    vim.api.nvim_buf_set_extmark(buf, namespace, line, 0, mark)
  end
end

--- Takes all marks away.
function M.clear(buf)
  vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
end

return M

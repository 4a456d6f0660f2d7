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

local function goes_on(before, range)
  return before and before['end'] == range.start and before.session_id == range.session_id and before.prompt == range.prompt
end

--- Draws an answer; what it has not is taken away.
function M.draw(buf, answer)
  local wanted = {}
  local last = vim.api.nvim_buf_line_count(buf)
  local slot, before = slots(answer.ranges or {}), nil
  local looked_at = reviewed(answer)
  for _, range in ipairs(answer.shown and answer.ranges or {}) do
    if range.owner == 'session' and range.start < last then
      local number = slot[range.session_id] or 0
      local bar = BARS[math.floor(number / COLORS) + 1]
      local letter = (state.clean(range.agent, 30) or 'a'):match('^[%w]') or 'a'
      local text = not goes_on(before, range) and state.options.labels and state.label(range, 40)
      for line = range.start, math.min(range['end'], last) - 1 do
        wanted[line] = {
          sign_text = looked_at[line] and '✓' .. bar
            or (line == range.start and not goes_on(before, range)) and letter .. bar
            or ' ' .. bar,
          sign_hl_group = 'BylineSession' .. (number % COLORS + 1),
          line_hl_group = state.options.tint and 'BylineLine' or nil,
          virt_text = (text and line == range.start) and { { text, 'BylineText' } } or nil,
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

-- The runs of AI lines of a buffer, or of every buffer that byline is attached to, as a quickfix list.
local state = require('byline.state')
local M = {}

local function entries(buf, answer, agent)
  local found, before = {}, nil
  for _, range in ipairs(answer.ranges or {}) do
    if range.owner == 'session' and (not agent or range.agent == agent) then
      if before and before.ends == range.start and before.session == range.session_id and before.prompt == range.prompt then
        before.ends = range['end']
        before.item.end_lnum = range['end']
      else
        local item = {
          bufnr = buf,
          lnum = range.start + 1,
          end_lnum = range['end'],
          text = state.label(range, 80) .. (range.state ~= 'committed' and ' (' .. range.state .. ')' or ''),
          type = 'I',
        }
        found[#found + 1] = item
        before = { item = item, ends = range['end'], session = range.session_id, prompt = range.prompt }
      end
    end
  end
  return found
end

--- Fills the quickfix list and opens it. `agent`: only that agent's; `all`: of all attached buffers.
function M.open(buf, agent, all)
  local bufs = { buf }
  if all then
    bufs = vim.tbl_filter(vim.api.nvim_buf_is_loaded, vim.tbl_keys(state.answers))
    table.sort(bufs)
  end
  local items = {}
  for _, each in ipairs(bufs) do
    vim.list_extend(items, entries(each, state.answers[each] or {}, agent))
  end
  if #items == 0 then
    state.say('no AI lines are known here')
    return
  end
  vim.fn.setqflist({}, ' ', { title = 'AI lines', items = items })
  vim.cmd('botright copen')
end

return M

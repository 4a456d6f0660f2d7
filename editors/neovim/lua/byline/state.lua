-- What is known of each buffer: the server's last answer to `byline/attribution`, and whether its AI lines are shown.
local M = { options = {}, answers = {}, shown = {}, waiting = {} }

--- The client that is attached to a buffer; nil for none.
function M.client(buf)
  return vim.lsp.get_clients({ bufnr = buf, name = 'byline' })[1]
end

--- The buffer's number for a URI of the server's; nil where it is not loaded.
function M.buffer(uri)
  local buf = vim.uri_to_bufnr(uri)
  return vim.api.nvim_buf_is_loaded(buf) and buf or nil
end

--- The range of the last answer that holds a line (from 0).
function M.range(buf, line)
  for _, range in ipairs((M.answers[buf] or {}).ranges or {}) do
    if line >= range.start and line < range['end'] then
      return range
    end
  end
end

--- One line of plain words from text that anybody may have typed, at most `size` characters.
function M.clean(text, size)
  if type(text) ~= 'string' then
    return nil
  end
  local words = vim.trim((text:gsub('[%c%s]+', ' ')))
  -- characters that turn or hide what follows them
  words = words:gsub('\226\128[\139-\143\168-\174]', ''):gsub('\226\129[\160-\175]', '')
  if vim.fn.strchars(words) > size then
    words = vim.trim(vim.fn.strcharpart(words, 0, size - 1)) .. '…'
  end
  return words
end

--- `claude · "add retry to the client"`; `human`; nil for a writer nobody knows.
function M.label(range, size)
  if range.owner == 'human' then
    return 'human'
  elseif range.owner ~= 'session' then
    return nil
  end
  local agent, prompt = M.clean(range.agent, 30) or 'an agent', M.clean(range.prompt, size)
  return prompt and ('%s · "%s"'):format(agent, prompt) or agent
end

--- One line that stands on the screen without a prompt, cut to the columns; all of it is in `:messages`.
function M.line(chunks)
  local room = math.max(20, vim.o.columns - 12 - 1) -- 'showcmd' and 'ruler' stand beside it
  local cut = {}
  for _, chunk in ipairs(chunks) do
    local words = vim.trim((chunk[1]:gsub('[%c]+', ' ')))
    words = (chunk[1]:match('^ ') and ' ' or '') .. words
    if vim.fn.strdisplaywidth(words) > room then
      while words ~= '' and vim.fn.strdisplaywidth(words) > room - 1 do
        words = vim.fn.strcharpart(words, 0, vim.fn.strchars(words) - 1)
      end
      words = words .. '…'
    end
    room = room - vim.fn.strdisplaywidth(words)
    cut[#cut + 1] = { words, chunk[2] }
    if room <= 0 then
      break
    end
  end
  vim.cmd.redraw() -- what stands there already would make two lines of it
  vim.api.nvim_echo(cut, true, {})
end

--- Tells the user one sentence: in one line, or as whatever the user has in the place of `vim.notify`.
function M.say(text, level)
  level = level or vim.log.levels.INFO
  if not debug.getinfo(vim.notify, 'S').source:find('vim/_', 1, true) then
    vim.notify('byline: ' .. text, level)
    return
  end
  local marks = { [vim.log.levels.ERROR] = 'ErrorMsg', [vim.log.levels.WARN] = 'WarningMsg' }
  M.line({ { 'byline: ' .. text, marks[level] } })
end

return M

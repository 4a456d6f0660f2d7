-- `:Byline WORD …`, completed.
local state = require('byline.state')
local M = {}

--- Agents that wrote lines of the buffer.
local function agents()
  local answer = state.answers[vim.api.nvim_get_current_buf()] or {}
  return (answer.summary or {}).agents or {}
end

--- Owners that a line can be given.
local function owners()
  local found, known = { 'human', 'unknown', 'undo' }, {}
  for _, range in ipairs((state.answers[vim.api.nvim_get_current_buf()] or {}).ranges or {}) do
    if type(range.session_id) == 'string' and not known[range.session_id] then
      known[range.session_id] = true
      found[#found + 1] = range.session_id
    end
  end
  return found
end

--- Each word: what it runs, what may follow it.
local function words()
  local byline = require('byline')
  return {
    toggle = { run = function() byline.toggle() end },
    show = { run = function() byline.show(true) end },
    hide = { run = function() byline.show(false) end },
    session = { run = function(given) byline.session(given.words[1]) end },
    file = { run = byline.file_sessions },
    blame = { run = byline.blame },
    quickfix = {
      run = function(given) byline.quickfix(given.words[1] ~= 'all' and given.words[1] or nil, given.words[1] == 'all') end,
      complete = function() return vim.list_extend({ 'all' }, agents()) end,
    },
    next = { run = function() byline.jump(1) end },
    previous = { run = function() byline.jump(-1) end },
    correct = {
      run = function(given)
        if not given.words[1] then
          state.say(':Byline correct needs an owner: human, unknown, undo or a session id', vim.log.levels.WARN)
          return
        end
        byline.correct(given.first, given.last, given.words[1])
      end,
      complete = owners,
    },
    reviewed = { run = function(given) byline.reviewed(given.first, given.last) end },
    unreviewed = { run = function(given) byline.reviewed(given.first, given.last, false) end },
    change = { run = byline.change },
    copy = { run = byline.copy },
    restart = { run = byline.restart },
    log = { run = function() vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log.get_filename())) end },
    health = { run = function() vim.cmd.checkhealth('byline') end },
  }
end

local function starting(list, beginning)
  list = vim.tbl_filter(function(word) return vim.startswith(word, beginning) end, list)
  table.sort(list)
  return list
end

--- Completion of the whole command line.
local function complete(beginning, line)
  local given = vim.split(vim.trim((line:gsub("^.*Byline", '', 1))), '%s+', { trimempty = true })
  if #given == 0 or (#given == 1 and beginning ~= '') then
    return starting(vim.tbl_keys(words()), beginning)
  end
  local word = words()[given[1]]
  return word and word.complete and starting(word.complete(), beginning) or {}
end

local function run(given)
  local rest = vim.list_slice(given.fargs, 2)
  local word = words()[given.fargs[1] or 'toggle']
  if not word then
    state.say('there is no :Byline ' .. given.fargs[1], vim.log.levels.ERROR)
    return
  end
  word.run({ words = rest, first = given.line1, last = given.line2 })
end

--- Defines the commands.
function M.define()
  local byline = require('byline')
  local define = vim.api.nvim_create_user_command
  define('Byline', run, { nargs = '*', range = true, complete = complete, desc = 'Who wrote these lines' })
  define('BylineSession', function() byline.session() end, { desc = 'The session that wrote this line' })
  define('BylineFile', function() byline.file_sessions() end, { desc = 'The sessions in this file' })
  define('BylineCorrect', function(given)
    byline.correct(given.line1, given.line2, given.args)
  end, { range = true, nargs = 1, complete = function(beginning) return starting(owners(), beginning) end, desc = 'Say who wrote these lines' })
end

return M

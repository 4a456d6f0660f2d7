-- Run by test_neovim.py: nvim --headless --clean -u NONE -l probe.lua CONFIG.json
local config = vim.json.decode(table.concat(vim.fn.readfile(_G.arg[1]), '\n'))
local seen = { messages = {} }
vim.notify = function(message)
  table.insert(seen.messages, message)
end

vim.opt.runtimepath:prepend(config.plugin)
vim.lsp.config('decoy', { cmd = config.decoy, root_markers = { '.git' } })
vim.lsp.enable('decoy')
if config.setup then
  require('byline').setup({ cmd = config.byline })
else
  vim.lsp.config('byline', { cmd = config.byline })
  vim.lsp.enable('byline')
end

local function wait(what, done)
  if not vim.wait(15000, done, 20) then
    error('waited in vain for ' .. what)
  end
end

local function lenses(buf)
  local titles = {}
  for _, lens in ipairs(vim.lsp.codelens.get(buf)) do
    if lens.command then
      table.insert(titles, lens.command.title)
    end
  end
  table.sort(titles)
  return titles
end

local function marks(buf)
  local found = {}
  local ns = vim.api.nvim_get_namespaces()['byline']
  for _, mark in ipairs(ns and vim.api.nvim_buf_get_extmarks(buf, ns, 0, -1, { details = true }) or {}) do
    local text = mark[4].virt_text
    table.insert(found, { line = mark[2], text = text and text[1][1] or vim.NIL })
  end
  return found
end

local function hints(buf)
  return vim.tbl_map(function(hint)
    return { line = hint.inlay_hint.position.line, label = hint.inlay_hint.label }
  end, vim.lsp.inlay_hint.get({ bufnr = buf }))
end

local ok, problem = xpcall(function()
  vim.cmd.filetype('on')
  vim.cmd.edit(vim.fn.fnameescape(config.file))
  local buf = vim.api.nvim_get_current_buf()
  wait('two clients', function()
    local clients = vim.lsp.get_clients({ bufnr = buf })
    return #clients == 2 and clients[1].initialized and clients[2].initialized
  end)
  vim.api.nvim_win_set_cursor(0, { config.line, 0 })
  vim.lsp.buf.hover()
  wait('the hover window', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        seen.hover = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        vim.api.nvim_win_close(window, true)
        return true
      end
    end
  end)
  wait('both lenses', function()
    if #lenses(buf) < 2 then
      vim.lsp.codelens.refresh({ bufnr = buf })
      vim.wait(100)
    end
    return #lenses(buf) == 2
  end)
  seen.lenses = lenses(buf)
  if config.setup then
    vim.cmd.Byline()
    wait('marks', function() return #marks(buf) > 0 end)
    seen.marks = marks(buf)
    vim.cmd.Byline()
    wait('no marks', function() return #marks(buf) == 0 end)
    vim.cmd.BylineSession()
    wait('the page', function() return vim.api.nvim_get_current_buf() ~= buf end)
    seen.page = vim.api.nvim_buf_get_lines(0, 0, -1, false)
    vim.api.nvim_set_current_buf(buf)
  else
    vim.lsp.inlay_hint.enable(true, { bufnr = buf })
    vim.wait(300)
    seen.before = hints(buf)
    -- as the user does it: run the lens on the first line
    for _, lens in ipairs(vim.lsp.codelens.get(buf)) do
      if lens.command and lens.command.command == 'byline.showAiLines' then
        local client = vim.lsp.get_clients({ bufnr = buf, name = 'byline' })[1]
        client:exec_cmd(lens.command, { bufnr = buf })
      end
    end
    wait('hints', function() return #hints(buf) > 0 end)
    seen.after = hints(buf)
  end
  -- typing above moves the answer, typing and saving makes a human's line
  vim.api.nvim_buf_set_lines(buf, 0, 0, false, { '-- typed' })
  local below = vim.lsp.buf_request_sync(buf, 'textDocument/hover', {
    textDocument = vim.lsp.util.make_text_document_params(buf),
    position = { line = config.line, character = 0 },
  }, 5000)
  for id, answer in pairs(below or {}) do
    if vim.lsp.get_client_by_id(id).name == 'byline' then
      seen.moved = answer.result and answer.result.contents.value or vim.NIL
    end
  end
  vim.cmd.write()
  local function typed()
    local answer = vim.lsp.get_clients({ bufnr = buf, name = 'byline' })[1]
      :request_sync('byline/attribution', { uri = vim.uri_from_bufnr(buf) }, 5000, buf)
    seen.typed = answer and answer.result and answer.result.ranges[1].owner
    return seen.typed == 'human'
  end
  vim.wait(10000, typed, 50)
end, debug.traceback)
seen.error = not ok and problem or vim.NIL
local start = vim.uv.hrtime()
for _, client in ipairs(vim.lsp.get_clients()) do
  client:stop()
end
vim.wait(5000, function() return #vim.lsp.get_clients() == 0 end, 10)
seen.shutdown_ms = (vim.uv.hrtime() - start) / 1e6
vim.fn.writefile({ vim.json.encode(seen) }, config.out)
vim.cmd('qall!')

-- `:checkhealth byline`: what is there, what is not, and what to do about it.
local M = {}

local function program(health, command)
  if vim.fn.executable(command[1]) ~= 1 then
    health.error(('the language server `%s` is not there'):format(command[1]), {
      'In a clone of byline: pipx install .',
      'An editor started from a desktop may lack the PATH of your login shell.',
      "or name it: require('byline').setup({ cmd = { '/path/to/byline', 'lsp', '--stdio' } })",
    })
    return
  end
  local path = vim.fn.exepath(command[1])
  local plain = vim.fs.basename(command[1]):match('^byline') ~= nil
  local done = plain and vim.system({ path, '--version' }, { text = true, timeout = 10000 }):wait()
  if not done then
    health.ok('language server: ' .. table.concat(command, ' '))
  elseif done.code == 0 then
    health.ok(('language server: %s (%s)'):format(path, vim.trim(done.stdout)))
  else
    health.error(('%s does not run (code %d): %s'):format(path, done.code, vim.trim(done.stderr or '')), {
      'Where its Python is gone, install it again: pipx reinstall byline',
    })
  end
end

--- The folder; `root_dir` of a configuration may be the function that finds it.
local function root(client)
  local found = type(client.root_dir) == 'string' and client.root_dir or type(client.config.root_dir) == 'string' and client.config.root_dir
  return found or 'none'
end

local function attached(health)
  local clients = vim.lsp.get_clients({ name = 'byline' })
  if #clients == 0 then
    health.warn('no buffer has the language server attached', { 'Open a file.', ':Byline restart', ':Byline log' })
  end
  for _, client in ipairs(clients) do
    local count = vim.tbl_count(client.attached_buffers)
    health.ok(('attached to %d buffer%s, root %s'):format(count, count == 1 and '' or 's', root(client)))
  end
end

local function recording(health, command)
  if vim.fn.executable(command[1]) ~= 1 or not vim.fs.basename(command[1]):match('^byline') then
    return
  end
  local done = vim.system({ command[1], 'status' }, { text = true, timeout = 10000, cwd = vim.fn.getcwd() }):wait()
  for _, line in ipairs(vim.split(vim.trim(done.code == 0 and done.stdout or done.stderr or ''), '\n')) do
    health.info(line)
  end
  health.info('`byline doctor` in a terminal says more, and what mends it')
end

function M.check()
  local health = vim.health
  health.start('byline')
  if vim.fn.has('nvim-0.11') ~= 1 then
    health.error('Neovim 0.11 or newer is needed', { 'Here is ' .. tostring(vim.version()) })
    return
  end
  health.ok('Neovim ' .. tostring(vim.version()))
  local state = require('byline.state')
  if not state.options.cmd then
    health.warn('setup() was not called', { "require('byline').setup({})" })
  end
  local command = state.options.cmd or require('byline').defaults.cmd
  program(health, command)
  if state.options.cmd then
    attached(health)
  end
  if state.options.reload and not vim.o.autoread then
    health.warn("'autoread' is off: what agents write is loaded only when you say :edit", { 'vim.o.autoread = true' })
  end
  recording(health, command)
end

return M

-- Neovim 0.11+: `vim.lsp.enable('byline')` attaches byline to every file of a repository.
-- No `filetypes`: who wrote a line is a question for any file.
---@type vim.lsp.Config
return {
  cmd = { 'byline', 'lsp', '--stdio' },
  root_markers = { '.git' },
}

//! Starts byline's language server in Zed. All that is shown comes from the server: an extension cannot draw.

use zed_extension_api::{
    self as zed, serde_json::Value, settings::LspSettings, LanguageServerId, Result, Worktree,
};

const SERVER: &str = "byline";
const ARGUMENTS: [&str; 2] = ["lsp", "--stdio"];

struct Byline;

impl zed::Extension for Byline {
    fn new() -> Self {
        Byline
    }

    /// The program from the settings (`lsp.byline.binary`), else the one on the worktree's PATH.
    fn language_server_command(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let binary = LspSettings::for_worktree(SERVER, worktree)
            .ok()
            .and_then(|settings| settings.binary);
        let (path, arguments, more) = match binary {
            Some(binary) => (binary.path, binary.arguments, binary.env),
            None => (None, None, None),
        };
        let command = path.or_else(|| worktree.which(SERVER)).ok_or(
            "byline is not on the PATH: `pipx install .` in a clone of byline, or set lsp.byline.binary.path",
        )?;
        let mut env = worktree.shell_env();
        env.extend(more.unwrap_or_default());
        Ok(zed::Command {
            command,
            args: arguments.unwrap_or_else(|| ARGUMENTS.map(String::from).to_vec()),
            env,
        })
    }

    fn language_server_initialization_options(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        Ok(LspSettings::for_worktree(SERVER, worktree)?.initialization_options)
    }

    fn language_server_workspace_configuration(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        let settings = LspSettings::for_worktree(SERVER, worktree)?.settings;
        Ok(settings.map(|settings| zed::serde_json::json!({ SERVER: settings })))
    }
}

zed::register_extension!(Byline);

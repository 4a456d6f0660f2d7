"""What git tells its own hooks: `byline-hook git HOOK ARGUMENTS`, standard input as git gives it."""

from byline_hooks import enabled, place, system
from byline_hooks.observation import Observation, Rejected
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_EVENTS = {"post-commit": "commit", "post-merge": "merge", "post-rewrite": "rewrite"}
MOST_PAIRS = 5000
_NO_CI = ("", "0", "false", "no", "off")
"""Values of `CI`, in lower case, that say that this is none."""

_AGENTS = (
    ("claude", "CLAUDECODE", "CLAUDE_CODE_SESSION_ID"),
    ("codex", "CODEX_CI", "CODEX_SESSION_ID"),
    ("gemini", "GEMINI_CLI", "GEMINI_SESSION_ID"),
    ("qwen", "QWEN_CODE", "QWEN_CODE_SESSION_ID"),
    ("copilot", "COPILOT_CLI", "COPILOT_SESSION_ID"),
    ("cursor", "CURSOR_AGENT", ""),
    ("opencode", "OPENCODE", ""),
    ("cline", "CLINE_ACTIVE", ""),
    ("amp", "AMP_CURRENT_THREAD_ID", "AMP_CURRENT_THREAD_ID"),
)
"""What agents put into the environment of the commands they run: a mark, and the session's id."""

_CLIENTS = (
    ("VSCODE_GIT_COMMAND", "vscode"),
    ("INTELLIJ_GIT_ASKPASS_HANDLER", "jetbrains"),
    ("INTELLIJ_SSH_ASKPASS_HANDLER", "jetbrains"),
    ("DESKTOP_TRAMPOLINE_TOKEN", "github-desktop"),
    ("DESKTOP_PORT", "github-desktop"),
    ("INSIDE_EMACS", "emacs"),
    ("NVIM", "neovim"),
)
"""What editors and git clients put into the environment of the git they run."""
_ASKING = (
    ("intellij", "jetbrains"),
    ("desktop-askpass", "github-desktop"),
    ("gitkraken", "gitkraken"),
    ("sourcetree", "sourcetree"),
    ("smartgit", "smartgit"),
)
"""And how the program is called by which they have git ask for passwords."""


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observation of one hook; none where `byline enable` was not run.

    `payload`: `hook`, its name and arguments, and `stdin`, bytes.
    """
    words, data = payload.get("hook"), payload.get("stdin")
    hook = words[0] if isinstance(words, list) and words else ""
    if not isinstance(words, list) or hook not in _EVENTS:
        raise Rejected("no hook of git that is recorded")
    found = place.find_repository(system.cwd())
    if found is not None and not enabled.is_enabled(found.common_dir, env):
        return []  # the folder of hooks is that of other repositories, too
    fields: Payload = {"source": "git", "tty": has_terminal(), "client": _client(env)}
    if env.get("CI", "").strip().lower() not in _NO_CI:
        fields["ci"] = True
    fields.update(_session(env))
    if hook == "post-merge" and words[1:2] == ["1"]:
        fields["reason"] = "squash"
    if hook == "post-rewrite":
        fields["reason"] = words[1] if len(words) > 1 else None
        fields["pairs"] = _pairs(data if isinstance(data, bytes) else b"")
    return [Observation(_EVENTS[hook], fields, cwd=system.cwd())]


def has_terminal() -> bool:
    """Whether a person's terminal controls this process: git gives its hooks another standard input."""
    name = "CONIN$" if system.WINDOWS else "/dev/tty"
    try:
        os.close(os.open(name, os.O_RDWR | getattr(os, "O_NOCTTY", 0)))
    except OSError:
        return False
    return True


def _session(env: "Mapping[str, str]") -> "Payload":
    """The agent in whose shell git runs, and its session; the session only where one agent is about."""
    found = [(agent, name) for agent, mark, name in _AGENTS if env.get(mark) or (name and env.get(name))]
    if not found:
        return {}
    fields: Payload = {"agent": found[-1][0]}
    if len(found) == 1 and found[0][1]:
        fields["session_id"] = env.get(found[0][1])
    return fields


def _client(env: "Mapping[str, str]") -> str | None:
    for variable, name in _CLIENTS:
        if env.get(variable):
            return name
    asking = f"{env.get('GIT_ASKPASS', '')} {env.get('SSH_ASKPASS', '')}".lower()
    for part, name in _ASKING:
        if part in asking:
            return name
    return None


def _pairs(data: bytes) -> list[list[str]]:
    """`[old commit, new commit]` each, as post-rewrite tells them."""
    found = []
    for line in data.split(b"\n")[:MOST_PAIRS]:
        words = line.split()
        if len(words) > 1 and all(_is_id(word) for word in words[:2]):
            found.append([words[0].decode(), words[1].decode()])
    return found


def _is_id(word: bytes) -> bool:
    return len(word) in (40, 64) and not word.strip(b"0123456789abcdef")

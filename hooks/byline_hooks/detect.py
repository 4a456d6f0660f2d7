"""Which agent a payload is from. Pure.

Several agents run the hooks in `.claude/settings.json`, so the argument alone proves nothing.
What the payload itself says beats the environment, which a program started by an agent inherits from it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_BY_ENVIRONMENT = (
    ("COPILOT_CLI", "copilot"),
    ("COPILOT_HOOK_DIR", "copilot"),
    ("QWEN_CODE_SESSION_ID", "qwen"),
    ("FACTORY_PROJECT_DIR", "droid"),
    ("DROID_PROJECT_DIR", "droid"),
    ("CURSOR_VERSION", "cursor"),
    ("DEVIN_PROJECT_DIR", "devin"),
)
_BY_TRANSCRIPT = (
    ("/GitHub.copilot-chat/", "copilot"),
    ("/chatSessions/", "copilot"),
    ("/.copilot/", "copilot"),
    ("/.cursor/", "cursor"),
    ("/.qwen/", "qwen"),
    ("/.factory/", "droid"),
    ("/.codex/", "codex"),
    ("/.gemini/", "gemini"),
    ("/.windsurf/", "windsurf"),
)
_GEMINIS = ("SessionStart", "SessionEnd", "BeforeAgent", "AfterAgent", "BeforeTool", "AfterTool")
_OWN_NAMES = ("transcript_path", "prompt_id", "tool_use_id")
_OWN_WORDS = ("generic", "git")
"""Arguments that are no agent's: what comes with them speaks byline's own protocol."""


def agent(argument: str, payload: "Payload", env: "Mapping[str, str]") -> str:
    """The agent's name; "" where the payload is certainly not from `argument` and nothing says whose it is."""
    if argument in _OWN_WORDS:
        return argument
    if _is_surely_claude(payload, env):
        return "claude"
    told = _by_payload(payload)
    if told:
        return told
    if argument != "claude":
        return _registered(argument, payload)
    for variable, name in _BY_ENVIRONMENT:
        if env.get(variable):
            return name
    told = _by_shape(payload)
    if told:
        return told
    if _may_be_copilot(payload):
        return "copilot"
    if not _may_be_claude(payload, env):
        return ""
    return argument


def _registered(argument: str, payload: "Payload") -> str:
    """The agent whose own registration started the hook, unless the payload is plainly another's."""
    event = payload.get("hook_event_name")
    if event is None:
        return argument
    if "/.claude/projects/" in _transcript(payload):
        return "claude"
    if not any(name in payload for name in ("session_id", "sessionId", "session", "cwd", "hook")):
        return "junie"  # its tool events name nothing
    if "permission_mode" in payload or not _may_be_copilot(payload):
        return argument
    if argument == "kiro":  # of its newer events little is known, but its tools' names are lower case
        has_evidence = "tool_result" in payload or str(payload.get("tool_name", ""))[:1].isupper()
        return "copilot" if has_evidence or "initial_prompt" in payload else argument
    is_copilots = event not in _GEMINIS or "initial_prompt" in payload or payload.get("reason") == "complete"
    return "copilot" if argument != "gemini" or is_copilots else argument


def _is_surely_claude(payload: "Payload", env: "Mapping[str, str]") -> bool:
    """Claude Code tells its hooks the session; nobody else's session has that id."""
    session = payload.get("session_id")
    return (
        bool(session)
        and env.get("CLAUDE_CODE_SESSION_ID") == session
        and "cursor_version" not in payload
        and _transcript(payload).endswith(f"/{session}.jsonl")
        and not _by_payload(payload)
    )


def _by_payload(payload: "Payload") -> str:
    if "cursor_version" in payload:
        return "cursor"
    if "agent_action_name" in payload:
        return "windsurf"
    if "project_path" in payload and "hook_event_name" in payload:
        return "junie"
    event = payload.get("hook_event_name")
    if event is None:
        if isinstance(payload.get("event"), dict):
            return "amp"
        if "hook" in payload and ("input" in payload or "output" in payload):
            return "opencode"
        if "sessionId" in payload and "workspaceRoots" not in payload:
            return "copilot"
    elif isinstance(event, str) and event[:1].islower() and "sessionId" not in payload:
        return "kiro"
    if "workspaceRoots" in payload and any(name in payload for name in ("preToolUse", "postToolUse", "taskId")):
        return "cline"
    transcript = _transcript(payload)
    for part, name in _BY_TRANSCRIPT:
        if part in transcript:
            return name
    return ""


def _by_shape(payload: "Payload") -> str:
    if "tool_result" in payload and "timestamp" in payload:
        return "copilot"
    if "project_path" in payload:
        return "junie"
    if "/.claude/" in _transcript(payload):
        return "claude"
    return ""


def _may_be_copilot(payload: "Payload") -> bool:
    """Of those that run Claude Code's hooks, the one that tells the time and, with a tool, no transcript."""
    return "timestamp" in payload and "cwd" in payload and "hook_event_name" in payload and not _transcript(payload)


def _may_be_claude(payload: "Payload", env: "Mapping[str, str]") -> bool:
    """No sign of Claude Code's own place, but also none of another: it never sends a `timestamp`.

    A tool event owns lines, so it must at least carry one of the names that only Claude Code gives.
    """
    config = env.get("CLAUDE_CONFIG_DIR", "").replace("\\", "/").rstrip("/")
    if config and _transcript(payload).startswith(config + "/"):
        return True
    if "timestamp" in payload or not isinstance(payload.get("session_id"), str):
        return False
    return "tool_name" not in payload or any(payload.get(name) for name in _OWN_NAMES)


def _transcript(payload: "Payload") -> str:
    path = payload.get("transcript_path")
    return path.replace("\\", "/") if isinstance(path, str) else ""

"""The table of commands: adding one is a module with `arguments` and `run`, and a row here."""

from byline.cli.commandrow import Command
from byline.cli.readingcommands import READING

__all__ = ["COMMANDS", "FOLLOWING", "LASTING", "Command"]


COMMANDS = (
    Command(
        "install",
        "byline.cli.install.command",
        "make agents record what they write",
        (
            ("byline install", "every agent found on this machine"),
            ("byline install claude", "Claude Code, for this user"),
            ("byline install claude --project", "for everyone who works in this repository"),
            ("byline install claude --dry-run", "show what would change"),
        ),
    ),
    Command(
        "uninstall",
        "byline.cli.install.uninstall",
        "give the agents' settings back as they were",
        (
            ("byline uninstall", "every agent"),
            ("byline uninstall claude --project", "this repository's settings only"),
        ),
    ),
    Command(
        "status",
        "byline.cli.status",
        "what is recorded here, and by whom",
        (("byline status", "this repository"), ("byline status --json", "for a program")),
    ),
    Command(
        "doctor",
        "byline.cli.doctor.command",
        "find what is wrong and the command that mends it",
        (("byline doctor", "exit code 1 when something is wrong"), ("byline doctor --json", "for a program")),
    ),
    Command(
        "demo",
        "byline.cli.demo.command",
        "see it work on a scratch repository",
        (("byline demo", "plays a recorded session and asks who wrote a line"),),
    ),
    Command(
        "blame",
        "byline.cli.blame",
        "who wrote each line of a file",
        (
            ("byline blame src/app.py", "the working file"),
            ("byline blame --rev HEAD~3 src/app.py", "as it was three commits ago"),
            ("byline blame --json src/app.py", "for a program"),
        ),
    ),
    Command(
        "correct",
        "byline.cli.correct",
        "say who owns lines, where byline is wrong or does not know",
        (
            ("byline correct src/app.py:3-9 --owner human", "these lines are a person's"),
            ("byline correct src/app.py:3-9 --owner 4f2a", "they are a session's"),
            ("byline correct src/app.py:3-9 --undo", "take that back"),
        ),
    ),
    Command(
        "sync",
        "byline.cli.sync",
        "write what is known about new commits to the anchors branch",
        (("byline sync", "this repository"), ("byline sync --push", "and bring them to the remote")),
    ),
    Command(
        "push",
        "byline.cli.push",
        "bring the anchors to a remote, and others' anchors here",
        (("byline push", "the branch's upstream remote, else origin"), ("byline push backup", "another remote")),
    ),
    Command(
        "fetch",
        "byline.cli.fetch",
        "learn what others have anchored",
        (("byline fetch", "also in a clone of one branch only"), ("byline fetch --json", "for a program")),
    ),
    Command(
        "enable",
        "byline.cli.enable",
        "have this repository's git hooks tell how commits are made, and push anchors",
        (("byline enable", "after your own hooks, which stay as they are"),),
    ),
    Command(
        "disable",
        "byline.cli.disable",
        "give the git hooks back, and stop recording in this repository",
        (("byline disable", "hooks out, recording off"), ("byline disable --hooks-only", "go on recording")),
    ),
    Command(
        "export",
        "byline.cli.export",
        "what anchors say, in the formats of other tools",
        (
            ("byline export --format agent-trace", "one record a line, for each commit"),
            ("byline export --format git-ai --write", "as notes of git-ai"),
        ),
    ),
    Command(
        "import",
        "byline.cli.importing",
        "what other tools know of this repository's lines, and sessions from before byline",
        (
            ("byline import", "name what there is, and import nothing"),
            ("byline import --format git-ai", "notes of git-ai, as anchors"),
            ("byline import --format agent-trace traces.jsonl", "records of Agent Trace, from a file"),
            ("byline import --transcripts claude", "sessions from before byline, from Claude Code's transcripts"),
            ("byline import --format oobo --dry-run", "say what would come, and write nothing"),
        ),
    ),
    *READING,
    Command(
        "otel",
        "byline.cli.otel",
        "receive what agents measure of themselves",
        (
            ("byline otel", "on 127.0.0.1 and ::1, until Ctrl-C"),
            ("byline otel --print-env", "what to set for each agent"),
            ("byline otel --port 0 --json", "on a free port, for a program"),
        ),
    ),
    Command(
        "gc",
        "byline.cli.gc",
        "drop old snapshots that no living line needs",
        (
            ("byline gc", "those older than byline.keepDays"),
            ("byline gc --dry-run", "say what would go, and keep it"),
        ),
    ),
    Command(
        "forget",
        "byline.cli.forget",
        "take a session's prompts and texts back",
        (
            ("byline forget 4f2a", "on this machine; says what is published"),
            ("byline forget 4f2a --dry-run", "say what would go, and keep it"),
        ),
    ),
    Command(
        "reindex",
        "byline.cli.reindex",
        "work out anew what is kept to save time",
        (("byline reindex", "this repository"),),
    ),
    Command(
        "completion",
        "byline.cli.completion",
        "complete byline's commands in a shell",
        (
            ("byline completion bash", "for ~/.local/share/bash-completion/completions/byline"),
            ("byline completion zsh", "to be sourced in ~/.zshrc, after compinit"),
            ("byline completion fish", "for ~/.config/fish/completions/byline.fish"),
        ),
    ),
    Command(
        "mcp",
        "byline.cli.mcp",
        "answers for agents, over the Model Context Protocol",
        (
            ("byline mcp", "on standard input and output, for the repository here"),
            ("byline mcp --root ~/work", "for every file below a folder"),
        ),
    ),
    Command(
        "lsp",
        "byline.cli.lsp",
        "the language server that editors start",
        (("byline lsp", "on standard input and output"), ("byline lsp --tcp 9257", "for debugging")),
    ),
)

FOLLOWING = frozenset(
    (
        "status",
        "sync",
        "push",
        "sessions",
        "session",
        "stats",
        "diff",
        "report",
        "search",
        "anchors",
        "anchor",
        "export",
    )
)
"""Commands that answer from what was recorded around the working directory: first they look at what agents without
hooks have left there."""

LASTING = frozenset(("lsp", "mcp", "otel"))
"""Commands that run until they are told to end."""

"""The table of commands: adding one is a module with `arguments` and `run`, and a row here."""

from typing import NamedTuple


class Command(NamedTuple):
    """One row of the command table. The module offers `arguments(parser)` and `run(args, env) -> exit code`."""

    name: str
    module: str
    summary: str
    examples: tuple[tuple[str, str], ...]
    """Pairs of a command line and what it does."""


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
    Command(
        "anchors",
        "byline.cli.anchors",
        "the commits that have anchors",
        (("byline anchors", "newest first"), ("byline anchors --tool claude --json", "for a program")),
    ),
    Command(
        "anchor",
        "byline.cli.anchor",
        "what the anchor of one commit says",
        (("byline anchor show HEAD", "lines, sessions, counts"), ("byline anchor show HEAD --json", "for a program")),
    ),
    Command(
        "sessions",
        "byline.cli.sessions",
        "the agents' sessions that worked here",
        (
            ("byline sessions", "newest first"),
            ("byline sessions --file src/app.py", "that wrote or read a file"),
            ("byline sessions --json", "for a program"),
        ),
    ),
    Command(
        "session",
        "byline.cli.session",
        "all that is known of one session",
        (
            ("byline session show 4f2a", "prompts, files, tokens"),
            ("byline session show 4f2a --json --as mi6", "in the shape of another tool"),
        ),
    ),
    Command(
        "projects",
        "byline.cli.projects",
        "the repositories of this machine that byline knows",
        (("byline projects", "sessions, tokens, anchors of each"), ("byline projects --json", "for a program")),
    ),
    Command(
        "settings",
        "byline.cli.settings",
        "show or change what can be chosen",
        (
            ("byline settings", "all of them, and where each was chosen"),
            ("byline settings set keepDays 60", "in this repository"),
            ("byline settings default set enabled false", "in all of them"),
        ),
    ),
    Command(
        "editor-config",
        "byline.cli.editorconfig",
        "the settings of editors in which each language has to be named",
        (
            ("byline editor-config zed", "the languages for Zed's extension.toml"),
            ("byline editor-config helix languages.toml", "byline behind every language's servers"),
        ),
    ),
    Command(
        "search",
        "byline.cli.search",
        "sessions and commits by their words",
        (
            ("byline search retry client", "prompts, summaries, files, commit messages"),
            ("byline search retry --since 7d --agent claude", "of one agent, of this week"),
            ("byline search retry --json", "for a program"),
        ),
    ),
    Command(
        "stats",
        "byline.cli.stats",
        "whose lines a range of commits brought",
        (
            ("byline stats", "since byline's first event here"),
            ("byline stats v1.0..HEAD", "of a release"),
            ("byline stats main...HEAD --json", "for a program"),
        ),
    ),
    Command(
        "diff",
        "byline.cli.diff",
        "a diff with the owners of its lines",
        (
            ("byline diff", "the working files against HEAD"),
            ("byline diff main...HEAD --stat", "a branch, counted by owner"),
            ("byline diff HEAD~3..HEAD --json", "for a program"),
        ),
    ),
    Command(
        "goto",
        "byline.cli.goto",
        "look at the workspace as it was at the end of a turn, or at a commit",
        (
            ("byline goto", "the turns there are, newest first"),
            ("byline goto 4f2a:3", "after the fourth prompt of session 4f2a; uncommitted work is put away"),
            ("byline goto HEAD~3", "a commit"),
        ),
    ),
    Command(
        "back",
        "byline.cli.back",
        "return from there, with all that was put away",
        (
            ("byline back", "where the last goto left from"),
            ("byline back --force", "put aside what was changed meanwhile"),
        ),
    ),
    Command(
        "report",
        "byline.cli.report",
        "a page for a pull request: who wrote what, and what is not reviewed",
        (
            ("byline report", "of this branch, as Markdown"),
            ("byline report origin/main...HEAD --output report.md", "into a file, for a program that posts it"),
            ("byline report v1.0..HEAD --json", "for a program"),
        ),
    ),
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

"""The `byline` program: picks a command, turns what goes wrong into one line and an exit code.

Exit codes: 0 done, 1 a problem, 2 wrong usage, 130 interrupted, 141 the reader of the output went away. Only the
chosen command's module is imported, so that `byline --help` and quick commands start in a blink.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from byline.errors import BylineError


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
        "lsp",
        "byline.cli.lsp",
        "the language server that editors start",
        (("byline lsp", "on standard input and output"), ("byline lsp --tcp 9257", "for debugging")),
    ),
)

INTERRUPTED = 130
READER_GONE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the console script hands it to `sys.exit`."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a file name need not be text in the terminal's encoding
    try:
        code = dispatch(words, os.environ)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def dispatch(words: list[str], env: Mapping[str, str]) -> int:
    """Find the command that `words` begin with and run it."""
    if not words or words == ["--json"]:
        return _alone(words, env)
    if words[0] in ("-h", "--help", "help"):
        if len(words) > 1 and words[0] == "help":
            return dispatch([words[1], "--help"], env)
        sys.stdout.write(overview())
        return 0
    if words[0] in ("-V", "--version"):
        return _version()
    command = next((row for row in COMMANDS if row.name == words[0]), None)
    if command is None:
        return _complain(f"no command {words[0]!r}{_nearest(words[0])}; `byline --help` lists them", 2)
    try:
        return _run(command, words[1:], env)
    except BylineError as problem:
        return _complain(str(problem), 1)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except SystemExit as leaving:  # argparse: 0 after --help, 2 after a usage error
        return leaving.code if isinstance(leaving.code, int) else 2
    except Exception as surprise:
        from byline.cli.crash import report

        return _complain(report(surprise, env), 1)


def _run(command: Command, words: list[str], env: Mapping[str, str]) -> int:
    import importlib

    from byline.cli.parser import Parser

    module = importlib.import_module(command.module)
    parser = Parser(command.name, command.summary, command.examples)
    module.arguments(parser)
    code: int = module.run(parser.parse_args(words), env)
    return code


def _alone(words: list[str], env: Mapping[str, str]) -> int:
    """`byline` without a command: the projects it knows, or help while there are none."""
    from byline.cli.projects import overview as projects_overview

    try:
        if not projects_overview(env, as_json=bool(words)):
            sys.stdout.write(overview())
    except BylineError as problem:
        return _complain(str(problem), 1)
    return 0


def overview() -> str:
    """The text of `byline --help`."""
    width = max(len(row.name) for row in COMMANDS)
    commands = "\n".join(f"  {row.name:<{width}}  {row.summary}" for row in COMMANDS)
    examples = [row.examples[0] for row in COMMANDS]
    width = max(len(line) for line, _ in examples)
    return (
        "byline tells which AI agent session wrote which line, for which prompt, and how that is known.\n\n"
        "usage: byline COMMAND [...]\n\n"
        f"commands:\n{commands}\n\n"
        "examples:\n" + "\n".join(f"  {line:<{width}}  {does}" for line, does in examples) + "\n\n"
        "`byline COMMAND --help` says more about one of them; `byline --version` names the version.\n"
    )


def _version() -> int:
    from importlib.metadata import version

    print(f"byline {version('byline')}")
    return 0


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, [row.name for row in COMMANDS], 1)
    return f", did you mean `byline {near[0]}`?" if near else ""


def _complain(message: str, code: int) -> int:
    from byline.cli.terminal import clean

    sys.stderr.write(f"byline: {clean(message)}\n")
    return code


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the pipe is closed, and a second complaint helps nobody."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())

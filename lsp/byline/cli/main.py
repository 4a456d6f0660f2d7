"""The `byline` program: picks a command, turns what goes wrong into one line and an exit code.

Exit codes: 0 done, 1 a problem, 2 wrong usage, 130 interrupted, 141 the reader of the output went away. Only the
chosen command's module is imported, so that `byline --help` and quick commands start in a blink.
"""

import errno
import os
import sys
from collections.abc import Mapping, Sequence

from byline.cli.commands import COMMANDS, FOLLOWING, LASTING, Command
from byline.errors import BylineError, WrongUsage

INTERRUPTED = 130
READER_GONE = 141
OUTSIDE = frozenset(
    (
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM),
        *(errno.ENAMETOOLONG, errno.ELOOP),
    )
)
"""What the disk or its owner refuses, and names that no file can have: no fault of the program."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the console script hands it to `sys.exit`."""
    words = list(sys.argv[1:] if argv is None else argv)
    if sys.stdout is None:  # started with it closed
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
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
    except OSError as problem:
        _forget_stdout()
        what = (
            f"cannot use {str(problem.filename)[:300]}" if problem.filename else "cannot write what there is to say"
        )
        return _complain(f"{what}: {problem.strerror or problem}", 1)
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
    except OSError as problem:
        said = _nowhere(problem) or _in_the_way(problem, env)
        if said is None and problem.errno in OUTSIDE:
            raise
        return _complain(said or _surprised(problem, env), 1)
    except Exception as surprise:
        return _complain(_surprised(surprise, env), 1)


def _surprised(surprise: Exception, env: Mapping[str, str]) -> str:
    from byline.cli.crash import report

    return report(surprise, env)


def _run(command: Command, words: list[str], env: Mapping[str, str]) -> int:
    import importlib

    from byline.cli import quickstart
    from byline.cli.parser import Parser

    if command.name not in LASTING:
        quickstart.prepare()
    module = importlib.import_module(command.module)
    parser = Parser(command.name, command.summary, command.examples)
    module.arguments(parser)
    args = parser.parse_args(words)
    if command.name in FOLLOWING:
        from byline.cli.followed import catch_up

        catch_up(env)
    try:
        code: int = module.run(args, env)
    except WrongUsage as problem:
        parser.error(str(problem))
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
        "examples:\n" + "\n".join(f"  {line:<{width}}  # {does}" for line, does in examples) + "\n\n"
        "`byline COMMAND --help` says more about one of them; `byline --version` names the version.\n"
    )


def _nowhere(problem: OSError) -> str | None:
    """The sentence for a working directory that was deleted: whoever asks where it is gets this error."""
    from pathlib import Path

    try:
        Path.cwd()
    except FileNotFoundError:
        is_asked = isinstance(problem, FileNotFoundError) and problem.filename is None
        return "the folder you stand in was deleted; `cd` to one that is there" if is_asked else None
    except OSError:
        pass
    return None


def _in_the_way(problem: OSError, env: Mapping[str, str]) -> str | None:
    """The sentence for what lies where byline keeps a file of its own, here or in the user data folder."""
    from byline.cli.folders import data_folder, repository
    from byline.store import obstacles
    from byline.store.paths import folders_for

    try:
        return obstacles.told(problem, folders_for(repository(), env).store, data_folder(env))
    except (OSError, BylineError):
        return None  # no home, or no folder to stand in


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

"""Commands that only lay text out anew: what a session runs them on stays its writers'.

The table is published in `docs/ownership.md`. A command line counts as a formatter run only if every part of it is a
formatter or changes no file.
"""

from collections.abc import Sequence

from byline.attribution.commands import OF_GIT, parts, words_of
from byline.attribution.typed import types

FORMATTERS = frozenset(
    "black isort yapf autopep8 ruff-format gofmt goimports gofumpt rustfmt clang-format prettier prettierd"
    " shfmt stylua ktlint ktfmt google-java-format scalafmt dprint taplo swiftformat swift-format ormolu"
    " fourmolu stylish-haskell ocamlformat nixfmt alejandra terraform-fmt buf-format mix-format dart-format"
    " zig-fmt cargo-fmt biome-format deno-fmt dotnet-format go-fmt eslint--fix csharpier pint php-cs-fixer"
    " rufo standardrb nph sql-formatter sqlfmt djlint xmllint mdformat docformatter pyupgrade-format beautysh"
    " tidy uncrustify astyle indent jq-format".split()
)
"""Program names; `x-y` stands for the program `x` with the subcommand or option `y`."""

_HARMLESS = frozenset(
    "cd ls pwd true : cat head tail tee find echo printf wc grep rg which type test [ date"
    " sleep exit set export".split()
)
_CHECKS = frozenset(
    "pytest tox nox mypy pyright flake8 pylint tsc jest vitest mocha phpunit rspec ctest ruff-check eslint npm-test"
    " yarn-test go-test go-vet go-build cargo-test cargo-check cargo-build cargo-clippy make-test make-check".split()
)
"""Programs that look at the text and leave it, but with `--fix`; `x-y` as above."""
_RUNNERS = frozenset(
    "npx pnpm yarn bunx uvx uv poetry pipx pdm hatch rye bundle exec run python python3 time env sudo dlx"
    " xargs timeout nice command nohup".split()
)


def is_formatter_run(command: str | None) -> bool:
    """Whether a shell command only formats; False for what can't be parsed."""
    found = parts(command)
    if found is None:
        return False
    kinds = [_kind(part) for part in found]
    return "formatter" in kinds and "other" not in kinds


def changes_nothing(command: str | None) -> bool:
    """Whether all that a shell command runs leaves the text of files alone: tests, checks, looking, moving by git."""
    found = parts(command)
    return bool(found) and all(_kind(part) == "harmless" for part in found or ())


def names_formatter(command: str | None) -> bool:
    """Whether one of the commands of a command line, be it one that can't be parsed, is a formatter."""
    found = parts(command)
    if found is None:
        words = words_of(command)
        found = tuple(tuple(words[k : k + 3]) for k in range(len(words)))
    return any(_kind(part) == "formatter" for part in found)


def commits(command: str | None) -> bool:
    """Whether a command line runs `git commit`, and so the hooks of the project."""
    words = words_of(command)
    return "git" in words and "commit" in words[words.index("git") :]


def hides_commit(command: str | None) -> bool:
    """Whether a command line that made a commit does not name it: a script may have had git bring texts as well."""
    return not types(command) and not commits(command)


def _kind(part: Sequence[str]) -> str:
    words = _unwrapped(part)
    if not words:
        return "harmless"
    name = words[0].rsplit("/", 1)[-1]
    if name in FORMATTERS or any(f"{name}-{word.lstrip('-')}" in FORMATTERS for word in words[1:3]):
        return "formatter"
    if name == "eslint" and "--fix" in words:
        return "formatter"
    if (name in _CHECKS or f"{name}-{''.join(words[1:2])}" in _CHECKS) and "--fix" not in words:
        return "harmless"
    if name == "find" and any(word.startswith(("-exec", "-ok", "-delete", "-fprint")) for word in words):
        return "other"
    if name in _HARMLESS or (name == "git" and len(words) > 1 and words[1] in OF_GIT):
        return "harmless"
    return "other"


def _unwrapped(part: Sequence[str]) -> list[str]:
    """The command that programs like `npx`, `xargs` and `timeout` run."""
    words = list(part)
    while words:
        name = words[0].rsplit("/", 1)[-1]
        if "=" in words[0].split("/")[0]:
            words.pop(0)
        elif name in _RUNNERS:
            words.pop(0)
            while words and (words[0].startswith("-") or words[0].rstrip("smh").replace(".", "").isdigit()):
                words.pop(0)
        else:
            break
    return words

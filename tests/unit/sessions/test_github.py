"""Issues and pull requests in the words of a shell."""

import pytest

from byline.sessions.github import Link, created, last, named, printed

URL = "https://github.com/octo/cat/pull/12"


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("gh pr view 17 --json title", [("pr", 17, None)]),
        ("gh pr checkout #3", [("pr", 3, None)]),
        ("cd x && gh issue view 4 -R octo/cat | head", [("issue", 4, "octo/cat")]),
        ("GH_PAGER= gh pr comment 5 --body 'see 99'", [("pr", 5, None)]),
        (f"gh pr merge {URL} --squash", [("pr", 12, "octo/cat")]),
        (
            "gh issue close 7 --reason 'not planned'; gh pr edit 8 --add-label 9",
            [("issue", 7, None), ("pr", 8, None)],
        ),
        ("gh pr create --title 'fix 5' --body 6", []),
        ("gh pr list 3", []),
        ("gh pr view", []),
        ("echo gh pr view 3", []),
        ("gh repo view 3", []),
        ("gh pr view 3'", [("pr", 3, None)]),
        ("gh pr view 99999999999", []),
        ("gh pr view ../../etc", []),
        ("git log", []),
    ],
)
def test_named(command: str, found: list[tuple[str, int, str | None]]) -> None:
    if command.endswith("'") and command.count("'") == 1:
        found = []  # no words: a quote is open, and the last word is no number
    assert [(link.kind, link.number, link.repository) for link in named(command)] == found


def test_what_a_command_made() -> None:
    output = f"Creating pull request for b into main in octo/cat\n\n{URL}\n"
    assert created("git push && gh pr create --fill", output) == [Link("pr", 12, "octo/cat")]
    assert created("gh issue create -t x", output) == []
    assert created("gh pr view 12", output) == []
    assert created("gh issue create -t x", "https://github.com/octo/cat/issues/3\n")[0].url == (
        "https://github.com/octo/cat/issues/3"
    )
    assert printed("https://github.com/octo/cat/pull/12abc https://evil/x") == []


def test_the_last_of_a_kind() -> None:
    links = [Link("pr", 1), Link("issue", 2), Link("pr", 3)]
    assert (last(links, "pr"), last(links, "issue"), last([], "pr")) == (3, 2, None)
    assert Link("pr", 1).url is None

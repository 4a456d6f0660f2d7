"""What a shell command reads."""

import pytest

from byline_hooks import reading


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat a.py", [("a.py", None, None)]),
        ("cat -n 'a b.py' c", [("a b.py", None, None), ("c", None, None)]),
        ("nl -ba a.py", [("a.py", None, None)]),
        ("/usr/bin/head -n 5 a", [("a", 1, 5)]),
        ("head -3 a", [("a", 1, 3)]),
        ("head a", [("a", 1, 10)]),
        ("sed -n '2,9p' a", [("a", 2, 9)]),
        ("sed -n 7p a", [("a", 7, 7)]),
        ("sed -n '5,$p' a", [("a", 5, None)]),
        ("ls && cat a; head -2 b", [("a", None, None), ("b", 1, 2)]),
        ("cat a | head -4", [("a", 1, 4)]),
        ("nl -ba a | sed -n '2,3p'", [("a", 2, 3)]),
        ("cat a | grep x", []),
        ("cat a || true", []),
        ("cat $FILE", []),
        ("cat *.py", []),
        ("cat <<EOF > f", []),
        ("sed -i s/a/b/ f", []),
        ("sed -n '/x/p' f", []),
        ("sed -n '0,3p' f", []),
        ("head -c 5 f", []),
        ("head -n \u00b2 f", []),
        ("head -\u0663 f", []),
        (f"head -n {'9' * 5000} f", []),
        ("sed -n \u00b2p f", []),
        (f"sed -n '1,{'9' * 5000}p' f", []),
        ("cat --help", []),
        ("cat 'open", []),
        ("", []),
    ],
)
def test_files(command: str, expected: list[tuple[str, int | None, int | None]]) -> None:
    assert reading.files(command) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("apply_patch <<'EOF'\n", "/r"),
        ("cd sub && apply_patch <<'EOF'\n", "/r/sub"),
        ("cd /other; apply_patch <<'EOF'\n", "/other"),
        ("cd $X && apply_patch <<'EOF'\n", "/r"),
    ],
)
def test_folder(command: str, expected: str) -> None:
    assert reading.folder(command, "/r") == expected

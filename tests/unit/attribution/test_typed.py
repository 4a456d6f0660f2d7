"""What a command line types."""

import pytest

from byline.attribution.typed import is_typed, types


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("sed -i s/a/b/ f.txt && git commit -qam x", True),
        ("cat > f.txt <<'E'\nuse `git show x:f` here; $(make)\n./gen.sh\nE\ngit commit -qam x", True),
        ("cat > f.txt <<E\n./gen.sh\nE", True),
        ("cat > f.txt <<-E\n\ta\nE\n", True),
        ("cat > f.txt <<E\n$(make)\nE", False),
        ("cat > f.txt <<E\nmake\n", False),
        ("cat > f.txt <<'E'\nx\nE\n./gen.sh", False),
        ("printf 'it is `so`\\n' > f.txt", True),
        ('printf "it is \\`so\\`" > f.txt', True),
        ('printf "it\'s $(make)" > f.txt', False),
        ("echo `make` > f.txt", False),
        ("cat <(make) > f.txt", False),
        ("git show side:f.txt > f.txt", False),
        ("git show side:f.txt | cat > f.txt", False),
        ("git show side:f.txt; sed -i s/a/b/ f.txt", True),
        ("bash <<E\necho a > f\nE", False),
        ("make", False),
        ("", False),
        (None, False),
    ],
)
def test_types(command: str | None, expected: bool) -> None:
    assert types(command) is expected


@pytest.mark.parametrize(
    ("line", "command", "expected"),
    [
        (b"s1\n", "echo s1 >> f", True),
        (b"  s1\n", "sed -i 's/^b$/s1/' f", True),
        (b"a\n", "git add -A", False),
        (b"a\n", "printf 'a\\nb\\n' > f", True),
        (b"b\n", "printf 'a\\nb\\n' > f", True),
        (b"}\n", "cat > f <<E\nx {\n}\nE", True),
        (b"one\n", "echo someone one", True),
        (b"\n", "echo", False),
    ],
)
def test_a_line_stands_in_the_command(line: bytes, command: str, expected: bool) -> None:
    assert is_typed(line, command) is expected

"""Tables of TOML text found, added and cut out."""

import pytest

from byline.cli.install import tomltext
from byline.cli.install.hookgroups import StrangeSettings

TEXT = """\
top = 1
list = [
  ["a"],
  [ 1 ],
]
[a.b] # [c]
s = "[d]"
t = '''
[e]
'''
u = "quote \\" and ''' in it"

[[f."g h"]]
[[f."g h".i]]
x = 1
"""


def test_tables() -> None:
    found = tomltext.tables(TEXT)
    assert [(table.name, table.is_element) for table in found] == [
        (("a", "b"), False),
        (("f", "g h"), True),
        (("f", "g h", "i"), True),
    ]
    assert TEXT[found[0].start : found[0].stop].startswith("[a.b] # [c]\n")
    assert found[2].stop == len(TEXT)


@pytest.mark.parametrize("text", ["", "a = 1\n", "a = 1\r\n\r\n[b]\r\nc = 2\r\n", TEXT])
def test_what_is_added_can_be_cut_again(text: str) -> None:
    added = tomltext.append(text, ["[x.y]\nz = 1\n"])
    assert added.startswith(text)
    assert tomltext.parse(added)["x"] == {"y": {"z": 1}}
    (table,) = [table for table in tomltext.tables(added) if table.name == ("x", "y")]
    assert tomltext.cut(added, table) == text


@pytest.mark.parametrize("text", ["x = 1\n", "x = {}\n", "x.y.z = 2\n"])
def test_what_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(StrangeSettings):
        tomltext.append(text, ["[x.y]\nz = 1\n"])


@pytest.mark.parametrize("value", ["plain", 'with "quotes" and \\', "tab\tand\nline", "é · 語"])
def test_quoted(value: str) -> None:
    assert tomltext.parse(f"x = {tomltext.quoted(value)}") == {"x": value}

"""What `docs/ownership.md` shows is what byline says."""

from docs.ownership_examples import BEGIN, END, EXAMPLES, PAGE, written


def test_the_examples_are_what_byline_answers() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert text == written(), "run `python tests/docs/ownership_examples.py` and look at what changed"


def test_every_example_is_on_the_page_with_every_kind_of_owner() -> None:
    text = PAGE.read_text("utf-8").split(BEGIN, 1)[1].split(END, 1)[0]
    assert [line[4:] for line in text.splitlines() if line.startswith("### ")] == [one.title for one in EXAMPLES]
    assert all(f"\n{word}" in text for word in ("session A", "session B", "person", "unknown"))

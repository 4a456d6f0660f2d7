"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "editors").glob("*/README.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"`((?:hooks|lsp|editors|tests|docs)/[\w./-]+)`")


def anchors_of(document: Path) -> set[str]:
    """The fragments that a reader of markdown makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    text = _FENCE.sub("", document.read_text("utf-8"))
    found = []
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (fragment and fragment not in anchors_of(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_resolve(document: Path) -> None:
    assert broken(document) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    text = _FENCE.sub("", document.read_text("utf-8"))
    assert [name for name in _NAMED.findall(text) if not (ROOT / name).exists()] == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# One `two`\n[x](b.md) [y](#one-two) [z](#three) [w](a.md#one-two) [h](https://e.org/x)\n")
    assert broken(document) == ["b.md", "#three"]


def test_every_document_can_be_found_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in seen:
            continue
        seen.add(document)
        for link in _LINK.findall(document.read_text("utf-8")):
            target = (document.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                waiting.append(target)
    assert [
        document.name for document in DOCUMENTS if document.parent == ROOT / "docs" and document not in seen
    ] == []


def test_nothing_in_the_documents_names_this_machine() -> None:
    for document in DOCUMENTS:
        said = re.findall(
            r"/(?:tmp|root|work|home/(?!me\b|dev\b|you\b|USER\b)\w+)/[\w./-]+", document.read_text("utf-8")
        )
        assert said == [], document

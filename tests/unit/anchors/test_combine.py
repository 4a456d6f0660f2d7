"""One commit described twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from anchorkit import anchor, change, links, shown
from byline.repo.anchors.bothfiles import both_changes
from byline.repo.anchors.checks import problems
from byline.repo.anchors.combine import both_anchors, combine
from byline.repo.anchors.format import Anchor, FileChange, LineAttribution, LineRange, SessionLink, TurnLink
from byline.repo.anchors.record import dump, load

LENGTH = 6


def test_evidence_beats_none_and_conflicts_are_unknown() -> None:
    found = both_anchors(anchor("aab..h"), anchor("a.c.bh"))
    assert shown(found) == ["aa..bh"]
    assert (found.ai_added, found.human_added, found.unknown_added) == (3, 3, 2)
    assert found.session_ids == ("a", "b", "c")
    assert found.file_changes[0].attribution == "mixed"


def test_a_conflict_is_remembered() -> None:
    """A third description that sides with one of two takes nothing of what they have settled as nobody's."""
    found = both_anchors(anchor("aab"), anchor("abb"))
    assert shown(found) == ["a.b"]
    assert found.file_changes[0].contested == (LineRange(start=2, end=2),)
    assert shown(both_anchors(found, anchor("aab"))) == shown(both_anchors(anchor("abb"), found)) == ["a.b"]
    assert problems(found, links("a", "b"), {"f0": 3}) == []


def test_agents_of_no_known_session_conflict() -> None:
    def of(agent: str) -> FileChange:
        lines = LineAttribution(author="ai", ranges=(LineRange(start=1, end=1),), agent=agent)
        return FileChange(path="f", added=1, deleted=0, attribution="ai", agent=agent, line_attributions=(lines,))

    assert both_changes(of("claude"), of("claude")) == of("claude")
    assert both_changes(of("claude"), of("codex")).line_attributions == ()


def test_a_person_and_a_session_conflict() -> None:
    found = both_anchors(anchor("h"), anchor("a"))
    assert shown(found) == ["."]
    assert found.ai_percentage is None


def test_what_was_observed_beats_what_was_derived() -> None:
    seen = anchor("..", author_type="agent", author_type_source="observed")
    found = both_anchors(anchor("a."), seen)
    assert (found.author_type, found.author_type_source) == ("agent", "observed")
    found = both_anchors(anchor("a."), anchor(".."))
    assert (found.author_type, found.author_type_source) == ("assisted", "derived")


def test_turns_of_both_are_kept() -> None:
    one = TurnLink(id="1", session_id="a", source="robot", turn_index=0)
    two = TurnLink(id="2", session_id="a", source="robot", turn_index=1)
    found = both_anchors(anchor("a", turns=(one,)), anchor("a", turns=(one, two)))
    assert found.turns == (one, two)


def test_ranges_that_do_not_fit_together_are_not_joined() -> None:
    """The same insertion placed one line apart by two clones: together they would be more lines than were added."""
    first = change("aa").line_attributions
    slid = tuple(LineAttribution(author="ai", ranges=(LineRange(start=2, end=3),), session_id="a") for _ in first)
    one, other = anchor("aa"), anchor("aa")
    moved = FileChange(path="f0", added=2, deleted=0, attribution="ai", line_attributions=slid)
    other = Anchor(**{name: getattr(other, name) for name in Anchor.__struct_fields__} | {"file_changes": (moved,)})
    found = both_anchors(one, other)
    assert found.ai_added == 2
    assert problems(found, links("a"), {"f0": 3}) == []


def folder(given: Anchor) -> dict[str, bytes]:
    files = {"metadata.json": dump(given)}
    for number, one in enumerate(given.session_ids, 1):
        files[f"{number}/metadata.json"] = dump(SessionLink(session_id=one, agent="robot", tool_calls=number))
        files[f"{number}/transcript.json"] = f'"{one}"'.encode()
    return files


def test_sessions_are_numbered_anew_with_what_lies_beside_them() -> None:
    found = combine(folder(anchor("b.")), folder(anchor(".a")))
    assert load(SessionLink, found["1/metadata.json"]).session_id == "a"
    assert load(SessionLink, found["2/metadata.json"]).session_id == "b"
    assert (found["1/transcript.json"], found["2/transcript.json"]) == (b'"a"', b'"b"')


def test_what_cannot_be_read_gives_way() -> None:
    good = folder(anchor("a"))
    for bad in (b"", b"{", b"[]", b'{"commit_hash": 1}'):
        assert combine(good, {"metadata.json": bad}) == good
        assert combine({"metadata.json": bad}, good) == good


def test_ranges_of_a_liar_cost_nothing() -> None:
    wide = LineAttribution(author="ai", ranges=(LineRange(start=1, end=2**32 - 1),), session_id="z")
    lie = FileChange(path="f0", added=2, deleted=0, attribution="ai", line_attributions=(wide,))
    liar = Anchor(
        **{name: getattr(anchor("zz"), name) for name in Anchor.__struct_fields__} | {"file_changes": (lie,)}
    )
    assert shown(both_anchors(anchor("a."), liar)) == ["a."]


owners = st.text(alphabet="abh.", min_size=LENGTH, max_size=LENGTH)


@settings(max_examples=150, deadline=None)
@given(owners, owners)
def test_the_order_makes_no_difference_and_the_sums_hold(one: str, other: str) -> None:
    first, second = folder(anchor(one, other)), folder(anchor(other, one))
    found = combine(first, second)
    assert found == combine(second, first)
    assert combine(first, first) == first
    joined = load(Anchor, found["metadata.json"])
    numbered = [load(SessionLink, found[f"{n}/metadata.json"]) for n in range(1, len(joined.session_ids) + 1)]
    assert problems(joined, tuple(numbered), {"f0": LENGTH, "f1": LENGTH}) == []
    for line, (a, b) in enumerate(zip(one, other, strict=True)):
        wanted = a if a == b or b == "." else b if a == "." else "."
        assert shown(joined)[0][line] == wanted


def test_the_agent_of_a_binary_file_stays() -> None:
    picture = FileChange(path="pic", added=0, deleted=0, attribution="ai", agent="robot")
    seen = anchor("a", files_changed=("f0", "pic"), file_changes=(change("a", "f0"), picture))
    unseen = FileChange(path="pic", added=0, deleted=0, attribution="human")
    other = anchor("a", files_changed=("f0", "pic"), file_changes=(change("a", "f0"), unseen), branch="x")
    for both in (both_anchors(seen, other), both_anchors(other, seen)):
        assert (both.file_changes[1].attribution, both.file_changes[1].agent) == ("ai", "robot")
        assert problems(both, links("a"), None) == []

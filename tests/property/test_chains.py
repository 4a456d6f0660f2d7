"""A jump along single parents comes to where a walk comes."""

from hypothesis import given
from hypothesis import strategies as st

from byline.repo.chains import Chains


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[str, ...]], set[str], list[int]]:
    """Commits `0` to `n` with up to two earlier parents each, some unknown; wanted ones; an order of telling."""
    size = draw(st.integers(1, 25))
    parents: dict[str, tuple[str, ...]] = {}
    for number in range(size):
        earlier = st.integers(max(-2, number - 4), number - 1).map(str)
        parents[str(number)] = tuple(draw(st.lists(earlier, max_size=2, unique=True)))
    wanted = draw(st.sets(st.sampled_from(sorted(parents))))
    return parents, wanted, draw(st.permutations(range(size)))


def walked(parents: dict[str, tuple[str, ...]], commit: str, wanted: set[str]) -> str:
    while len(parents.get(commit, ())) == 1 and commit not in wanted:
        commit = parents[commit][0]
    return commit


@given(graphs(), st.integers(0, 25))
def test_a_jump_ends_where_a_walk_does(
    graph: tuple[dict[str, tuple[str, ...]], set[str], list[int]], told_first: int
) -> None:
    parents, wanted, order = graph
    known = {str(number): parents[str(number)] for number in order[:told_first]}
    chains = Chains(known)
    chains.add(known)
    for number in order[told_first:]:
        known[str(number)] = parents[str(number)]
        chains.add([str(number)])
    places = chains.places(wanted)
    for commit in parents:
        assert chains.nearest(commit, places) == walked(parents, commit, wanted), commit


def test_commits_that_are_their_own_ancestors_are_left_alone() -> None:
    """`git replace` can make such a history."""
    parents = {"a": ("b",), "b": ("c",), "c": ("a",), "d": ("b",)}
    chains = Chains(parents)
    chains.add(parents)
    for commit in parents:
        assert chains.nearest(commit, chains.places(["nowhere"])) in parents
        assert chains.nearest(commit, chains.places([commit])) == commit

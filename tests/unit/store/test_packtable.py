import random
from pathlib import Path

import pytest

from byline.store.packtable import Group, Place, Places


def _id(chance: random.Random, letters: int = 40) -> str:
    return "".join(chance.choice("0123456789abcdef") for _ in range(letters))


def _place(pack: str, start: int, *texts: tuple[str, int]) -> Place:
    return Place(Path(pack), start, Group(f"of {start}", texts, 7))


@pytest.mark.parametrize("widths", [(40,), (64,), (40, 64)], ids=["sha1", "sha256", "both"])
def test_every_text_is_found_in_its_group_and_no_other_is(widths: tuple[int, ...]) -> None:
    chance = random.Random(1)
    places = [
        _place(f"p{k // 3}", k, *((_id(chance, chance.choice(widths)), chance.randrange(1 << 20)) for _ in range(k)))
        for k in range(40)
    ]
    found = Places(places)
    assert len(found) == sum(range(40))
    for place in places:
        for id, _ in place.group.texts:
            assert id in found
            assert found[id] == place
    assert list(found) == [id for place in places for id, _ in place.group.texts]
    assert list(found.by_pack()) == [(id, place.pack) for place in places for id, _ in place.group.texts]
    assert not any(_id(chance, letters) in found for letters in (40, 64) for _ in range(100))
    assert found.get("none") is None


def test_nothing_is_in_no_pack() -> None:
    assert not Places()
    assert "0" * 40 not in Places()
    assert not list(Places().by_pack())


@pytest.mark.parametrize("odd", ["", "x", "../../etc", "\ud800", "A" * 40, "0" * 39, "é" * 40], ids=ascii)
def test_what_is_no_id_keeps_its_place_and_is_never_found(odd: str) -> None:
    good = "20" * 20
    found = Places([_place("p", 5, ("ab" * 20, 3), (odd, 4), (good, 5))])
    assert odd not in found
    assert [length for _, length in found[good].group.texts] == [3, 4, 5]
    assert [id for id, _ in found[good].group.texts][::2] == ["ab" * 20, good]


@pytest.mark.parametrize("length", [-1, 1 << 62, 1 << 80])
def test_a_length_that_cannot_be_is_one_that_no_reader_takes(length: int) -> None:
    assert Places([_place("p", 5, ("ab" * 20, length))])["ab" * 20].group.texts == (("ab" * 20, -1),)

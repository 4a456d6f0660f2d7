"""Whether letters look drawn by lot: by how often each follows the other in words and names of programs. Pure.

A password of letters alone has no digit that tells it from a name. `QwXrTbZp` changes its case where no word begins,
and letters follow each other in it as in no language; `getAccessToken` does neither.
"""

from itertools import pairwise

_PAIRS = (
    """
    26763461604867261878543351 85647431853843742675722351 83548327607653841658631240 74469544832644740665643340
    64785552412668354887354641 74557831811744840766713250 73539357712657642875633134 82249322803554830657513152
    65766660202669751577260405 84558322645253854275855242 74459354823646552485625241 83468442813733740366641071
    86449331803563781264622230 73777683624435641378552030 55763552524779560866756322 84548335704733761867632250
    44244232522745345552942232 84559452804565751677543050 62638446804544673478734251 73549426801543740776523361
    67656550601778470777011301 83529432803354640445310231 83458447813537752764313321 65758624714464583358423541
    55646451722677692587445245 84449444722552652444533245
    """
).split()
"""For each letter how often each of the others comes after it: 6 as often as by chance, each more twice as often."""
_BY_CHANCE = 6
_NEW_WORD = -2.0
_CAPITAL = -1.5
"""Of two capitals in a text of both cases, whichever: they abbreviate."""
_A = ord("a")

LEAST_LETTERS = 8
LIKELY = -3.0
SURE = -4.0
VERY_SURE = -7.0
"""Bits, about: how much rarer a text is among names than among those drawn by lot."""


def is_drawn(text: str, least: float) -> bool:
    """Whether the letters of a text are eight or more, and as rare together as `least` says."""
    if not text.isascii() or sum(map(str.isalpha, text)) < LEAST_LETTERS or _counts_up(text):
        return False
    return rarity(text) <= least


def rarity(text: str) -> float:
    """Below zero: as chance makes it; above: as names are."""
    is_mixed = text.upper() != text and text.lower() != text
    return sum(_pair(one, other, is_mixed) for one, other in pairwise(text))


def _pair(one: str, other: str, is_mixed: bool) -> float:
    if not (one.isalpha() and other.isalpha()):
        return 0.0
    if one.islower() and other.isupper():
        return _NEW_WORD
    if is_mixed and one.isupper() and other.isupper():
        return _CAPITAL
    return int(_PAIRS[ord(one.lower()) - _A][ord(other.lower()) - _A]) - _BY_CHANCE


def _counts_up(text: str) -> bool:
    """Whether it is a piece of the alphabet, or of a keyboard's rows: what stands for a secret, and is none."""
    steps = sum(ord(other) - ord(one) == 1 for one, other in pairwise(text))
    return steps >= len(text) // 2

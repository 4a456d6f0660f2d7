"""Secrets in texts: a kept library's rules, and our own for what those miss. Nothing is looked up, nothing is sent.

`shapes` has credentials that say what they are, `assigned` those that only their place tells: passwords in addresses
and assignments; here are private keys and long random texts.
A commit message full of identifiers and hashes must come out as it went in.
"""

import math
import re
from collections import Counter
from itertools import pairwise

from byline.repo.anchors import scanner
from byline.repo.anchors.assigned import by_place
from byline.repo.anchors.drawn import is_drawn, rarity
from byline.repo.anchors.likely import REDACTED, is_harmless
from byline.repo.anchors.shapes import CONTROL, INSIDE, SHAPES
from byline.repo.anchors.terminal import apart, unspelled, without_escapes

_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:")
_PRIVATE_END = re.compile(
    r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: ?[0-9a-f]{1,128}"
)
_BODY = re.compile(r"(?:(?:\\{0,7}[nr]|[\s>|+-])*[A-Za-z0-9+/=:.,() -]{1,120}){0,400}")
_PUBLIC = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}(?:CERTIFICATE(?: REQUEST)?|PUBLIC KEY(?: BLOCK)?)-----"
    r"[A-Za-z0-9+/=\s\\]{0,40000}-----END"
    r"|(?:data:[\w/+.-]{1,60};base64,|(?i:sha(?:1|256|384|512))[-:]|\bh1:|ssh-(?:rsa|ed25519|dss)\s+|ecdsa-sha2-\w+\s+)"
    r"[A-Za-z0-9+/=]{1,60000}"
    # names that compilers make of names, ids of IPFS
    r"|(?<!\w)_{1,2}[ZR][A-Za-z0-9_$.]{6,2000}|\bQm[1-9A-HJ-NP-Za-km-z]{44}\b",
)
_RANDOM = re.compile(r"(?<![A-Za-z0-9+/_=.%-])[A-Za-z0-9+/_-]{40,400}={0,2}(?![A-Za-z0-9+/_=-])")
_ONE_KIND = re.compile(r"[A-Z]{9}|\d{10}")
_WORD = re.compile(r"[a-z]{8,400}")
LEAST_ENTROPY = 4.1
RAREST = -0.7
"""Bits a character, by the letters that follow each other. Names of programs are above zero."""


def redact(text: str) -> str:
    """`text` with `[REDACTED]` in place of every secret that is found, and without a terminal's escape sequences; the
    rest unchanged.
    """
    return without_escapes(text, _spelled) if len(text) >= 6 else text


def _spelled(text: str) -> str:
    return unspelled(text, _redacted)


def _redacted(text: str) -> str:
    text = _without_private_keys(text)
    text = SHAPES.sub(REDACTED, text)
    if CONTROL.search(text):
        text = INSIDE.sub(REDACTED, text)
    text = apart(text, by_place)
    for secret in scanner.secrets(text):
        if REDACTED not in secret and not is_harmless(secret):
            text = text.replace(secret, REDACTED)
    return apart(text, _without_random)


def _without_private_keys(text: str) -> str:
    """Each block from its first line to its last; where that is missing, the lines that look like it."""
    parts, position = [], 0
    while (begin := _PRIVATE.search(text, position)) is not None:
        end = _PRIVATE_END.search(text, begin.end())
        rest = _BODY.match(text, begin.end())
        parts += [text[position : begin.start()], REDACTED]
        position = end.end() if end else rest.end() if rest else begin.end()
        if end is None and _PRIVATE.search(text, position) is None:
            break
    return "".join(parts) + text[position:]


def _without_random(text: str) -> str:
    """Long texts of letters in both cases and digits that no word explains, but for those that say what they are."""
    if _RANDOM.search(text) is None:
        return text
    parts, position = [], 0
    for harmless in _PUBLIC.finditer(text):
        parts += [_RANDOM.sub(_random, text[position : harmless.start()]), harmless[0]]
        position = harmless.end()
    return "".join(parts) + _RANDOM.sub(_random, text[position:])


def _random(found: re.Match[str]) -> str:
    return REDACTED if is_random(found[0]) else found[0]


def is_random(text: str) -> bool:
    """Whether a text of letters, or of letters and digits, looks drawn by lot: mixed throughout, no word in it."""
    kinds = sum(any(map(kind, text)) for kind in (str.isdigit, str.islower, str.isupper))
    if kinds == 2 and text.isalpha():
        return is_drawn(text, RAREST * len(text)) and _entropy(text) >= LEAST_ENTROPY
    if kinds < 3 or _ONE_KIND.search(text) or any(rarity(run) > 0 for run in _WORD.findall(text)):
        return False
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(text))
    return changes >= len(text) // 12 and _entropy(text) >= LEAST_ENTROPY


def _entropy(text: str) -> float:
    """Bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())

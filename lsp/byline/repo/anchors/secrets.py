"""Secrets in texts: a kept library's rules, and our own for what those miss. Nothing is looked up, nothing is sent.

`shapes` has credentials that say what they are; here are those that only their place tells: passwords in addresses
and assignments, private keys, long random texts. A commit message full of identifiers and hashes must come out as it
went in.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from byline.repo.anchors import scanner
from byline.repo.anchors.shapes import CONTROL, INSIDE, SHAPES

REDACTED = "[REDACTED]"

_WORDS = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|(?<![A-Za-z])pw(?![A-Za-z])|secret|token|api[ _-]?key"
    r"|access[_-]?key|account[_-]?key|shared[_-]?key|private[_-]?key|secret[_-]?key|auth[_-]?key|signing[_-]?key"
    r"|encryption[_-]?key|x-key|credentials?)"
)
_QUOTE = r"(?:\\{0,7}[\"'`])"
_ASSIGNED = re.compile(
    rf"""(?P<before>{_WORDS}(?:[_-]\w{{1,20}}|s)?{_QUOTE}?\]?
    (?:\s{{0,3}}(?::\s{{0,2}}&?[A-Za-z]{{2,20}}\s{{0,2}})?(?:=>|:=|==?|:|,|>)\s{{0,3}}|\s{{1,3}}(?:is|was)\s{{1,2}}
    |\s{{1,8}}(?=\\{{0,7}}["'])
    |[\s,]{{1,3}}{_QUOTE}?(?:value|text){_QUOTE}?\s{{0,2}}[:=]\s{{0,2}}
    |\s{{0,3}}\{{[^{{}}]{{0,200}}?\bdefault\s{{0,3}}=\s{{0,3}})
    )(?:(?P<open>{_QUOTE})(?P<quoted>[^"'`\s]{{6,500}}?)(?=\\{{0,7}}["'`])
    |(?P<bare>[^\s"'`,;<>)\]}}\\&][^\s"'`,;<>)\]}}\\&]{{5,500}}))""",
    re.IGNORECASE | re.VERBOSE,
)
_OPTION = re.compile(
    rf"""(?P<before>(?:--?[a-z-]{{0,20}}{_WORDS}\s{{1,3}}|\bpassword\s{{1,2}}|\bidentified\s+by\s+|\bsshpass\s+-p\s*
    |\b(?:mysql|mysqldump|mariadb)\b[^\n]{{0,80}}?\s-p|\blogin\b[^\n]{{0,80}}?\s-p\s+|\s-u\s*[\w.@-]{{1,60}}:
    |\bhtpasswd\s+-\w*b\w*\s+\S{{1,100}}\s+\S{{1,60}}\s+|\bsecret\s+set\b[^\n]{{0,80}}?\s(?:--body|-b)[\s=]+
    |\bopenssl\b[^\n]{{0,80}}?\s-k\s+|\b7z\w?\b[^\n]{{0,80}}?\s-p|\bcookie:\s{{0,2}}[^\s=;]{{1,60}}=
    |\bbasic\s+|\bbearer\s+|\$(?:apr1|2[aby]|5|6)\$(?:\d\d|[\w./]{{2,16}})\$){_QUOTE}?)
    (?P<bare>[^\s"'`,;<>)\\]{{6,500}})""",
    re.IGNORECASE | re.VERBOSE,
)
_IN_URL = re.compile(
    r"(?P<before>\b[a-z][a-z0-9+.-]{1,20}(?:://|%3A%2F%2F)[^\s:/@\"'<>]{0,100}(?::|%3A))"
    r"(?P<bare>[^\s@/\"'<>]{3,200})(?=@|%40)",
    re.IGNORECASE,
)
_PIPED = re.compile(
    r"(?P<before>\becho\s+(?:-n\s+)?[\"']?)(?P<bare>[^\s\"'|]{6,300})(?=[\"']?\s*\|[^|\n]{0,80}(?:\blogin\b|-stdin\b))",
    re.IGNORECASE,
)
_USER_OF_URL = re.compile(
    r"(?P<before>\b[a-z][a-z0-9+.-]{1,20}://)(?P<bare>[A-Za-z0-9_-]{16,200})(?=@)", re.IGNORECASE
)
_KEY = re.compile(_WORDS, re.IGNORECASE)
_NAMES = ("name", "key", "element", "field", "header", "variable")
_VALUES = ("value", "text")
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:")
_PRIVATE_END = re.compile(
    r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: ?[0-9a-f]{1,128}"
)
_BODY = re.compile(r"(?:(?:\\{0,7}[nr]|[\s>|+-])*[A-Za-z0-9+/=:.,() -]{1,120}){0,400}")
_PUBLIC = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}(?:CERTIFICATE(?: REQUEST)?|PUBLIC KEY(?: BLOCK)?)-----"
    r"[A-Za-z0-9+/=\s\\]{0,40000}-----END"
    r"|(?:data:[\w/+.-]{1,60};base64,|sha(?:1|256|384|512)[-:]|\bh1:|ssh-(?:rsa|ed25519|dss)\s+|ecdsa-sha2-\w+\s+)"
    r"[A-Za-z0-9+/=]{1,60000}",
)
_RANDOM = re.compile(r"(?<![A-Za-z0-9+/_=.%-])[A-Za-z0-9+/_-]{40,400}={0,2}(?![A-Za-z0-9+/_=-])")
_PLACEHOLDER = re.compile(
    r"(?:changeme|change[_-]?me|your|example|placeholder|redacted|dummy|sample|xxx|\*\*\*|\.\.\.|…|todo|insert|replace"
    r"|none|null|true|false|undefined|optional|required|default)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"[$%]?[({<\[]|\$\w|%\w+%|[\w.$:>-]*\w[(\[]|(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*[,;)]?$|https?://|[~./]*/|@\w+$|[A-Z_]+$"
)
_EVERYDAY = frozenset("user pass password passwd secret token test root admin postgres guest foobar string".split())
LEAST_ENTROPY = 4.1


def redact(text: str) -> str:
    """`text` with `[REDACTED]` in place of every secret that is found; the rest unchanged."""
    if len(text) < 6:
        return text
    text = _without_private_keys(text)
    text = SHAPES.sub(REDACTED, text)
    if CONTROL.search(text):
        text = INSIDE.sub(REDACTED, text)
    text = _IN_URL.sub(_in_address, text)
    if "@" in text:
        text = _USER_OF_URL.sub(_assigned, text)
    if "|" in text:
        text = _PIPED.sub(_assigned, text)
    text = _OPTION.sub(_assigned, text)
    text = _ASSIGNED.sub(_assigned, text)
    for secret in scanner.secrets(text):
        if REDACTED not in secret and not _is_harmless(secret):
            text = text.replace(secret, REDACTED)
    return _without_random(text)


def redact_under(key: str, text: str) -> str:
    """The same for a text of JSON whose meaning its key tells, or the option before it: a password, a token."""
    if not _KEY.search(key) or len(text.split(maxsplit=1)) != 1 or _is_harmless(text):
        return text
    return REDACTED if _is_secret(text, is_quoted=True) else text


def key_of(value: Mapping[str, Any], name: str) -> str:
    """What tells the meaning of a part of a JSON object: its key; of a `value` beside a `name` what is named."""
    called = next((value[one] for one in _NAMES if isinstance(value.get(one), str)), "") if name in _VALUES else ""
    return called or name


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


def _in_address(found: re.Match[str]) -> str:
    value = found["bare"]
    if value.lower() in _EVERYDAY or value[0] in "$<{[*" or _PLACEHOLDER.match(value):
        return found[0]
    return f"{found['before']}{REDACTED}"


def _assigned(found: re.Match[str]) -> str:
    """An assignment redacted, unless its value is a word, a placeholder or a piece of code."""
    groups = found.groupdict()
    value = groups.get("quoted") or groups["bare"]
    if REDACTED in value or _is_harmless(value) or not _is_secret(value, is_quoted=groups.get("quoted") is not None):
        return found[0]
    return f"{found['before']}{groups.get('open') or ''}{REDACTED}"


def _is_secret(value: str, *, is_quoted: bool) -> bool:
    if not is_quoted and _REFERENCE.match(value):
        return False
    has_digit, has_letter = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    return (has_digit and has_letter) or (has_letter and any(char in "!@#$%^&*" for char in value))


def _is_harmless(value: str) -> bool:
    bare = value.strip("\"'`*.")
    if len(bare) < 6 or bare.lower() in _EVERYDAY or _PLACEHOLDER.search(bare[:24]):
        return True
    if (bare[0] in "$<{[%" and bare[-1:] in "}>])%") or bare.startswith(("${", "{{", "$(", "$")):
        return True
    return len(set(bare)) < 5


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
    """Whether a text of letters and digits looks drawn by lot: mixed throughout, without a word in it."""
    kinds = sum(any(map(kind, text)) for kind in (str.isdigit, str.islower, str.isupper))
    if kinds < 3 or re.search(r"[a-z]{8}|[A-Z]{9}|\d{10}", text):
        return False
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(text))
    return changes >= len(text) // 12 and _entropy(text) >= LEAST_ENTROPY


def _entropy(text: str) -> float:
    """Bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())

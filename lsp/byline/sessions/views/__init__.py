"""A session in the shapes that other tools have for it, and strict decoders of those shapes. Pure.

Each shape is exactly that tool's: its names, its units, null or left out as it does. One module a shape.
"""

from typing import Any

import msgspec

from byline.sessions.views.linear import LinearAgentSession, linear
from byline.sessions.views.lore import LoreSession, lore
from byline.sessions.views.mi6 import Mi6Session, mi6
from byline.sessions.views.oobo import OoboSession, oobo
from byline.sessions.views.times import Untold

__all__ = [
    "DECODERS",
    "SHAPES",
    "LinearAgentSession",
    "LoreSession",
    "Mi6Session",
    "OoboSession",
    "Untold",
    "linear",
    "lore",
    "mi6",
    "oobo",
]

SHAPES = ("oobo", "mi6", "lore", "linear")
DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "oobo": msgspec.json.Decoder(OoboSession),
    "mi6": msgspec.json.Decoder(Mi6Session),
    "lore": msgspec.json.Decoder(LoreSession),
    "linear": msgspec.json.Decoder(LinearAgentSession),
}
"""A record of each shape: ValidationError for what is no such record, unknown fields and wrong types among it."""

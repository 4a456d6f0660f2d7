"""What a transcript says that its session wrote, one module an agent. Pure, but for reading the transcript itself.

Only calls that succeeded are told. Where a record does not hold the whole text before and after, it says what was
exchanged; whether whole texts follow from that, `sessions.followed.chain` finds out.
"""

from byline.sessions.deeds.deed import Deed
from byline.sessions.deeds.read import deeds

__all__ = ["Deed", "deeds"]

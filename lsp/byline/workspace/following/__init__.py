"""Following agents that have no hooks: what their own records say becomes events, once, through the hooks' writer."""

from byline.workspace.following.atwork import is_at_work
from byline.workspace.following.follow import SETTLED_SECONDS, follow, watched

__all__ = ["SETTLED_SECONDS", "follow", "is_at_work", "watched"]

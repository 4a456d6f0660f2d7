"""The ids of all sessions of a repository, from which those that are shown shortened are told."""

from collections.abc import Mapping

from byline.cli.everysession import Everything
from byline.workspace.place import Place


def names(place: Place | None, env: Mapping[str, str]) -> list[str]:
    """Of those with events here and of those that only anchors name (see `sessions.shortids`)."""
    with Everything(place, env) as everything:
        return everything.names()

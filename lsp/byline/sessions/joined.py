"""One session of which two repositories know parts. Pure."""

import copy

from byline.sessions.growing import Growing
from byline.sessions.lineturns import joined_turns


def joined(here: Growing, abroad: Growing) -> Growing:
    """What is known here, with the prompts and the life that were recorded where the session was started.

    Its files and calls stay those of here: the paths of another repository mean nothing in this one.
    """
    result = copy.copy(here)
    result.latest = {**abroad.latest, **here.latest}
    for name in ("pid", "process_start", "cwd"):
        if name in abroad.latest:
            result.latest[name] = abroad.latest[name]
    result.turns = joined_turns(here.turns, abroad.turns)
    result.transcripts = [*abroad.transcripts, *(path for path in here.transcripts if path not in abroad.transcripts)]
    result.first_cwd = abroad.first_cwd or here.first_cwd
    result.first = min((at for at in (here.first, abroad.first) if at is not None), default=None)
    result.last = max((at for at in (here.last, abroad.last) if at is not None), default=None)
    for name in ("last_start", "first_end", "pid", "end_reason"):
        if getattr(abroad, name) is not None:
            setattr(result, name, getattr(abroad, name))
    result.revivals = max(here.revivals, abroad.revivals)
    result.compactions = here.compactions + abroad.compactions
    if not here.turns:
        result.tokens = abroad.tokens or here.tokens
        result.cost = here.cost if abroad.cost is None else abroad.cost
    result.events = here.events + abroad.events
    if abroad.status_at >= here.status_at:
        result.status, result.status_at = abroad.status, abroad.status_at
    result.is_over = abroad.is_over if abroad.last_start is not None else here.is_over
    result.ended = abroad.ended if abroad.last_start is not None else here.ended
    return result

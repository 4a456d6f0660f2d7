"""Which session a person means: its whole id, or a beginning that only one has."""

from collections.abc import Iterable

from byline.errors import BylineError


def pick(known: Iterable[str], given: str) -> str:
    """The one id that is `given` or begins with it. Raises BylineError where there is none, or more than one."""
    ids = list(known)
    if given in ids:
        return given
    # Ids of subagents begin with their parent's: a beginning that fits a parent means the parent.
    found = [one for one in ids if given and one.startswith(given)]
    found = [one for one in found if not any(one.startswith(f"{other}/") for other in found)] or found
    if not found and "/" in given:  # both parts cut, as tables show a subagent
        parent, _, child = given.partition("/")
        parts = [(one, one.partition("/")) for one in ids]
        found = [
            one for one, (above, slash, own) in parts if slash and above.startswith(parent) and own.startswith(child)
        ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise BylineError(f"no session {given!r} is recorded here; `byline sessions` lists them")
    some = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
    raise BylineError(f"{len(found)} sessions begin with {given!r}: {some}")

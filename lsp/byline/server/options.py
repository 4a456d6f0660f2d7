"""Settings that cannot fail: every field typed and defaulted, a wrong one told and replaced by its default."""

from typing import Any, Literal

import msgspec

from byline.server.words import clean


class HoverOptions(msgspec.Struct, frozen=True, rename="camel"):
    """What hovers say."""

    enabled: bool = True
    unknown: Literal["none", "committer"] = "none"
    """On lines whose writer is unknown: nothing, or who committed them."""


class CodeLensOptions(msgspec.Struct, frozen=True, rename="camel"):
    """The lens at the top of a file."""

    enabled: bool = True
    functions: bool = False
    """One more lens on each function in which a session wrote lines."""


class Options(msgspec.Struct, frozen=True, rename="camel"):
    """The settings, from `initializationOptions` or the section `byline` of the client's configuration."""

    hover: HoverOptions = HoverOptions()
    code_lens: CodeLensOptions = CodeLensOptions()
    diagnostics: Literal["auto", "always", "never"] = "auto"
    """Show AI lines as hint diagnostics; `auto`: where the client cannot refresh inlay hints."""
    record_saves: bool = True
    """Write `save` and `observe` events, by which lines typed in the editor are known to be a person's."""
    notifications: bool = True
    """Send `byline/changed`."""
    command_links: bool = False
    """The client runs `command:` links in hovers (VS Code with byline's own extension)."""
    draws: bool = False
    """The client draws AI lines by itself from `byline/attribution`; no hints, diagnostics or messages for that."""
    trusted: bool = True
    """False: nothing is read and git is not started until the client says otherwise."""


CLIENTS = frozenset({"path", "statusBar", "gutter", "lineTint", "labels", "currentLine", "trace"})
"""What the section of VS Code has besides: its extension's own."""


def read_options(given: Any, base: Options | None = None) -> tuple[Options, list[str]]:
    """The options in `given` over `base`, and one sentence for each value or key that cannot be used."""
    start = base or Options()
    if given is None:
        return start, []
    return _read(given, start, "byline")


def _read(given: Any, start: Any, name: str) -> tuple[Any, list[str]]:
    if not isinstance(given, dict):
        return start, [f"{name} must be an object, not {type(given).__name__}"]
    known = {field.encode_name for field in msgspec.structs.fields(type(start))}
    others = CLIENTS if name == "byline" else frozenset()
    changed: dict[str, Any] = {}
    wrong = [
        f"{name}.{clean(key)[:40]} ignored: there is no such setting"
        for key in given
        if isinstance(key, str) and key not in known | others
    ]
    for field in msgspec.structs.fields(type(start)):
        if field.encode_name not in given or given[field.encode_name] is None:
            continue
        value, old, full = given[field.encode_name], getattr(start, field.name), f"{name}.{field.encode_name}"
        if isinstance(old, msgspec.Struct):
            changed[field.name], more = _read(value, old, full)
            wrong += more
            continue
        try:
            changed[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError as problem:
            wrong.append(f"{full} ignored: {problem}")
    return msgspec.structs.replace(start, **changed), wrong

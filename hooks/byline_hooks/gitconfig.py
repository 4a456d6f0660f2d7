"""The two git settings a hook asks for, read without starting git.

`include.path` is followed, `includeIf` is not.
"""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST_INCLUDE = 5
_LARGEST = 1 << 20


def settings(data: str) -> list[tuple[str, str]]:
    """`(section.key in lower case, value)` of a config file, in order; subsections are left out."""
    found: list[tuple[str, str]] = []
    section = ""
    for line in data.replace("\\\n", "").splitlines():
        line = line.strip()
        if line.startswith("["):
            name, _, line = line[1:].partition("]")
            section = "" if '"' in name else name.strip().lower()
            line = line.strip()
        if not section or not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        found.append((f"{section}.{key.strip().lower()}", _plain(value) if equals else "true"))
    return found


def _plain(value: str) -> str:
    """A value without its quotes and comment."""
    out = ""
    quoted = False
    escaped = False
    for character in value.strip():
        if escaped:
            out += character
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character in "#;" and not quoted:
            return out.rstrip()
        else:
            out += character
    return out


def read(path: str) -> str:
    """A config file's text; "" where there is none."""
    try:
        return system.text(system.read(path, _LARGEST))
    except OSError:
        return ""


def lookup(text: str, path: str, key: str, home: str, depth: int = 0) -> str | None:
    """The last value of `key` in a config file's `text` and what it includes; `path` is the file's own."""
    lowered = text.lower()
    if key.partition(".")[0] not in lowered and "include" not in lowered:
        return None
    value: str | None = None
    for name, setting in settings(text):
        if name == key:
            value = setting
        elif name == "include.path" and depth < _DEEPEST_INCLUDE:
            if setting.startswith("~/"):
                setting = home + setting[1:]
            included = system.join(system.parent(path), setting)
            inner = lookup(read(included), included, key, home, depth + 1)
            value = value if inner is None else inner
    return value


def enabled(env: "Mapping[str, str]", common_dir: str | None, config: str, git_dir: str | None) -> bool:
    """Whether the user wants records here: `BYLINE_DISABLE`, then `byline.enabled`, the nearest file winning.

    `config` is the text of the repository's own config file; `common_dir` and `git_dir` are None outside one.
    """
    if env.get("BYLINE_DISABLE", "0") not in ("", "0"):
        return False
    home = env.get("HOME") or env.get("USERPROFILE") or ""
    value: str | None = None
    for path in _user_files(env, home):
        nearer = lookup(read(path), path, "byline.enabled", home)
        value = value if nearer is None else nearer
    if common_dir is not None:
        nearer = lookup(config, f"{common_dir}/config", "byline.enabled", home)
        value = value if nearer is None else nearer
    if git_dir is not None and "worktreeconfig" in config.lower():
        nearer = lookup(read(f"{git_dir}/config.worktree"), f"{git_dir}/config.worktree", "byline.enabled", home)
        value = value if nearer is None else nearer
    return value is None or value.lower() not in ("false", "no", "off", "0", "")


def _user_files(env: "Mapping[str, str]", home: str) -> list[str]:
    files = []
    if env.get("GIT_CONFIG_NOSYSTEM", "0") in ("", "0", "false"):
        files.append(env.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig")
    if "GIT_CONFIG_GLOBAL" in env:
        files.append(env["GIT_CONFIG_GLOBAL"])
    elif home:
        above = env.get("XDG_CONFIG_HOME") or f"{home}/.config"
        files += [f"{above}/git/config", f"{home}/.gitconfig"]
    return [path for path in files if path]

"""Where a file belongs: its repository, and the folders byline keeps for it. Never starts a process."""

from byline_hooks import system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = 0o040000
_FILE = 0o100000


class Place:
    """One worktree of one repository; all paths absolute, symbolic links resolved."""

    __slots__ = ("common_dir", "config", "git_dir", "object_format", "worktree")

    def __init__(self, worktree: str, git_dir: str, common_dir: str, config: str) -> None:
        self.worktree = worktree
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.config = config
        """Text of the repository's config file."""
        self.object_format = "sha1"
        if "objectformat" in config.lower():
            from byline_hooks import gitconfig

            named = gitconfig.lookup(config, f"{common_dir}/config", "extensions.objectformat")
            self.object_format = "sha256" if (named or "").lower() == "sha256" else "sha1"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and (self.worktree, self.git_dir) == (other.worktree, other.git_dir)

    def __hash__(self) -> int:
        return hash((self.worktree, self.git_dir))


def find_repository(start_dir: str) -> Place | None:
    """The repository whose worktree holds the folder `start_dir` (absolute; it need not exist any more).

    None outside a repository, and for what lies inside a `.git` folder.
    """
    folder = system.realpath(start_dir)
    while True:
        try:
            kind = os.stat(system.native(f"{folder.rstrip('/')}/.git")).st_mode & 0o170000
        except OSError:
            kind = 0
        place = _open(folder, kind) if kind in (_FOLDER, _FILE) else None
        if place is not None:
            return place
        above = system.parent(folder)
        if above == folder or folder[-5:].lower() == "/.git":
            return None
        folder = above


def _open(worktree: str, kind: int) -> Place | None:
    git_dir = f"{worktree.rstrip('/')}/.git"
    try:
        if kind == _FILE:
            pointer = system.text(system.read(git_dir, 1 << 14))
            if not pointer.startswith("gitdir:"):
                return None
            git_dir = system.join(worktree, pointer[len("gitdir:") :].strip())
        os.stat(system.native(f"{git_dir}/HEAD"))
    except OSError:
        return None
    git_dir = system.realpath(git_dir)
    common_dir = git_dir
    try:
        named = system.text(system.read(f"{git_dir}/commondir", 1 << 14)).strip()
        common_dir = system.realpath(system.join(git_dir, named))
    except OSError:
        pass  # not a linked worktree
    config = _config(f"{common_dir}/config")
    if "ignorecase" in config.lower():
        from byline_hooks import spelling

        worktree, git_dir, common_dir = [spelling.whole(path) for path in (worktree, git_dir, common_dir)]
    return Place(worktree, git_dir, common_dir, config)


def recording(place: Place | None, env: "Mapping[str, str]") -> bool:
    """Whether the user wants records here: `BYLINE_DISABLE`, then `byline.enabled`, the nearest file winning."""
    if env.get("BYLINE_DISABLE", "0") not in ("", "0"):
        return False
    home = env.get("HOME") or env.get("USERPROFILE") or ""
    sources = [(path, _config(path)) for path in _user_config(env, home)]
    if place is not None:
        sources.append((f"{place.common_dir}/config", place.config))
        if "worktreeconfig" in place.config.lower():
            sources.append((f"{place.git_dir}/config.worktree", _config(f"{place.git_dir}/config.worktree")))
    told = "".join([text for _, text in sources]).lower()
    if "byline" not in told and "include" not in told:
        return True
    from byline_hooks import gitconfig

    around = gitconfig.Surroundings(home, _git_dirs(place, env) if place is not None else ())
    return not gitconfig.is_false(gitconfig.value(sources, "byline.enabled", around))


def _git_dirs(place: Place, env: "Mapping[str, str]") -> list[str]:
    """What git would call its folder: without links, and as it is reached from where the person stands."""
    inside = f"{place.worktree.rstrip('/')}/.git"
    if system.realpath(inside) != place.git_dir:
        return [place.git_dir]  # a file names it
    reached = env.get("PWD", "")
    stands_there = system.is_absolute(reached) and system.realpath(reached) == place.worktree
    return [place.git_dir, f"{reached.rstrip('/')}/.git" if stands_there else inside]


def _config(path: str) -> str:
    try:
        return system.text(system.read(path, 1 << 20))
    except OSError:
        return ""


def _user_config(env: "Mapping[str, str]", home: str) -> list[str]:
    files = []
    if env.get("GIT_CONFIG_NOSYSTEM", "0") in ("", "0", "false"):
        files += [env["GIT_CONFIG_SYSTEM"]] if env.get("GIT_CONFIG_SYSTEM") else _system_config(env)
    if "GIT_CONFIG_GLOBAL" in env:
        files.append(env["GIT_CONFIG_GLOBAL"])
    elif home:
        above = env.get("XDG_CONFIG_HOME") or f"{home}/.config"
        files += [f"{above}/git/config", f"{home}/.gitconfig"]
    return [path for path in files if path]


def _system_config(env: "Mapping[str, str]") -> list[str]:
    """Where git's system settings are, of each git there may be."""
    if system.WINDOWS:
        data, programs = env.get("PROGRAMDATA"), env.get("PROGRAMFILES")
        return [f"{data}/Git/config" if data else "", f"{programs}/Git/etc/gitconfig" if programs else ""]
    return ["/etc/gitconfig", *(["/usr/local/etc/gitconfig", "/opt/homebrew/etc/gitconfig"] if _is_mac() else [])]


def data_dir(env: "Mapping[str, str]") -> str:
    """The user data folder; OSError where the user has no home.

    A relative name would be another folder wherever a hook runs: it is none.
    """
    named = env.get("BYLINE_DATA_DIR", "")
    if system.is_absolute(named):
        return system.join("", named).rstrip("/")
    if system.WINDOWS:
        local = env.get("LOCALAPPDATA") or f"{_home(env)}/AppData/Local"
        return system.join(local.replace("\\", "/").rstrip("/"), "byline")
    above = env.get("XDG_DATA_HOME", "")
    if above.startswith("/"):
        return f"{above}/byline"
    return _home(env) + ("/Library/Application Support/byline" if _is_mac() else "/.local/share/byline")


def _is_mac() -> bool:
    import sys

    return sys.platform == "darwin"


def _home(env: "Mapping[str, str]") -> str:
    home = env.get("USERPROFILE" if system.WINDOWS else "HOME")
    if home:
        return home.replace("\\", "/").rstrip("/") if system.WINDOWS else home.rstrip("/")
    if system.WINDOWS:
        raise FileNotFoundError("no home folder")
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        raise FileNotFoundError("no home folder") from None


def key(common_dir: str) -> str:
    """The name of a repository in the user data folder: 16 hex digits."""
    from byline_hooks import snapshots

    return str(snapshots.hasher("sha1", common_dir.encode("utf-8", "surrogateescape")).hexdigest())[:16]


def store_dir(common_dir: str) -> str:
    """Where a repository's events and snapshots lie."""
    return f"{common_dir}/byline"


def fallback_dir(common_dir: str, env: "Mapping[str, str]") -> str:
    """Where they lie when the repository's own folder cannot be written. Readers merge both."""
    return f"{data_dir(env)}/repos/{key(common_dir)}"


def files_dir(env: "Mapping[str, str]") -> str:
    """Where the events of files outside any repository lie."""
    return f"{data_dir(env)}/files"

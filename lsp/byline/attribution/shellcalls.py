"""Shell events of one path: what changed between a call's two events, and by whom."""

import re

from byline.attribution.bringing import moves_texts, takes_older_stash
from byline.attribution.call import Call
from byline.attribution.closing import BESIDE, NOT_ITS_DOING, close, unexplained
from byline.attribution.commands import only_git, only_reads, tells_index
from byline.attribution.conflicts import markers
from byline.attribution.filemoves import brings_files, carries_here, from_root, may_put_over, moved_to, puts_over
from byline.attribution.formatters import commits, hides_commit, is_formatter_run, names_formatter
from byline.attribution.hidden import gone_lines_of_head, may_be_gits, others_lines
from byline.attribution.ignoring import rules_changed
from byline.attribution.marks import Mark, Version, exact_keys, telling
from byline.attribution.merge import carry, kept
from byline.attribution.node import Node
from byline.attribution.renames import gone_lines, moved_here, name_in
from byline.attribution.rivals import without_rivals
from byline.attribution.shellstep import gits_doing
from byline.attribution.staged import without_staged
from byline.attribution.states import States, session_owner
from byline.attribution.step import Rule, step
from byline.attribution.taken import made_again, without_taken
from byline.attribution.typed import types, types_into, typing_into
from byline.attribution.unseen import UNSEEN, lines_in
from byline.attribution.windows import Window
from byline.model import NONE_ID, UNREAD, Event, Owner


class ShellCalls:
    """What the shell calls of agents make of a path's states."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._unclear: list[tuple[int, str | None, str | None]] = []
        """Position, session and worktree of events that do not tell what was there."""
        self._taken_back: dict[int, Node] = {}
        """By the position of a pre event the state that git then did not know of, with nobody seen taking it back."""

    def begin(self, seq: int, event: Event) -> None:
        """The call is about to run: what is there now is not its doing."""
        content = self._listed(event)
        if content is None:
            self._note_unclear(seq, event)
            return
        before = self._states.current.get(event.worktree)
        found = self._states.at_pre[seq] = self._states.observe(content, seq, event)
        is_listed = self._states.path in (event.paths or ())
        is_gone = before is not None and before is not found and not is_listed and before.seen_at == event.head
        if before is not None and is_gone and _may_be_as_long(before.version, found.version):
            self._taken_back[seq] = before

    def end(self, seq: int, event: Event, window: Window | None) -> None:
        """The call has ended: what changed since it began is its own, unless git brought it."""
        content = self._listed(event)
        if content is None:
            self._note_unclear(seq, event)
            return
        if event.beside and (window is None or not window.pre[1].may_write(self._states.path)):
            return  # it may not have been there when the call began: what has changed is told by others
        pre = self._states.at_pre.get(window.pre[0]) if window else None
        text = self._states.text(content)
        current = self._states.current.get(event.worktree)
        if window is None or pre is None or current is None or text is None:
            self._states.observe(content, seq, event)
            return
        if self._states.world.turn_ended(event.session_id, window.pre[0], seq):
            self._states.observe(content, seq, event)  # the call was over: it did not do what changed since
            return
        world, path = self._states.world, self._states.path
        if pre.id == NONE_ID and current is pre and rules_changed(world.entry, path, window.pre[1], event):
            self._states.observe(content, seq, event)  # it may only have been ignored before
            return
        command = window.pre[1].command or event.command
        is_same = current.id == text.id and not unexplained(current, pre, Rule.OTHER, typing_into(command, path))
        if is_same and (current is not pre or not types_into(command, path, goes=True) or types(command)):
            current.last = seq
            return
        if pre.id == text.id and current.id != text.id:
            # Told meanwhile of something older, or put back: the call has changed nothing.
            self._states.push(seq, window.pre[0], event, text.id, pre.version)
            return
        owner = self._owner(command, window.pre[0], seq, event)
        call = Call(world, path, window.pre, (seq, event), pre, current, text, owner, self._states.nodes)
        version = made_again(call) if is_same else self._version(call)
        if is_same and version is None:
            current.last = seq
        else:
            self._states.push(seq, call.begin, event, text.id, version)

    def _owner(self, command: str | None, begin: int, seq: int, event: Event) -> Owner:
        """Who owns what is a call's own doing."""
        if self._is_unclear(begin, seq, event):
            return Owner("unknown", f"no evidence: other calls ran beside{quoted(command)}", seq=seq)
        if only_git(command):
            if not moves_texts(command) and not (commits(command) and self._states.world.has_commit_hook()):
                return Owner("unknown", f"{NOT_ITS_DOING}while git brought no text{quoted(command)}", seq=seq)
            return Owner("unknown", f"no evidence: git brought it{quoted(command)}", seq=seq)
        if only_reads(command):
            return Owner("unknown", f"{NOT_ITS_DOING}while this only read{quoted(command)}", seq=seq)
        if is_formatter_run(command):
            return Owner("unknown", f"inside a formatter run{quoted(command)}", seq=seq)
        return session_owner(event, seq, f"changed during shell call{quoted(command)}")

    def _version(self, call: Call) -> Version | None:
        if call.current.version is None or call.found.version is None:
            return None
        version = gits_doing(call)
        if version is None:
            version = self._plain(call)
        if version is None:
            return None
        known = without_staged(call, without_taken(call, version))
        return without_rivals(call, _without_doubtful(call, known))

    def _plain(self, call: Call) -> Version | None:
        """A change that git is not known to have made."""
        command, source, is_new = call.command, None, call.found.id == NONE_ID
        if call.current is call.found:
            source = moved_here(call.world, call.path, call.pre, call.post, call.text, replaced=not is_new)
        if source is None and is_formatter_run(command):
            return _closed(call, Rule.FORMAT)
        if source is None and only_git(command) and not moves_texts(command):
            # What changes during `git commit` is made by a hook of the project: mostly a formatter.
            return _closed(call, Rule.FORMAT)
        is_plain = types_into(command, call.path) or not call.after.session_id
        if not is_plain and _may_be_gits(call, source or call.found.version):
            reason = f"no evidence: git may have brought it{quoted(command)}"
            call = call._replace(owner=Owner("unknown", reason, seq=call.end))
        if source is not None and is_new:
            return step(source, call.text, Rule.OTHER, call.owner, memo=call.world.memo)
        formats = names_formatter(command) or (commits(command) and call.world.has_commit_hook())
        version = _closed(call, Rule.FORMAT if formats else Rule.OTHER)
        if source is not None and version is not None:
            # It may be the same file after all, written anew under another name: what is as it was stays as it was.
            return Version(call.text, kept(version, call.owner, source.marks))
        return self._doubted(call.begin, version, call.owner)

    def _note_unclear(self, seq: int, event: Event) -> None:
        if event.incomplete:
            self._unclear.append((seq, event.session_id, event.worktree))

    def _is_unclear(self, begin: int, end: int, event: Event) -> bool:
        """Whether another session's call began or ended inside this one, and nobody knows what was there then."""
        return any(
            begin < seq < end and session != event.session_id and worktree == event.worktree
            for seq, session, worktree in self._unclear
        )

    def _doubted(self, pre: int, version: Version | None, owner: Owner) -> Version | None:
        """Lines that stood there before git called the file unchanged may never have been gone: nobody's.

        Git overlooks a file that was written in the second in which it read it, with as many bytes.
        """
        taken_back = self._taken_back.get(pre)
        if version is None or taken_back is None or taken_back.version is None:
            return version
        nobody = Mark(Owner("unknown", "no evidence: it stood there before, and git may have overlooked it", seq=pre))
        there = carry(version.lines, [taken_back.version])
        return Version(version.text, kept(version, owner, [nobody if old is not None else None for old in there]))

    def _listed(self, event: Event) -> str | None:
        """The content a shell event shows for this path; None when it does not tell."""
        if event.paths is None or event.after_ids is None or not event.may_write(self._states.path):
            return None
        if self._states.path in event.paths:
            index = event.paths.index(self._states.path)
            found = event.after_ids[index] if index < len(event.after_ids) else UNREAD
            return None if found == UNREAD else found
        if event.incomplete:
            return None
        committed = self._states.world.entry(event.head, self._states.path)
        if committed is None and self._states.world.ignored(self._states.path):
            return None  # git status lists no ignored files: it may have been there
        return committed or NONE_ID


def _may_be_as_long(one: Version | None, other: Version | None) -> bool:
    """Whether two texts may have as many bytes on disk, with line ends of one character or of two."""
    if one is None or other is None:
        return True
    sizes = [(sum(map(len, version.lines)), len(version.lines)) for version in (one, other)]
    (size, count), (other_size, other_count) = sizes
    return size == other_size or size + count == other_size + other_count


_COMMIT = re.compile(r"\b[0-9a-f]{7,64}\b")
_MOST_NAMED = 8
_BROUGHT = "it may have been brought"


def _moved(call: Call) -> set[bytes] | None:
    """The lines of the files that were moved to the path; None where those, or their texts, are not known."""
    sources = moved_to(from_root(call.command, call.before), call.path)
    if not sources or call.before.incomplete or moves_texts(call.command):
        return None
    listed, found = dict(call.before.listed()), set[bytes]()
    for source in sources:
        blob = listed.get(source) or call.world.entry(call.before.head, source)
        text = call.world.text(blob, source) if blob and blob not in (NONE_ID, UNREAD) else None
        if text is None:
            return None
        found.update(exact_keys(text.lines))
    return found


def _without_doubtful(call: Call, version: Version) -> Version:
    """Lines that do not stand in the command, and may be somebody else's all the same, are nobody's."""
    own, command = call.owner, call.command
    if not own.session_id:
        return version  # nothing of it is the call's as it is, for a reason that says whether it may be another's
    reason = _doubt(call)
    there: set[bytes] | None = None
    if reason == _BROUGHT:
        there = _moved(call)
    elif reason is None:
        there = _elsewhere(call, version)
        reason = _BROUGHT if there is None else "git may have brought it"
    if reason is None or there == set():
        return version
    nobody = Mark(Owner("unknown", f"no evidence: {reason}{quoted(command)}", seq=call.end))
    lines = exact_keys(version.lines)
    return call.unless_typed(version, [nobody if there is None or line in there else None for line in lines])


def _elsewhere(call: Call, version: Version) -> set[bytes] | None:
    """Lines that the call may have from elsewhere; None where it may be any."""
    command = call.command
    there = {version.lines[k] for k in markers(version.lines)}
    moves = moves_texts(command) or call.world.moved(call.after.worktree, call.begin, call.end)
    if moves or (call.before.head != call.after.head and hides_commit(command)):
        there |= telling(call.world.elsewhere(None, call.path, call.begin))
        there |= telling(line for name in _named(command) for line in lines_in(call.world, name, call.path))
    if not types_into(command, call.path):
        if name := name_in(call.world, call.before.stash, call.path):
            there |= telling(lines_in(call.world, call.before.stash, name))  # a script may have popped it
        own = [line for mark, line in zip(version.marks, version.lines, strict=True) if mark.owner is call.owner]
        after = call.after
        there |= others_lines(call.world, call.path, after.head, exact_keys(own), call.begin, after.session_id)
        if own and call.current.version is not None:
            was = call.current.version
            there |= gone_lines_of_head(call.world, call.path, call.before.head, was, after.session_id)
    if call.found.id != NONE_ID and may_put_over(from_root(command, call.before), call.path):
        gone = gone_lines(call.world, call.before, call.after)
        return there | gone if gone is not None else None
    return there


def _named(command: str | None) -> list[str]:
    """What a command calls commits: no branch need have them any more."""
    return list(dict.fromkeys(_COMMIT.findall(command or "")))[:_MOST_NAMED]


def _doubt(call: Call) -> str | None:
    """Why any line may be somebody else's; None if nothing says so."""
    if call.found.id != NONE_ID and puts_over(from_root(call.command, call.before), call.path):
        return _BROUGHT
    if brings_files(call.command, call.path) and (
        call.found.id == NONE_ID or call.after.beside or _moved(call) is not None
    ):
        return _BROUGHT
    if takes_older_stash(call.command):
        return "git may have brought it from an older stash"
    if carries_here(call.command, call.before, encloses=call.world.encloses(call.before.worktree)):
        return "git may have brought it from another folder"
    if tells_index(call.command):
        return "git may have overlooked it before"
    if call.world.beside_background(call.after, call.begin, call.end):
        return "a command in the background ran beside"
    if (call.before.beside or call.after.beside) and call.world.beside_others(call.after, call.begin, call.end):
        return BESIDE.removeprefix(f"{UNSEEN}: ")
    return None


def _closed(call: Call, rule: Rule) -> Version | None:
    named = typing_into(call.command, call.path)
    return close(call.found, call.current, call.text, call.owner, rule, call.after, call.world.memo, named)


def _may_be_gits(call: Call, before: Version | None) -> bool:
    if before is None:
        return False
    return may_be_gits(call.world, call.path, call.after.head, before, call.text, call.end, call.after.session_id)


def quoted(command: str | None) -> str:
    """A shell command as a reason cites it: short, in backquotes; empty for none."""
    if not command:
        return ""
    words = " ".join(command.split())
    return f" `{words[:60]}{'…' if len(words) > 60 else ''}`"

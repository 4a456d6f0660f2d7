"""Shell events of one path: what changed between a call's two events, and by whom."""

from byline.attribution.closing import close, unexplained
from byline.attribution.commands import brings_files, is_typed, moves_texts, only_git, types, uses_git
from byline.attribution.formatters import commits, is_formatter_run, names_formatter
from byline.attribution.hidden import may_be_gits
from byline.attribution.ignoring import rules_changed
from byline.attribution.marks import Mark, Text, Version
from byline.attribution.merge import carry
from byline.attribution.node import Node
from byline.attribution.renames import moved_here
from byline.attribution.shellstep import gits_doing
from byline.attribution.states import States, session_owner
from byline.attribution.step import Rule, step
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
        if before is not None and before is not found and not is_listed and before.seen_at == event.head:
            self._taken_back[seq] = before

    def end(self, seq: int, event: Event, window: Window | None) -> None:
        """The call has ended: what changed since it began is its own, unless git brought it."""
        content = self._listed(event)
        if content is None:
            self._note_unclear(seq, event)
            return
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
        if pre.id == NONE_ID and current is pre and rules_changed(world, path, window.pre[1], event):
            self._states.observe(content, seq, event)  # it may only have been ignored before
            return
        if current.id == text.id and not (current is not pre and unexplained(current, pre)):
            return
        if pre.id == text.id and current.id != text.id:
            # Told meanwhile of something older, or put back: the call has changed nothing.
            self._states.push(seq, window.pre[0], event, text.id, pre.version)
            return
        version = self._step(window, pre, current, text, seq, event)
        self._states.push(seq, window.pre[0], event, text.id, version)

    def _step(self, window: Window, pre: Node, current: Node, text: Text, seq: int, event: Event) -> Version | None:
        command = window.pre[1].command or event.command
        owner = session_owner(event, seq, f"changed during shell call{quoted(command)}")
        if only_git(command):
            owner = Owner("unknown", f"no evidence: git brought it{quoted(command)}", seq=seq)
        elif is_formatter_run(command):
            owner = Owner("unknown", f"inside a formatter run{quoted(command)}", seq=seq)
        if self._is_unclear(window.pre[0], seq, event):
            owner = Owner("unknown", f"no evidence: other calls ran beside{quoted(command)}", seq=seq)
        if current.version is None or pre.version is None:
            return None
        before = window.pre[1]
        merges = bool(uses_git(command) or event.merging or (before.head, before.stash) != (event.head, event.stash))
        pair = (window.pre, (seq, event))
        version = gits_doing(
            self._states.world, self._states.path, pair, current, text, owner, self._states.nodes, merges
        )
        if version is None:
            version = self._plain(window, pre, current, text, seq, event, owner)
        doubt = self._doubt(window, pre, seq, event)
        if version is None or doubt is None:
            return version
        nobody = Mark(Owner("unknown", f"no evidence: {doubt}{quoted(command)}", seq=seq))
        lines = zip(version.marks, version.lines, strict=True)
        marks = [nobody if mark.owner is owner and not is_typed(line, command) else mark for mark, line in lines]
        return Version(text, marks)

    def _doubt(self, window: Window, pre: Node, seq: int, event: Event) -> str | None:
        """Why lines that do not stand in the command may be somebody else's all the same; None if nothing says so."""
        if pre.id == NONE_ID and brings_files(window.pre[1].command or event.command):
            return "it may have been brought"
        if self._states.world.beside_background(event, window.pre[0], seq):
            return "a command in the background ran beside"
        return None

    def _plain(
        self, window: Window, pre: Node, current: Node, text: Text, seq: int, event: Event, owner: Owner
    ) -> Version | None:
        """A change that git is not known to have made."""
        memo, before = self._states.memo, window.pre[1]
        command = before.command or event.command
        source = None
        if current is pre:
            world, path = self._states.world, self._states.path
            source = moved_here(world, path, before, event, text, replaced=pre.id != NONE_ID)
        if source is None and is_formatter_run(command):
            return close(pre, current, text, owner, Rule.FORMAT, event, memo)
        if source is None and only_git(command) and not moves_texts(command):
            # What changes during `git commit` is made by a hook of the project: mostly a formatter.
            return close(pre, current, text, owner, Rule.FORMAT, event, memo)
        is_plain = types(command) or not event.session_id
        if not is_plain and self._may_be_gits(event, source or pre.version, text, seq):
            owner = Owner("unknown", f"no evidence: git may have brought it{quoted(command)}", seq=seq)
        if source is not None and pre.id == NONE_ID:
            return step(source, text, Rule.OTHER, owner, memo=memo)
        formats = names_formatter(command) or (commits(command) and self._states.world.has_commit_hook())
        version = close(pre, current, text, owner, Rule.FORMAT if formats else Rule.OTHER, event, memo)
        if source is not None and version is not None:
            # It may be the same file after all, written anew under another name: what is as it was stays as it was.
            marks = zip(version.marks, source.marks, strict=True)
            return Version(text, [moved if mark.owner is owner else mark for mark, moved in marks])
        return self._doubted(window.pre[0], version, owner)

    def _may_be_gits(self, event: Event, before: Version | None, text: Text, seq: int) -> bool:
        states = self._states
        return before is not None and may_be_gits(
            states.world, states.path, event.head, before, text, seq, event.session_id
        )

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
        return Version(
            version.text,
            [
                nobody if old is not None and mark.owner == owner else mark
                for mark, old in zip(version.marks, there, strict=True)
            ],
        )

    def _listed(self, event: Event) -> str | None:
        """The content a shell event shows for this path; None when it does not tell."""
        if event.paths is None or event.after_ids is None:
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


def quoted(command: str | None) -> str:
    """A shell command as a reason cites it: short, in backquotes; empty for none."""
    if not command:
        return ""
    words = " ".join(command.split())
    return f" `{words[:60]}{'…' if len(words) > 60 else ''}`"

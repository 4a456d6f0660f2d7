"""The states of one path so far, and what the events of agents, editors and the disk add to them."""

from collections.abc import Container
from sys import intern
from typing import NamedTuple

from byline.attribution.marks import EMPTY, Text, Version
from byline.attribution.node import Node, newest
from byline.attribution.palette import Palette
from byline.attribution.step import Memo
from byline.attribution.unseen import brought, unseen
from byline.attribution.world import World
from byline.model import NONE_ID, Event, Owner


class Standing(NamedTuple):
    """What a path had come to at some event."""

    nodes: int
    """How many there were."""
    current: dict[str | None, Node]
    seen_at: list[tuple[Node, str | None, int]]
    """Where HEAD was when each current node was last seen, and by which event."""


class States:
    """The nodes of one path over all worktrees, oldest first, and which is current in each."""

    def __init__(self, path: str, world: World) -> None:
        self.path = path
        self.world = world
        self.nodes: list[Node] = []
        self.current: dict[str | None, Node] = {}
        self.at_pre: dict[int, Node] = {}
        """What each pre event, by its position, found."""
        self._palette = Palette()

    @property
    def memo(self) -> Memo:
        """Comparisons made before."""
        return self.world.memo

    def standing(self) -> "Standing":
        """How things stand, for `restore`."""
        return Standing(
            len(self.nodes), dict(self.current), [(node, node.seen_at, node.last) for node in self.current.values()]
        )

    def restore(self, before: "Standing") -> None:
        """Things stand again as they stood."""
        del self.nodes[before.nodes :]
        self.current.clear()
        self.current.update(before.current)
        for node, seen_at, last in before.seen_at:
            node.seen_at, node.last = seen_at, last

    def rest(self, wanted: Container[int]) -> None:
        """For now nothing comes: of what pre events found keep only what these did."""
        self._palette.rest()
        self.at_pre = {seq: node for seq, node in self.at_pre.items() if seq in wanted}

    def known(self, content_id: str, worktree: str | None = None) -> Version | None:
        """The newest state with this content that no deletion came after."""
        return newest(self.nodes, content_id, worktree)

    def observe(self, content_id: str, seq: int, event: Event) -> Node:
        """The disk (or a tool) shows this content: the current node, or a new one that nobody was seen making."""
        current = self.current.get(event.worktree)
        if content_id == NONE_ID:
            if current is not None and current.id == NONE_ID:
                return current
            return self.push(seq, seq, event, NONE_ID, EMPTY)
        text = self.text(content_id)
        if text is None:
            return self.opaque(seq, event)
        if current is not None and current.id == text.id and current.known:
            version = brought(self.world, self.path, current, event.head)
            current.seen_at, current.last = event.head, seq
            return current if version is None else self.push(seq, seq, event, text.id, Version(text, version.marks))
        version = unseen(self.world, self.path, text, seq, event, current, self.nodes)
        if version.text.id == text.id:
            version = Version(text, version.marks)  # what git has of it may have passed a filter
        return self.push(seq, seq, event, text.id, version)

    def text(self, content_id: str | None) -> Text | None:
        """A content; None for no file, a binary or a lost one."""
        return self.world.text(content_id, self.path) if content_id and content_id != NONE_ID else None

    def opaque(self, seq: int, event: Event) -> Node:
        """A state of which nothing can be said: its bytes are binary or lost."""
        return self.push(seq, seq, event, event.after_id or event.id, None)

    def push(self, seq: int, begin: int, event: Event, content_id: str, version: Version | None) -> Node:
        """A new current state; `begin` is the position at which the call that made it began."""
        node = Node(seq, begin, event.worktree, event.head, content_id, version)
        last = self.current.get(event.worktree)
        if last is not None:
            last.pack(self._palette)
        self.nodes.append(node)
        self.current[event.worktree] = node
        return node


def session_owner(event: Event, seq: int, reason: str) -> Owner:
    """The event's session as the owner of what it made; nobody if it names none."""
    if not event.session_id:
        return Owner("unknown", "an event without a session", evidence=event.id, seq=seq)
    return Owner("session", intern(reason), event.session_id, event.id, seq, "explicit")

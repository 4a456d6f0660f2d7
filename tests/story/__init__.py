"""A tiny language for tests: people, sessions and git do things to a real repository, then byline is asked.

Everything goes through the front door: the hook program with a payload on standard input, real git, and
`byline blame --json`. Nothing of the program's inside is imported.

```python
story(tmp_path).init(f="a b").edit("A", f="a s1 b").commit().expect(f="U|a A|s1 U|b")
```
"""

from story.blame import Blame, LineOwner, owner_word
from story.dialects import Claude, Dialect, Generic
from story.hook import ForkedHook, HookRunner, ProcessHook
from story.telling import Story, story
from story.world import GitRefused, World

__all__ = [
    "Blame",
    "Claude",
    "Dialect",
    "ForkedHook",
    "Generic",
    "GitRefused",
    "HookRunner",
    "LineOwner",
    "ProcessHook",
    "Story",
    "World",
    "owner_word",
    "story",
]

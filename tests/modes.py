"""Processes that obey the modes of files, though they are root's."""

import ctypes
import os
import sys
from collections.abc import Callable

_OVERRIDE, _READ_SEARCH = 1, 2
"""Capabilities by which root reads and writes whatever it likes."""


def obey_modes() -> None:
    """In a process about to start: give up root's right to read and write whatever it likes."""
    if os.geteuid() == 0:
        drop_from_bounding_set = 24
        for capability in (_OVERRIDE, _READ_SEARCH):
            assert ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0) == 0


def obey_meanwhile() -> Callable[[], None]:
    """In this process and those that it forks: the same, until what is returned is called."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    effective = sets[0]

    def put(value: int) -> None:
        sets[0] = value
        assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())

    put(effective & ~(1 << _OVERRIDE | 1 << _READ_SEARCH))
    return lambda: put(effective)

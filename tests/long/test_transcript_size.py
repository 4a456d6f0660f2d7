"""A transcript of 100 MB is read in bounded memory, and what is appended afterwards costs only itself."""

import json
import time
import tracemalloc
from pathlib import Path

import pytest

from byline.sessions.transcripts import read

ANSWERS = 30_000
LONGEST = 30
"""MB of memory for 100 MB of transcript."""


@pytest.mark.long
def test_100_mb(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    filler = "x" * 2_900
    with path.open("w") as file:
        for number in range(ANSWERS):
            usage = {"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 5}
            block = {"type": "tool_use", "id": f"c{number}", "name": "Bash", "input": {"command": f"ls {filler}"}}
            message = {"id": f"m{number}", "model": "m", "usage": usage, "content": [block]}
            file.write(json.dumps({"type": "assistant", "message": message}) + "\n")
            if number % 10 == 0:
                file.write(json.dumps({"type": "user", "uuid": f"u{number}", "message": {"content": filler}}) + "\n")
        file.write('{"type": "user", "blob": "' + "y" * 9_000_000 + '"}\n')
    assert path.stat().st_size > 100_000_000
    tracemalloc.start()
    reading = read("claude", path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reading is not None
    total = reading.tally.total
    assert total is not None
    assert (total.input, total.output, total.cache_read) == (3 * ANSWERS, 2 * ANSWERS, 5 * ANSWERS)
    assert (reading.tally.requests, reading.tally.tool_usage) == (ANSWERS, {"Bash": ANSWERS})
    assert reading.tally.asked == ANSWERS // 10
    assert peak < LONGEST * 1_000_000
    with path.open("a") as file:
        file.write('{"type": "assistant", "message": {"id": "last", "usage": {"input_tokens": 1}}}\n')
    began = time.perf_counter()
    again = read("claude", path, reading)
    assert time.perf_counter() - began < 0.1
    assert again is reading
    assert again.tally.requests == ANSWERS + 1

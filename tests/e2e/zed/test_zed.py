"""Zed's extension compiles. Zed itself cannot be had here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parents[3] / "editors" / "zed"
WASM = "wasm32-wasip2"
ENV = dict(os.environ)
"""Cargo's and rustup's folders lie in the real home, which tests move."""

pytestmark = pytest.mark.long


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=EXTENSION, env=ENV, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def cargo(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How to run cargo here; what it makes goes to a folder of its own."""
    if not shutil.which("cargo"):
        pytest.skip("no cargo: install Rust")
    ENV["CARGO_TARGET_DIR"] = str(tmp_path_factory.mktemp("target"))
    return ["cargo", "--locked"]


def test_it_compiles(cargo: list[str]) -> None:
    done = run(*cargo, "check")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr


def test_it_compiles_to_what_zed_loads(cargo: list[str]) -> None:
    if WASM not in run("rustc", "--print", "target-list").stdout:
        pytest.skip(f"this Rust does not know {WASM}")
    root = run("rustc", "--print", "sysroot").stdout.strip()
    if not (Path(root) / "lib" / "rustlib" / WASM).exists():
        pytest.skip(f"no {WASM} here: rustup target add {WASM}")
    done = run(*cargo, "build", "--target", WASM)
    assert done.returncode == 0, done.stderr
    made = Path(ENV["CARGO_TARGET_DIR"]) / WASM / "debug" / "byline_zed.wasm"
    assert made.read_bytes().startswith(b"\0asm")

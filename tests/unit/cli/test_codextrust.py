"""The hashes by which Codex knows hooks it may run."""

from byline.cli.install.codextrust import Hook


def test_hashes_are_those_of_codex() -> None:
    """As Codex 0.169 gave them for these hooks."""
    tool = Hook("PreToolUse", 0, 0, "apply_patch|Bash", "echo 'é'", 10)
    assert tool.hash() == "sha256:4ef334d86d6a76ce7a04f6ae44e4a138668877344fa3801d2e5e0c3d0097e457"
    last = Hook("SessionEnd", 2, 1, None, "true", 3)
    assert last.hash() == "sha256:0408973db4c606ef0b942b13de03431201c09e7746a6fbf2d078370f1af83d68"
    assert last.key("/h/.codex/hooks.json") == "/h/.codex/hooks.json:session_end:2:1"

import pytest

from byline.repo.run import FLAGS_OF, GLOBAL_FLAGS, environment, path_bytes, path_text
from byline.repo.worktree import blob_id, lfs_pointer


def test_every_run_has_the_flags_that_keep_it_harmless() -> None:
    assert "--no-optional-locks" in GLOBAL_FLAGS
    assert "core.fsmonitor=false" in GLOBAL_FLAGS
    for command in ("diff", "log", "show", "diff-tree", "diff-index", "diff-files"):
        assert {"--no-ext-diff", "--no-textconv"} <= set(FLAGS_OF[command])
    assert "--no-textconv" in FLAGS_OF["blame"]


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_PARAMETERS", "GIT_TRACE", "GIT_NAMESPACE"])
def test_variables_of_a_surrounding_git_are_dropped(name: str) -> None:
    assert name not in environment({name: "x"})
    assert name not in environment({name: "x"}, network=True)


def test_paths_that_are_no_text_survive() -> None:
    assert path_bytes(path_text(b"a\xff/\xc3\xa4")) == b"a\xff/\xc3\xa4"


def test_blob_ids() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_id(b"", "sha256") == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"


def test_lfs_pointer() -> None:
    pointer = lfs_pointer(b"hello\n")
    assert pointer == (
        b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\nsize 6\n"
    )
    assert lfs_pointer(pointer) == pointer
    assert lfs_pointer(b"") == b""

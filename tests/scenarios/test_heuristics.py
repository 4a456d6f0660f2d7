"""What other tools guess, and byline does not say.

Each story is a situation in which a rule of thumb (a time window, a neighbour, a file's label, equal text) would name
a session that wrote nothing there. Byline must leave the line unknown, or with the one who wrote it.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True))


def _runs(command: str) -> Callable[[Story], None]:
    """What a shell does with a command line; some stop with a conflict."""

    def does(it: Story) -> None:
        # The commands are this file's own.
        subprocess.run(["sh", "-c", command], cwd=it.stage.here, env=it.world.environment(), capture_output=True)

    return does


def _owners(told: Story, path: str = "f.txt", rev: str | None = None) -> dict[str, str]:
    """Who has each line, by its text; `rev` None for the working file."""
    return {line.text: line.owner for line in told.stage.ask(path, rev)}


def test_a_session_that_was_active_a_moment_ago_owns_nothing_else(told: Story) -> None:
    """A time window gives what was committed within minutes of a session to it."""
    told.init(f="a", g="x").edit("A", g="x s1").on_disk(f="a u1").commit()
    told.expect(f="U|a U|u1", g="U|x A|s1")


def test_a_line_between_two_of_a_session_is_not_its_own(told: Story) -> None:
    """Bridging fills the gap between two lines of one session."""
    told.init(f="a b").edit("A", f="a s1 s2 b").on_disk(f="a s1 u1 s2 b").commit()
    told.expect(f="U|a A|s1 U|u1 A|s2 U|b")


def test_lines_at_the_edge_of_a_block_are_not_its_own(told: Story) -> None:
    told.init(f="a b").edit("A", f="a s1 b").on_disk(f="a u1 s1 u2 b").commit()
    told.expect(f="U|a U|u1 A|s1 U|u2 U|b")


def test_a_file_that_a_session_touched_is_not_half_its_own(told: Story) -> None:
    """Without a snapshot of the edit, half of the added lines are called the session's."""
    told.init(f="a", g="x").edit("A", f="a s1").edit("A", f="a").on_disk(f="a u1 u2 u3 u4").commit()
    told.expect(f="U|a U|u1 U|u2 U|u3 U|u4")


def test_a_line_inherits_no_label_from_its_file(told: Story) -> None:
    """A line without a range of its own gets the file's label."""
    told.init(f="a").on_disk(f="a u1").observed().edit("A", f="a u1 s1").commit()
    told.expect(f="U|a U|u1 A|s1")


def test_a_commit_of_a_session_is_not_all_its_own(told: Story) -> None:
    """What a commit holds that a session made is called the session's, whatever it found in the tree."""
    told.init(f="a", g="x").on_disk(f="a u1")
    told.shell("A", "git commit -am c1", lambda it: it.git("commit", "-q", "-am", "c1"))
    told.expect(f="U|a U|u1")


def test_the_last_snapshot_does_not_win(told: Story) -> None:
    """Of two sessions on one file the last one gets all lines of both."""
    told.init(f="a").edit("A", f="a s1").edit("B", f="a s1 t1").commit()
    told.expect(f="U|a A|s1 B|t1")


def test_a_persons_edit_between_two_calls_is_not_swallowed(told: Story) -> None:
    """From the first snapshot to the last everything is the session's."""
    told.init(f="a").edit("A", f="a s1").edit("H", f="a s1 h1").on_disk(f="a s1 h1 u1").edit("A", f="a s1 h1 u1 s2")
    told.commit().expect(f="U|a A|s1 H|h1 U|u1 A|s2")


def test_an_equal_line_elsewhere_in_the_file_is_not_the_sessions(told: Story) -> None:
    """Matching by a line's hash gives both to the session."""
    told.init(f="a b").edit("A", f="a b x=compute(a)").on_disk(f="x=compute(a) a b x=compute(a)").commit()
    told.expect(f="U|x=compute(a) U|a U|b A|x=compute(a)")


def test_an_equal_line_in_another_file_is_not_the_sessions(told: Story) -> None:
    """A global index of hashes finds the line in any file."""
    told.init(f="a", g="b").edit("A", f="a def_f(): return_1").on_disk(g="b def_f(): return_1").commit()
    told.expect(f="U|a A|def_f(): A|return_1", g="U|b U|def_f(): U|return_1")


def test_a_block_typed_again_after_it_was_deleted_is_not_the_sessions(told: Story) -> None:
    told.init(f="a", g="x").edit("A", f="a s1 s2 s3").commit().edit("H", f="a").commit()
    told.on_disk(g="x y").commit().on_disk(f="b s1 s2 s3").commit()
    told.expect(f="U|b U|s1 U|s2 U|s3")


def test_a_similar_line_is_new_text(told: Story) -> None:
    """Similarity keeps the owner of a line in which a name was changed."""
    told.init(f="a").edit("A", f="a result=compute(alpha,beta)").on_disk(f="a result=compute(alpha,gamma)").commit()
    told.expect(f="U|a U|result=compute(alpha,gamma)")


def test_a_line_that_lost_a_word_is_not_still_the_sessions(told: Story) -> None:
    told.init({"f.txt": ["a"]}).edit("A", {"f.txt": ["a", "one two three"]}).on_disk({"f.txt": ["a", "one two"]})
    told.commit().expect({"f.txt": ["U|a", "U|one two"]})


def test_equal_trees_do_not_make_commits_the_same(told: Story) -> None:
    """A commit with a tree that an earlier one had gets its record."""
    told.init(f="a").edit("A", f="a s1").commit()
    told.git("checkout", "-q", "--orphan", "other").git("rm", "-rqf", ".").on_disk(g="z").commit()
    told.git("rm", "-q", "g.txt").on_disk(f="a s1").commit()
    told.git("commit", "-q", "--allow-empty", "-m", "same tree").expect(f="U|a A|s1", rev="main")
    for line in told.stage.ask("f.txt", "HEAD"):
        assert line.owner in ("U", "A")
        assert line.owner == "U" or line.text == "s1"


def test_reading_owns_nothing(told: Story) -> None:
    """A session that only looked at a file is linked to the commit, and then to its lines."""
    told.init(f="a")
    send = told.stage.agent
    send._tell("A", told.stage.here, "read", path=str(told.world.root / "f.txt"))  # type: ignore[attr-defined]
    told.on_disk(f="a u1").commit().expect(f="U|a U|u1")


def test_a_running_session_owns_nothing_by_being_there(told: Story) -> None:
    """Any live session is enough to call a commit an agent's."""
    told.init(f="a")
    told.stage.agent.session_event("A", told.stage.here, "session_start")
    told.on_disk(f="a u1").commit().expect(f="U|a U|u1")
    told.stage.agent.session_event("A", told.stage.here, "session_end")
    told.expect(f="U|a U|u1")


def test_a_call_that_never_came_back_owns_nothing(told: Story) -> None:
    """Whatever changed after a pre event is the session's."""
    told.init(f="a").about_to_write("A").on_disk(f="a u1").commit().expect(f="U|a U|u1")


def test_a_failed_write_owns_nothing(told: Story) -> None:
    told.init(f="a").about_to_write("A").on_disk(f="a u1").has_not_written("A").commit().expect(f="U|a U|u1")


def test_what_changed_before_a_call_is_not_the_calls(told: Story) -> None:
    told.init(f="a").on_disk(f="a u1").about_to_write("A").on_disk(f="a u1 s1").has_written("A")
    told.commit().expect(f="U|a U|u1 A|s1")


def test_what_changed_after_a_call_is_not_the_calls(told: Story) -> None:
    """A file's time of change within seconds of a command is taken for the command's work."""
    told.init(f="a", g="x").shell("A", g="x s1").on_disk(f="a u1", g="x s1 u2").commit()
    told.expect(f="U|a U|u1", g="U|x A|s1 U|u2")


def test_a_save_of_the_agents_own_text_makes_nobody_a_writer(told: Story) -> None:
    """The editor's save of what a session just wrote is taken for a person's edit."""
    told.init(f="a").about_to_write("A").on_disk(f="a s1").saved().has_written("A").saved().commit()
    told.expect(f="U|a A|s1")


def test_what_is_left_over_is_not_a_persons(told: Story) -> None:
    """Where a person has saved something, all that nobody claims becomes the person's."""
    told.init(f="a").edit("H", f="a h1").on_disk(f="a h1 u1").commit().expect(f="U|a H|h1 U|u1")


def test_a_pull_by_a_session_makes_it_no_writer(told: Story) -> None:
    told.init(f="a")
    told.world.bare_remote("origin")
    told.world.colleague("origin", {"f.txt": b"a\nr1\n"}, "theirs")
    told.shell("A", "git pull", lambda it: it.git("pull", "-q", "--rebase", "origin", "main"))
    told.expect(f="U|a U|r1")


def test_an_author_named_like_an_agent_is_no_evidence(told: Story) -> None:
    """Names and addresses in a commit's metadata are taken for an agent's."""
    told.init(f="a").edit("A", f="a s1").commit().on_disk(f="a s1 u1").git("add", "-A")
    told.git("commit", "-q", "-m", "x\n\nCo-Authored-By: Claude <noreply@anthropic.com>", "--author=A <a@agents.dev>")
    told.expect(f="U|a A|s1 U|u1")


def test_two_candidates_with_the_same_hunk_are_nobody(told: Story) -> None:
    """The newest of several matches wins."""
    told.init(f="a z")
    for branch, who in (("one", "A"), ("two", "B")):
        told.git("checkout", "-q", "-b", branch, "main").edit(who, f="a same_line z").commit()
    told.git("checkout", "-q", "main").on_disk(f="a z y").commit().on_disk(f="a same_line z y").commit()
    told.expect(f="U|a U|same_line U|z U|y")


def test_typing_between_a_sessions_lines_while_it_works_elsewhere(told: Story) -> None:
    """An open command of a session takes what a person saves meanwhile."""
    told.init(f="a", g="x").edit("A", f="a s1 s2").shell("A", does=lambda it: it.edit("H", f="a s1 h1 s2"), g="x s3")
    told.commit().expect(f="U|a A|s1 H|h1 A|s2", g="U|x A|s3")


def test_a_damaged_snapshot_names_nobody(told: Story) -> None:
    """Where the text a step started from is lost, the whole file is called new."""
    told.init(f="a b").on_disk(f="a u1 b").edit("A", f="a u1 s1 b").edit("A", f="a u1 s1 s2 b").on_disk(
        f="z a u1 s1 b"
    )
    blobs = told.world.root / ".git" / "byline" / "blobs"
    for path in sorted(blobs.rglob("*")):
        if path.is_file():
            path.write_bytes(b"damaged")
    owned = {line.text: line.owner for line in told.stage.ask("f.txt", None) if line.owner != "U"}
    assert owned.items() <= {"s1": "A", "s2": "A"}.items()


def test_what_a_script_checks_out_is_not_the_sessions(told: Story) -> None:
    """Git may run where the command does not say so, and HEAD need not move."""
    told.init(f="a b", g="g").edit("A", g="g s").commit()
    told.git("checkout", "-q", "-b", "feat").on_disk(f="a u1 b").commit().git("checkout", "-q", "main")
    told.shell("A", "make sync", lambda it: it.git("checkout", "feat", "--", "f.txt"))
    told.expect_working(f="U|a U|u1 U|b")


def test_what_lay_in_the_index_is_not_the_sessions_that_commits(told: Story) -> None:
    told.init(f="a", g="g").edit("A", g="g s").commit().stage_text(f="a h1")
    told.shell("A", "git commit -m c2", lambda it: it.git("commit", "-q", "-m", "c2"))
    told.expect(f="U|a U|h1")


def test_an_ignored_file_that_a_session_adds_is_not_its_own(told: Story) -> None:
    """What git did not name before a command looks new after it."""
    told.init({".gitignore": ["i.txt"], "f.txt": ["a"]}).edit("A", f="a s").commit().on_disk(i="h1 h2")

    def commits(it: Story) -> None:
        it.git("add", "-f", "i.txt").git("commit", "-q", "-m", "c2")

    told.shell("A", "git add -f i.txt && git commit -m c2", commits).expect(i="U|h1 U|h2")


def test_a_formatter_in_the_editor_while_a_command_runs_is_not_the_command(told: Story) -> None:
    told.init(f="a").shell("A", "sleep 5", lambda it: it.edit("F", f="a header")).expect_working(f="U|a U|header")


@pytest.mark.parametrize(
    "command", ["black . 2>&1 | tail -3", "git ls-files | xargs black", "(cd . && black . >/dev/null)"]
)
def test_a_formatter_run_by_a_session_takes_no_line(told: Story, command: str) -> None:
    told.init(f="x").edit("B", f="x [ one two ]").commit().shell("A", command, f="x [ one two, ]")
    told.expect_working(f="U|x B|[ B|one B|two, B|]")


def test_a_command_that_ends_in_another_worktree_owns_nothing_there(told: Story) -> None:
    """The two sides of a call are compared, though they show two different files."""
    told.init(f="a").git("worktree", "add", "-q", "-b", "feat", "../other")
    main, other = told.stage.here, told.stage.here.parent / "other"
    told.stage.here = other
    told.edit("H", f="a h1").on_disk(f="a h1 u1")
    told.stage.here = main
    told.edit("B", f="a b1")
    told.stage.agent.pre_shell("A", main, "cd ../other && ls")
    told.stage.here = other
    told.stage.agent.shell("A", other, "cd ../other && ls")
    told.expect_working(f="U|a H|h1 U|u1")


def test_a_persons_word_stands_while_a_command_runs(told: Story) -> None:
    """Lines that nobody owns when a command ends are taken for the command's."""
    told.init(f="a").edit("A", f="a s1")

    def corrects(it: Story) -> None:
        call = [
            sys.executable,
            "-c",
            "from byline.cli.main import main; main()",
            "correct",
            "f.txt:2",
            "--owner",
            "unknown",
        ]
        subprocess.run(call, cwd=it.stage.here, env=it.world.environment(), check=True, capture_output=True)

    told.shell("A", "make", corrects).expect_working(f="U|a U|s1")


def _tell_write(told: Story, who: str, call: str, before: str) -> None:
    payload = {"v": 1, "agent": "robot", "session_id": who, "event": "write", "call_id": call, "before": before}
    place = {"cwd": str(told.stage.here), "path": str(told.stage.here / "f.txt")}
    ForkedHook()("generic", payload | place, told.world.environment(), told.stage.here)


def test_two_writes_told_in_the_wrong_order_keep_their_writers(told: Story) -> None:
    """The event that comes last takes everything since its own text before."""
    told.init(f="a b c").on_disk(f="a sA b c").on_disk(f="a sA b c sB")
    _tell_write(told, "B", "cb", "a\nsA\nb\nc\n")
    _tell_write(told, "A", "ca", "a\nb\nc\n")
    owners = _owners(told)
    assert owners["sB"] in "BU"
    assert owners["sA"] in "AU"
    assert (owners["a"], owners["b"], owners["c"]) == ("U", "U", "U")


def test_a_write_told_twice_takes_nothing_of_others(told: Story) -> None:
    told.init(f="a").on_disk(f="a s1")
    _tell_write(told, "A", "ca", "a\n")
    told.edit("H", f="a s1 h1")
    _tell_write(told, "A", "ca", "a\n")
    told.expect_working(f="U|a A|s1 H|h1")


@pytest.mark.parametrize("command", ["merge --squash side", "cherry-pick -n side"])
def test_a_short_line_that_git_brought_into_a_conflict_is_not_the_callers(told: Story, command: str) -> None:
    """Neither command leaves a word of where its lines are from; what the call adds stays its own when committed."""
    told.init(f="a b c").git("checkout", "-q", "-b", "side").edit("B", f="a t1 c t2").commit()
    told.git("checkout", "-q", "main").edit("H", f="a h1 c").commit()

    def settles(it: Story) -> None:
        _runs(f"git {command}")(it)
        it.on_disk(f="a h1 t1 s1 c t2").git("add", "f.txt")

    told.shell("A", f"git {command}; ./settle", settles)
    for rev in (None, "HEAD"):
        if rev is not None:
            told.commit()
        owners = _owners(told, rev=rev)
        assert owners["t1"] in "BU"
        assert owners["t2"] in "BU"
        assert (owners["a"], owners["h1"], owners["s1"], owners["c"]) == ("U", "H", "A", "U")


@pytest.mark.parametrize("git", ["merge -q --squash side", "cherry-pick -n side"])
@pytest.mark.parametrize("command", ["./bring", "git bring"])
def test_what_a_script_or_an_alias_has_git_bring_is_not_the_callers(told: Story, git: str, command: str) -> None:
    """Nothing shows that git was at work: no word in the command, no HEAD that moved, no MERGE_HEAD."""
    told.init(f="a b c").git("checkout", "-q", "-b", "side").edit("B", f="a b c t1").commit()
    told.git("checkout", "-q", "main").edit("A", f="s1 a b c").commit()
    told.shell("C", command, lambda it: it.git(*git.split()))
    for rev in (None, "HEAD"):
        if rev is not None:
            told.commit()
        owners = _owners(told, rev=rev)
        assert owners.pop("t1") in "BU"
        assert owners == {"s1": "A", "a": "U", "b": "U", "c": "U"}


def test_a_script_that_does_its_sessions_work_again_is_its_writer(told: Story) -> None:
    told.init(f="a b c").git("checkout", "-q", "-b", "side").shell("A", "./gen", lambda it: it.on_disk(f="a b c s1"))
    told.commit().git("checkout", "-q", "main").edit("B", f="t1 a b c").commit()
    told.shell("A", "./gen", lambda it: it.on_disk(f="t1 a b c s1")).commit()
    told.expect(f="B|t1 U|a U|b U|c A|s1")


def test_a_file_that_one_call_renames_and_commits_keeps_its_owners(told: Story) -> None:
    """After the commit nothing is listed as gone: the new file is not the call's for that."""
    told.init(f="a b c d").edit("A", f="a b s1 c d").commit()

    def moves(it: Story) -> None:
        it.git("mv", "f.txt", "g.txt").git("commit", "-q", "-m", "mv")

    told.shell("B", "git mv f.txt g.txt; git commit -qm mv", moves)
    told.expect(g="U|a U|b A|s1 U|c U|d")
    told.expect_working(g="U|a U|b A|s1 U|c U|d")


def test_what_a_call_squashes_settles_and_commits_is_not_all_its_own(told: Story) -> None:
    """Nothing but the call's own command tells of the squash, and a commit of its own ends it."""
    told.init(f="a b c").git("checkout", "-q", "-b", "side").edit("A", f="a s1 s2 c").commit()
    told.git("checkout", "-q", "main").edit("C", f="a t1 c").commit()

    def squashes(it: Story) -> None:
        _runs("git merge -q --squash side")(it)
        it.on_disk(f="a t1 s1 s2 c b1").git("commit", "-q", "-am", "squash")

    told.shell("B", "git merge --squash side; ./settle; git commit -qam squash", squashes)
    owners = _owners(told)
    assert owners.pop("s1") in "AU"
    assert owners.pop("s2") in "AU"
    assert owners == {"a": "U", "t1": "C", "c": "U", "b1": "B"}


@pytest.mark.parametrize(("event", "owner"), [("turn_end", "U"), ("session_end", "U"), ("prompt", "B")])
def test_a_call_is_over_when_its_turn_is(told: Story, event: str, owner: str) -> None:
    """Its own event comes late, and what changed meanwhile is taken for its work; a prompt ends nothing."""
    here, robot = told.init(f="a").stage.here, told.stage.agent
    robot.pre_shell("B", here, "make")
    robot.session_event("B", here, event)
    told.on_disk(f="a x1")
    robot.shell("B", here, "make")
    told.expect_working(f=f"U|a {owner}|x1")


def test_a_call_that_begins_after_anothers_turn_ended_is_not_inside_that_ones(told: Story) -> None:
    here, robot = told.init(f="a").stage.here, told.stage.agent
    robot.pre_shell("B", here, "make")
    robot.session_event("B", here, "turn_end")
    robot.pre_shell("A", here, "./gen")
    told.on_disk(f="a s1")
    robot.shell("B", here, "make")
    robot.shell("A", here, "./gen")
    told.expect_working(f="U|a A|s1")


def test_a_stash_that_another_call_takes_and_puts_back_is_not_the_callers(told: Story) -> None:
    """When the second call ends the line is there as it was when it began, though it was gone between."""
    here, robot = told.init(f="a b c").edit("C", f="a t1 c").stage.here, told.stage.agent
    robot.pre_shell("A", here, "git stash")
    robot.pre_shell("B", here, "./gen")
    told.git("stash", "-q")
    robot.shell("A", here, "git stash")
    told.git("stash", "pop", "-q").on_disk(f="a t1 c s1")
    robot.shell("B", here, "./gen")
    owners = _owners(told)
    assert owners.pop("t1") in "CU"
    assert owners == {"a": "U", "c": "U", "s1": "B"}


def test_a_squash_of_a_branch_that_renamed_the_file_is_not_the_callers(told: Story) -> None:
    """Under its new name the file is in no commit of this side."""
    told.init(f="a b c d e f").git("checkout", "-q", "-b", "side").git("mv", "f.txt", "g.txt")
    told.edit("A", g="a s1 s2 c d e f").commit()
    told.git("checkout", "-q", "main").edit("C", f="a b c d e t1").commit()
    told.shell("B", "git merge --squash side", lambda it: it.git("merge", "-q", "--squash", "side"))
    for rev in (None, "HEAD"):
        if rev is not None:
            told.commit()
        owners = _owners(told, "g.txt", rev)
        assert owners.pop("s1") in "AU"
        assert owners.pop("s2") in "AU"
        assert owners == {"a": "U", "c": "U", "d": "U", "e": "U", "t1": "C"}


def test_a_revert_that_is_settled_and_committed_in_one_call_is_not_all_its_own(told: Story) -> None:
    """A commit with a message of its own ends the conflict: nothing says what it reverts."""
    told.init(f="a b c").edit("A", f="a s1 c").commit().git("revert", "--no-edit", "HEAD")
    told.edit("C", f="a b t1").commit()

    def reverts(it: Story) -> None:
        _runs("git revert --no-edit HEAD~1")(it)
        it.on_disk(f="a s1 t1 b1").git("commit", "-q", "-am", "mine")

    told.shell("B", "git revert --no-edit HEAD~1; ./settle; git commit -qam mine", reverts)
    owners = _owners(told)
    assert owners.pop("s1") in "AU"
    assert owners == {"a": "U", "t1": "C", "b1": "B"}


@pytest.mark.parametrize("move", ["mv f.txt g.txt", "git add -A; git mv f.txt g.txt"])
def test_who_moves_a_file_that_git_does_not_know_is_not_its_writer(told: Story, move: str) -> None:
    """Nothing is listed as gone: what is untracked just stands in the list no more."""
    told.init(x="x").edit("A", f="s1 s2").on_disk(f="s1 s2 u1").observed()
    told.shell("B", move, _runs(move)).expect_working(g="A|s1 A|s2 U|u1")
    told.commit().expect(g="A|s1 A|s2 U|u1")


def test_who_moves_a_file_away_and_back_is_not_its_writer(told: Story) -> None:
    told.init(f="a b c d").edit("A", f="a b s1 c d")
    told.shell("B", "mv f.txt f.bak", _runs("mv f.txt f.bak"))
    told.shell("B", "mv f.bak f.txt", _runs("mv f.bak f.txt"))
    told.expect_working(f="U|a U|b A|s1 U|c U|d").commit().expect(f="U|a U|b A|s1 U|c U|d")


@pytest.mark.parametrize("move", ["mv -f g.txt f.txt", "git mv -f g.txt f.txt"])
def test_a_file_moved_onto_another_keeps_its_owners(told: Story, move: str) -> None:
    told.init(f="a b c").edit("A", g="s1 s2 s3").commit().shell("B", move, _runs(move))
    told.expect_working(f="A|s1 A|s2 A|s3").commit().expect(f="A|s1 A|s2 A|s3")


@pytest.mark.parametrize(
    "command", ["git checkout -q old", "git rm -q .gitignore", "rm .gitignore", "true > .git/info/exclude"]
)
def test_an_ignored_file_that_a_call_lays_open_is_not_its_own(told: Story, command: str) -> None:
    told.init(f="a").git("branch", "old")
    here = told.stage.here
    if "exclude" in command:
        (here / ".git" / "info").mkdir(exist_ok=True)
        (here / ".git" / "info" / "exclude").write_text("g.txt\n")
    else:
        (here / ".gitignore").write_text("g.txt\n")
        told.commit()
    told.on_disk(g="u1 u2").shell("B", command, _runs(command)).expect_working(g="U|u1 U|u2")


@pytest.mark.parametrize("command", ["git revert -n HEAD", "git -c user.name=x revert --no-edit HEAD && git status"])
def test_what_a_revert_brings_back_is_not_the_callers(told: Story, command: str) -> None:
    """The lines are from before the first event: nothing that is known holds them."""
    told.init(f="a b c").on_disk(f="a u1 c").commit()
    told.shell("B", command, _runs(command)).expect_working(f="U|a U|b U|c")


def test_the_markers_of_a_conflict_are_not_the_callers(told: Story) -> None:
    told.init(f="a b c").git("checkout", "-q", "-b", "side").edit("A", f="a s1 c").commit()
    told.git("checkout", "-q", "main").edit("C", f="a t1 c").commit()
    told.shell("B", "git merge side || true", _runs("git merge side || true"))
    owners = [line.owner for line in told.stage.ask("f.txt", None)]
    assert owners == ["U", "U", "C", "U", "A", "U", "U"]


def test_where_git_puts_files_in_a_conflict_is_not_the_callers(told: Story) -> None:
    told.init(f="a b c d e f").git("checkout", "-q", "-b", "side").edit("A", f="a s1 c d e f").commit()
    told.git("mv", "f.txt", "g.txt").commit().git("checkout", "-q", "main")
    told.edit("C", f="a b c d t1 f").commit().git("mv", "f.txt", "h.txt").commit()
    told.shell("B", "git merge side", _runs("git merge side || true"))
    for path in ("g.txt", "h.txt"):
        owners = _owners(told, path)
        assert owners["s1"] in "AU"
        assert owners["t1"] in "CU"
        assert "B" not in owners.values()


def test_a_hook_that_formats_a_commit_makes_the_caller_no_writer(told: Story) -> None:
    told.init(f="a").edit("A", f="a x='s1'")
    told.shell("B", "git commit -qam c", lambda it: it.on_disk(f='a x="s1"').git("commit", "-q", "-am", "c"))
    told.expect_working(f='U|a A|x="s1"').expect(f='U|a A|x="s1"')


def test_a_write_that_does_not_tell_what_was_there_is_not_anothers_call(told: Story) -> None:
    """Until the other session's call ends its line is unknown; then it is taken for what that call did."""
    here, robot = told.init(f="a").stage.here, told.stage.agent
    robot.pre_shell("A", here, "sleep 9")
    told.on_disk(f="a t1")
    payload = {"v": 1, "agent": "robot", "session_id": "B", "event": "write", "call_id": "b1"}
    place = {"cwd": str(here), "path": str(here / "f.txt")}
    ForkedHook()("generic", payload | place, told.world.environment(), here)
    robot.shell("A", here, "sleep 9")
    owners = _owners(told)
    assert owners.pop("t1") in "BU"
    assert owners == {"a": "U"}


def test_a_save_on_top_of_a_write_that_is_not_told_yet_is_not_the_writers(told: Story) -> None:
    told.init(f="a b").about_to_write("A").on_disk(f="a s1 b")
    told.edit("H", f="a s1 b h1").has_written("A")
    owners = _owners(told)
    assert owners.pop("h1") in "HU"
    assert owners == {"a": "U", "s1": "A", "b": "U"}


def test_a_file_deleted_by_a_commit_and_made_again_unseen_is_nobodys(told: Story) -> None:
    told.init(x="x").edit("A", f="s1 s2").commit().git("rm", "-q", "f.txt").commit()
    told.on_disk(f="s1 s2 u1").expect_working(f="U|s1 U|s2 U|u1")


def test_what_a_session_enters_in_a_conflict_it_settles_and_ends_is_its_own(told: Story) -> None:
    """The commit has it from no side, and the disk had it not before the call."""
    told.init(f="a b c").git("checkout", "-q", "-b", "side").edit("A", f="a s1 s2 c").commit()
    told.git("checkout", "-q", "main").edit("C", f="a t1 c").commit().git("checkout", "-q", "side")
    _runs("git rebase -q main")(told)

    def settles(it: Story) -> None:
        it.on_disk(f="a t1 s1 b1 c")
        _runs("git add -A; GIT_EDITOR=true git rebase --continue")(it)

    told.shell("B", "./settle; git add -A; git rebase --continue", settles)
    told.expect_working(f="U|a C|t1 A|s1 B|b1 U|c").expect(f="U|a C|t1 A|s1 B|b1 U|c")


def test_a_file_written_anew_beside_and_moved_over_itself_keeps_its_owners(told: Story) -> None:
    """What was copied first is the copier's in the copy, but the file had those lines before."""
    told.init(f="a b c").edit("A", f="a s1 c").commit().shell("B", "sed s/c/t1/ f.txt > g.txt", g="a s1 t1")
    told.shell("B", "mv g.txt f.txt", _runs("mv g.txt f.txt")).expect_working(f="U|a A|s1 B|t1")


def test_who_copies_a_file_and_has_the_first_one_ignored_has_not_moved_it(told: Story) -> None:
    command = "cp f.txt g.txt; echo f.txt > .gitignore"
    told.init(x="x").edit("A", f="s1 s2").shell("B", command, _runs(command)).expect_working(g="B|s1 B|s2")


@pytest.mark.parametrize(
    "move",
    [
        "git mv f.txt g.txt; echo t1 > f.txt",
        "mv f.txt g.txt; echo t1 > f.txt",
        "git mv f.txt g.txt; echo t1 > f.txt; git add -A; git commit -qm x",
    ],
)
def test_a_new_file_at_the_old_place_makes_the_mover_no_writer(told: Story, move: str) -> None:
    told.init(f="a b c").edit("A", f="a s1 b c").commit().shell("B", move, _runs(move))
    told.expect_working(g="U|a A|s1 U|b U|c", f="B|t1")


def test_files_that_change_places_keep_their_owners(told: Story) -> None:
    move = "mv f.txt t.txt; mv g.txt f.txt; mv t.txt g.txt"
    told.init(x="x").edit("A", f="s1 s2 s3").edit("C", g="t1 t2").shell("B", move, _runs(move))
    told.expect_working(f="C|t1 C|t2", g="A|s1 A|s2 A|s3")


def test_who_copies_a_file_that_changes_then_is_its_copier(told: Story) -> None:
    command = "cp f.txt g.txt; sed -i s/s1/t1/ f.txt"
    told.init(f="a s0").edit("A", f="a s1 s2").commit().shell("B", command, _runs(command))
    told.expect_working(f="U|a B|t1 A|s2", g="B|a B|s1 B|s2")


@pytest.mark.parametrize(
    "command",
    [
        "git checkout -q HEAD~1 f.txt; sed -i s/d/t1/ f.txt",
        "git revert -n HEAD; sed -i s/d/t1/ f.txt; git commit -qam x",
    ],
)
def test_what_git_takes_from_an_ancestor_is_not_the_callers_who_edits_too(told: Story, command: str) -> None:
    told.init(f="a b c d").edit("A", f="a s1 c d").commit().shell("B", command, _runs(command))
    told.expect_working(f="U|a U|b U|c B|t1")


def test_what_a_stash_gives_back_is_not_the_callers_who_edits_and_commits(told: Story) -> None:
    command = "git stash pop -q; sed -i s/c/t1/ f.txt; git commit -qam x"
    told.init(f="a b c").on_disk(f="a u1 c").git("stash", "-q").shell("B", command, _runs(command))
    told.expect_working(f="U|a U|u1 B|t1").expect(f="U|a U|u1 B|t1")


BLACK = "#!/bin/sh\nsed -i s/\\'/\\\"/g f.txt\n"


def _black(told: Story, tmp_path: Path) -> str:
    """The start of commands that find a formatter which changes quotes."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "black"
    program.write_text(BLACK)
    program.chmod(0o755)
    told.init(f="a k='x'").edit("A", f="a k='x' s='1'").commit()
    return f"PATH={tmp_path}/bin:$PATH; "


@pytest.mark.parametrize(
    "command",
    [
        "black . && git commit -qam x",
        "git add -A; black .; git status",
        "black . && true && pytest -q || true",
        "echo n > n.txt; black . && git add -A && git commit -qm x",
        "sed -i s/a/t1/ f.txt && black .",
    ],
)
def test_who_runs_a_formatter_beside_other_commands_writes_no_line(told: Story, tmp_path: Path, command: str) -> None:
    command = _black(told, tmp_path) + command
    told.shell("B", command, _runs(command))
    owners = _owners(told)
    assert owners.pop("t1", "B") == "B"
    assert owners == {**({"a": "U"} if "a" in owners else {}), 'k="x"': "U", 's="1"': "A"}


@pytest.mark.parametrize(
    "command", ["git commit -qam x", "pytest -q; git commit -qam x", "echo n > n.txt; git add -A; git commit -qm x"]
)
def test_who_starts_the_formatter_of_a_hook_writes_no_line(told: Story, tmp_path: Path, command: str) -> None:
    start = _black(told, tmp_path)
    hook = told.world.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{start}black .\ngit add -u\n")
    hook.chmod(0o755)
    command = f"echo >> f.txt; {command}" if command.startswith("git") else command
    told.on_disk(f="a k='x' s='1' u1").shell("B", command, _runs(command))
    for rev in (None, "HEAD"):
        owners = _owners(told, rev=rev)
        assert [owners[line] for line in ("a", 'k="x"', 's="1"', "u1")] == ["U", "U", "A", "U"]


@pytest.mark.parametrize(
    "command",
    [
        "git checkout -q side -- g.txt && git mv g.txt h.txt && echo s1 >> h.txt && git commit -qm x",
        "git checkout -q side && mv g.txt h.txt",
        "git merge -q side && git mv g.txt h.txt && echo s1 >> h.txt",
        "git merge -q --squash side && git mv g.txt h.txt && echo s1 >> h.txt && git add -A && git commit -qm x",
        "git cherry-pick -n side && mv g.txt h.txt && git add -A && git commit -qm x",
        "mv ../elsewhere.txt h.txt",
    ],
)
def test_who_moves_what_came_from_elsewhere_is_not_its_writer(told: Story, tmp_path: Path, command: str) -> None:
    told.init(f="a").git("checkout", "-q", "-b", "side").on_disk(g="line_one line_two line_three").commit()
    told.git("checkout", "-q", "main").edit("B", f="a t1").commit()
    (told.world.root.parent / "elsewhere.txt").write_text("line_one\nline_two\n")
    told.shell("A", command, _runs(command))
    assert all(owner == ("A" if line == "s1" else "U") for line, owner in _owners(told, "h.txt").items())


def test_what_a_person_commits_while_a_call_runs_is_not_the_calls(told: Story) -> None:
    """A server that runs for hours is no writer of what is pulled and moved meanwhile."""
    told.init(f="a", g="line_one line_two")
    person = "git mv g.txt h.txt && git commit -qm moved"
    told.shell("A", "npm run dev", _runs(person))
    assert set(_owners(told, "h.txt").values()) == set(_owners(told, "h.txt", "HEAD").values()) == {"U"}


def test_a_line_that_was_deleted_and_is_typed_again_is_the_typists(told: Story) -> None:
    told.init(f="a b").edit("A", f="a s1 b").commit()
    for command in ("sed -i /s1/d f.txt; git commit -qam d", "sed -i 's/^a$/a\\ns1/' f.txt; git commit -qam re"):
        told.shell("B", command, _runs(command))
    told.expect(f="U|a B|s1 U|b")


def test_who_begins_a_branch_and_moves_a_file_is_not_its_writer(told: Story) -> None:
    command = "git checkout -q -b new && git mv f.txt g.txt"
    told.init(f="a b c").edit("A", f="a s1 b c").shell("B", command, _runs(command))
    told.expect_working(g="U|a A|s1 U|b U|c").commit().expect(g="U|a A|s1 U|b U|c")


def test_what_is_stashed_in_one_call_and_popped_in_the_next(told: Story) -> None:
    told.init(f="a b").edit("A", f="a s1 b")
    for command in ("git stash -q", "git stash pop -q"):
        told.shell("A", command, _runs(command))
    told.expect_working(f="U|a A|s1 U|b")


@pytest.mark.parametrize("command", ["echo s1 >> g.txt && git commit -qm g g.txt", "sed -i s/x/s1/ g.txt"])
@pytest.mark.parametrize("meanwhile", ["git checkout side -- f.txt", "git merge -q --squash side"])
def test_what_a_person_has_git_bring_beside_a_typed_line_is_not_the_calls(
    told: Story, command: str, meanwhile: str
) -> None:
    told.init(f="a b c", g="x").git("checkout", "-qb", "side").edit("B", f="a o1 c").commit()
    told.git("checkout", "-q", "main").on_disk(h="k").git("add", "h.txt").commit()
    told.shell("A", command, _runs(f"{meanwhile}; {command}"))
    assert _owners(told)["o1"] in ("B", "U")
    assert _owners(told, "g.txt")["s1"] == "A"

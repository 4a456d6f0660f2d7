"""What a command line plainly does."""

import pytest

from byline.attribution.bringing import carries, moves_texts, prints_texts, takes_older_stash
from byline.attribution.commands import only_git, only_reads, tells_index, uncovers
from byline.attribution.filemoves import brings_files, moved_to, names_move
from byline.attribution.spoken import spoken


@pytest.mark.parametrize(
    "command",
    [
        "git merge side",
        "git -C sub -c user.name='a b' commit -qm 'x; y'",
        "cd x && GIT_EDITOR=true git rebase --continue",
        "git merge side || true",
        "git revert -n HEAD; git status | head -3",
        "git clean -xdf",
        "(git stash; git pull --rebase) 2>/dev/null",
    ],
)
def test_git_alone(command: str) -> None:
    assert only_git(command)


@pytest.mark.parametrize(
    "command",
    [
        None,
        "",
        "echo",
        "ls",
        "git apply x.patch",
        "git am < x.mbox",
        "git show HEAD:f > f",
        "git merge side; sed -i s/a/b/ f",
        "git rebase -x 'make gen' main",
        "git rebase --exec=make main",
        "git bring",
        "git",
        "git commit -m $(date)",
        "git diff | tee f",
        "git bisect run make",
        'git commit -m "no end',
    ],
)
def test_not_git_alone(command: str | None) -> None:
    assert not only_git(command)


def test_words_in_brackets_and_quotes_count() -> None:
    assert moves_texts("(git stash)")
    assert moves_texts("git checkout -b new main~3; sed -i s/a/b/ f")
    assert not moves_texts("git checkout -q -b new && sed -i s/a/b/ f && git switch -c newer")
    assert moves_texts("sh -c 'git cherry-pick x'")
    assert moves_texts("bring merge side")
    assert moves_texts("git merge side > log")
    assert not moves_texts("python stashed.py")
    assert not moves_texts("git add -A && git commit -qm 'apply the merge'")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("rm d/.gitignore", True),
        ("git rm -q .gitignore; make", True),
        ("rm -rf n/.git", True),
        ("true > .git/info/exclude", True),
        ("git config core.excludesFile x", True),
        ("rm x; cat .gitignore", False),
        ("echo x > .gitignore; make", False),
        ("rm -rf .github", False),
        (None, False),
    ],
)
def test_uncovers(command: str | None, *, expected: bool) -> None:
    assert uncovers(command) is expected


@pytest.mark.parametrize(
    "command",
    [
        "git mv e/x n/x",
        "git mv -k e/x ./n/",
        "mkdir n; mv e/x n/x && rm -r e",
        "mv a e/x b n",
        "mv e n",
        "GIT_TRACE=1 git mv -- e/x 'n/x'",
    ],
)
def test_a_move_is_named(command: str) -> None:
    assert names_move(command, "e/x", "n/x")


@pytest.mark.parametrize(
    "command",
    [
        None,
        "",
        "mv",
        "mv e/x",
        "git mv e/x n/y",
        "git mv d/x n/x",
        "mv e/xy n/x",
        "mv d/x e/x; mv e/x n/x",
        "mv d/x e; mv e/x n/x",
        "rm -r e; mv d/e .; mv e/x n/x",
        "cd s; git mv e/x n/x",
        "git -C s mv e/x n/x",
        "mv -t n/x e/x",
        "echo mv e/x n/x",
        "mv $(ls e/x) n/x",
    ],
)
def test_a_move_is_not_named(command: str | None) -> None:
    assert not names_move(command, "e/x", "n/x")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("mv ../out/a.py src/", True),
        ("mv ../out/a.py src; make", True),
        ("mv -t src ../out/a.py ../out/b.py; make", True),
        ("mv README docs; find ../out -exec mv {} src \\;; make", True),
        ("mkdir x; for f in ../out/*; do mv $f src; done; make", True),
        ("mv README docs && make", False),
        ("python gen.py > a.tmp && mv a.tmp src/a.py", False),
        ("curl -o a.tmp there && mv a.tmp src/a.py", False),
        ("python gen.py > b.tmp && mv a.tmp src/a.py", True),
        ("git clone -q there src && make", True),
        ("git clone -q there/lib.git && make", False),
        ("make > src/a.py", False),
        (None, False),
    ],
)
def test_files_that_may_have_been_brought(command: str | None, expected: bool) -> None:
    assert brings_files(command, "src/a.py") is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git mv b.py src/a.py && git commit -m 'mv x'", ["b.py"]),
        ("mv -f ./b.py src", ["b.py/a.py"]),
        ("mv lib/a.py src/ && mv c d", ["lib/a.py"]),
        ("mv old src; touch src/a.py", ["old/a.py"]),
        ("mv x/a.py c.py src/", ["x/a.py"]),
        ("mv y/src .; mv q/src ./", ["y/src/a.py", "q/src/a.py"]),
        ("mv src/a.py t && mv b.py src/a.py && mv t b.py", ["b.py"]),
        ("mv b.py t && mv src/a.py b.py && mv t src/a.py", ["b.py"]),
        ("mv b.py src/a.py; mv c.py src/a.py", ["b.py", "c.py"]),
        ("cd x && mv b.py src/a.py", None),
        ("git -C x mv b.py src/a.py", None),
        ("mv b.py src/a.py && ls | xargs mv -t src", None),
        ("mv b.py src/a.py; sh -c 'mv c src/a.py'", None),
        ("mv $X src/a.py", ["$X"]),
        ("mv b.py $X", None),
        ("mv c d", None),
        (None, None),
    ],
)
def test_files_that_are_moved_there(command: str | None, expected: list[str] | None) -> None:
    assert moved_to(command, "src/a.py") == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git update-index --no-skip-worktree a; echo x >> a", True),
        ("python tools/update-index.py", False),
        ("npm run update-index", False),
        (None, False),
    ],
)
def test_what_git_overlooks_is_changed(command: str | None, expected: bool) -> None:
    assert tells_index(command) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ls -la", True),
        ("cd src && grep -rn foo . | head -5", True),
        ("sleep 60; cat f.txt 2>/dev/null", True),
        ("find . -name '*.py'", True),
        ("find . -name '*.py' -exec sed -i s/a/b/ {} ;", False),
        ("find . -delete", False),
        ("cat a > b", False),
        ("cat a | tee b", False),
        ("cat $(make)", False),
        ("sleep 5 && make", False),
        ("ls; python gen.py", False),
        ("echo", False),
        ("", False),
        (None, False),
    ],
)
def test_who_only_reads_changes_nothing(command: str | None, expected: bool) -> None:
    assert only_reads(command) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git show side:f.txt > f.txt", True),
        ("cd x && git -C . show HEAD~2:./f.txt >> f.txt; git status", True),
        ("git show side:f.txt | sed -n 2,3p > g.txt", True),
        ("git show side:f.txt | tee f.txt", True),
        ("git archive side | tar x", True),
        ("git cat-file blob side:f.txt > f.txt", True),
        ('echo "$(git show side:f.txt)" > f.txt', True),
        ("cat <(git show side:f.txt) > f.txt", True),
        ("cat > f.txt <<E\n`git show side:f.txt`\nE", True),
        ("{ git show side:f.txt; echo x; } > f.txt", True),
        ("(echo x; git show side:f.txt) | cat > f.txt", True),
        ("if true; then git show side:f.txt > f.txt; fi", True),
        ("for f in a b; do git show side:$f; done > all", True),
        ("timeout 5 git show side:f.txt \\\n > f.txt", True),
        ("sh -c 'git show side:f.txt > f.txt'", True),
        ("git show side:f.txt |\nwhile read -r l; do echo $l; done > f.txt", True),
        ("git diff side > p", True),
        ("git grep -h x side > f", True),
        ("git stash show -p | sed 's/a/b/' > p", True),
        ("git show side:f.txt", False),
        ("git diff | less", False),
        ("git diff --name-only | xargs sed -i s/a/b/", False),
        ("git grep -il x | xargs sed -i s/a/b/", False),
        ("git log -3 | xargs make", False),
        ("make; git commit -m 'show how git show a:b > c works'", False),
        ("git show side:f.txt | head -3; sed -i s/a/b/ f.txt > log", False),
        ("git show side:f.txt > /dev/null; sed -i s/a/b/ f.txt", False),
        ("git show --stat > log", False),
        ("git log -3 > log", False),
        ("git show side:f.txt || true > f", False),
        ("echo git show side:f.txt > f", False),
        (None, False),
    ],
)
def test_git_prints_a_text_into_a_file(command: str | None, expected: bool) -> None:
    assert prints_texts(command) is expected
    assert moves_texts(command) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git stash pop stash@{1}", True),
        ("git stash apply --index 2", True),
        ("git checkout stash@{0} -- f", True),
        ("git stash drop && git stash pop", True),
        ("git stash pop; make; git stash pop", True),
        ("while git stash pop; do make; done; for k in 1 2; do git stash pop; done", True),
        ("git stash; git pull --rebase; git stash pop", False),
        ("git stash list; git stash drop", False),
        ("git stash pop 2>/dev/null && sudo make 2>&1 | tail -3", False),
        ("git stash pop -q 2>&1 | tail -3", False),
        ("git stash branch fix-12 && make", False),
        ("git stash branch fix 1 && make", True),
        ("git stash apply 1f2e3d4c && make", True),
        ("N=1; git stash apply -q $N", True),
        ("make; git commit -m 'as git stash pop 2 does'", False),
        ("git commit -qam \"$(cat <<'EOF'\ngit stash pop stash@{1}\nEOF\n)\"", False),
        ("git stash show -p 1 | git apply", True),
        ("git stash pop && sed -i s/1/2/ f", False),
        ("make", False),
        (None, False),
    ],
)
def test_takes_another_stash_than_the_newest(command: str | None, expected: bool) -> None:
    assert takes_older_stash(command) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git diff side | patch -p1", True),
        ("patch -p1 < ../p", True),
        ("cd src; /usr/bin/patch < p", True),
        ("git commit -m 'merge the lists'", False),
        ("git commit -qam \"$(cat <<'EOF'\nmerge, apply and reset\nEOF\n)\"", False),
        ('git commit -qam "$(cat <<EOF\n$(git show side:f.txt)\nEOF\n)"', True),
        ("make dispatch", False),
    ],
)
def test_texts_are_brought(command: str, expected: bool) -> None:
    assert moves_texts(command) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('cd "$(git rev-parse --show-toplevel)" && git merge x', False),
        ("cd $PWD; git -C ${PWD} merge x", False),
        ('cd "$(pwd)/../w" && git merge x', True),
        ("git -C ../w log -1; git merge x", False),
        ("git -C ../w commit -qam x; git merge x", True),
        ("git -C ../w diff > p; git merge x", True),
        ("git worktree list | xargs -I{} git -C {} commit; git merge x", True),
        ("ls -d ../w | xargs -I{} sh -c 'cd {} && git commit'; git merge x", True),
        ("GIT_DIR=../w/.git git commit; git merge x", True),
        ("cd src && git merge x", False),
        ("cd ../w && make", False),
    ],
)
def test_the_worktree_is_left(command: str, expected: bool) -> None:
    assert carries(command, "/w/repo", encloses=False) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git commit -m 'a b' -m \"c d\"; make", "git commit -m x -m x; make"),
        ("git commit -am\t'a'", "git commit -am x"),
        ('git commit -m "$(git show x:y)"', 'git commit -m "$(git show x:y)"'),
        ("git commit -F - <<'E'\na\nE", "git commit -F - <<'E'\na\nE"),
        ("git commit -m \"$(cat <<'E'\na\nE\n)\" && make", "git commit -m x && make"),
        ("git commit -m \"$(cat <<'E'\na\n", "git commit -m \"$(cat <<'E'\na\n"),
        ("python -m 'x y'", "python -m 'x y'"),
        (None, ""),
    ],
)
def test_what_is_only_said(command: str | None, expected: str) -> None:
    assert spoken(command) == expected

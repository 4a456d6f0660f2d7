"""Where a shell command works, by its words."""

import time

import pytest

from byline_hooks.walk import worked_in

SCRIPT = ("/B/../w/s/a/b/", "file")
"""What `sed` does is taken for a file as well."""


@pytest.mark.parametrize(
    ("command", "worked"),
    [
        ("cd ../w && sed -i s/a/b/ f", [("/B/../w/s/a/b/", "file"), ("/B/../w/f", "file")]),
        ("(cd ../w; make) && cd sub && ls", [("/B/../w", "folder")]),
        ("git -C ../w commit -m 'cd nowhere'", [("/B/../w", "git")]),
        ("git -C ../w log | head; npm test", []),
        ("cp ../w/f .", [("/B/.", "file")]),
        ("cp f ../w", [("/B/../w", "file")]),
        ("cp -t ../w a b", [("/B/../w", "file")]),
        ("sed -n 1,2p ../w/f", []),
        ("cd ../w && git status; cd - && make", []),
        ("cd ../w && pytest", [("/B/../w", "folder")]),
        ("prog > ../w/out", [("/B/../w/out", "file")]),
        ("cat > /x/w/f <<'EOF'\ncd ../z && make\nEOF\ncd b && make", [("/x/w/f", "file"), ("/B/b", "folder")]),
        ("cat <<A; cat <<B\ncd 1\nA\nmake -C 2\nB\nmake -C 3", [("/B/3", "folder")]),
        ("cd ~/p && x", [("/H/p", "folder")]),
        ("cd $HOME/p; cd ../q; x", [("/H/p/../q", "folder")]),
        ('cd "$X" && cd y && x', []),
        ("make -C sub -j4; make -Cother", [("/B/sub", "folder"), ("/B/other", "folder")]),
        ("npm --prefix=ui run b; pnpm --prefix ui2 run b", [("/B/ui", "folder"), ("/B/ui2", "folder")]),
        ("FOO=1 sudo cd a; x", [("/B/a", "folder")]),
        ("echo hi 2>&1 >out/x 2>>e/y", [("/B/out/x", "file"), ("/B/e/y", "file")]),
        ("cd 'a b'/c && cd d\\ e && x", [("/B/a b/c/d e", "folder")]),
        ("if cd q; then x; fi", [("/B/q", "folder")]),
        ("for d in a b; do (cd $d && x); done", [("/B/a", "folder"), ("/B/b", "folder")]),
        (
            "for d in a b; do cd $d; x; cd ..; done; y",
            [("/B/a", "folder"), ("/B/a/../b", "folder"), ("/B/a/../b/..", "folder")],
        ),
        (
            "cd ../w && for f in p q.c; do sed -i s/a/b/ $f; done",
            [SCRIPT, ("/B/../w/p", "file"), ("/B/../w/q.c", "file")],
        ),
        (
            'for f in p q; do sed -i s/a/b/ "../w/${f}.c"; done',
            [("/B/s/a/b/", "file"), ("/B/../w/p.c", "file"), ("/B/../w/q.c", "file")],
        ),
        ("for w in ../v ../w; do git -C $w commit -qam x; done", [("/B/../v", "git"), ("/B/../w", "git")]),
        ("cd ../w && for f in *.c; do sed -i s/a/b/ $f; done", [SCRIPT, ("/B/../w/.", "folder")]),
        ("cd ../w && for f in $(git ls-files); do sed -i s/a/b/ $f; done", [SCRIPT, ("/B/../w", "folder")]),
        ("cd ../w && git ls-files | while read f; do sed -i s/a/b/ $f; done", [SCRIPT, ("/B/../w", "folder")]),
        ("cd ../w && sed -i s/a/b/ $(git ls-files)", [SCRIPT, ("/B/../w", "folder")]),
        ("cd ../w && sed -i 's/a$/b/' p", [("/B/../w/p", "file")]),
        ("cd ../w && sed -i -e s/a/b/ -e 's/a$/b/' p", [SCRIPT, ("/B/../w/p", "file")]),
        ('cd ../w && perl -pi -e "s/$A/b/" p', [("/B/../w/p", "file")]),
        ("cd ../w && for f in p q; do echo done $f; done > o", [("/B/../w/o", "file")]),
        (
            "for v in 1 2; do for w in a b; do touch ../$v/$w; done; done",
            [(f"/B/../{v}/{w}", "file") for v in "12" for w in "ab"],
        ),
        ("cd ../w && for f in p; do touch $f", []),
        ("cd ../w && time for f in p q; do git log $f; done", []),
        ("cd ../w && while true; do make; done; touch q", [("/B/../w", "folder"), ("/B/../w/q", "file")]),
        ("W=../w; V=$W/v; touch $V.c x$W", [("/B/../w/v.c", "file"), ("/B/x../w", "file")]),
        ("for d in a; do (cd $d && x); done", [("/B/a", "folder")]),
        ("cd //host/share && cd z && x", []),
        ("echo cd ../w; grep -rn cd ../w; ls ../w", []),
        ("# don't touch\ncd ../w && x", [("/B/../w", "folder")]),
        ("cd -- ../w && x", [("/B/../w", "folder")]),
        ("cd -P ../w && x", [("/B/../w", "folder")]),
        ("W=../w; cd $W && x", [("/B/../w", "folder")]),
        ("bash -c 'cd ../w && x'; y", [("/B/../w", "folder")]),
        ('cd "$PWD/../w" && x', [("/B/../w", "folder")]),
        ("eval 'cd ../w'; x", [("/B/../w", "folder")]),
        ("echo $'don\\'t'; cd ../w && x", [("/B/../w", "folder")]),
        ("cat > /dev/null <<-E\n\tdon't\n\tE\ncd ../w && x", [("/B/../w", "folder")]),
        ("timeout 10 sed -i s/b/s1/ ../w/f.txt", [("/B/s/b/s1/", "file"), ("/B/../w/f.txt", "file")]),
        ("find ../w -name f -exec sed -i s/b/s1/ {} +", [("/B/../w", "folder")]),
        ("sed s/b/s1/ f >| ../w/f.txt", [("/B/../w/f.txt", "file")]),
        ("dd if=../n of=../w/f.txt", [("/B/../w/f.txt", "file")]),
        ("install ../n ../w/f.txt", [("/B/../w/f.txt", "file")]),
        ("make -C ../w # x", [("/B/../w", "folder")]),
        ("perl -pi -e 's/a/b/' ../w/f", [("/B/s/a/b/", "file"), ("/B/../w/f", "file")]),
        ("perl -ne 'print' ../w/f", []),
        ("cd ../w && git add -A && git commit -qm x", [("/B/../w", "git")]),
        ("cd", []),
        ("x 'unended", []),
        ("cd ../w && git log 2>&1 | head", []),
        ("cd ../w && make &> /tmp/log", [("/tmp/log", "file"), ("/B/../w", "folder")]),
        ("cd ../w && x >/dev/null 2>&1", [("/B/../w", "folder")]),
        ("echo a >| ../w/f", [("/B/../w/f", "file")]),
        ("git log # x's\nmake -C ../w", [("/B/../w", "folder")]),
        ("cd ../w && a\\\nb c", [("/B/../w", "folder")]),
        ("pushd ../w; git log; popd; make", []),
        ("pushd ../w; make; popd; cd sub; x", [("/B/../w", "folder"), ("/B/sub", "folder")]),
        ("popd; make", []),
        ("cd ../w && for b in 1 2; do git log -1; done", []),
        ("if cd ../w; then git status; fi", []),
        ("cd ../w & make", []),
        ("cd ../w && git pull -q & make", [("/B/../w", "git")]),
        ("cd ../w | make; make -C ../v", [("/B/../v", "folder")]),
        ("cd ../w || exit; make", [("/B/../w", "folder")]),
        ("cd ../w && cat f | cut -c1-3 | tr a b | less", []),
        ("cd ../w && grep -rl x . | xargs sed -i s/x/y/", [("/B/../w", "folder"), ("/B/../w/s/x/y/", "file")]),
        ("cd ../w && grep -rl x . | xargs sed -n p", []),
        ("cd ../w && find . | xargs grep -i x", []),
        ("cd ../w && ls | xargs -n 1 perl -pi -e s/x/y/", [("/B/../w", "folder"), ("/B/../w/s/x/y/", "file")]),
        ("cd ../w && sed -i s/a/b/ *.txt", [("/B/../w/s/a/b/", "file"), ("/B/../w/.", "folder")]),
        ("sed -Ei s/a/b/ ../w/src/*.c", [("/B/s/a/b/", "file"), ("/B/../w/src", "folder")]),
        ("touch /w/?", [("/w", "folder")]),
        ("cd ../w && git log > $OUT/*", []),
        ("cd ../w && git mv f k", [("/B/../w", "git"), ("/B/../w/k", "file")]),
        ("git -C ../w mv f k", [("/B/../w", "git"), ("/B/../w/k", "file")]),
        ("git -C ../w apply p", [("/B/../w", "folder")]),
        ('cd "../a b" && echo "it\'s \\" ; cd ../q" && x', [("/B/../a b", "folder")]),
    ],
)
def test_where_a_command_works(command: str, worked: list[tuple[str, str]]) -> None:
    assert worked_in(command, "/B", "/H") == worked


@pytest.mark.parametrize(
    "command",
    [
        "<<a\na\n" * 160_000,
        "cat <<-E\n" + ("\t" * 1000 + "Ex\n") * 1000,
        "cat <<a\n" + "xa" * 500_000,
        "cat <<-a\n" + "\ta" * 500_000,
        "(" * 1_000_000,
        "'\"$" * 300_000,
        "eval 'eval \"eval x\"';" * 50_000,
        "".join(f"V{number}=x;cd $V{number};make;" for number in range(2000)),
    ],
    ids=range(8),
)
def test_no_command_takes_long(command: str) -> None:
    """Far below what a hook has; these took seconds in other ways of reading them."""
    begin = time.process_time()
    worked_in(command, "/B", "/H")
    assert time.process_time() - begin < 0.5


def test_of_a_long_command_what_it_writes_is_not_looked_at() -> None:
    text = "cat > ../w/f <<'E'\n" + "cd ../q && make 'it\n" * 50_000 + "E\nmake -C ../z"
    assert worked_in(text, "/B", "/H") == [("/B/../w/f", "file"), ("/B/../z", "folder")]
    assert len(worked_in("cd ../w && make; " * 50_000, "/B", "/H")) < 500

"""The rows of the commands that tell what is known, and of what they stand beside; `commands` has the whole table."""

from byline.cli.commandrow import Command

READING = (
    Command(
        "anchors",
        "byline.cli.anchors",
        "the commits that have anchors",
        (("byline anchors", "newest first"), ("byline anchors --tool claude --json", "for a program")),
    ),
    Command(
        "anchor",
        "byline.cli.anchor",
        "what the anchor of one commit says",
        (("byline anchor show HEAD", "lines, sessions, counts"), ("byline anchor show HEAD --json", "for a program")),
    ),
    Command(
        "sessions",
        "byline.cli.sessions",
        "the agents' sessions that worked here",
        (
            ("byline sessions", "newest first"),
            ("byline sessions --file src/app.py", "that wrote or read a file"),
            ("byline sessions --json", "for a program"),
        ),
    ),
    Command(
        "session",
        "byline.cli.session",
        "all that is known of one session",
        (
            ("byline session show 4f2a", "prompts, files, tokens"),
            ("byline session show 4f2a --json --as mi6", "in the shape of another tool"),
        ),
    ),
    Command(
        "projects",
        "byline.cli.projects",
        "the repositories of this machine that byline knows",
        (("byline projects", "sessions, tokens, anchors of each"), ("byline projects --json", "for a program")),
    ),
    Command(
        "settings",
        "byline.cli.settings",
        "show or change what can be chosen",
        (
            ("byline settings", "all of them, and where each was chosen"),
            ("byline settings set keepDays 60", "in this repository"),
            ("byline settings default set enabled false", "in all of them"),
        ),
    ),
    Command(
        "editor-config",
        "byline.cli.editorconfig",
        "the settings of editors in which each language has to be named",
        (
            ("byline editor-config zed", "the languages for Zed's extension.toml"),
            ("byline editor-config helix languages.toml", "byline behind every language's servers"),
        ),
    ),
    Command(
        "search",
        "byline.cli.search",
        "sessions and commits by their words",
        (
            ("byline search retry client", "prompts, summaries, files, commit messages"),
            ("byline search retry --since 7d --agent claude", "of one agent, of this week"),
            ("byline search retry --json", "for a program"),
        ),
    ),
    Command(
        "stats",
        "byline.cli.stats",
        "whose lines a range of commits brought",
        (
            ("byline stats", "since byline's first event here"),
            ("byline stats v1.0..HEAD", "of a release"),
            ("byline stats main...HEAD --json", "for a program"),
        ),
    ),
    Command(
        "diff",
        "byline.cli.diff",
        "a diff with the owners of its lines",
        (
            ("byline diff", "the working files against HEAD"),
            ("byline diff main...HEAD --stat", "a branch, counted by owner"),
            ("byline diff HEAD~3..HEAD --json", "for a program"),
        ),
    ),
    Command(
        "goto",
        "byline.cli.goto",
        "look at the workspace as it was at the end of a turn, or at a commit",
        (
            ("byline goto", "the turns there are, newest first"),
            ("byline goto 4f2a:3", "after the fourth prompt of session 4f2a; uncommitted work is put away"),
            ("byline goto HEAD~3", "a commit"),
        ),
    ),
    Command(
        "back",
        "byline.cli.back",
        "return from there, with all that was put away",
        (
            ("byline back", "where the last goto left from"),
            ("byline back --force", "put aside what was changed meanwhile"),
        ),
    ),
    Command(
        "report",
        "byline.cli.report",
        "a page for a pull request: who wrote what, and what is not reviewed",
        (
            ("byline report", "of this branch, as Markdown"),
            ("byline report origin/main...HEAD --output report.md", "into a file, for a program that posts it"),
            ("byline report v1.0..HEAD --json", "for a program"),
        ),
    ),
)

"""Secrets that only their place tells: after a name, an option, a command, in an address. Pure.

What stands there is judged by `likely`. Every repetition has an end: no text keeps these busy.
"""

import re

from byline.repo.anchors.likely import REDACTED, Value, is_mixed_or_drawn, is_phrase, is_secret, stands_for_another

_PASSED = (
    r"(?:pass(?:[ _-]?(?:word|phrase)|wd|wort|code)?|pwd|psk|(?<![A-Za-z])pw(?![A-Za-z])|contrase(?:ñ|n)a"
    r"|mot\s?de\s?passe|kennwort|wachtwoord|senha|пароль|密[码碼]|パスワード)"
)
WORDS = (
    rf"(?:(?P<password>{_PASSED})|secret|token|api[ _-]?key|(?:access|account|shared|private|secret|auth|signing"
    r"|encryption|x)[_-]?key|credentials?)"
)
_STARTS = re.compile(
    r"pass|pwd|psk|pw|contrase|mot|kennwort|wachtwoord|senha|пароль|密|パスワード|secret|token|api|access|account|shared"
    r"|private|auth|signing|encryption|x[_-]?key|cred"
)
"""Where one of them may begin, in a text in lower case: found much sooner than the words themselves."""
_QUOTE = r"(?:\\{0,7}[\"'`])"
_MADE = r"(?:[bruf@]{1,2}(?=[\"'])|(?:new\s{1,2})?[A-Z]\w{0,20}(?:::\w{1,10})?\(\s{0,2}(?=[\"']))"
"""What a language may put before a text: `b"…"`, `new String("…")`."""
_IS = r"(?:is|was|ist|(?:should|must|will)\sbe|(?:(?:is|was|has\sbeen|been)\s)?(?:set|reset|changed)\sto)"
_ASSIGNED = re.compile(
    rf"""(?P<before>{WORDS}(?P<tail>[_-]\w{{1,20}}|s)?{_QUOTE}?\]?
    (?:\s{{0,3}}(?::\s{{0,2}}&?[A-Za-z]{{2,20}}\s{{0,2}})?(?:=>|:=|==?|:|,|>|：|（|→|是|%3D|\\u003d|&\#61;)\s{{0,3}}
    (?:<!\[CDATA\[|\[\s{{0,2}}(?=["'])|\{{\s{{0,2}}["']?value["']?:\s{{0,2}}(?=["'])|{_MADE})?
    |\s{{1,3}}{_IS}(?:\s{{1,2}}|:\s{{1,2}})|'s\s|\s{{0,2}}\((?=\\{{0,7}}["'])
    |\s{{1,8}}(?=\\{{0,7}}["'])
    |[\s,]{{1,3}}{_QUOTE}?(?:value|text){_QUOTE}?\s{{0,2}}[:=]\s{{0,2}}
    |\s{{0,3}}\{{[^{{}}]{{0,200}}?\bdefault\s{{0,3}}=\s{{0,3}})
    )(?:(?P<open>{_QUOTE}(?:["']{{2}})?)(?P<quoted>[^"'`\s]{{6,500}}?)(?=\\{{0,7}}["'`])
    |(?P<bare>[^\s"'`,;<>)\]}}\\&][^\s"'`,;<>)\]}}\\&]{{5,500}}))""",
    re.IGNORECASE | re.VERBOSE,
)
_PHRASE = re.compile(
    rf"(?P<before>{_PASSED}{_QUOTE}?\s{{0,3}}(?:=>|:=|==?|:)\s{{0,3}}{_QUOTE})(?P<bare>[^\"'`\n\\]{{8,80}})(?=\\{{0,7}}[\"'`])",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    rf"(?P<before>{WORDS}(?P<tail>[_-]\w{{1,20}})?{_QUOTE}?:[ \t]{{0,2}}(?:[|>][-+]?)?[ \t]{{0,3}}\r?\n[ \t]{{1,12}})"
    r"(?P<bare>[^\s\"'`]{5,300}[^\s\"'`:])(?=[ \t]{0,8}(?:\r?\n|$))",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"(?P<before>(?<![A-Za-z0-9])[A-Z][A-Z0-9_]{0,40}_KEY\s{0,2}=\s{0,2}[\"']?)(?P<bare>[A-Za-z0-9+/=_-]{10,300})(?=[\s\"']|$)"
)
_OPTION = re.compile(rf"(?P<before>{WORDS}\s{{1,3}}{_QUOTE}?)(?P<bare>[^\s\"'`,;<>)\\]{{6,500}})", re.IGNORECASE)
_DASHES = re.compile(r"--?[a-z-]{0,20}\Z", re.IGNORECASE)
_COMMANDS = {
    "identified": r"\bidentified\s+by\s+",
    "sshpass": r"\bsshpass\s+-p\s*",
    "mysql": r"\bmysql(?:dump)?\b[^\n]{0,80}?\s-p",
    "mariadb": r"\bmariadb\b[^\n]{0,80}?\s-p",
    "login ": r"\blogin\b[^\n]{0,80}?\s-p\s+",
    " -u": r"\s-u\s*[\w.@-]{1,60}:",
    "htpasswd": r"\bhtpasswd\s+-\w*b\w*\s+\S{1,100}\s+\S{1,60}\s+",
    "secret set": r"\bsecret\s+set\b[^\n]{0,80}?\s(?:--body|-b)[\s=]+",
    "openssl": r"\bopenssl\b[^\n]{0,80}?\s-k\s+",
    "7z": r"\b7z\w?\b[^\n]{0,80}?\s-p",
    "authorization": rf"\bauthorization{_QUOTE}?[:=]\s{{0,2}}{_QUOTE}?[\w-]{{1,20}}\s{{1,2}}",
    "basic": r"\bbasic\s+",
    "bearer": r"\bbearer\s+",
    "$": r"\$(?:apr1|2[aby]|5|6)\$(?:\d\d|[\w./]{2,16})\$",
}
"""After these a word is a secret if it is not harmless. By what a text must hold: others are not looked for."""
_RATHER = {
    "redis-cli": r"\bredis-cli\b[^\n]{0,80}?\s-a\s+",
    "mongo": r"\bmongo\w{0,8}\b[^\n]{0,80}?\s-p\s+",
    "ldap": r"\bldap\w{3,8}\b[^\n]{0,80}?\s-w\s+",
    "smbclient": r"\bsmbclient\b[^\n]{0,80}?\s-U\s+[\w.\\-]{1,60}%",
    "zip -": r"\b(?:un)?zip\b[^\n]{0,40}?\s-P\s+",
    "sqlcmd": r"\bsqlcmd\b[^\n]{0,80}?\s-P\s+",
    "net user ": r"\bnet\s+user\s+[\w.-]{1,40}\s+",
    "vault login": r"\bvault\s+login\s+",
    "_authtoken ": r"_authToken\s+",
    "requirepass": r"\brequirepass\s+",
    "masterauth": r"\bmasterauth\s+",
    "auth_pass": r"\bauth_pass\s+",
    "securestring": r"\bConvertTo-SecureString\s+(?:-String\s+)?",
    "user": r"--(?:proxy-)?user[\s=]+[\"']?[\w.@-]{1,60}:",
    "login:": r"\blogin:\s{0,2}[\w.@-]{1,60}:",
    "<<<": r"(?:\blogin\b|-stdin\b|\bsudo\s+-S\b|--with-token\b|\bpasswd\b)[^\n<]{0,80}<<<\s{0,2}",
    ":5432:": r"\b[\w.-]{1,80}:5432:[\w*-]{1,40}:[\w.-]{1,40}:",
    "wpa_passphrase": r"\bwpa_passphrase\s+\S{1,40}\s+",
    "ssh-keygen": r"\bssh-keygen\b[^\n]{0,80}?\s-N\s+",
    "rclone obscure": r"\brclone\s+obscure\s+",
    "aws configure": r"\baws\s+configure\s+set\s+\S{1,60}\s+",
    "git config": r"\bgit\s+config\s+(?:--\w{1,10}\s+)?[\w./:-]{0,60}(?:token|password)\s+",
    "doctl": r"\bdoctl\b[^\n]{0,80}?\s-t\s+",
    "lftp": r"\blftp\b[^\n]{0,80}?\s-u\s+[\w.@-]{1,60},",
    "snmp": r"\bsnmp\w{2,8}\b[^\n]{0,80}?\s-c\s+",
    "http -a": r"\bhttp\s+-a\s+[\w.@-]{1,60}:",
    " /p:": r"\s/p:",
    "rclone": r"\brclone\b[^\n]{0,80}?\s(?:pass|password2?)\s+",
    "setx": r"\bsetx\s+(?:/\w\s+)?\w{0,40}(?:key|token|pass|pwd|secret|cred)\w{0,20}\s+",
    "sqlplus": r"\bsqlplus\s+(?:-\w{1,10}\s+){0,3}[\"']?[\w.$]{1,40}/",
    "=": r"(?:[?&]|&amp;|\\u0026)(?:key|sig|auth|code|(?:x-(?:amz|goog)-)?signature)=",
}
"""Those after which it is one only if digits stand among its letters, or if these look drawn by lot."""


def _command(before: str) -> re.Pattern[str]:
    at = rf"(?<![A-Za-z0-9]){before[2:]}" if before.startswith(r"\b") else before  # `_` parts words, too
    return re.compile(rf"(?P<before>{at}{_QUOTE}?)(?P<bare>[^\s\"'`,;<>)\\]{{6,500}})", re.IGNORECASE)


_ARGUMENT = re.compile(r"[A-Za-z_]\w*=(?!=)|[A-Za-z]+\Z")
"""Of a function, after another: `tokens, priority=-1`; or one of several names."""
_COMMAND = {word: _command(before) for word, before in _COMMANDS.items()}
_COMMAND_RATHER = {word: _command(before) for word, before in _RATHER.items()}
_INSERTED = re.compile(
    r"(?P<before>passw\w{0,20}[`\"']?\s{0,2}\)\s{0,3}values\s{0,3}\((?:[^()\n]{0,200}?,\s{0,2})?['\"])"
    r"(?P<bare>[^'\"\s]{6,100})(?=['\"]\s{0,2}\))",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"\bcookie[\"']?:\s{0,2}[\"']?[^\"'\n]{3,2000}|\s(?:-b|--cookie)\s{1,2}[\"'][^\"'\n]{3,2000}", re.IGNORECASE
)
_COOKIE = re.compile(r"(?P<before>[\w.-]{1,60}=)(?P<bare>[^\s\"'`,;<>)\\]{6,500})")
_IN_URL = re.compile(
    r"(?P<before>(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}(?:://|%3A%2F%2F)[^\s:/@\"'<>]{0,100}(?::|%3A))"
    r"(?P<bare>[^\s/\"'<>]{3,200})(?=@|%40)",
    re.IGNORECASE,
)
_IN_DATABASE = re.compile(
    r"(?P<before>(?<![A-Za-z0-9])(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?)://[^\s:/@\"'<>]{0,100}:)"
    r"(?!\d{1,5}/)(?P<bare>[^\s\"'<>]{3,200})(?=@)",
    re.IGNORECASE,
)
_PIPED = re.compile(
    r"(?P<before>(?<![A-Za-z0-9])(?:echo|printf)\s+(?:-n\s+)?(?:[\"']%s(?:\\n)?[\"']\s+)?[\"']?(?:[\w.-]{1,40}:)?)"
    r"(?P<bare>[^\s\"'|]{6,300})"
    r"(?=[\"']?\s*\|[^|\n]{0,80}(?:\blogin\b|-stdin\b|\bsudo\s+-S\b|\bchpasswd\b|--with-token\b))",
    re.IGNORECASE,
)
_USER_OF_URL = re.compile(
    r"(?P<before>(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}://)(?P<bare>[A-Za-z0-9_-]{16,200})(?=@)"
    r"|(?P<short_before>(?<![A-Za-z0-9])https?://)(?P<short>[A-Za-z0-9_-]{10,15})(?=@)",
    re.IGNORECASE,
)


def by_place(text: str) -> str:
    """`text` without the secrets that their place tells."""
    if "://" in text or "%3A%2F%2F" in text or "%3a%2f%2f" in text:
        text = _in_addresses(text)
    if "|" in text:
        text = _PIPED.sub(_given, text)
    lower = text.lower()
    for patterns, judge in ((_COMMAND, _given), (_COMMAND_RATHER, _mixed)):
        for word, pattern in patterns.items():
            if word in lower:
                text = pattern.sub(judge, text)
    if "cookie" in lower or " -b " in text:
        text = _COOKIES.sub(lambda found: cookies(found[0]), text)
    if "values" in lower and "passw" in lower:
        text = _INSERTED.sub(_given, text)
    if "_KEY" in text:
        text = _ENVIRONMENT.sub(_mixed, text)
    return _after_words(text)


def _after_words(text: str) -> str:
    """What stands after the name of a secret."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that is two in lower case: positions are others
        lower = "".join(char.lower() if char.isascii() else char for char in text)
    parts, position = [], 0
    for start in _STARTS.finditer(lower):
        begin = start.start()
        if begin < position:
            continue
        for pattern, judge in _AFTER_WORDS:
            found = pattern.match(text, begin)
            if found is not None and (pattern is not _OPTION or _is_option(text, begin)):
                after = judge(found)
                if after != found[0]:
                    parts += [text[position:begin], after]
                    position = found.end()
                    break
    return "".join(parts) + text[position:]


def _is_option(text: str, begin: int) -> bool:
    """Whether a word is one: `--token`, `-password`, netrc's `password`."""
    if _DASHES.search(text[max(0, begin - 22) : begin]):
        return True
    return text[begin : begin + 9].lower().rstrip() == "password" and not text[begin - 1 : begin].isalnum()


def cookies(text: str) -> str:
    """The cookies of a header without their values."""
    return _COOKIE.sub(_judged, text)


def _in_addresses(text: str) -> str:
    text = _IN_URL.sub(_in_address, text)
    if "@" in text:
        text = _IN_DATABASE.sub(_in_address, text)
        text = _USER_OF_URL.sub(_user, text)
    return text


def _in_address(found: re.Match[str]) -> str:
    if stands_for_another(found["bare"]):
        return found[0]
    return f"{found['before']}{REDACTED}"


def _user(found: re.Match[str]) -> str:
    if found["short"] is not None:
        return f"{found['short_before']}{REDACTED}" if is_mixed_or_drawn(found["short"]) else found[0]
    return _judged(found)


def _judged(found: re.Match[str], *, is_given: bool = False) -> str:
    """An assignment redacted, unless its value is a word, a placeholder or a piece of code."""
    groups = found.groupdict()
    quoted = groups.get("quoted")
    is_password = groups.get("password") is not None and not groups.get("tail")
    following = found.string[found.end() : found.end() + 1]
    bare = quoted or groups["bare"]
    if quoted is None and bare.endswith(":") and following.isspace():  # a key
        return found[0]
    if quoted is None and found["before"].rstrip().endswith(",") and _ARGUMENT.match(bare):
        return found[0]
    goes_on = following in ("(", ")", ",", "[", ";")
    of_token = "password" in groups and groups["password"] is None
    value = Value(bare, quoted is not None, is_password, of_token, goes_on, is_given)
    if not is_secret(value):
        return found[0]
    return f"{found['before']}{groups.get('open') or ''}{REDACTED}"


def _given(found: re.Match[str]) -> str:
    """The same where nothing but a secret stands."""
    return _judged(found, is_given=True)


def _mixed(found: re.Match[str]) -> str:
    return f"{found['before']}{REDACTED}" if is_mixed_or_drawn(found["bare"]) else found[0]


def _phrase(found: re.Match[str]) -> str:
    return f"{found['before']}{REDACTED}" if is_phrase(found["bare"]) else found[0]


_AFTER_WORDS = ((_OPTION, _judged), (_ASSIGNED, _judged), (_BLOCK, _judged), (_PHRASE, _phrase))

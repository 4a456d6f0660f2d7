"""Secrets by their own shape: credentials that say what they are, wherever they stand in a text. Pure.

Only shapes that nothing harmless has. A commit message full of identifiers and hashes must come out as it went in.
"""

import re

REDACTED = "[REDACTED]"

SHAPES = (
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"[\s\S]*?(?:-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",  # AWS access key ids
    r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b",  # GitHub
    r"\bgithub_pat_[A-Za-z0-9_]{40,255}\b",
    r"\bgl(?:pat|dt|rt|cbt|ptt|ft|oas|soat)-[A-Za-z0-9_.-]{20,}",  # GitLab
    r"\bsk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{16,}",  # Anthropic, OpenAI, OpenRouter
    r"\bsk-[A-Za-z0-9]{32,}\b",
    r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b",  # Stripe
    r"\bwhsec_[A-Za-z0-9+/=]{24,}",
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"\bxapp-\d-[A-Za-z0-9-]{20,}",
    r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}",
    r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{30,}",
    r"\bAIza[A-Za-z0-9_-]{35}\b",  # Google
    r"\bya29\.[A-Za-z0-9_-]{20,}",
    r"\bGOCSPX-[A-Za-z0-9_-]{20,}",
    r"\bnpm_[A-Za-z0-9]{36}\b",
    r"\bpypi-[A-Za-z0-9_-]{50,}",
    r"\brubygems_[0-9a-f]{48}\b",
    r"\bdckr_pat_[A-Za-z0-9_-]{20,}",
    r"\bhf_[A-Za-z0-9]{30,}\b",  # Hugging Face
    r"\bgsk_[A-Za-z0-9]{40,}\b",  # Groq
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",  # SendGrid
    r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",  # Shopify
    r"\bdo[opr]_v1_[0-9a-f]{64}\b",  # DigitalOcean
    r"\bhv[sb]\.[A-Za-z0-9_-]{20,}",  # Vault
    r"\blin_api_[A-Za-z0-9]{30,}\b",  # Linear
    r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b",
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # JSON web tokens
)

_SHAPES = re.compile("|".join(f"(?:{shape})" for shape in SHAPES))
_IN_URL = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:)([^\s@/]{3,200})(?=@)", re.IGNORECASE)
_AFTER_WORD = re.compile(
    r"""(\b(?:\w{0,40}[_-])?(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)
    \w{0,20}["']?\s{0,3}(?:=|:=|:|=>)\s{0,3})
    (["']?)([A-Za-z0-9+/_.~!@#$%^&*=-]{8,500})(?=\2|\s|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_BEARER = re.compile(r"(\bbearer\s+)[A-Za-z0-9_.~+/-]{20,}=*", re.IGNORECASE)


def redact(text: str) -> str:
    """`text` with `[REDACTED]` in place of every secret that is found; the rest unchanged."""
    text = _SHAPES.sub(REDACTED, text)
    text = _IN_URL.sub(rf"\g<1>{REDACTED}", text)
    text = _BEARER.sub(rf"\g<1>{REDACTED}", text)
    return _AFTER_WORD.sub(_assigned, text)


def _assigned(found: re.Match[str]) -> str:
    """An assignment redacted, unless its value is a word: `token: optional`, `password=password`."""
    value = found[3]
    mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return f"{found[1]}{found[2]}{REDACTED}" if mixed or any(char in "!@#$%^&*" for char in value) else found[0]

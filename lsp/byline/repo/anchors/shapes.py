"""Credentials that say what they are: the beginnings that vendors give their tokens. Pure.

Only shapes that nothing harmless has. Lengths are lower bounds: a token that was cut in two is one still.
"""

import re

_END = r"(?:\s{0,2}(?:\\{1,4}n|\n)[ \t>|+]{0,8}[A-Za-z0-9+/_=-]{12,400}(?=[\s\"'\\]|$))?"
"""The rest of a token on the next line, where that line holds nothing else."""

AFTER_CONTROL = (
    r"(?:(?<=\\[nrtbfv])|(?<=\\u00[0-9a-fA-F]{2})|(?<=\\x[0-9a-fA-F]{2})|(?<=\\[0-3][0-7]{2})"
    r"|(?<=%[0-9A-Fa-f]{2})|(?<=[\[\d;][mKGHJ])|(?<=\x1b[()][0AB]))"
)
"""Right after an escaped newline or an escape sequence of a terminal: the letter they end in is no part of a word."""

_TOKENS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{12,16}",  # AWS access key ids
    r"gh[pousr]_[A-Za-z0-9]{16,255}",
    r"github_pat_[A-Za-z0-9_]{20,255}",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|oas|soat|agent|imt)-[A-Za-z0-9_.-]{16,300}",
    r"glsa_[A-Za-z0-9]{16,40}(?:_[0-9a-fA-F]{8})?",
    r"sk-(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{16,400}",
    r"sk-[A-Za-z0-9]{24,}",
    r"[srp]k_(?:live|test)_[A-Za-z0-9]{12,250}",
    r"whsec_[A-Za-z0-9+/=]{16,100}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",
    r"xapp-\d-[A-Za-z0-9-]{20,250}",
    r"xai-[A-Za-z0-9]{32,120}",
    r"AIza[A-Za-z0-9_-]{30,40}",
    r"ya29\.[A-Za-z0-9_-]{20,400}",
    r"GOCSPX-[A-Za-z0-9_-]{20,40}",
    r"LTAI[A-Za-z0-9]{12,24}",  # Alibaba
    r"AKID[A-Za-z0-9]{13,40}",  # Tencent
    r"SCW[A-Z0-9]{17}",
    r"HRKU-[A-Za-z0-9_-]{28,70}",
    r"dapi[0-9a-f]{32}(?:-\d)?",
    r"dop_v1_[0-9a-f]{24,64}|do[or]_v1_[0-9a-f]{24,64}",
    r"dp\.(?:pt|st|sa|ct|scim|audit)\.[A-Za-z0-9.]{30,80}",
    r"fo1_[A-Za-z0-9_-]{30,60}|fm[12]_[A-Za-z0-9+/=_-]{50,400}",
    r"hv[sbr]\.[A-Za-z0-9_-]{20,300}",
    r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{20,64}",
    r"pul-[0-9a-f]{32,40}",
    r"sbp_[0-9a-f]{24,40}|sb_secret_[A-Za-z0-9_-]{20,60}",
    r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20,80}",
    r"AT(?:ATT|CTT|BBT)[A-Za-z0-9_=-]{20,300}|ATBB[A-Za-z0-9]{20,40}",
    r"npm_[A-Za-z0-9]{18,36}",
    r"pypi-[A-Za-z0-9_-]{24,300}",
    r"rubygems_[0-9a-f]{24,48}",
    r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}",
    r"hf_[A-Za-z0-9]{17,40}",
    r"gsk_[A-Za-z0-9]{24,60}",
    r"r8_[A-Za-z0-9]{18,40}",
    r"pplx-[A-Za-z0-9]{24,60}",
    r"SG\.[A-Za-z0-9_-]{16,40}(?:\.[A-Za-z0-9_-]{8,64})?",
    r"sh(?:pat|pca|ppa|pss|pua)_[0-9a-fA-F]{16,40}|shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{16,40}",
    r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,50}|EAAA[A-Za-z0-9_-]{50,70}",
    r"EAACEdEose0cBA[A-Za-z0-9]{20,200}",
    r"EZ[AT]K[A-Za-z0-9]{50,60}",
    r"CFPAT-[A-Za-z0-9_-]{24,60}",  # Contentful
    r"nvapi-[A-Za-z0-9_-]{24,100}",
    r"SK[0-9a-f]{32}",  # Twilio
    r"key-[0-9a-f]{32}",  # Mailgun
    r"[0-9a-f]{32}-us\d{1,2}",  # Mailchimp
    r"lin_(?:api|oauth)_[A-Za-z0-9]{20,80}",
    r"ntn_[A-Za-z0-9]{30,60}|secret_[A-Za-z0-9]{43}",
    r"fig[dou]_[A-Za-z0-9_-]{20,60}",
    r"PMAK-[0-9a-f]{20,24}(?:-[0-9a-f]{8,34})?",
    r"sntr[yu][su]_[A-Za-z0-9+/=_-]{30,300}",
    r"NR(?:AK|AL|II|JS|RA)-[A-Za-z0-9-]{20,50}",
    r"dt0[a-z]\d\d\.[A-Z2-7]{24}\.[A-Z2-7]{10,64}",
    r"pat[A-Za-z0-9]{14}\.[0-9a-f]{20,64}",
    r"bk(?:ua|aj|pt|ct)_[0-9a-f]{32,40}",
    r"tskey-[a-z]{3,12}-[A-Za-z0-9]{8,20}-?[A-Za-z0-9]{0,60}(?:-[A-Za-z0-9]{20,60})?",
    r"ops_eyJ[A-Za-z0-9+/=_-]{40,2000}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{16,58}",
    r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",  # Azure client secrets
    r"\d{8,10}:AA[A-Za-z0-9_-]{32,35}",  # Telegram
    r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,42}",  # Discord
    r"eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}(?:\.[A-Za-z0-9_-]{10,1000})?",  # JSON web tokens
    r"eyJ[A-Za-z0-9_-]{30,4000}(?:\.[A-Za-z0-9_-]{0,4000})?",
)

_ADDRESSES = (
    r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{12,200}",
    r"https://(?:\w{1,20}\.)?discord(?:app)?\.com/api/webhooks/\d{5,25}/[\w-]{20,100}",
    r"https://[\w.-]{1,60}\.webhook\.office\.com/webhookb2/[\w@/-]{20,200}",
)

_ANY = rf"(?:{'|'.join(f'(?:{one})' for one in _TOKENS)}){_END}"
SHAPES = re.compile(
    rf"(?<![A-Za-z0-9]){_ANY}"
    rf"|{'|'.join(f'(?:{one})' for one in _ADDRESSES)}"
    # encoded for an address: slashes, colons and dots of the above as %2F, %3A, %2E
    r"|https%3A%2F%2F(?:hooks\.slack\.com%2F(?:services|workflows)|discord\.com%2Fapi%2Fwebhooks)[A-Za-z0-9%_-]{20,300}"
    r"|\b\d{8,10}%3AAA[A-Za-z0-9_-]{32,35}"
)
INSIDE = re.compile(rf"{AFTER_CONTROL}{_ANY}")
"""The same where escapes stand before them."""
CONTROL = re.compile(r"[\\%\x1b]|\^\[")
"""What a text with escapes has in it."""

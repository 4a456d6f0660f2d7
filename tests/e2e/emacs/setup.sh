#!/bin/sh
# An Emacs for the tests marked `emacs`, with eglot beside it: from Debian or Ubuntu. BYLINE_EMACS names another one.
set -eu
if ! command -v emacs >/dev/null 2>&1; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo"
  $as_root apt-get install -y --no-install-recommends emacs-nox elpa-eglot >&2
fi
emacs --version | head -n 1
echo "export BYLINE_EMACS=$(command -v emacs)"

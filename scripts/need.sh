#!/bin/sh
# need.sh COMMAND PACKAGE: make sure that a command exists; as root install Debian's package.
PATH="$PATH:/usr/sbin" # where Debian keeps servers
command -v "$1" >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing $2"
    apt-get update -qq >/dev/null && apt-get install -qq -y --no-install-recommends "$2" >/dev/null
    command -v "$1" >/dev/null 2>&1 && exit 0
fi
echo "$1 is missing: install it with 'apt-get install $2' as root" >&2
exit 1

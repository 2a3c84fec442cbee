#!/bin/sh
# need_postgres.sh: make sure of PostgreSQL's server programs; as root install Debian's package.
# Debian keeps them off PATH; no server is made or started.
found() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing postgresql"
    export DEBIAN_FRONTEND=noninteractive
    get() { apt-get install -qq -y --no-install-recommends "$1" >/dev/null; }
    conf=/etc/postgresql-common/createcluster.conf
    apt-get update -qq >/dev/null && get postgresql-common &&
        sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' "$conf" &&
        get postgresql
    found && exit 0
fi
echo "PostgreSQL's server is missing: install it with 'apt-get install postgresql' as root" >&2
exit 1

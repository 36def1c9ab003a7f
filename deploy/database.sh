#!/bin/sh
# Runs PostgreSQL on the volume at /var/lib/postgresql/data, and makes user and database on the first start.
#   POSTGRES_USER, POSTGRES_PASSWORD_FILE, POSTGRES_INITDB_ARGS: as docker.io's image takes them
set -eu
data=/var/lib/postgresql/data

if [ "$(id -u)" = 0 ]; then # only root can read the password; PostgreSQL runs as its own user
    POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export POSTGRES_PASSWORD
    chown postgres:postgres "$data"
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0"
fi

if [ ! -e "$data/main" ]; then
    rm -rf "$data/new" # of a first start that was cut off
    # shellcheck disable=SC2086 # several arguments
    printf '%s\n' "$POSTGRES_PASSWORD" | initdb --pgdata="$data/new" --username="$POSTGRES_USER" \
        --pwfile=/dev/stdin --auth-local=trust --auth-host=scram-sha-256 --no-instructions ${POSTGRES_INITDB_ARGS-}
    echo "host all all all scram-sha-256" >>"$data/new/pg_hba.conf"
    echo "CREATE DATABASE \"$POSTGRES_USER\"" | postgres --single -D "$data/new" postgres >/dev/null
    mv "$data/new" "$data/main"
fi
unset POSTGRES_PASSWORD
exec postgres -D "$data/main" -c listen_addresses='*'

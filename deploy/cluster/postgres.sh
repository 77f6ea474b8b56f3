#!/bin/bash
# PostgreSQL on two servers, of which one leads and the other holds a copy of each commit before anybody is told that it is done (docs/cluster.md).
#   postgres.sh start postgres ...  what compose starts; with an empty folder beside a server that leads it becomes its copy
#   postgres.sh pair                the server that leads waits for the copy from now on, once there is one
#   postgres.sh promote             this server leads from now on; the other one has to stand still
#   postgres.sh rejoin              this server, which led before, becomes the copy of the other; its data go aside, unchanged
#   postgres.sh alone               this server does not wait for the copy any more, until it is paired again
set -euo pipefail
data=${PGDATA:-/var/lib/postgresql/data}
slot=zona_replica

fail() { echo "postgres: $*" >&2; exit 1; }
query() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname postgres "$@"; }
here() { query --host 127.0.0.1 --username postgres --command "$1"; }
there() { PGPASSWORD=$ZI_DB_REPLICA PGCONNECT_TIMEOUT=3 query --host "$ZI_POSTGRES_OTHER" --username replica --command "$1"; }

# `f` where it leads, `t` where it is a copy, nothing where it does not answer.
role_there() { there "SELECT pg_is_in_recovery()" 2>/dev/null || true; }

# From the server that leads; PG_VERSION is the last file that appears, so a copy that was interrupted begins anew.
copy() {
  rm -rf "$data/unfinished"
  there "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$slot' AND NOT active" >/dev/null
  PGPASSWORD=$ZI_DB_REPLICA pg_basebackup --host "$ZI_POSTGRES_OTHER" --username replica --no-password --pgdata "$data/unfinished" \
    --checkpoint fast --wal-method stream --create-slot --slot "$slot"
  touch "$data/unfinished/standby.signal"
  find "$data/unfinished" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
  sync
  mv "$data/unfinished/PG_VERSION" "$data/"
  rmdir "$data/unfinished"
}

start() {
  local role
  role=$(role_there)
  if [ ! -s "$data/PG_VERSION" ]; then
    if [ "$role" = f ]; then
      copy
    elif [ "$role" = t ] || [ -z "${ZI_POSTGRES_FIRST:-}" ]; then
      fail "this folder is empty and $ZI_POSTGRES_OTHER does not lead: promote it, or start it, and this server becomes its copy"
    fi
  elif [ "$role" = f ] && [ ! -e "$data/standby.signal" ]; then
    fail "$ZI_POSTGRES_OTHER was promoted and leads: what was written here since then counts nowhere. docs/cluster.md: rejoin"
  fi
  # What a copy follows; a server that leads passes over it.
  export PGPASSWORD=$ZI_DB_REPLICA
  exec docker-entrypoint.sh "$@" -c cluster_name="$ZI_POSTGRES_NAME" -c hba_file=/cluster/pg_hba.conf -c primary_slot_name="$slot" \
    -c primary_conninfo="host=$ZI_POSTGRES_OTHER user=replica application_name=$ZI_POSTGRES_NAME connect_timeout=3 keepalives_idle=10 keepalives_interval=5 keepalives_count=3"
}

# Over the network, at whichever server leads.
pair() {
  local name
  for _ in $(seq 60); do
    name=$(query --command "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming' AND application_name IN ('postgres', 'postgres-2')")
    if [ -n "$name" ]; then
      query --command "ALTER SYSTEM SET synchronous_standby_names = '\"$name\"'" --command "SELECT pg_reload_conf()" >/dev/null
      echo "postgres: each commit waits for its copy on $name"
      return
    fi
    sleep 0.5
  done
  if [ -n "$(query --command "SHOW synchronous_standby_names")" ]; then
    fail "there is no copy, and nothing is recorded until it is back or, knowingly, \`postgres.sh alone\`"
  fi
  echo "postgres: there is no copy: one disk holds what is recorded. docs/cluster.md: rejoin" >&2
}

alone() {
  here "ALTER SYSTEM SET synchronous_standby_names = ''" >/dev/null
  here "SELECT pg_reload_conf()" >/dev/null
}

promote() {
  [ "$(role_there)" != f ] || fail "$ZI_POSTGRES_OTHER leads still: stop it first"
  # One session, which ends at the first line that fails: a server that leads already is left as it is. The new leader waits for no copy.
  query --host 127.0.0.1 --username postgres --command "SELECT 1 / pg_is_in_recovery()::int" --command "ALTER SYSTEM SET synchronous_standby_names = ''" --command "SELECT pg_reload_conf()" \
    --command "SELECT 1 / pg_promote(true, 60)::int" >/dev/null || fail "$ZI_POSTGRES_NAME leads already, or was not promoted within a minute: see its log"
  echo "postgres: $ZI_POSTGRES_NAME leads, and one disk holds what is recorded. docs/cluster.md: rejoin"
}

rejoin() {
  [ "$(role_there)" = f ] || fail "$ZI_POSTGRES_OTHER does not lead"
  # A server that was killed leaves its mark, and no process of another container is seen here: whether it runs is asked of itself.
  if pg_isready --quiet --host "$ZI_POSTGRES_NAME" || [ $? -ne 2 ]; then fail "$ZI_POSTGRES_NAME runs: stop it first"; fi
  rm -f "$data/postmaster.pid"
  if [ -s "$data/PG_VERSION" ]; then bash /sql/archive.sh aside "$data"; fi
  copy
  echo "postgres: $ZI_POSTGRES_NAME is a copy of $ZI_POSTGRES_OTHER: start it, then pair"
}

case "${1:-}" in
  start) shift; start "$@" ;;
  pair | alone | promote | rejoin) "$1" ;;
  *) fail "start, pair, promote, rejoin or alone" ;;
esac

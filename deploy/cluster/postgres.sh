#!/bin/bash
# PostgreSQL on two servers, of which one leads and the other holds a copy of each commit before anybody is told that it is done (docs/cluster.md).
# Whoever is not certain to have the newest data does not lead: it waits for the word of the other server, or of the operator.
#   postgres.sh start postgres ...  what compose starts; with an empty folder beside a server that leads it becomes its copy
#   postgres.sh first               this server, whose folder is empty, begins a new house at its next start
#   postgres.sh pair                the server that leads waits for the copy from now on, once there is one
#   postgres.sh promote             this server leads from now on; the other one has to stand still
#   postgres.sh rejoin              this server, which led before, becomes the copy of the other; its data go aside, unchanged
#   postgres.sh alone               this server does not wait for the copy any more, until it is paired again, and leads without a word of it
set -euo pipefail
data=${PGDATA:-/var/lib/postgresql/data}
slot=zona_replica

fail() { echo "postgres: $*" >&2; exit 1; }
query() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname postgres "$@"; }
here() { query --host 127.0.0.1 --username postgres --command "$1"; }
there() { PGPASSWORD=$ZI_DB_REPLICA PGCONNECT_TIMEOUT=3 query --host "$ZI_POSTGRES_OTHER" --username replica --command "$1"; }

# What the other server says: `role` is f where it leads, t where it is a copy, and empty where it gives no answer; which house, and the timeline,
# which each promotion raises.
ask() {
  local answer
  answer=$(there "SELECT pg_is_in_recovery(), system_identifier, greatest(timeline_id, min_recovery_end_timeline)
    FROM pg_control_system(), pg_control_checkpoint(), pg_control_recovery()" 2>/dev/null) || answer=
  IFS='|' read -r role house timeline <<<"$answer"
}

# The same of the folder of this server; empty where there is none.
look() {
  own_house=
  [ -s "$data/PG_VERSION" ] || return 0
  own_house=$(LC_ALL=C pg_controldata "$data" | sed -n 's/^Database system identifier: *//p')
  own_timeline=$(LC_ALL=C pg_controldata "$data" | sed -n "s/^Latest checkpoint's TimeLineID: *//p; s/^Min recovery ending loc's timeline: *//p" | sort -n | tail -1)
}

# No server runs there. A server that answers and refuses (full, a wrong password) is not silent.
silent() {
  local status=0
  pg_isready --quiet --timeout 3 --host "$1" || status=$?
  [ "$status" -eq 2 ]
}

is_copy() { [ -e "$data/standby.signal" ]; }
is_paired() { sed -n 's/^synchronous_standby_names = //p' "$data/postgresql.auto.conf" | tail -1 | grep -q '[a-z]'; }

# One server starts, copies or rejoins on a folder at a time; PostgreSQL inherits it.
hold() { exec 9<"$data"; }

refuse_another_history() {
  if [ -z "$role" ] || [ -z "$own_house" ]; then return 0; fi
  [ "$house" = "$own_house" ] || fail "$ZI_POSTGRES_OTHER has the data of another house. docs/cluster.md: Which one is right"
  if [ "$role" = f ] && [ "$timeline" -lt "$own_timeline" ]; then
    fail "$ZI_POSTGRES_OTHER leads with older data: stop it, and start this server. docs/cluster.md: Which one is right"
  fi
  if [ "$role" = t ] && [ "$timeline" -gt "$own_timeline" ]; then
    fail "$ZI_POSTGRES_OTHER has newer data and does not lead: promote it there, then rejoin here. docs/cluster.md: Which one is right"
  fi
}

# From the server that leads; PG_VERSION is the last file that appears, so a copy that was interrupted begins anew.
copy() {
  rm -f "$data/first"
  if [ -e "$data/unfinished" ]; then
    find "$data" -mindepth 1 -maxdepth 1 ! -name 'aside-*' ! -name unfinished -exec rm -rf {} +
    rm -rf "$data/unfinished"
  elif [ -n "$(find "$data" -mindepth 1 -maxdepth 1 ! -name 'aside-*' ! -name lost+found -print -quit)" ]; then
    bash "$(dirname "$0")/../postgres/archive.sh" aside "$data"
  fi
  there "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$slot' AND NOT active" >/dev/null
  PGPASSWORD=$ZI_DB_REPLICA pg_basebackup --host "$ZI_POSTGRES_OTHER" --username replica --no-password --pgdata "$data/unfinished" \
    --checkpoint fast --wal-method stream --create-slot --slot "$slot"
  # What stands aside at the other server has erased persons in it.
  rm -rf "$data/unfinished"/aside-*
  touch "$data/unfinished/standby.signal"
  find "$data/unfinished" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
  sync
  mv "$data/unfinished/PG_VERSION" "$data/"
  rmdir "$data/unfinished"
}

start() {
  local why before=
  trap 'exit 0' TERM INT
  hold
  flock 9
  while :; do
    ask
    look
    refuse_another_history
    if [ -z "$own_house" ]; then
      if [ "$role" = f ]; then copy; break; fi
      if [ -e "$data/first" ] && silent "$ZI_POSTGRES_OTHER"; then rm "$data/first"; break; fi
      why="this folder is empty: once $ZI_POSTGRES_OTHER leads, this server becomes its copy. Only for a new house: postgres.sh first"
    else
      if is_copy || [ "$role" = t ]; then break; fi
      [ "$role" != f ] || fail "$ZI_POSTGRES_OTHER was promoted and leads: what was written here since then counts nowhere. docs/cluster.md: rejoin"
      if ! is_paired && silent "$ZI_POSTGRES_OTHER"; then break; fi
      why="$ZI_POSTGRES_OTHER does not say whether it was promoted: start it. If it is lost and was not promoted: postgres.sh alone"
    fi
    if [ "$why" != "$before" ]; then echo "postgres: $why" >&2; fi
    before=$why
    sleep 2
  done
  # What a copy follows; a server that leads passes over it.
  export PGPASSWORD=$ZI_DB_REPLICA
  exec docker-entrypoint.sh "$@" -c cluster_name="$ZI_POSTGRES_NAME" -c hba_file=/cluster/pg_hba.conf -c primary_slot_name="$slot" \
    -c primary_conninfo="host=$ZI_POSTGRES_OTHER user=replica application_name=$ZI_POSTGRES_NAME connect_timeout=3 keepalives_idle=10 keepalives_interval=5 keepalives_count=3"
}

first() {
  [ ! -e "$data/PG_VERSION" ] || fail "$data is not empty"
  silent "$ZI_POSTGRES_OTHER" || fail "$ZI_POSTGRES_OTHER runs: this server becomes its copy once that leads"
  touch "$data/first"
}

# Over the network, at whichever server leads.
pair() {
  local name
  for _ in $(seq 240); do
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
  ask
  look
  [ "$role" != f ] || fail "$ZI_POSTGRES_OTHER leads"
  if [ -z "$own_house" ] || is_copy; then fail "$ZI_POSTGRES_NAME does not lead. docs/cluster.md: promote"; fi
  refuse_another_history
  if silent 127.0.0.1; then
    # It waits for a word of the other: this is the operator's.
    echo "synchronous_standby_names = ''" >> "$data/postgresql.auto.conf"
  else
    here "ALTER SYSTEM SET synchronous_standby_names = ''" >/dev/null
    here "SELECT pg_reload_conf()" >/dev/null
  fi
}

promote() {
  ask
  look
  [ "$role" != f ] || fail "$ZI_POSTGRES_OTHER leads still: stop it first"
  [ "$role" = t ] || silent "$ZI_POSTGRES_OTHER" || fail "$ZI_POSTGRES_OTHER runs and does not say whether it leads: stop it first"
  refuse_another_history
  # One session, which ends at the first line that fails: a server that leads already is left as it is. The new leader waits for no copy.
  query --host 127.0.0.1 --username postgres --command "SELECT 1 / pg_is_in_recovery()::int" --command "ALTER SYSTEM SET synchronous_standby_names = ''" --command "SELECT pg_reload_conf()" \
    --command "SELECT 1 / pg_promote(true, 60)::int" >/dev/null || fail "$ZI_POSTGRES_NAME leads already, or was not promoted within a minute: see its log"
  echo "postgres: $ZI_POSTGRES_NAME leads, and one disk holds what is recorded. docs/cluster.md: rejoin"
}

rejoin() {
  ask
  look
  [ "$role" = f ] || fail "$ZI_POSTGRES_OTHER does not lead"
  refuse_another_history
  # A server that was killed leaves its mark, and no process of another container is seen here: whether it runs is asked of itself.
  hold
  flock --nonblock 9 && silent "$ZI_POSTGRES_NAME" || fail "$ZI_POSTGRES_NAME runs: stop it first"
  rm -f "$data/postmaster.pid"
  copy
  echo "postgres: $ZI_POSTGRES_NAME is a copy of $ZI_POSTGRES_OTHER: start it, then pair. What stands aside has erased persons in it; once all is well: rm -r $data/aside-*"
}

case "${1:-}" in
  start) shift; start "$@" ;;
  first | pair | alone | promote | rejoin) "$1" ;;
  *) fail "start, first, pair, promote, rejoin or alone" ;;
esac

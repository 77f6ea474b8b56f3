#!/bin/bash
# Point in time for PostgreSQL: a copy of the server and everything that is written since, so that a lost server comes back as it was at its
# last commit, or at any moment since the copy (docs/operations.md, Point in time).
#   archive.sh run                  copies and receives until it is ended
#   archive.sh base                 one copy now
#   archive.sh healthy              status 0 while it receives and has a copy that is not too old
#   archive.sh aside DATA           what is in the folder of a server that stands still goes into one of its own in there
#   archive.sh restore DATA [TIME]  an empty folder becomes a server's data; without TIME as late as possible, else as of 2026-11-30T20:15:00Z
# The archive holds keys in the clear: it is removed after ZI_ARCHIVE_DAYS and a half, and its disk never leaves the room of the server.
set -euo pipefail
archive=${ZI_ARCHIVE:-/archive/zona}
days=${ZI_ARCHIVE_DAYS:-7}
slot=zona_archive

fail() { echo "archive: $*" >&2; exit 1; }
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "${PGDATABASE:-postgres}" --command "$1"; }
copies() { find "$archive/base" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*Z' -printf '%f\n' 2>/dev/null | sort; }
stamp() { date -u "$@" +%Y%m%dT%H%M%SZ; }

# What was received does not lead to this server any more: it stays for some days, and a new copy begins.
begin_anew() {
  echo "archive: $1; a new copy begins" >&2
  mkdir -p "$archive/incomplete"
  copies | while read -r name; do mv "$archive/base/$name" "$archive/incomplete/"; done
  mv "$archive/wal" "$archive/wal.before-$(stamp)"
  mkdir "$archive/wal"
  ask "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$slot'" >/dev/null
  # The new slot begins behind everything that belongs to the former history.
  ask "SELECT pg_switch_wal()" >/dev/null
  ask "CHECKPOINT"
}

prepare() {
  local received
  mkdir -p "$archive/base" "$archive/wal"
  chmod 700 "$archive"
  # A slot that fell too far behind holds nothing any more: the gap ends what can be restored from the copies before it.
  if [ "$(ask "SELECT wal_status FROM pg_replication_slots WHERE slot_name = '$slot'")" = lost ]; then
    begin_anew "the server wrote more than it keeps for the archive"
  fi
  # A server that was restored or promoted writes a history of its own, a timeline: the first eight digits of the name of each file.
  received=$(find "$archive/wal" -name '[0-9A-F]*' ! -name '*.history' -printf '%f\n' | sort | tail -1 | cut -c1-8)
  if [ -n "$received" ] && [ "$received" != "$(ask "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")" ]; then
    begin_anew "the server began another history: it was restored, or another one was promoted"
  fi
  pg_receivewal --directory "$archive/wal" --slot "$slot" --create-slot --if-not-exists
}

# Each step ends it by itself: where this is asked whether it worked, the shell does not end at the first failure.
base() {
  rm -rf "$archive/base/unfinished" || return 1
  pg_basebackup --pgdata "$archive/base/unfinished" --checkpoint fast --wal-method stream || return 1
  pg_verifybackup --quiet "$archive/base/unfinished" || return 1
  # What stands aside at the server has erased persons in it, for longer than the archive's days.
  rm -rf "$archive/base/unfinished"/aside-* || return 1
  sync || return 1
  # From here on every moment can be restored.
  mv "$archive/base/unfinished" "$archive/base/$(stamp)"
}

# Copies go when a newer one is older than the days, and what was written before the oldest that stays.
clean() {
  local limit name newer oldest
  limit=$(stamp --date "-$days days")
  for name in $(copies); do
    newer=$(copies | awk -v name="$name" '$0 > name' | head -1)
    if [ -n "$newer" ] && [[ "$newer" < "$limit" ]]; then rm -rf "${archive:?}/base/$name"; fi
  done
  find "$archive" -mindepth 1 -maxdepth 1 \( -name 'wal.before-*' -o -name incomplete \) -mtime "+$days" -exec rm -rf {} +
  oldest=$(copies | head -1)
  if [ -n "$oldest" ]; then
    pg_archivecleanup "$archive/wal" "$(sed -n 's/^START WAL LOCATION:.*file \([0-9A-F]*\)).*/\1/p' "$archive/base/$oldest/backup_label")"
  fi
}

# The server that leads, where one answers, keeps something for the archive: one that was promoted meanwhile does not.
is_kept() {
  local state
  state=$(ask "SELECT CASE count(*) WHEN 0 THEN 'missing' ELSE coalesce(max(wal_status), 'new') END FROM pg_replication_slots WHERE slot_name = '$slot'" 2>/dev/null) || return 0
  [ "$state" != missing ] && [ "$state" != lost ]
}

is_due() {
  local newest
  newest=$(copies | tail -1)
  [ -z "$newest" ] || [[ "$newest" < "$(stamp --date "-$days days")" ]]
}

run() {
  prepare
  pg_receivewal --directory "$archive/wal" --slot "$slot" --synchronous &
  receiver=$!
  trap 'kill "$receiver" 2>/dev/null; exit 0' TERM INT
  while kill -0 "$receiver" 2>/dev/null; do
    if ! is_kept; then
      kill "$receiver"
      fail "the server that leads keeps nothing for the archive: the next start begins anew"
    fi
    if is_due; then base || echo "archive: no copy could be made; the former ones are as they were" >&2; fi
    clean
    sleep "${ZI_ARCHIVE_LOOK:-60}" & wait $! || true
  done
  fail "receiving ended"
}

healthy() {
  [ -n "$(copies)" ] || fail "there is no copy"
  [[ "$(copies | tail -1)" > "$(stamp --date "-$((days + 1)) days")" ]] || fail "the newest copy is too old"
  [ "$(ask "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot' AND active")" = 1 ] || fail "nothing is received"
}

aside() {
  local data=$1 place
  if [ -e "$data/postmaster.pid" ]; then fail "a server runs on $data, or was killed there: stop it; if none runs, remove postmaster.pid"; fi
  place=$data/aside-$(stamp)
  mkdir "$place"
  find "$data" -mindepth 1 -maxdepth 1 ! -name 'aside-*' -exec mv -t "$place" {} +
  echo "archive: the former server is in $place, unchanged"
}

restore() {
  local data=$1 moment=${2:-} name
  [ -z "$(ls -A "$data" 2>/dev/null | grep -v '^aside-')" ] || fail "$data is not empty: archive.sh aside $data first"
  if [ -n "$moment" ]; then
    name=$(copies | awk -v limit="$(stamp --date "$moment")" '$0 <= limit' | tail -1)
  else
    name=$(copies | tail -1)
  fi
  [ -n "$name" ] || fail "there is no copy from before ${moment:-now}"
  mkdir -p "$data"
  cp -a "$archive/base/$name/." "$data/"
  rm -f "$data"/.s.PGSQL.*
  chmod 700 "$data"
  # What an earlier restore left there: its moment would end this one as well.
  sed -i -E '/^(recovery_target[a-z_]*|restore_command|hot_standby) *=/d' "$data/postgresql.auto.conf"
  {
    echo "restore_command = 'cp \"$archive/wal/%f\" \"%p\" || cp \"$archive/wal/%f.partial\" \"%p\"'"
    echo "recovery_target_action = 'promote'"
    # Nobody reads what is not restored to its end yet.
    echo "hot_standby = off"
    if [ -n "$moment" ]; then echo "recovery_target_time = '$(date -u --date "$moment" +'%Y-%m-%d %H:%M:%S.%6N+00')'"; fi
  } >> "$data/postgresql.auto.conf"
  touch "$data/recovery.signal"
  echo "archive: $data is the server of ${moment:-its last commit}, from the copy of $name. Start PostgreSQL, then zona check."
}

case "${1:-}" in
  run) run ;;
  base) prepare; base ;;
  healthy) healthy ;;
  aside) [ $# -ge 2 ] || fail "aside DATA"; aside "$2" ;;
  restore) [ $# -ge 2 ] || fail "restore DATA [TIME]"; restore "$2" "${3:-}" ;;
  *) fail "run, base, healthy, aside or restore" ;;
esac

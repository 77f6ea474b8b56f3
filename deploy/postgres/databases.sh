#!/bin/bash
# One database and one user for each service; missing ones are made, passwords follow .env. Keys have a database that
# intake's ordinary user cannot enter, so that a copy of intake's database is never a copy of the keys.
set -euo pipefail

# In a cluster a server leads once it has heard of the other one.
for _ in $(seq 120); do
  if psql --quiet --no-psqlrc --command "SELECT 1" >/dev/null 2>&1; then break; fi
  sleep 1
done

make() {
  psql --set ON_ERROR_STOP=1 --quiet --no-psqlrc --set name="$1" --set password="$2" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

psql --set ON_ERROR_STOP=1 --quiet --no-psqlrc --set password="$ZI_DB_ADMIN" <<'SQL'
ALTER ROLE CURRENT_USER PASSWORD :'password';
SQL
make intake "$ZI_DB_INTAKE"
make keys "$ZI_DB_KEYS"
make umkm "$ZI_DB_UMKM"
make certificates "$ZI_DB_CERTIFICATES"
make integrity "$ZI_DB_INTEGRITY"
make integrity_keys "$ZI_DB_INTEGRITY_KEYS"
make notify "$ZI_DB_NOTIFY"
make audit "$ZI_DB_AUDIT"
make audit_writer "$ZI_DB_AUDIT_WRITER"
make keycloak "$ZI_DB_KEYCLOAK"

# In a cluster (deploy/cluster): the account by which one server copies the other.
if [ -n "${ZI_DB_REPLICA:-}" ]; then
  psql --set ON_ERROR_STOP=1 --quiet --no-psqlrc --set password="$ZI_DB_REPLICA" <<'SQL'
SELECT 'CREATE ROLE replica LOGIN REPLICATION' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replica') \gexec
ALTER ROLE replica PASSWORD :'password';
-- It also keeps the archive, which ends a segment where it begins anew.
GRANT pg_checkpoint TO replica;
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO replica;
SQL
fi

# Who compares the stores with the ledger reads them and nothing else; the keys stay closed to them.
psql --set ON_ERROR_STOP=1 --quiet --no-psqlrc --set password="$ZI_DB_RECONCILE" <<'SQL'
SELECT 'CREATE ROLE reconcile LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reconcile') \gexec
ALTER ROLE reconcile PASSWORD :'password';
ALTER ROLE reconcile SET default_transaction_read_only = on;
GRANT CONNECT ON DATABASE intake, umkm, certificates, integrity, notify, audit TO reconcile;
SQL
for name in intake umkm certificates integrity notify audit; do
  psql --set ON_ERROR_STOP=1 --quiet --no-psqlrc --dbname "$name" --command "SET ROLE $name" --file "$(dirname "$0")/reader.sql"
done

#!/bin/bash
# Runs once on an empty volume: one database and one user for each service, and for the keys a database that intake's
# ordinary user cannot enter, so that a copy of intake's database is never a copy of the keys.
set -euo pipefail

make() {
  psql --set ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres \
    --set name="$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

make intake "$ZI_DB_INTAKE"
make keys "$ZI_DB_KEYS"
make notify "$ZI_DB_NOTIFY"
make audit "$ZI_DB_AUDIT"
make audit_writer "$ZI_DB_AUDIT_WRITER"
make keycloak "$ZI_DB_KEYCLOAK"

#!/bin/sh
# Makes the database role that Temporal uses: it may create databases, and is no superuser. Run once, when the database
# is made (the postgres image runs what lies in /docker-entrypoint-initdb.d then).
# Environment: SQL_USER, SQL_PASSWORD of the new role, and psql's own (PGHOST, PGPORT, …) where its defaults do not fit.
set -eu

# Name and password are read from the environment, so that no process list shows them.
psql --quiet --no-psqlrc --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv user SQL_USER
\getenv password SQL_PASSWORD
CREATE ROLE :"user" LOGIN CREATEDB PASSWORD :'password';
SQL

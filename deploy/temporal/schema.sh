#!/bin/sh
# Makes Temporal's two databases, or brings them to the newest schema. The server never does that itself and does not
# start on an old schema. Safe to run again.
# Environment: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD, and optionally TEMPORAL_DB.
set -eu

# The tool's own defaults are those of MySQL.
export SQL_PLUGIN=postgres12
export SQL_PORT="${SQL_PORT:-5432}"
tool=${FLEETSHIFT_TEMPORAL_SQL_TOOL:-temporal-sql-tool}
database=${TEMPORAL_DB:-temporal}

# Usage: bring_up <database> <schema>
bring_up() {
  "$tool" --db "$1" create-database
  "$tool" --db "$1" setup-schema -v 0.0
  "$tool" --db "$1" update-schema --schema-name "postgresql/v12/$2"
}

bring_up "$database" temporal
bring_up "${database}_visibility" visibility
echo "the databases $database and ${database}_visibility have the newest schema"

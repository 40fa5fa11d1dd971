#!/bin/sh
# Prints .env.example with fresh random secrets in it:  deploy/new-env.sh > .env
set -eu

random_hex() {
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

while IFS= read -r line; do
  case $line in
    POSTGRES_PASSWORD= | TEMPORAL_DB_PASSWORD= | FLEETSHIFT_WEBHOOK_SECRET=) echo "$line$(random_hex)" ;;
    *) echo "$line" ;;
  esac
done <"$(dirname "$0")/../.env.example"

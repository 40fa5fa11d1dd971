#!/bin/sh
# Makes the namespace, sets how long it keeps ended workflows, and registers Fleetshift's search attributes; answers
# when the server shows them all. Waits for a server that is still starting. Safe to run again.
# Environment: TEMPORAL_ADDRESS, and optionally TEMPORAL_NAMESPACE (default), TEMPORAL_RETENTION (720h).
set -eu

temporal=${FLEETSHIFT_TEMPORAL_CLI:-temporal}
export TEMPORAL_NAMESPACE="${TEMPORAL_NAMESPACE:-default}"
retention=${TEMPORAL_RETENTION:-720h}
# Without a home `temporal` does not even start.
export HOME="${HOME:-/tmp}"
attributes='FleetshiftService FleetshiftPhase FleetshiftOutcome FleetshiftRevision FleetshiftRequestedBy'
give_up_at=$(($(date +%s) + 120))

# Usage: again_until <what for> <command...>. A server answers its first calls seconds after its port is open, and knows
# of a new namespace up to ten seconds after it was made.
again_until() {
  what=$1
  shift
  until answer=$("$@" 2>&1); do
    if [ "$(date +%s)" -ge "$give_up_at" ]; then
      echo "waited for $what at ${TEMPORAL_ADDRESS:-127.0.0.1:7233} in vain; the last answer: $answer" >&2
      exit 1
    fi
    sleep 0.5
  done
}

make_namespace() {
  "$temporal" operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    "$temporal" operator namespace create -n "$TEMPORAL_NAMESPACE" --retention "$retention"
  "$temporal" operator namespace update -n "$TEMPORAL_NAMESPACE" --retention "$retention"
}

register_attributes() {
  for name in $attributes; do set -- "$@" --name "$name" --type Keyword; done
  "$temporal" operator search-attribute create "$@"
}

show_attributes() {
  listed=$("$temporal" operator search-attribute list)
  for name in $attributes; do
    case $listed in
      *"$name"*) ;;
      *) echo "$name is not listed yet" && return 1 ;;
    esac
  done
}

again_until "the namespace $TEMPORAL_NAMESPACE" make_namespace
again_until 'the search attributes to be registered' register_attributes
again_until 'the search attributes to be listed' show_attributes
echo "namespace $TEMPORAL_NAMESPACE is ready: it keeps ended workflows for $retention and has the search attributes"

#!/bin/sh
# The whole test command: lint and types run beside the tests, for on two cores they would take minutes of their own.
# What follows the command goes to jest.
npm run --silent lint &
lint=$!
npm run --silent types &
types=$!
jest "$@"
outcome=$?
wait "$lint" || outcome=1
wait "$types" || outcome=1
exit "$outcome"

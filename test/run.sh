#!/bin/sh
# The whole test command: lint and types, each on a core of its own, then all tests. What follows the command goes to jest.
npm run --silent types &
types=$!
npm run --silent lint || exit 1
wait "$types" || exit 1
exec jest "$@"

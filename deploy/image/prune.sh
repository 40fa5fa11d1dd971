#!/bin/sh
# Usage: prune.sh. In a built tree (node_modules, dist/), removes what production does not run: development packages,
# the sandbox, the local stack and tests, and the Temporal SDK's native libraries of other platforms. It cannot be
# undone: meant for an image being built.
set -eu
cd "$(dirname "$0")/../.."

npm prune --omit=dev --no-audit --no-fund
rm -rf dist/sandbox dist/dev dist/test dist/.tsbuildinfo

releases=node_modules/@temporalio/core-bridge/releases
own=$releases/$(uname -m)-unknown-linux-gnu
if [ ! -d "$own" ]; then
  echo "the Temporal SDK has no native library for this platform: there is no $own" >&2
  exit 1
fi
for release in "$releases"/*; do
  [ "$release" = "$own" ] || rm -rf "$release"
done

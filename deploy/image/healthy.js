#!/usr/bin/env node
// Usage: healthy.js URL. Ends with 0 when the URL answers 200 within three seconds: the health check inside the image,
// which has neither curl nor wget.
'use strict';

fetch(process.argv[2], { signal: AbortSignal.timeout(3000) })
  .then((response) => {
    if (response.status !== 200) throw new Error(`${process.argv[2]} answered ${response.status}`);
  })
  .catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });

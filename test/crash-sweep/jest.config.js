/** `npm run crash-sweep`: takes twenty minutes and more, so it is apart from `npm test`. */
const base = require('../../jest.config');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/crash-sweep'],
  testMatch: ['**/*.live.ts'],
  maxWorkers: 1,
};

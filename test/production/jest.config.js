/** `npm run test:production`: needs PostgreSQL and the Temporal server, so it is apart from `npm test`. */
const base = require('../../jest.config');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/production'],
  testMatch: ['**/*.live.ts'],
  globalSetup: '<rootDir>/test/production/support/global-setup.ts',
  globalTeardown: undefined,
};

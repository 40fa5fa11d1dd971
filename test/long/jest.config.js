/** `npm run test:long`: deployments that take minutes, so they are apart from `npm test`. */
const base = require('../../jest.config');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/long'],
  testPathIgnorePatterns: ['/node_modules/'],
};

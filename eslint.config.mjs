import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** Folders of the product, and what each may import (docs/architecture.md, "Folders"). */
const mayImport = {
  domain: [],
  // Of the activities only types: the lint rule below.
  workflows: ['domain', 'activities'],
  activities: ['domain', 'clients/aws', 'clients/http'],
  'clients/aws': ['domain'],
  'clients/http': ['domain'],
  'clients/temporal': ['domain', 'workflows/messages.ts', 'workflows/search-attributes.ts'],
  worker: ['domain', 'workflows', 'activities', 'clients'],
  gateway: ['domain', 'clients/temporal', 'clients/http/signature.ts'],
  cli: ['domain', 'clients/temporal'],
  sandbox: [],
  dev: ['domain', 'workflows', 'activities', 'clients', 'worker', 'gateway', 'cli', 'sandbox'],
};

const zones = Object.entries(mayImport).map(([folder, allowed]) => ({
  target: `./${folder}`,
  from: './',
  except: [`./${folder}`, './node_modules', ...allowed.map((path) => `./${path}`)],
  message: `${folder}/ may import only: ${[folder, ...allowed].join(', ')}`,
}));

const nodeBuiltins = ['node:*', 'fs', 'path', 'crypto', 'http', 'https', 'os', 'child_process', 'process', 'net'];
const notInWorkflows = [
  ...nodeBuiltins.map((name) => ({
    group: [name],
    message: 'Workflow code must be deterministic: no Node built-ins.',
  })),
  {
    group: ['@aws-sdk/*', '@temporalio/client', '@temporalio/worker', '@temporalio/activity'],
    message: 'Not in workflow or domain code.',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.js', '.json'] })] },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: notInWorkflows }],
      'no-restricted-globals': ['error', 'process', 'fetch', 'crypto', 'console', 'require', 'Buffer'],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/activities', '**/activities/*'],
              allowTypeImports: true,
              message: 'Only types of activities.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...notInWorkflows, { group: ['@temporalio/*'], message: 'domain/ is pure.' }] },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'domain/ has no clock.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);

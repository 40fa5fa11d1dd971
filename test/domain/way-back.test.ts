import { execFileSync } from 'node:child_process';
import { shellWord, wayBackCommands } from '../../domain/way-back';

/** What a real shell makes of a command line, word by word; `aws` only prints its arguments. */
function wordsOf(commandLine: string): string[] {
  const script = `aws() { printf '%s\\0' "$@"; }\n${commandLine}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const nasty = `it's "$(touch /tmp/never)" \`id\` \\ $HOME ; & | > * ~ ! # \n second line`;

test('a rule with a login keeps its other actions, and AWS is told to keep the secret that nobody can read', () => {
  const [command = ''] = wayBackCommands({
    region: 'eu-west-1',
    routes: [
      {
        kind: 'rule',
        arn: 'arn:rule',
        oldArn: 'arn:old',
        newArn: 'arn:new',
        actions: [
          { Type: 'authenticate-oidc', AuthenticateOidcConfig: { ClientId: nasty, Issuer: 'https://login' } },
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: 'arn:old', Weight: 80 },
                { TargetGroupArn: 'arn:new', Weight: 20 },
                { TargetGroupArn: 'arn:kept', Weight: 0 },
              ],
              TargetGroupStickinessConfig: { Enabled: false },
            },
          },
        ],
      },
    ],
  });
  const words = wordsOf(command);
  expect(words.slice(0, -1)).toEqual([
    ...['elbv2', 'modify-rule', '--region', 'eu-west-1', '--rule-arn', 'arn:rule', '--actions'],
  ]);
  expect(JSON.parse(words.at(-1) ?? '')).toEqual([
    {
      Type: 'authenticate-oidc',
      AuthenticateOidcConfig: { ClientId: nasty, Issuer: 'https://login', UseExistingClientSecret: true },
    },
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: 'arn:old', Weight: 100 },
          { TargetGroupArn: 'arn:new', Weight: 0 },
          { TargetGroupArn: 'arn:kept', Weight: 0 },
        ],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    },
  ]);
});

test('a default action goes back through its listener, also when it names one target group without a list', () => {
  const [command = ''] = wayBackCommands({
    region: 'us-gov-west-1',
    routes: [
      {
        kind: 'listener',
        arn: 'arn:listener',
        oldArn: 'arn:old',
        newArn: 'arn:new',
        actions: [{ Type: 'forward', TargetGroupArn: 'arn:new' }],
      },
    ],
  });
  const words = wordsOf(command);
  expect(words.slice(1, 6)).toEqual(['modify-listener', '--region', 'us-gov-west-1', '--listener-arn', 'arn:listener']);
  expect(JSON.parse(words.at(-1) ?? '')).toEqual([
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: 'arn:old', Weight: 100 },
          { TargetGroupArn: 'arn:new', Weight: 0 },
        ],
      },
    },
  ]);
});

test.each([nasty, '', "'", "''", "a'b", '-n', '$(id)', 'ünï ☂', '\t', '{}', '[a]'])(
  'the shell takes %j as one word, unchanged',
  (word) => {
    expect(wordsOf(`aws ${shellWord(word)} end`)).toEqual([word, 'end']);
  },
);

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UpdateAutoScalingGroupCommand, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { runAsAttempt, type Attempt } from '../../../clients/aws/attempt';
import { createAwsSessions, type AwsSession, type AwsSessions } from '../../../clients/aws/sessions';

/** Answers every call with an empty success, or with what a test has set; counts the calls that arrive. */
let server: Server;
let sessions: AwsSessions;
let aws: AwsSession;
const arrived: string[] = [];
let answer: { status: number; body: string };
let onArrival: () => void;

const empty = '<R xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"></R>';
const failure = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      onArrival();
      arrived.push(new URLSearchParams(body).get('Action') ?? '');
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'key';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  sessions = createAwsSessions();
  aws = sessions({ region: 'eu-west-1' });
});

beforeEach(() => {
  arrived.length = 0;
  onArrival = () => undefined;
  answer = { status: 200, body: empty };
});

afterAll(() => {
  sessions.close();
  server.close();
});

const write = () =>
  aws.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', MinSize: 1 }));
const read = () => aws.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));

test('a writer within its time may write', async () => {
  await runAsAttempt({ role: 'writer', deadlineMs: Date.now() + 60_000 }, write);
  expect(arrived).toEqual(['UpdateAutoScalingGroup']);
});

test('an attempt whose time is up reads but writes nothing, as after a freeze', async () => {
  const late = { role: 'writer', deadlineMs: Date.now() } as const;
  await expect(runAsAttempt(late, write)).rejects.toThrow('another worker may have taken over');
  await runAsAttempt(late, read);
  expect(arrived).toEqual(['DescribeAutoScalingGroups']);
});

test('the fence stands before every try: a retry after the deadline is not sent', async () => {
  answer = { status: 500, body: failure('InternalFailure', 'later') };
  // The first try finds time enough; while it is answered, the time runs out.
  const attempt: Attempt = { role: 'writer', deadlineMs: Date.now() + 60_000 };
  onArrival = () => (attempt.deadlineMs = 0);
  await expect(runAsAttempt(attempt, write)).rejects.toThrow('another worker may have taken over');
  expect(arrived).toEqual(['UpdateAutoScalingGroup']);
});

test('a watcher, and code outside of an activity, write nothing', async () => {
  await expect(runAsAttempt({ role: 'watcher', deadlineMs: 0 }, write)).rejects.toThrow('only reads');
  await expect(write()).rejects.toThrow('outside of an activity');
  expect(arrived).toEqual([]);
});

test.each([
  ['AccessDenied', 403, 'denied', 'allow this action'],
  ['InvalidClientTokenId', 403, 'credentials', 'valid AWS credentials'],
  ['Throttling', 400, 'transient', 'tried again by itself'],
  ['UnknownCode', 400, 'invalid', 'correct what was asked for'],
  ['ValidationError', 400, 'invalid', 'correct what was asked for'],
  ['SomethingNew', 503, 'transient', 'tried again by itself'],
])('%s says what was called, where, what AWS answered and what to do', async (code, status, kind, remedy) => {
  answer = { status, body: failure(code, 'because so') };
  await expect(read()).rejects.toMatchObject({
    kind,
    code,
    message: expect.stringMatching(
      `AutoScaling DescribeAutoScalingGroups in eu-west-1 answered ${code}: because so; .*${remedy}`,
    ) as string,
  });
});

test('codes that the SDK knows under a class name of its own are told by that name', async () => {
  answer = { status: 400, body: failure('ResourceInUse', 'because so') };
  await expect(read()).rejects.toMatchObject({ kind: 'in-use', code: 'ResourceInUseFault' });
});

test('an address where nobody listens is told with its remedy', async () => {
  const somewhere = process.env['AWS_ENDPOINT_URL'];
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
  const nowhere = createAwsSessions();
  await expect(
    nowhere({ region: 'eu-west-1' }).autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
  ).rejects.toMatchObject({
    kind: 'transient',
    message: expect.stringContaining('check the network and AWS_ENDPOINT_URL') as string,
  });
  nowhere.close();
  process.env['AWS_ENDPOINT_URL'] = somewhere;
});

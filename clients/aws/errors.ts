/** The one table of AWS errors: what each means for us, and what a person can do about it. */

export type AwsErrorKind =
  /** Trying again later may help: throttles, 5xx, lost connections, another change in progress. */
  | 'transient'
  /** The account refuses: missing permission or policy. */
  | 'denied'
  | 'credentials'
  | 'not-found'
  | 'already-exists'
  | 'in-use'
  | 'quota'
  | 'invalid';

interface AwsErrorRule {
  codes: readonly string[];
  kind: AwsErrorKind;
  remedy: string;
}

/** Codes as the services put them on the wire (the SDK's `name`). */
const rules: readonly AwsErrorRule[] = [
  {
    codes: [
      'Throttling',
      'ThrottlingException',
      'RequestLimitExceeded',
      'TooManyRequestsException',
      'PriorRequestNotComplete',
      'ResourceContention',
      'ResourceContentionFault',
      'ScalingActivityInProgress',
      'ScalingActivityInProgressFault',
      'InternalFailure',
      'InternalError',
      'ServiceUnavailable',
      'HealthUnavailable',
      'HealthUnavailableException',
      'RequestTimeout',
      'RequestThrottled',
      'SlowDown',
      'RequestExpired',
      'TimeoutError',
    ],
    kind: 'transient',
    remedy: 'it is tried again by itself',
  },
  {
    codes: [
      'AccessDenied',
      'AccessDeniedException',
      'UnauthorizedOperation',
      'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    ],
    kind: 'denied',
    remedy: 'allow this action to the role of the worker (deploy/iam)',
  },
  {
    codes: [
      'CredentialsProviderError',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'SignatureDoesNotMatch',
      'ExpiredToken',
      'ExpiredTokenException',
      'AuthFailure',
      'IncompleteSignature',
      'MissingAuthenticationToken',
    ],
    kind: 'credentials',
    remedy:
      "give the worker valid AWS credentials (environment, profile or instance role) and check the machine's clock",
  },
  {
    codes: [
      'TargetGroupNotFound',
      'TargetGroupNotFoundException',
      'RuleNotFound',
      'RuleNotFoundException',
      'ListenerNotFound',
      'ListenerNotFoundException',
      'LoadBalancerNotFound',
      'LoadBalancerNotFoundException',
      'InvalidLaunchTemplateId.NotFound',
      'InvalidLaunchTemplateName.NotFoundException',
      'InvalidLaunchTemplateId.NotFoundException',
      'InvalidAMIID.NotFound',
      'InvalidAMIID.Malformed',
      'InvalidAMIID.Unavailable',
    ],
    kind: 'not-found',
    remedy: 'check the name or id, the region and the account',
  },
  {
    codes: [
      'AlreadyExists',
      'AlreadyExistsFault',
      'DuplicateTargetGroupName',
      'DuplicateTargetGroupNameException',
      'InvalidLaunchTemplateName.AlreadyExistsException',
    ],
    kind: 'already-exists',
    remedy: 'remove the thing of this name, or find out who made it',
  },
  {
    codes: ['ResourceInUse', 'ResourceInUseFault', 'ResourceInUseException'],
    kind: 'in-use',
    remedy: 'find out what still uses it',
  },
  {
    codes: [
      'LimitExceeded',
      'LimitExceededFault',
      'TooManyTargetGroups',
      'TooManyTargetGroupsException',
      'TooManyUniqueTargetGroupsPerLoadBalancer',
      'TooManyUniqueTargetGroupsPerLoadBalancerException',
      'TooManyRegistrationsForTargetId',
    ],
    kind: 'quota',
    remedy: 'ask AWS for a higher quota or remove what is no longer used',
  },
];

const transportCodes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];

/** An AWS call that did not do what was asked, in words for people. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';

  constructor(
    message: string,
    readonly kind: AwsErrorKind,
    readonly code: string,
    options: { cause: unknown },
  ) {
    super(message, options);
  }
}

/** Turns whatever the SDK threw into an `AwsCallError` that names call, place, answer and remedy. */
export function toAwsCallError(input: {
  operation: string;
  service: string;
  region: string;
  error: unknown;
}): AwsCallError {
  const { operation, service, region, error } = input;
  if (error instanceof AwsCallError) return error;
  const facts = factsOf(error);
  const rule = ruleFor(facts);
  const message = `${service} ${operation} in ${region} answered ${facts.code}: ${facts.message || 'no message'}; ${rule.remedy}`;
  return new AwsCallError(message, rule.kind, facts.code, { cause: error });
}

interface ErrorFacts {
  code: string;
  message: string;
  status: number | undefined;
}

function factsOf(error: unknown): ErrorFacts {
  if (typeof error !== 'object' || error === null)
    return { code: 'Unknown', message: String(error), status: undefined };
  const details = error as { name?: string; message?: string; code?: unknown; $metadata?: { httpStatusCode?: number } };
  // The SDK's retries may wrap a transport error so that only its message still has the code.
  const transport = transportCodes.find((code) => code === details.code || details.message?.includes(code));
  return {
    code: transport ?? details.name ?? 'Unknown',
    message: details.message ?? '',
    status: details.$metadata?.httpStatusCode,
  };
}

function ruleFor(facts: ErrorFacts): { kind: AwsErrorKind; remedy: string } {
  const known = rules.find((rule) => rule.codes.includes(facts.code));
  if (known) return known;
  if (transportCodes.includes(facts.code)) {
    return { kind: 'transient', remedy: 'it is tried again by itself; check the network and AWS_ENDPOINT_URL' };
  }
  if (facts.status === undefined || facts.status === 429 || facts.status >= 500)
    return { kind: 'transient', remedy: 'it is tried again by itself' };
  return { kind: 'invalid', remedy: 'correct what was asked for' };
}

/** Undefined for what AWS says is not there. */
export async function orAbsent<Found>(read: () => Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsCallError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

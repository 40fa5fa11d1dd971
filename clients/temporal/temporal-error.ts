/** What can go wrong between us and Temporal, as sentences for the person who has to mend it. */
import { isGrpcServiceError } from '@temporalio/client';
import type { TemporalSettings } from './settings';

/**
 * - `bad-settings`: the environment or the configuration file cannot be used
 * - `unreachable`: nothing usable answers at the address
 * - `refused`: the server answered, and does not let us in
 * - `no-answer`: the server was asked, and did not answer in time
 * - `unexpected`: the server answered something that nobody foresaw
 */
export type TemporalErrorCode = 'bad-settings' | 'unreachable' | 'refused' | 'no-answer' | 'unexpected';

/** Its message stands alone: what was being done, where, what came back, what to do now. */
export class TemporalError extends Error {
  override readonly name = 'TemporalError';

  constructor(
    readonly code: TemporalErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The gRPC status codes told apart here (grpc.io, "Status codes and their use in gRPC"). */
const grpcStatus = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * Turns whatever a call to Temporal threw into a {@link TemporalError}.
 * @param doing completes "while …", for example `listing deployments`
 */
export function asTemporalError(input: { error: unknown; doing: string; settings: TemporalSettings }): TemporalError {
  const { error, doing, settings } = input;
  if (error instanceof TemporalError) return error;
  const { code, text } = grpcAnswer(error);
  const where = `Temporal at ${settings.address}`;
  const asked = `while ${doing}`;
  switch (code) {
    case grpcStatus.unavailable:
      return new TemporalError(
        'unreachable',
        `cannot reach ${where} ${asked}: ${text}. Is the server running, and is TEMPORAL_ADDRESS right?`,
        { cause: error },
      );
    // Whoever cancels here is the other side, when the deadline that it was told has passed: it may come before our own.
    case grpcStatus.cancelled:
    case grpcStatus.deadlineExceeded:
      return new TemporalError(
        'no-answer',
        `${where} did not answer in time ${asked}. Is the server running, and is TEMPORAL_ADDRESS right?`,
        { cause: error },
      );
    case grpcStatus.permissionDenied:
    case grpcStatus.unauthenticated:
      return new TemporalError(
        'refused',
        `${where} refused access to the namespace "${settings.namespace}" ${asked}: ${text}. ` +
          'Check TEMPORAL_API_KEY or the TLS certificate.',
        { cause: error },
      );
    default:
      return new TemporalError('unexpected', `${where} answered an error ${asked}: ${text}`, { cause: error });
  }
}

export function namespaceMissing(settings: TemporalSettings): TemporalError {
  return new TemporalError(
    'refused',
    `Temporal at ${settings.address} has no namespace "${settings.namespace}". ` +
      `Set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create -n ${settings.namespace}`,
  );
}

export function isGrpcNotFound(error: unknown): boolean {
  return grpcAnswer(error).code === grpcStatus.notFound;
}

/** The SDK wraps the gRPC error once or twice; the innermost one says what happened. */
function grpcAnswer(error: unknown): { code: number | undefined; text: string } {
  for (let layer = error; layer instanceof Error; layer = layer.cause) {
    if (isGrpcServiceError(layer)) return { code: layer.code, text: oneLine(layer.details || layer.message) };
  }
  return { code: undefined, text: oneLine(error instanceof Error ? error.message : String(error)) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}

import { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../aws-error';
import type { OperationSchema } from './operation';

export interface AwsRequest {
  headers: Record<string, string | string[] | undefined>;
  /** Uncompressed. */
  body: string;
}

export interface AwsResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One wire format of AWS, on the server's side. */
export interface Protocol {
  /** Name of the called operation; undefined when the request does not name one. */
  operationName(request: AwsRequest): string | undefined;
  decodeInput(schema: OperationSchema, request: AwsRequest): unknown;
  encodeOutput(schema: OperationSchema, output: unknown, requestId: string): AwsResponse;
  encodeError(error: AwsError, httpStatus: number, requestId: string): AwsResponse;
}

export function inputSchema(schema: OperationSchema): NormalizedSchema {
  return NormalizedSchema.of(schema[4] as Parameters<typeof NormalizedSchema.of>[0]);
}

export function outputSchema(schema: OperationSchema): NormalizedSchema {
  return NormalizedSchema.of(schema[5] as Parameters<typeof NormalizedSchema.of>[0]);
}

import type { CallMatch, ServiceName } from './types';

export interface Call {
  /** Access key id that signed it. */
  caller: string;
  service: ServiceName;
  operation: string;
  input: unknown;
}

export function matchesCall(match: CallMatch, call: Call): boolean {
  if (match.operation !== '*' && match.operation !== call.operation) return false;
  if (match.caller !== undefined && match.caller !== call.caller) return false;
  if (match.service !== undefined && match.service !== call.service) return false;
  return match.inputContains === undefined || JSON.stringify(call.input).includes(match.inputContains);
}

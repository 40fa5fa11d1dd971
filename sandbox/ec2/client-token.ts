import { AwsError } from '../aws-error';
import type { CloudState } from '../state/cloud-state';

/**
 * Honours a client token: the same token with the same parameters gets the answer of the first time and does nothing.
 * @throws AwsError IdempotentParameterMismatch for the same token with other parameters.
 */
export function once<Input extends { ClientToken?: string | undefined }, Output>(
  state: CloudState,
  operation: string,
  input: Input,
  act: () => Output,
): Output {
  if (input.ClientToken === undefined) return act();
  const key = `${operation}:${input.ClientToken}`;
  const request = JSON.stringify(input);
  const earlier = state.clientTokens.get(key);
  if (earlier === undefined) {
    const response = act();
    state.clientTokens.set(key, { request, response });
    return response;
  }
  if (earlier.request === request) return earlier.response as Output;
  throw new AwsError(
    'IdempotentParameterMismatch',
    `The client token ${input.ClientToken} was used before with different parameters. Use another token.`,
  );
}

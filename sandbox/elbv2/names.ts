import { AwsError } from '../aws-error';

const maxNameLength = 32;

/** The rule for names of balancers and target groups: up to 32 letters, digits and hyphens, no hyphen at the ends. */
export function checkResourceName(kind: 'Load balancer' | 'Target group', name: string): void {
  if (name.length < 1 || name.length > maxNameLength) {
    throw new AwsError('ValidationError', `${kind} name '${name}' cannot be longer than '${maxNameLength}' characters`);
  }
  if (!/^[a-zA-Z0-9-]+$/.test(name)) {
    const message = `${kind} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`;
    throw new AwsError('ValidationError', message);
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw new AwsError('ValidationError', `${kind} name '${name}' cannot begin or end with '-'`);
  }
}

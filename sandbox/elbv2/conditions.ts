import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import { conditionValues } from './routing';

/**
 * Checks conditions and writes them in both spellings of AWS, as Describe does.
 * @throws AwsError ValidationError; also for fields that the sandbox's balancer cannot match, since a rule that matched
 *   everything instead would be worse than none.
 */
export function normalizeConditions(conditions: readonly RuleCondition[]): RuleCondition[] {
  if (conditions.length === 0) throw new AwsError('ValidationError', 'A condition must be specified');
  return conditions.map((condition) => {
    const { Field: field } = condition;
    if (field !== 'path-pattern' && field !== 'host-header') {
      const message = `The condition field '${field ?? ''}' is not modelled by the sandbox; it has path-pattern and host-header.`;
      throw new AwsError('ValidationError', message);
    }
    const values = conditionValues(condition);
    if (values.length === 0) throw new AwsError('ValidationError', 'A condition value must be specified');
    const spelledOut = { Values: values };
    return field === 'path-pattern'
      ? { Field: field, Values: values, PathPatternConfig: spelledOut }
      : { Field: field, Values: values, HostHeaderConfig: spelledOut };
  });
}

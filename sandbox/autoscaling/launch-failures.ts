import { AwsError } from '../aws-error';
import type { LaunchFailureSpec } from '../control/types';

/** Launches that shall fail because a test says so, as when EC2 has no capacity. */
export class LaunchFailures {
  private readonly planned: (LaunchFailureSpec & { left: number })[] = [];

  add(spec: LaunchFailureSpec): void {
    this.planned.push({ ...spec, left: spec.times ?? 1 });
  }

  /** @throws AwsError with the planned reason; counts it. */
  throwIfAny(groupName: string): void {
    const hit = this.planned.find(
      (failure) => failure.left > 0 && (failure.groupName === undefined || failure.groupName === groupName),
    );
    if (!hit) return;
    hit.left -= 1;
    throw new AwsError('InsufficientInstanceCapacity', hit.statusMessage);
  }
}

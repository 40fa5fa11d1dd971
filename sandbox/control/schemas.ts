import { z } from 'zod';
import type { BarrierSpec, FaultSpec, LaunchFailureSpec } from './types';

const callMatch = {
  operation: z.string().min(1),
  service: z.enum(['autoscaling', 'ec2', 'elasticloadbalancing', 'monitoring', 'sts']).exactOptional(),
  caller: z.string().min(1).exactOptional(),
  inputContains: z.string().exactOptional(),
};

export const faultSpec: z.ZodType<FaultSpec> = z
  .strictObject({
    ...callMatch,
    kind: z.enum(['throttle', 'error-500', 'latency', 'lost-reply', 'lost-request', 'stale-read']),
    times: z.union([z.int().min(1), z.literal('always')]).exactOptional(),
    skip: z.int().min(0).exactOptional(),
    latencyMs: z.number().min(0).exactOptional(),
    since: z.string().exactOptional(),
    sinceInputContains: z.string().min(1).exactOptional(),
  })
  .refine((fault) => fault.kind !== 'latency' || fault.latencyMs !== undefined, 'a latency fault needs latencyMs');

export const barrierSpec: z.ZodType<BarrierSpec> = z.strictObject({
  ...callMatch,
  at: z.enum(['before', 'after']),
  times: z.int().min(1).exactOptional(),
  skip: z.int().min(0).exactOptional(),
});

export const launchFailureSpec: z.ZodType<LaunchFailureSpec> = z.strictObject({
  groupName: z.string().exactOptional(),
  statusMessage: z.string().min(1),
  times: z.int().min(1).exactOptional(),
});

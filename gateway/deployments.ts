/** What the gateway needs of Temporal; tests put something simpler in its place. */
import type { SubmitInput } from '../domain/deployment';
import type { Temporal } from '../clients/temporal/connection';
import { controlDeployment, type ControlInput, type ControlOutcome } from '../clients/temporal/control-deployment';
import { type ReadAnswer, readDeployment } from '../clients/temporal/read-deployment';
import { type ReadDrainAnswer, readDrain } from '../clients/temporal/read-drain';
import { type SubmitOutcome, submitDeployment } from '../clients/temporal/submit-deployment';

export interface Deployments {
  /** @throws TemporalError */
  submit(input: SubmitInput): Promise<SubmitOutcome>;
  /** @throws TemporalError */
  control(input: Omit<ControlInput, 'temporal' | 'answerWithinMs' | 'ruleWithinMs'>): Promise<ControlOutcome>;
  /** @throws TemporalError */
  read(deploymentId: string): Promise<ReadAnswer>;
  /** @throws TemporalError */
  readDrain(drainId: string): Promise<ReadDrainAnswer>;
}

/** Less than HTTP clients, balancers and whoever stops the gateway wait; who asks again waits for the same answer. */
const ruleWithinMs = 20_000;

export function deploymentsIn(temporal: Temporal): Deployments {
  return {
    submit: (submit) => submitDeployment({ temporal, submit }),
    control: (input) => controlDeployment({ temporal, ...input, ruleWithinMs }),
    read: (deploymentId) => readDeployment({ temporal, deploymentId }),
    readDrain: (drainId) => readDrain({ temporal, drainId }),
  };
}

/** What the gateway needs of Temporal; tests put something simpler in its place. */
import type { SubmitInput } from '../domain/deployment';
import type { Temporal } from '../clients/temporal/connection';
import { type ReadAnswer, readDeployment } from '../clients/temporal/read-deployment';
import { type SubmitOutcome, submitDeployment } from '../clients/temporal/submit-deployment';

export interface Deployments {
  /** @throws TemporalError */
  submit(input: SubmitInput): Promise<SubmitOutcome>;
  /** @throws TemporalError */
  read(deploymentId: string): Promise<ReadAnswer>;
}

export function deploymentsIn(temporal: Temporal): Deployments {
  return {
    submit: (submit) => submitDeployment({ temporal, submit }),
    read: (deploymentId) => readDeployment({ temporal, deploymentId }),
  };
}

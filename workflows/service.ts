/** One per service, for ever: admits one deployment at a time, and remembers which request was which. */
import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { noAdmissions, type Admissions } from '../domain/admission';
import { submitInputProblem, type SubmitInput } from '../domain/deployment';
import { serviceKey } from '../domain/service-file';
import { AdmissionDesk } from './admission-desk';
import { endedSignal, serviceKeyOf, serviceWorkflowId, submitUpdate } from './messages';

/** @param carried what the run before knew; a release that knows more finds the rest empty */
export async function service(carried: Partial<Admissions> = {}): Promise<void> {
  const desk = new AdmissionDesk(serviceKeyOf(workflowInfo().workflowId), { ...noAdmissions, ...carried });
  // A cancel is not heard: it would leave those who wait without anybody to tell them that it is their turn.
  setHandler(submitUpdate, (input) => CancellationScope.nonCancellable(() => desk.submit(input)), {
    validator: (input: SubmitInput) => {
      const problem = submitInputProblem(input) ?? wrongService(input);
      if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'invalid');
    },
  });
  setHandler(endedSignal, (payload) => {
    if (typeof payload?.deploymentId === 'string') desk.ended(payload.deploymentId);
  });
  await CancellationScope.nonCancellable(() => desk.serve());
  await continueAsNew<typeof service>(desk.state);
}

function wrongService(input: SubmitInput): string | null {
  const expected = serviceWorkflowId(serviceKey(input.service));
  const actual = workflowInfo().workflowId;
  return actual === expected ? null : `this is ${actual}, but the request is for ${expected}`;
}

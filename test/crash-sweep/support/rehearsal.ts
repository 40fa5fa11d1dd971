/** Every write that a deployment makes, found by watching one that nothing disturbs. */
import { deploy, serviceFile } from '../../e2e/support/deployments';
import { runOf } from '../../e2e/support/endings';
import { newPercents } from '../../e2e/support/ledger';
import type { Place } from '../../e2e/support/places';
import type { Stage } from '../../e2e/support/stage';

export interface Write extends Required<Pick<Place, 'operation' | 'nth'>> {
  /** What it is for, as far as two deployments can be compared: its operation, and the share of new that it writes. */
  what: string;
  /** Nothing is called after it, so nobody can be caught there. */
  last: boolean;
}

/** @param name of a service that nobody else deploys */
export async function writesOf(stage: Stage, name: string, image: string): Promise<Write[]> {
  const crew = await stage.apart();
  await runOf(crew, name, await deploy(crew, serviceFile(name), image));
  const ledger = (await crew.sandbox.admin.ledger()).filter(({ caller }) => caller === crew.caller);
  return ledger.map((entry, index) => {
    const { operation } = entry;
    const nth = ledger.slice(0, index).filter((one) => one.operation === operation).length;
    const [newPercent] = newPercents([entry], name);
    const what = newPercent === undefined ? operation : `${operation} to ${newPercent} %`;
    return { operation, nth, what, last: index === ledger.length - 1 };
  });
}

/** Those of `writes` that come after the beginning that both have in common. */
export function afterCommonBeginning(writes: readonly Write[], others: readonly Write[]): Write[] {
  const differs = writes.findIndex(({ what }, index) => what !== others[index]?.what);
  return differs < 0 ? [] : writes.slice(differs);
}

import type { RunRecord } from '../record';

/** The old fleet never launches the new revision, and the clone launches nothing else. */
export function revisionsStayApart({ world, source, newImageId }: RunRecord): string[] {
  return world.instances
    .filter(({ group, imageId }) => imageId !== (group === source.group ? source.imageId : newImageId))
    .map(({ group, imageId }) => `${group} launched ${imageId}`);
}

import type { SourceSelector } from './service-file';

/** For sentences: `name web-v41`, `tag service=web`, `route arn:…`. */
export function formatSelector(selector: SourceSelector): string {
  switch (selector.kind) {
    case 'group':
      return `name ${selector.groupName}`;
    case 'tag':
      return `tag ${selector.key}=${selector.value}`;
    case 'route':
      return `route ${selector.arn}`;
  }
}

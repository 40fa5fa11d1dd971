/** What is read from AWS before a plan is made; each is a fact at one moment. */
import type { GroupDescription, uncopied } from './clone';
import type { RouteAction } from './routes';
import type { ServiceConfig } from './service-file';

export interface RouteFacts {
  kind: 'rule' | 'listener';
  arn: string;
  /** `app/<name>/<id>`, the CloudWatch dimension. */
  loadBalancer: string;
  actions: RouteAction[];
  tags: Record<string, string>;
}

export interface TargetGroupFacts {
  arn: string;
  name: string;
  /** `targetgroup/<name>/<id>`, the CloudWatch dimension. */
  dimension: string;
  targetType: string;
  protocol: string;
  attributes: Record<string, string>;
  tags: Record<string, string>;
  healthy: number;
  /** Targets that are not servers of the source group, draining ones aside. */
  foreignTargets: string[];
}

export interface ImageFacts {
  imageId: string;
  state: string;
  architecture: string;
}

export interface PlanFacts {
  service: ServiceConfig;
  uuid: string;
  number: number;
  imageId: string;
  /** The deployment that this one is the rollback of. */
  undoes?: string;
  group: GroupDescription & {
    arn: string;
    minSize: number;
    maxSize: number;
    desiredCapacity: number;
    tags: Record<string, string>;
  };
  sub: Parameters<typeof uncopied>[1] & { runningInstanceRefresh: boolean };
  /** The source's template; `versions` are those that its servers in service were launched from. */
  template: { id: string; versions: string[]; imageId: string; pinnedSnapshots: string[] } | null;
  targetGroups: TargetGroupFacts[];
  /** Every route that refers to one of the source's target groups. */
  routes: RouteFacts[];
  newImage: ImageFacts | null;
  oldImage: ImageFacts | null;
  /** Old's requests in one metric period at the live rate. */
  oldRequestsPerPeriod: number;
  /** 5xx that the balancers made themselves in the last hour, as a share of the requests. */
  balancerErrorRate: number;
  /** Whether this worker can sign what the service's webhook is told. */
  canNotify: boolean;
}

import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { writer } from './roles';
import { createTemplate, describeTemplateVersion, findTemplate, type LaunchTemplate } from '../clients/aws/templates';
import type { AwsSession } from '../clients/aws/sessions';
import { deploymentTag, ownTags } from '../domain/names';
import { templateData } from '../domain/template';

export interface TemplateAnswer {
  templateId: string;
  version: string;
}

export function createTemplateActivities(deps: ActivityDeps) {
  return {
    /** Makes the clone's launch template, or finds the one that an earlier attempt made. */
    ensureTemplate: writer(
      async ({ service, plan, imageId }: OnPlan & { imageId: string }): Promise<TemplateAnswer> => {
        const aws = sessionOf(deps, service);
        const name = plan.names.template;
        const found = await findTemplate(aws, { name });
        const template = found ?? (await makeTemplate(aws, { plan, imageId }));
        const templateId = template.LaunchTemplateId ?? '';
        if (tagOf(template, deploymentTag) !== plan.uuid) {
          throw ApplicationFailure.nonRetryable(
            `launch template ${name} exists but was not made by this deployment; rename or remove it`,
            'already-exists',
          );
        }
        const version = await describeTemplateVersion(aws, { id: templateId, version: '1' });
        const image = version?.LaunchTemplateData?.ImageId;
        if (image !== imageId) {
          throw ApplicationFailure.retryable(
            `launch template ${name} reads back with image ${image ?? 'none'} instead of ${imageId}`,
          );
        }
        return { templateId, version: '1' };
      },
    ),
  };
}

async function makeTemplate(
  aws: AwsSession,
  { plan, imageId }: { plan: OnPlan['plan']; imageId: string },
): Promise<LaunchTemplate> {
  const source = await describeTemplateVersion(aws, plan.template);
  if (!source?.LaunchTemplateData) {
    throw ApplicationFailure.nonRetryable(
      `version ${plan.template.version} of launch template ${plan.template.id} is gone, so it cannot be copied`,
      'not-found',
    );
  }
  const tags = Object.entries(ownTags(plan));
  const { template, warnings } = await createTemplate(aws, {
    LaunchTemplateName: plan.names.template,
    // Stable over activity attempts; the SDK's own token is new with every call.
    ClientToken: `${plan.uuid}-template`,
    VersionDescription: `copy of ${plan.template.id} version ${plan.template.version}`,
    LaunchTemplateData: templateData(source.LaunchTemplateData, imageId) as never,
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: tags.map(([Key, Value]) => ({ Key, Value })) }],
  });
  if (warnings.length > 0 || !template) {
    throw ApplicationFailure.nonRetryable(
      `launch template ${plan.names.template} was made but AWS calls it invalid: ${warnings.join('; ')}`,
      'invalid',
    );
  }
  return template;
}

function tagOf(template: LaunchTemplate, key: string): string | undefined {
  return template.Tags?.find((tag) => tag.Key === key)?.Value;
}

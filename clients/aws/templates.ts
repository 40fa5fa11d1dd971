/** Launch templates, images and instances (EC2). */
import {
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  paginateDescribeInstances,
  type CreateLaunchTemplateCommandInput,
  type Image,
  type Instance,
  type LaunchTemplate,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { orAbsent } from './errors';
import type { AwsSession } from './sessions';

export type { CreateLaunchTemplateCommandInput, Image, Instance, LaunchTemplate, LaunchTemplateVersion };

/** EC2 takes at most 200 values per filter. */
const valuesPerFilter = 200;

/** `version` is a number, `$Latest` or `$Default`; undefined when template or version is unknown. */
export async function describeTemplateVersion(
  aws: AwsSession,
  template: { id: string; version: string },
): Promise<LaunchTemplateVersion | undefined> {
  return orAbsent(async () => {
    const answer = await aws.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: template.id, Versions: [template.version] }),
    );
    return answer.LaunchTemplateVersions?.[0];
  });
}

export async function findTemplate(
  aws: AwsSession,
  by: { name: string } | { id: string },
): Promise<LaunchTemplate | undefined> {
  return orAbsent(async () => {
    const answer = await aws.ec2.send(
      new DescribeLaunchTemplatesCommand(
        'name' in by ? { LaunchTemplateNames: [by.name] } : { LaunchTemplateIds: [by.id] },
      ),
    );
    return answer.LaunchTemplates?.[0];
  });
}

export async function createTemplate(
  aws: AwsSession,
  input: CreateLaunchTemplateCommandInput,
): Promise<{ template: LaunchTemplate | undefined; warnings: string[] }> {
  const answer = await aws.ec2.send(new CreateLaunchTemplateCommand(input));
  return {
    template: answer.LaunchTemplate,
    warnings: (answer.Warning?.Errors ?? []).map((warning) => `${warning.Code}: ${warning.Message}`),
  };
}

/** Deleting an unknown template succeeds: after a lost reply the repeat finds nothing. */
export async function deleteTemplate(aws: AwsSession, templateId: string): Promise<void> {
  await orAbsent(() => aws.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: templateId })));
}

export async function describeImage(aws: AwsSession, imageId: string): Promise<Image | undefined> {
  return orAbsent(async () => {
    const answer = await aws.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
    return answer.Images?.[0];
  });
}

/** Instances by id; ids that AWS does not know (yet, or any more) are left out. */
export async function describeInstances(aws: AwsSession, instanceIds: readonly string[]): Promise<Instance[]> {
  const found: Instance[] = [];
  for (let from = 0; from < instanceIds.length; from += valuesPerFilter) {
    const Values = instanceIds.slice(from, from + valuesPerFilter);
    const pages = paginateDescribeInstances({ client: aws.ec2 }, { Filters: [{ Name: 'instance-id', Values }] });
    for await (const page of pages) {
      for (const reservation of page.Reservations ?? []) found.push(...(reservation.Instances ?? []));
    }
  }
  return found;
}

import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  LaunchTemplate,
  LaunchTemplateVersion,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import { hexId, type Cloud } from '../state/cloud';
import type { TemplateState, TemplateVersionState } from '../state/compute-state';
import { once } from './client-token';
import { findTemplate, findVersion, latestVersionNumber } from './find-template';

export function createLaunchTemplate(
  cloud: Cloud,
  input: Validated<CreateLaunchTemplateRequest>,
): CreateLaunchTemplateResult {
  return once(cloud.state, 'CreateLaunchTemplate', input, () => {
    checkNewName(cloud, input.LaunchTemplateName);
    checkData(input.LaunchTemplateData);
    const tags = (input.TagSpecifications ?? [])
      .filter((specification) => specification.ResourceType === 'launch-template')
      .flatMap((specification) => specification.Tags ?? []);
    const template: TemplateState = {
      id: `lt-${hexId(17)}`,
      name: input.LaunchTemplateName,
      defaultVersion: 1,
      versions: [newVersion(1, input.LaunchTemplateData, input.VersionDescription)],
      tags,
      createdAt: new Date(),
    };
    cloud.state.templates.set(template.id, template);
    return { LaunchTemplate: describeTemplate(template, cloud) };
  });
}

/** With `SourceVersion`, parameters that are not given come from it; without, the version holds only what is given. */
export function createLaunchTemplateVersion(
  cloud: Cloud,
  input: Validated<CreateLaunchTemplateVersionRequest>,
): CreateLaunchTemplateVersionResult {
  return once(cloud.state, 'CreateLaunchTemplateVersion', input, () => {
    const template = findTemplate(cloud.state, input);
    checkData(input.LaunchTemplateData);
    const inherited = input.SourceVersion === undefined ? {} : findVersion(template, input.SourceVersion).data;
    const data = { ...structuredClone(inherited), ...input.LaunchTemplateData };
    const version = newVersion(latestVersionNumber(template) + 1, data, input.VersionDescription);
    template.versions.push(version);
    return { LaunchTemplateVersion: describeVersion(template, version, cloud) };
  });
}

export function deleteLaunchTemplate(
  cloud: Cloud,
  input: Validated<DeleteLaunchTemplateRequest>,
): DeleteLaunchTemplateResult {
  const template = findTemplate(cloud.state, input);
  cloud.state.templates.delete(template.id);
  return { LaunchTemplate: describeTemplate(template, cloud) };
}

export function describeTemplate(template: TemplateState, cloud: Cloud): LaunchTemplate {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: template.createdAt,
    CreatedBy: `arn:aws:iam::${cloud.account}:user/sandbox`,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: latestVersionNumber(template),
    Tags: template.tags,
  };
}

export function describeVersion(
  template: TemplateState,
  version: TemplateVersionState,
  cloud: Cloud,
): LaunchTemplateVersion {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: version.number,
    VersionDescription: version.description,
    CreateTime: version.createdAt,
    CreatedBy: `arn:aws:iam::${cloud.account}:user/sandbox`,
    DefaultVersion: version.number === template.defaultVersion,
    // Request and response have the same members, apart from a few that the encoder leaves out.
    LaunchTemplateData: version.data,
  };
}

function newVersion(
  number: number,
  data: RequestLaunchTemplateData,
  description: string | undefined,
): TemplateVersionState {
  return { number, data, createdAt: new Date(), ...(description === undefined ? {} : { description }) };
}

function checkNewName(cloud: Cloud, name: string): void {
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.MalformedException',
      'A launch template name must have 3 to 128 letters, digits and ( ) . - / _ only.',
    );
  }
  if ([...cloud.state.templates.values()].some((template) => template.name === name)) {
    throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  }
}

const maxUserDataBytes = 16 * 1024;

function checkData(data: RequestLaunchTemplateData): void {
  if (data.UserData === undefined) return;
  const decoded = Buffer.from(data.UserData, 'base64');
  if (decoded.toString('base64').replace(/=+$/, '') !== data.UserData.replace(/\s+/g, '').replace(/=+$/, '')) {
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (decoded.length > maxUserDataBytes) {
    throw new AwsError('InvalidParameterValue', 'User data is limited to 16384 bytes');
  }
}

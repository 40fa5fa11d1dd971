import { AwsError } from '../aws-error';
import type { CloudState } from '../state/cloud-state';
import type { TemplateState, TemplateVersionState } from '../state/compute-state';

export interface TemplateReference {
  LaunchTemplateId?: string | undefined;
  LaunchTemplateName?: string | undefined;
}

/**
 * @throws AwsError InvalidLaunchTemplateId.Malformed, InvalidLaunchTemplateId.NotFound,
 * InvalidLaunchTemplateName.NotFoundException, MissingParameter
 */
export function findTemplate(state: CloudState, reference: TemplateReference): TemplateState {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = reference;
  if (id !== undefined && name !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Specify a launch template id or a launch template name, not both.',
    );
  }
  if (id !== undefined) {
    checkId(id);
    const template = state.templates.get(id);
    if (template) return template;
    throw new AwsError(
      'InvalidLaunchTemplateId.NotFound',
      `The specified launch template, with template ID ${id}, does not exist.`,
    );
  }
  if (name === undefined) {
    throw new AwsError('MissingParameter', 'Either a launch template ID or a launch template name must be specified.');
  }
  const template = [...state.templates.values()].find((candidate) => candidate.name === name);
  if (template) return template;
  throw new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );
}

const idPattern = /^lt-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** Code and words as in EC2's list of error codes. */
function checkId(id: string): void {
  if (idPattern.test(id)) return;
  throw new AwsError(
    'InvalidLaunchTemplateId.Malformed',
    'The ID for the launch template is malformed. Ensure that you specify the launch template ID in the form lt-xxxxxxxxxxxxxxxxx.',
  );
}

/**
 * The version that `$Latest`, `$Default`, a number or nothing (which means `$Default`) names at this moment.
 * @throws AwsError InvalidLaunchTemplateId.VersionNotFound
 */
export function findVersion(template: TemplateState, version: string | undefined): TemplateVersionState {
  const number = versionNumber(template, version);
  const found = template.versions.find((candidate) => candidate.number === number);
  if (found) return found;
  throw new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version ?? '$Default'} for the launch template with ID ${template.id}.`,
  );
}

export function latestVersionNumber(template: TemplateState): number {
  return Math.max(...template.versions.map((version) => version.number));
}

function versionNumber(template: TemplateState, version: string | undefined): number {
  if (version === undefined || version === '' || version === '$Default') return template.defaultVersion;
  return version === '$Latest' ? latestVersionNumber(template) : Number(version);
}

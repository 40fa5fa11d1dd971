import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import { defaultWorldYaml } from './default-world';
import { worldSchema, type ParsedWorld, type World } from './schema';

/** The world cannot be used; the message has one line per mistake, with its path. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** @throws WorldError when the file cannot be read, is not YAML, or is not a world. */
export function loadWorld(world: World | string | undefined): ParsedWorld {
  if (world === undefined) return checkWorld(defaultWorld(), 'the default world');
  if (typeof world !== 'string') return checkWorld(world, 'the world');
  return checkWorld(readYaml(world), `the world file ${world}`);
}

/** A fresh copy of the world of one service `web`, to be changed at will. */
export function defaultWorld(): World {
  return parse(defaultWorldYaml) as World;
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new WorldError(
      `cannot read the world file ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** @throws WorldError when it is not a world. */
export function checkWorld(raw: unknown, what: string): ParsedWorld {
  const result = worldSchema.safeParse(raw ?? {});
  if (!result.success) throw mistakes(what, result.error.issues.map(describeIssue));
  const dangling = danglingNames(result.data);
  if (dangling.length > 0) throw mistakes(what, dangling);
  return result.data;
}

function mistakes(what: string, lines: string[]): WorldError {
  return new WorldError([`${what} is not usable:`, ...lines.map((line) => `  ${line}`)].join('\n'));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${issue.path.length > 0 ? issue.path.join('.') : '(top level)'}: ${message}`;
}

/** Names that refer to nothing in this world. */
function danglingNames(world: ParsedWorld): string[] {
  const targetGroups = new Set(world.targetGroups.map((group) => group.name));
  const templates = new Map(world.launchTemplates.map((template) => [template.name, template]));
  const missingTargetGroups = (names: string[], path: string): string[] =>
    names.filter((name) => !targetGroups.has(name)).map((name) => `${path}: there is no target group '${name}'`);
  return [
    ...world.loadBalancers.flatMap((balancer, b) =>
      balancer.listeners.flatMap((listener, l) => [
        ...missingTargetGroups(Object.keys(listener.forward), `loadBalancers.${b}.listeners.${l}.forward`),
        ...listener.rules.flatMap((rule, r) =>
          missingTargetGroups(Object.keys(rule.forward), `loadBalancers.${b}.listeners.${l}.rules.${r}.forward`),
        ),
      ]),
    ),
    ...world.groups.flatMap((group, g) => [
      ...missingTargetGroups(group.targetGroups, `groups.${g}.targetGroups`),
      ...(templates.has(group.template) ? [] : [`groups.${g}.template: there is no template '${group.template}'`]),
    ]),
  ];
}

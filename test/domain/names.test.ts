import { isCopyableTag, makerOf, ownTags, replacedSizeOf, replacedTags } from '../../domain/names';

const maker = {
  uuid: '7f3a9c1b-2d4e-4f60-8a71-92b3c4d5e6f7',
  serviceKey: 'web.production.eu-west-1',
  number: 12,
  imageId: 'ami-0abc',
};

test('who made a thing is read back from its tags', () => {
  expect(makerOf(ownTags(maker))).toEqual(maker);
});

test.each([
  ['nothing of ours', { team: 'web' }],
  ['no revision', { 'fleetshift:deployment': 'x', 'fleetshift:service': 'y' }],
  ['a revision that somebody edited', { ...ownTags(maker), 'fleetshift:revision': 'twelve ami-0abc' }],
])('tags with %s name no maker', (_what, tags) => {
  expect(makerOf(tags)).toBeNull();
});

test("the replaced group's size is read back from the clone's tags", () => {
  const size = { minSize: 1, maxSize: 6, desiredCapacity: 2, healthyServers: 2 };
  const tags = replacedTags({ groupName: 'web v1 (blue)', ...size });
  expect(replacedSizeOf(tags)).toEqual(size);
  expect(tags['fleetshift:replaces']).toBe('web v1 (blue)');
  expect(replacedSizeOf({ ...tags, 'fleetshift:replaced-size': '1/6' })).toBeNull();
});

test('no tag of ours is copied to a later clone', () => {
  const keys = Object.keys({ ...ownTags(maker), ...replacedTags({ groupName: 'a', ...sizeless }) });
  expect(keys.filter(isCopyableTag)).toEqual([]);
});

const sizeless = { minSize: 0, maxSize: 0, desiredCapacity: 0, healthyServers: 0 };

import { signatureHeaders } from '../../dev/gateway-client';
import { checkSignature } from '../../clients/http/signature';

test("the gateway takes the client's signature, and not for another path", () => {
  const nowMs = 1_700_000_000_000;
  const call = {
    secret: 's'.repeat(32),
    method: 'POST',
    path: '/v1/services/web/deployments',
    body: '{"image":"ami-1"}',
  };
  const headers = signatureHeaders({ ...call, nowMs });
  expect(checkSignature({ ...call, headers, nowMs })).toMatchObject({ kind: 'valid' });
  expect(checkSignature({ ...call, headers, nowMs, path: '/v1/services/shop/deployments' })).toMatchObject({
    kind: 'invalid',
  });
});

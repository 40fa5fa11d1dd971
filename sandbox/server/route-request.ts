import type { AwsRequest } from '../codec/protocol';
import type { Service } from './services';

/** Service and access key of a request's signature (its key itself is not checked). */
export interface Signature {
  accessKeyId: string;
  serviceName: string;
}

/** Reads the signature from the Authorization header; undefined for an unsigned request. */
export function readSignature(request: AwsRequest): Signature | undefined {
  const header = request.headers.authorization;
  const match = /Credential=([^/\s,]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(String(header ?? ''));
  const [, accessKeyId, serviceName] = match ?? [];
  return accessKeyId === undefined || serviceName === undefined ? undefined : { accessKeyId, serviceName };
}

/** By signature; of an unsigned request, by the version of its API or its target header. */
export function findService(services: Service[], request: AwsRequest): Service | undefined {
  const signature = readSignature(request);
  if (signature) return services.find((service) => service.name === signature.serviceName);
  if (request.headers['x-amz-target'] !== undefined) {
    return services.find((service) => service.name === 'monitoring');
  }
  const version = new URLSearchParams(request.body).get('Version');
  return services.find((service) => service.version === version);
}

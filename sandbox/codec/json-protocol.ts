import { JsonShapeDeserializer2, JsonShapeSerializer2 } from '@smithy/core/protocols';
import { AwsError } from '../aws-error';
import type { OperationSchema } from './operation';
import { inputSchema, outputSchema, type AwsRequest, type AwsResponse, type Protocol } from './protocol';

/** 7: dates are seconds since 1970, as numbers. */
const settings: ConstructorParameters<typeof JsonShapeSerializer2>[0] = {
  timestampFormat: { useTrait: true, default: 7 },
  jsonName: false,
};

/** awsJson1.0 of a service that once was awsQuery: errors also carry the code that they had there. */
export class JsonProtocol implements Protocol {
  operationName(request: AwsRequest): string | undefined {
    const target = request.headers['x-amz-target'];
    return typeof target === 'string' ? target.split('.').at(-1) : undefined;
  }

  decodeInput(schema: OperationSchema, request: AwsRequest): unknown {
    try {
      const document: unknown = JSON.parse(request.body || '{}');
      return new JsonShapeDeserializer2(settings).readObject(inputSchema(schema), document as never);
    } catch (error) {
      throw new AwsError('SerializationException', `Cannot read the request: ${String(error)}`);
    }
  }

  encodeOutput(schema: OperationSchema, output: unknown, requestId: string): AwsResponse {
    const serializer = new JsonShapeSerializer2(settings);
    serializer.write(outputSchema(schema), output ?? {});
    return jsonResponse(200, requestId, new TextDecoder().decode(serializer.flush()));
  }

  encodeError(error: AwsError, httpStatus: number, requestId: string): AwsResponse {
    const body = JSON.stringify({ __type: error.code, message: error.message });
    const response = jsonResponse(httpStatus, requestId, body);
    response.headers['x-amzn-query-error'] = `${error.code};${httpStatus < 500 ? 'Sender' : 'Receiver'}`;
    return response;
  }
}

function jsonResponse(status: number, requestId: string, body: string): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId },
    body,
  };
}

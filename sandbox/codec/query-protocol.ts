import type { AwsError } from '../aws-error';
import type { OperationSchema } from './operation';
import { inputSchema, outputSchema, type AwsRequest, type AwsResponse, type Protocol } from './protocol';
import { QueryDecoder, type QueryDialect } from './query-decoder';
import { parseQueryTree } from './query-tree';
import { encodeMembers, escapeXml } from './xml-encoder';

/** awsQuery and ec2Query: the request is a form, the answer XML. */
export class QueryProtocol implements Protocol {
  private readonly decoder: QueryDecoder;

  constructor(
    private readonly dialect: QueryDialect,
    private readonly xmlNamespace: string,
  ) {
    this.decoder = new QueryDecoder(dialect);
  }

  operationName(request: AwsRequest): string | undefined {
    return new URLSearchParams(request.body).get('Action') ?? undefined;
  }

  decodeInput(schema: OperationSchema, request: AwsRequest): unknown {
    return this.decoder.decode(inputSchema(schema), parseQueryTree(request.body));
  }

  encodeOutput(schema: OperationSchema, output: unknown, requestId: string): AwsResponse {
    const name = schema[2];
    const members = encodeMembers(outputSchema(schema), output);
    const content =
      this.dialect === 'ec2'
        ? `<requestId>${requestId}</requestId>${members}`
        : `<${name}Result>${members}</${name}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return xmlResponse(200, requestId, `<${name}Response xmlns="${this.xmlNamespace}">${content}</${name}Response>`);
  }

  encodeError(error: AwsError, httpStatus: number, requestId: string): AwsResponse {
    const detail = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
    if (this.dialect === 'ec2') {
      const body = `<Response><Errors><Error>${detail}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
      return xmlResponse(httpStatus, requestId, body);
    }
    const type = httpStatus < 500 ? 'Sender' : 'Receiver';
    const body = `<ErrorResponse xmlns="${this.xmlNamespace}"><Error><Type>${type}</Type>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return xmlResponse(httpStatus, requestId, body);
  }
}

function xmlResponse(status: number, requestId: string, body: string): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=utf-8', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
  };
}

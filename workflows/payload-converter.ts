/**
 * Payload converter of workers. A signal that somebody typed with a broken payload must not wedge the run: the failure
 * to decode happens before any workflow code could catch it, and the workflow task would be tried again for ever.
 * So what cannot be read becomes a marker, and the handler decides.
 */
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
  type Payload,
} from '@temporalio/common';

export interface UnreadablePayload {
  unreadablePayload: string;
}

class TolerantPayloadConverter extends CompositePayloadConverter {
  override fromPayload<T>(payload: Payload): T {
    try {
      return super.fromPayload<T>(payload);
    } catch (error) {
      const marker: UnreadablePayload = { unreadablePayload: error instanceof Error ? error.message : String(error) };
      return marker as T;
    }
  }
}

export const payloadConverter = new TolerantPayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new JsonPayloadConverter(),
);

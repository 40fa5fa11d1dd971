/** An answer of AWS that is an error: becomes the error shape of the protocol in which the call came. */
export class AwsError extends Error {
  constructor(
    /** As on the wire, for example `AlreadyExists`; the SDK turns it into the class that it has for it. */
    readonly code: string,
    message: string,
    /** HTTP status; without it, the one that the service's own schema gives for `code`, or 400. */
    readonly httpStatus?: number,
  ) {
    super(message);
    this.name = code;
  }
}

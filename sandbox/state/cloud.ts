import { randomBytes, randomInt } from 'node:crypto';
import type { DataPlane } from '../data-plane/types';
import { emptyState, type CloudState } from './cloud-state';

export interface CloudOptions {
  region: string;
  account: string;
  /** Divides the durations that the sandbox itself executes. */
  speed: number;
  dataPlane: DataPlane;
}

/** One account in one region: what is remembered, what runs, and the makers of its identifiers. */
export class Cloud {
  readonly state: CloudState = emptyState();
  readonly region: string;
  readonly account: string;
  readonly dataPlane: DataPlane;
  private readonly speed: number;
  private nextAddress = randomInt(1, 0xffffff);

  constructor(options: CloudOptions) {
    this.region = options.region;
    this.account = options.account;
    this.speed = options.speed;
    this.dataPlane = options.dataPlane;
  }

  /** Real milliseconds that a duration of AWS takes here. */
  realMs(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.speed;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }

  availabilityZones(): string[] {
    return ['a', 'b', 'c'].map((letter) => `${this.region}${letter}`);
  }

  /**
   * A loopback address for a new server, not given out before. It starts at a random place, so that two sandboxes on
   * one machine hardly ever meet; 127.0.0.x is left to everybody else.
   */
  newAddress(): string {
    for (;;) {
      this.nextAddress = (this.nextAddress + 1) % 0x1000000;
      const [a, b, c] = [this.nextAddress >> 16, (this.nextAddress >> 8) & 0xff, this.nextAddress & 0xff];
      if (a > 0 && c > 0 && c < 255) return `127.${a}.${b}.${c}`;
    }
  }
}

/** Random hexadecimal digits, as AWS uses them in identifiers. */
export function hexId(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits);
}

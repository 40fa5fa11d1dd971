/** Tests wait on states with a deadline and a description, never on the clock. */
export { waitUntil, type WaitOptions } from '../../dev/wait-until';

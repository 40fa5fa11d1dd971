import { readServiceFile } from '../../clients/temporal/service-file-text';
import { formatProblem } from '../../domain/problems';
import type { ServiceConfig } from '../../domain/service-file';
import { Refusal } from '../refusal';

/**
 * The service that a file describes.
 * @throws Refusal with every problem of the file
 */
export function readService(file: string): ServiceConfig {
  const read = readServiceFile({ path: file });
  switch (read.kind) {
    case 'valid':
      return read.service;
    case 'unreadable':
      throw new Refusal([`${file} ${read.message}`]);
    case 'invalid':
      throw new Refusal(read.problems.map((problem) => `${file}: ${formatProblem(problem)}`));
  }
}

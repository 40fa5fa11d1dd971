import { scenarios } from './support/scenarios';
import { sweep } from './support/sweep';

sweep([...scenarios.back, ...scenarios.away]);

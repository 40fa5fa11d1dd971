export { deployment } from './deployment';
export { drain } from './drain';
export { service } from './service';

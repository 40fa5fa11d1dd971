/** Pinned: the newest command line that `go install` builds, and new enough for everything the workflows use. */
export const temporalVersion = 'v1.5.1';

/** The server inside that command line, and in docker-compose.yml. */
export const temporalServerVersion = 'v1.29.1';

# syntax=docker/dockerfile:1

# Two images: `production` has the worker, the gateway and the command line; `sandbox` has the local cloud, the load and
# the demo, and is never deployed. Debian, because the Temporal SDK's native library needs glibc.
#   docker build --target production --tag fleetshift:0.1.0 .

FROM node:24.18.0-bookworm-slim AS build
WORKDIR /app
# The packages first, so that a change of the source alone does not install them again.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY domain domain
COPY workflows workflows
COPY activities activities
COPY clients clients
COPY worker worker
COPY gateway gateway
COPY cli cli
COPY sandbox sandbox
COPY dev dev
RUN npm run build
COPY bin bin
COPY deploy/image deploy/image

FROM build AS pruned
RUN deploy/image/prune.sh

FROM node:24.18.0-bookworm-slim AS base
ENV NODE_ENV=production AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
WORKDIR /app
# The image's own unprivileged user; the files stay root's, so that the process cannot change what it runs.
USER node

FROM base AS sandbox
COPY --from=build /app ./
ENTRYPOINT ["node"]
CMD ["dist/sandbox/main.js"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "deploy/image/healthy.js", "http://127.0.0.1:4566/_sandbox/status"]

FROM base AS production
COPY --from=pruned /app/package.json ./
COPY --from=pruned /app/node_modules node_modules
COPY --from=pruned /app/dist dist
COPY --from=pruned /app/bin bin
COPY --from=pruned /app/deploy/image/healthy.js deploy/image/healthy.js
ENTRYPOINT ["node", "bin/fleetshift"]
CMD ["worker"]
# Of the worker; for a gateway: --health-cmd 'node deploy/image/healthy.js http://127.0.0.1:8080/healthz'
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "deploy/image/healthy.js", "http://127.0.0.1:8081/healthz"]

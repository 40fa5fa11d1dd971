/** Text and not a file of its own, so that it is there wherever the compiled program runs. */
export const defaultWorldYaml = `
region: eu-west-1
account: '123456789012'

images:
  ami-web-v1: { version: v1, boot: 4s, latency: 5ms }
  ami-web-v2: { version: v2, boot: 4s, latency: 5ms }
  ami-web-v3-bad: { version: v3-bad, boot: 4s, latency: 5ms, errorRate: 0.08 }
  ami-web-v4-never-healthy: { version: v4-never-healthy, boot: 4s, healthStatus: 500 }

launchTemplates:
  - name: web
    versions:
      - { imageId: ami-web-v1, instanceType: t3.micro }
    tags: { service: web }

targetGroups:
  - name: web
    port: 8080
    healthCheck: { path: /healthz, interval: 5s, timeout: 2s, healthyThreshold: 2, unhealthyThreshold: 2 }
    deregistrationDelay: 30s
    tags: { service: web }

loadBalancers:
  - name: web
    tags: { service: web }
    listeners:
      - { port: 0, forward: { web: 100 } }

groups:
  - name: web-v1
    template: web
    version: 1
    min: 3
    max: 6
    desired: 3
    targetGroups: [web]
    healthCheckType: ELB
    healthCheckGracePeriod: 60s
    tags: { service: web }
`;

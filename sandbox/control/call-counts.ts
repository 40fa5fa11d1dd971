/** How often each operation was called, refused and lost calls included: `elasticloadbalancing:DescribeRules` → 12. */
export class CallCounts {
  private readonly counts = new Map<string, number>();

  add({ service, operation }: { service: string; operation: string }): void {
    const key = `${service}:${operation}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  list(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort());
  }
}

import { Counter, Gauge, type Registry } from 'prom-client';

const MICROSECONDS = 1_000_000;

/** The standard figures of a process, under the names that every Prometheus client uses for them. */
export function registerProcessMetrics(registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, Unix time.',
    registers,
  }).set(Math.round(Date.now() / 1_000 - process.uptime()));
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  let counted = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const total = (user + system) / MICROSECONDS;
      this.inc(Math.max(0, total - counted));
      counted = total;
    },
  });
}

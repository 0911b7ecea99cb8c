import { Registry } from 'prom-client';
import type { EventBus } from '../events.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { RequestMetrics } from './request-metrics.ts';
import { StateGauges, type GaugeSource } from './state-gauges.ts';

export interface MetricsDeps {
  events: EventBus;
  /** Names of the registry's entries; every other name becomes the label `other`. */
  knownModels: () => readonly string[];
  /** The live picture, read at each scrape; memory only. */
  status: () => GaugeSource;
}

/** A page in Prometheus' text format. */
export interface MetricsPage {
  contentType: string;
  body: string;
}

export interface Metrics {
  render(): Promise<MetricsPage>;
  /** Stops counting. */
  stop(): void;
}

/** Builds the metrics on a registry of their own and counts from now on. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const registry = new Registry();
  const requests = new RequestMetrics(registry, deps.knownModels);
  const gauges = new StateGauges(registry);
  registerProcessMetrics(registry);
  const stop = requests.listen(deps.events);
  return {
    async render() {
      const status = deps.status();
      const inUse = status.providers.filter(({ health }) => health.status !== 'disabled');
      requests.show(inUse);
      gauges.collect(status);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
    stop,
  };
}

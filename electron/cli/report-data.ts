import type { Costs, Fallbacks, Reliability } from '../../shared/domain/history.ts';

/** All that a report is made of; every part covers the same range. */
export interface ReportData {
  since: number;
  until: number;
  byProvider: Costs;
  byModel: Costs;
  byAgent: Costs;
  byDay: Costs;
  reliability: Reliability;
  fallbacks: Fallbacks;
}

/** The groupings of a report in their order, with the word that names each. */
export const REPORT_SECTIONS = [
  { section: 'byProvider', name: 'provider' },
  { section: 'byModel', name: 'model' },
  { section: 'byAgent', name: 'agent' },
  { section: 'byDay', name: 'day' },
] as const satisfies readonly { section: keyof ReportData; name: string }[];

/** Cost of all agents' requests over how many there were; null where no agent named itself. */
export interface AgentAverage {
  executions: number;
  cost_usd: number;
  /** Null when there was no execution of known price. */
  average_cost_usd: number | null;
  pricing_unknown_requests: number;
}

/** What an execution by an agent costs on average; those of unknown price are left out and counted apart. */
export function agentAverage(byAgent: Pick<Costs, 'rows'>): AgentAverage | null {
  const agents = byAgent.rows.filter(({ key }) => key !== '');
  const sum = (name: 'requests' | 'pricing_unknown_requests') => agents.reduce((total, row) => total + row[name], 0);
  const executions = sum('requests');
  const unknown = sum('pricing_unknown_requests');
  if (executions === 0) return null;
  const cost = agents.reduce((total, row) => total + Math.round(row.cost_usd * 1e6), 0) / 1e6;
  const known = executions - unknown;
  return {
    executions,
    cost_usd: cost,
    average_cost_usd: known > 0 ? cost / known : null,
    pricing_unknown_requests: unknown,
  };
}

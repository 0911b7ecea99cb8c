import type { CostGroup, Costs, Fallbacks, Reliability } from '../../shared/domain/history.ts';

/** All that a report is made of; every part covers the same range. */
export interface ReportData {
  since: number;
  until: number;
  byProvider: Costs;
  byModel: Costs;
  byTier: Costs;
  byCallSite: Costs;
  byAgent: Costs;
  byDay: Costs;
  reliability: Reliability;
  fallbacks: Fallbacks;
}

/** The groupings of a report in their order, with the name that each has in files and the words for people. */
export const REPORT_SECTIONS = [
  { section: 'byProvider', group: 'provider', words: 'provider' },
  { section: 'byModel', group: 'model', words: 'model' },
  { section: 'byTier', group: 'tier', words: 'tier' },
  { section: 'byCallSite', group: 'call_site', words: 'call site' },
  { section: 'byAgent', group: 'agent', words: 'agent' },
  { section: 'byDay', group: 'day', words: 'day' },
] as const satisfies readonly { section: keyof ReportData; group: CostGroup; words: string }[];

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

import type { Task, Tier } from '../../../shared/domain/decision.ts';
import type { TierConfig } from '../registry/types.ts';

/** What the request itself tells, for inputs that the task leaves out. Zero characters: there is no request to look at. */
export interface RequestSize {
  promptCharacters: number;
  messageCount: number;
}

/** How a task was weighed, so that the tier explains itself. Scores are 0 to 10. */
export interface ComplexityAssessment {
  score: number;
  /** Null when the task brought no agent score. */
  agentScore: number | null;
  stepScore: number;
  /** Inputs that the task left out, by their names in the task. */
  estimated: string[];
  /** By complexity alone. */
  baseTier: Tier;
  /** After failures and budget. */
  tier: Tier;
  /** Why the tier differs from the complexity's own, in half sentences. */
  adjustments: string[];
}

/** From so many failures on, nothing but the strongest tier is tried. */
const FAILURES_FOR_POWERFUL = 3;

/** A budget of fewer tokens than this is thin: about one short answer with its prompt. */
const THIN_BUDGET_TOKENS = 2_000;

const TIERS: readonly Tier[] = ['fast', 'balanced', 'powerful'];
const MAXIMUM_SCORE = 10;
/** Stands for what nobody knows anything about. */
const MIDDLE_SCORE = 5;

/**
 * Complexity of a task, 0 to 10, and its tier: the weighted mean of the agent's scores (60 % by default) and the step's
 * factors (40 %). A factor that is left out is measured from the request where it can be (prompt length, context depth);
 * else it takes the agent's score, so that what is unknown pulls in no direction. Without agent scores the step decides.
 */
export function assessComplexity(task: Task, request: RequestSize, config: TierConfig): ComplexityAssessment {
  const agent = agentScores(task, config);
  const agentScore = weightedMean(agent.filter(isKnown));
  const step = stepScores(task, request, config);
  const known = weightedMean(step.filter(isKnown));
  const neutral = agentScore ?? known ?? MIDDLE_SCORE;
  const stepScore = weightedMean(step.map((part) => ({ ...part, value: part.value ?? neutral }))) ?? neutral;
  const { weights } = config;
  const score =
    agentScore === null
      ? stepScore
      : (weightedMean([
          { value: agentScore, weight: weights.agent },
          { value: stepScore, weight: weights.step },
        ]) ?? agentScore);
  // Rounded before it is compared, so that the tier is that of the figure shown.
  const rounded = Math.round(score * 100) / 100;
  const baseTier = tierOf(rounded, config);
  return {
    score: rounded,
    agentScore,
    stepScore,
    estimated: [...agent, ...step].filter(({ given }) => !given).map(({ name }) => name),
    baseTier,
    ...adjusted(baseTier, task),
  };
}

/** The tier of a complexity: below 3 fast, up to and including 6.5 balanced, above powerful, where not configured otherwise. */
export function tierOf(complexity: number, { thresholds }: Pick<TierConfig, 'thresholds'>): Tier {
  if (complexity < thresholds.fastBelow) return 'fast';
  return complexity <= thresholds.balancedUpTo ? 'balanced' : 'powerful';
}

interface Part {
  name: string;
  /** 0 to 10; null when it is neither given nor measurable. */
  value: number | null;
  weight: number;
  given: boolean;
}

function agentScores({ agent_ais: scores }: Task, { weights }: TierConfig): Part[] {
  const part = (name: string, value: number | undefined, weight: number): Part => ({
    name: `agent_ais.${name}`,
    value: value ?? null,
    weight,
    given: value !== undefined,
  });
  return [
    part('creation_score', scores?.creation_score, weights.creation),
    part('execution_score', scores?.execution_score, weights.execution),
    part('combined_score', scores?.combined_score, weights.combined),
  ];
}

function stepScores({ step }: Task, request: RequestSize, { weights, normalisation }: TierConfig): Part[] {
  const seen = request.promptCharacters > 0;
  const part = (name: string, value: number | undefined, measured: number | null, scale: number, weight: number) => {
    const raw = value ?? measured;
    const score = raw === null ? null : Math.min(MAXIMUM_SCORE, (raw / scale) * MAXIMUM_SCORE);
    return { name: `step.${name}`, value: score, weight, given: value !== undefined };
  };
  const reasoning = typeof step?.reasoning === 'boolean' ? (step.reasoning ? MAXIMUM_SCORE : 0) : step?.reasoning;
  const { promptLength, dataSize, conditionCount, contextDepth } = normalisation;
  return [
    part(
      'prompt_length',
      step?.prompt_length,
      seen ? request.promptCharacters : null,
      promptLength,
      weights.promptLength,
    ),
    part('data_size', step?.data_size, null, dataSize, weights.dataSize),
    part('condition_count', step?.condition_count, null, conditionCount, weights.conditionCount),
    part('context_depth', step?.context_depth, seen ? request.messageCount : null, contextDepth, weights.contextDepth),
    part('reasoning', reasoning, null, MAXIMUM_SCORE, weights.reasoning),
  ];
}

function isKnown(part: Part): part is Part & { value: number } {
  return part.value !== null;
}

function weightedMean(parts: readonly { value: number; weight: number }[]): number | null {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return null;
  return parts.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
}

/** Failures raise the tier by one, many to the top; a thin budget lowers it by one, an empty one to the bottom. */
function adjusted(base: Tier, task: Task): { tier: Tier; adjustments: string[] } {
  const adjustments: string[] = [];
  let level = TIERS.indexOf(base);
  const failures = task.previous_failures ?? 0;
  if (failures > 0 && level < TIERS.length - 1) {
    level = failures >= FAILURES_FOR_POWERFUL ? TIERS.length - 1 : level + 1;
    adjustments.push(`raised after ${failures} previous ${failures === 1 ? 'failure' : 'failures'}`);
  }
  const budget = task.budget_remaining;
  if (budget !== undefined && budget < THIN_BUDGET_TOKENS && level > 0) {
    level = budget <= 0 ? 0 : level - 1;
    adjustments.push(`lowered because ${budget} is left of the budget`);
  }
  return { tier: TIERS[level] ?? base, adjustments };
}

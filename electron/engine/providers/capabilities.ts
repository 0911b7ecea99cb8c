import type { ProviderConfig } from '../registry/types.ts';
import type { ModelFacts } from './model-facts.ts';
import { modelFacts } from './model-facts.ts';
import type { Capabilities } from './types.ts';

/** A model's facts with what the registry says of this entry on top. */
export function configuredFacts(config: ProviderConfig, model: string | null): ModelFacts {
  const facts = modelFacts(config.adapter, model);
  const said = config.capabilities;
  return {
    ...facts,
    tools: said.tools ?? facts.tools,
    images: said.images ?? facts.images,
    jsonSchema: said.jsonSchema ?? facts.jsonSchema,
    embeddings: said.embeddings ?? facts.embeddings,
    chat: said.chat ?? facts.chat ?? true,
    thinking: configuredThinking(config, facts),
    thinkingBudgetRange: usableRange(said.thinkingBudgetRange) ?? facts.thinkingBudgetRange,
    contextWindow: said.contextWindow ?? facts.contextWindow,
    strengths: said.strengths ?? facts.strengths,
  };
}

/** What the rest of the engine may know of a model. */
export function toCapabilities(facts: ModelFacts): Capabilities {
  const {
    thinkingCanBeDisabled: _disabled,
    temperatureExcludesThinking: _excludes,
    oneSamplingParameter: _one,
    effortWords: _words,
    noEffortWithTools: _tools,
    ...rest
  } = facts;
  return rest;
}

/** The registry says whether a model thinks, never how: a self-hosted one that does takes no setting for it. */
function configuredThinking(config: ProviderConfig, facts: ModelFacts): ModelFacts['thinking'] {
  if (config.capabilities.thinking === undefined) return facts.thinking;
  if (!config.capabilities.thinking) return 'none';
  return facts.thinking === 'none' && config.deployment === 'self-hosted' ? 'always' : facts.thinking;
}

/** A range of [0, 0] is a registry's way of saying that there is no explicit budget. */
function usableRange(range: readonly [number, number] | undefined): readonly [number, number] | null {
  return range && range[1] > 0 ? range : null;
}

import { implement } from '@orpc/server';
import { settingsCall } from '../../shared/contract/settings.ts';
import type { EngineApi } from '../engine/engine-api.ts';

/** The settings over a running engine. */
export function implementSettingsCall(engine: Pick<EngineApi, 'settings'>) {
  return implement(settingsCall).handler(() => engine.settings());
}

import { settingsSchema } from '../domain/settings.ts';
import { base } from './base.ts';

/** How this installation is set up; no secret is in it. */
export const settingsCall = base
  .route({ method: 'GET', path: '/settings', summary: 'How this installation is set up: keys by name, never by value' })
  .output(settingsSchema);

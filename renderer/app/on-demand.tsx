import { lazy, type ComponentType } from 'react';

/** What loads a part of the console; the parts in the order in which they were declared. */
const loaders: (() => Promise<unknown>)[] = [];

const NOT_LOADED =
  'It could not be loaded: the gateway that serves this page does not answer, or another version has taken its place. Load the page anew once it answers.';

/** Makes ready again what could not be loaded. */
const failed = new Set<() => void>();

/**
 * A part of the console that loads when it is first shown. One that could not be loaded throws, for the boundary around it,
 * until {@link forgetFailures}: `lazy` alone would remember the failure for ever.
 */
export function onDemand(load: () => Promise<ComponentType>): ComponentType;
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props>;
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const attempt = () =>
    lazy(async () => {
      try {
        return { default: await load() };
      } catch (error) {
        failed.add(() => {
          Current = attempt();
        });
        throw new Error(NOT_LOADED, { cause: error });
      }
    });
  let Current = attempt();
  loaders.push(load);
  return function OnDemand(props: Props) {
    const Part = Current as ComponentType<Props>;
    return <Part {...props} />;
  };
}

/** Lets what could not be loaded be tried again when it is shown next. */
export function forgetFailures(): void {
  for (const makeReady of failed) makeReady();
  failed.clear();
}

/**
 * Loads every part, one at a time and between other work. The gateway serves the page too: once it is gone, or another
 * version has taken its place, what was not loaded cannot be had any more.
 *
 * @param idle calls back when there is time.
 */
export async function loadEverything(idle: (act: () => void) => void): Promise<void> {
  for (const load of loaders) {
    await new Promise<void>((resolve) => idle(resolve));
    // It is tried again when it is shown, and says then why it cannot be.
    await load().catch(() => undefined);
  }
}

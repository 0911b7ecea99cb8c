import { BookOpen } from 'lucide-react';
import { Link, useSearchParameter, useViewLocation } from '../../app/router.tsx';
import { useStatus } from '../../state/live.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button } from '../../ui/Button.tsx';
import { CommandLine } from '../../ui/CommandLine.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { Since } from '../../ui/time.tsx';
import { runbookOf } from './runbook-model.ts';

const PARAMETER = 'runbook';

/** Opens the runbook of a provider; its place is the address, so that it can be sent to whoever helps. */
export function RunbookButton({
  provider,
  name,
}: {
  /** Registry name. */
  provider: string;
  /** The name on screen. */
  name: string;
}) {
  const [, open] = useSearchParameter(PARAMETER);
  return (
    <Button
      tone="primary"
      icon={BookOpen}
      title={`Likely causes and commands for ${name}`}
      onClick={() => open(provider)}
    >
      Runbook
    </Button>
  );
}

/** {@link RunbookButton} in running text, for a card. */
export function RunbookLink({ provider, name }: { provider: string; name: string }) {
  return (
    <Link
      to={useViewLocation().path}
      parameters={{ [PARAMETER]: provider }}
      title={`Likely causes and commands for ${name}`}
      className="text-accent underline underline-offset-2"
    >
      Runbook
    </Link>
  );
}

/** What to do about a provider, beside the view: likely causes first, commands ready to be copied. */
export function RunbookDrawer() {
  const status = useStatus();
  const readable = useReadableReason();
  const [name, select] = useSearchParameter(PARAMETER);
  const provider = status?.providers.find((each) => each.name === name);
  if (!status || !provider) return null;
  const { trouble, already, steps, done } = runbookOf(provider, status);
  return (
    <Dialog
      open
      shape="drawer"
      title={`Runbook: ${provider.display_name}`}
      description={readable(trouble)}
      onOpenChange={(open) => !open && select(null)}
    >
      <p className="flex items-baseline gap-2">
        <StatusMark status={provider.isolation ? 'forced' : provider.health.status} className="font-medium" />
        <span className="text-ink-muted">
          for <Since at={provider.isolation?.since ?? provider.health.since} />
        </span>
      </p>
      <p className="mt-1 max-w-prose text-ink-muted">{already}</p>
      <ol className="mt-4 flex flex-col gap-4">
        {steps.map((step, index) => (
          <li key={step.title} className="flex gap-3">
            <span
              aria-hidden="true"
              className="flex size-5 shrink-0 items-center justify-center rounded-full border border-line-strong text-micro text-ink-muted"
            >
              {index + 1}
            </span>
            <div className="flex min-w-0 flex-1 flex-col gap-1.5">
              <h3 className="font-medium">{step.title}</h3>
              <p className="max-w-prose text-ink-muted">{step.words}</p>
              {step.commands.map((command) => (
                <CommandLine key={command} command={command} />
              ))}
            </div>
          </li>
        ))}
      </ol>
      <h3 className="mt-5 font-medium">Done when</h3>
      <p className="max-w-prose text-ink-muted">{done}</p>
    </Dialog>
  );
}

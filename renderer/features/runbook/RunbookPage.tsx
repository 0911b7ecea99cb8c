import { Link, useSearchParameter, useViewLocation } from '../../app/router.tsx';
import { CommandLine } from '../../ui/CommandLine.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Code } from '../../ui/Facts.tsx';
import { RUNBOOK_PAGES, type Block, type Words } from './runbook-pages.ts';

const PARAMETER = 'page';

/** Leads to a page of the runbook beside the view; nothing where the runbook has none of that name. */
export function RunbookPageLink({ anchor, children }: { anchor: string; children: string }) {
  const { path, search } = useViewLocation();
  if (!RUNBOOK_PAGES.has(anchor)) return null;
  return (
    <Link
      to={path}
      parameters={{ ...Object.fromEntries(search), [PARAMETER]: anchor }}
      className="text-accent underline underline-offset-2"
    >
      {children}
    </Link>
  );
}

/** A page of the runbook, beside the view; its place is the address, so that it can be sent to whoever helps. */
export function RunbookPageDrawer() {
  const [anchor, show] = useSearchParameter(PARAMETER);
  if (anchor === null) return null;
  const page = RUNBOOK_PAGES.get(anchor);
  return (
    <Dialog
      open
      shape="drawer"
      title={page ? `Runbook: ${page.title}` : 'Runbook'}
      onOpenChange={(open) => !open && show(null)}
    >
      <div className="flex flex-col gap-3">
        {!page && <p className="text-ink-muted">The runbook has no page "{anchor}".</p>}
        {page?.blocks.map((block, index) => (
          <BlockOf key={index} block={block} />
        ))}
      </div>
    </Dialog>
  );
}

function BlockOf({ block }: { block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p className="max-w-prose text-pretty">
          <Line words={block.words} />
        </p>
      );
    case 'list':
      return (
        <ol className="flex max-w-prose list-decimal flex-col gap-1 pl-5">
          {block.items.map(({ words, under }, index) => (
            <li key={index}>
              <Line words={words} />
              {under.length > 0 && (
                <ul className="list-disc pl-5 text-ink-muted">
                  {under.map((line, place) => (
                    <li key={place}>
                      <Line words={line} />
                    </li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ol>
      );
    case 'commands':
      return block.commands.map((command) => <CommandLine key={command} command={command} />);
    case 'table':
      return (
        <dl className="flex flex-col gap-2">
          {block.rows.map(([name = [], value = []], index) => (
            <div key={index}>
              <dt className="font-medium">
                <Line words={name} />
              </dt>
              <dd className="text-ink-muted">
                <Line words={value} />
              </dd>
            </div>
          ))}
        </dl>
      );
  }
}

function Line({ words }: { words: readonly Words[] }) {
  return words.map((part, index) => {
    switch (part.kind) {
      case 'code':
        return <Code key={index}>{part.text}</Code>;
      case 'strong':
        return <strong key={index}>{part.text}</strong>;
      case 'emphasis':
        return <em key={index}>{part.text}</em>;
      case 'link':
        return (
          <RunbookPageLink key={index} anchor={part.anchor}>
            {part.text}
          </RunbookPageLink>
        );
      case 'text':
        return part.text;
    }
  });
}

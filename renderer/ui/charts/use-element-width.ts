import { useLayoutEffect, useState } from 'react';

/** Width in pixels of the element that the returned ref is put on, following its size; `initial` until it is known. */
export function useElementWidth(initial: number): [ref: (element: HTMLElement | null) => void, width: number] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(initial);

  useLayoutEffect(() => {
    if (!element) return undefined;
    const measure = () => {
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);

  return [setElement, width];
}

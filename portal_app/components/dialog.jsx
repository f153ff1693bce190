// The browser's own modal dialog, open for as long as it is on the page: it keeps the focus, and gives it back.
// What the portal says meanwhile is said inside it, since the page behind is inert; what was said before is not.
import { useEffect, useRef } from "react";

export function Dialog({ onLeave, said, tone, count, children, ...rest }) {
  const ref = useRef(null);
  const before = useRef(count);
  useEffect(() => {
    const focused = document.activeElement;
    const dialog = ref.current;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-first]")?.focus();
    return () => {
      if (dialog.open) dialog.close();
      if (focused?.isConnected) focused.focus();
    };
  }, []);
  const leave = (event) => {
    if (event.target !== ref.current) return;
    event.preventDefault();
    onLeave?.(event);
  };
  return (
    <dialog ref={ref} onCancel={leave} {...rest}>
      {children}
      <div role="status" className="notice" data-tone={tone}>
        {said && count !== before.current && (
          <p key={count} className="notice-text">
            {said}
          </p>
        )}
      </div>
    </dialog>
  );
}

// A question within a dialog, asked before something ends: the focus goes to it, and back to what asked.
export function Question({ children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    ref.current.querySelector("[data-first]")?.focus();
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <div ref={ref} {...rest}>
      {children}
    </div>
  );
}

// The browser's own modal dialog, open for as long as it is on the page: it keeps the focus, and gives it back.
import { useEffect, useRef } from "react";

export function Dialog({ onLeave, children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-first]")?.focus();
    return () => {
      if (dialog.open) dialog.close();
      if (before?.isConnected) before.focus();
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
    </dialog>
  );
}

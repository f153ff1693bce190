/* The look of the photos: it comes with them, not with the page. */

export const SHEET = `
.pages { inset: 0; display: grid; grid-template-rows: auto minmax(0, 1fr) auto; width: 100%; max-width: none; height: 100%; max-height: none; margin: 0; padding: 0; border: 0; background: var(--paper); color: var(--ink); }
.pages:focus { outline: 0; }
.pages::backdrop { background: rgb(0 0 0 / 55%); }
.pages > * { min-width: 0; padding-inline: var(--s3); }
.pages header { display: flex; align-items: center; gap: var(--s3); min-height: 64px; border-bottom: 1px solid var(--line); }
.pages header h2 { flex: 1; min-width: 0; font: 500 var(--t-lead)/1.2 var(--serif); }
.pages .tap { display: inline-grid; place-items: center; width: var(--tap); height: var(--tap); padding: 0; border: 0; border-radius: var(--radius); background: none; color: var(--ink); cursor: pointer; }
.pages .tap:hover { background: var(--wash); }
.pages .tap:disabled { color: var(--muted); opacity: .4; cursor: default; background: none; }
.pages header .tap { margin-right: -12px; }
.pages .all { overflow-y: auto; overscroll-behavior: contain; }
.pages ol { margin: 0; padding: 0; list-style: none; }
.pages .leafy { display: grid; grid-template-columns: 88px minmax(0, 1fr); gap: 0 12px; align-items: center; padding-block: 12px; border-bottom: 1px solid var(--line); background: var(--paper); }
.pages .leafy.held { position: relative; z-index: 1; outline: 2px solid var(--accent); outline-offset: -2px; }
.pages .thumb { display: grid; place-items: center; align-self: start; width: 88px; height: 104px; padding: 4px; border: 1px solid var(--line); border-radius: 4px; background: var(--wash); color: var(--muted); }
.pages .thumb canvas { max-width: 100%; max-height: 94px; box-shadow: 0 0 0 1px var(--line); }
.pages .leafy h3 { display: flex; align-items: center; justify-content: space-between; }
.pages .leafy .tap { margin-left: -12px; }
.pages .leafy h3 .tap { margin: 0 -12px 0 0; color: var(--muted); cursor: grab; touch-action: none; }
.pages .leafy .acts { gap: 0 12px; }
.pages .doubt { display: flex; gap: var(--s2); font-size: var(--t-small); line-height: 1.35; }
.pages .doubt svg { width: 16px; height: 16px; margin-top: 2px; color: var(--wait); }
.pages footer { display: grid; gap: var(--s2); padding-block: 12px max(12px, env(safe-area-inset-bottom)); border-top: 1px solid var(--ink); }
.pages footer .link { justify-content: center; }
.pages footer > p { min-height: var(--tap); }
.pages .none { padding-block: var(--s4); }
.pages .gone { display: flex; align-items: center; justify-content: space-between; gap: var(--s3); max-width: none; padding-inline: var(--s3); background: var(--wash); font-size: var(--t-small); }
.pages .bench { display: grid; place-items: center; padding: var(--s4); overflow: hidden; background: var(--wash); }
.pages .cutter { position: relative; touch-action: none; user-select: none; -webkit-user-select: none; }
.pages .cutter::before { content: ""; position: absolute; inset: -22px; }
.pages .cutter canvas { position: relative; display: block; max-width: min(100%, calc(100vw - 48px)); max-height: calc(100dvh - 280px); }
.pages .frame { position: absolute; outline: 2px solid #fff; box-shadow: 0 0 0 3px #000, 0 0 0 200vmax rgb(0 0 0 / 50%); }
.pages .clip { position: absolute; inset: 0; overflow: hidden; pointer-events: none; }
.pages .edge { position: absolute; display: grid; place-items: center; width: var(--tap); height: var(--tap); translate: -50% -50%; border-radius: var(--radius); cursor: grab; }
.pages .edge::after { content: ""; width: 8px; height: 32px; border: 2px solid #000; border-radius: 6px; background: #fff; }
.pages .edge.level::after { width: 32px; height: 8px; }
@media (min-width: 768px) {
  .pages { inset: 0; width: min(640px, 100% - 48px); height: min(860px, 100% - 48px); margin: auto; border: 1px solid var(--line); border-radius: var(--radius); }
  .pages > * { padding-inline: var(--s4); }
  .pages .cutter canvas { max-width: 540px; max-height: calc(min(860px, 100dvh - 48px) - 240px); }
  .pages footer { grid-template-columns: auto 1fr auto; align-items: center; }
  .pages footer > p { grid-column: 1 / -1; }
  .pages footer .main { grid-column: 3; }
  .pages footer .link { grid-column: 3; }
}
`;

// Moves tasks and sections by mouse, by a long touch, by keyboard (Space or Enter on the grip, then arrows), and
// by Alt with an arrow anywhere in a row. What is shown changes only when the server has moved it.
// A place to land is the top edge of a row ("before it") or the end of a list; the nearest edge counts.
import { createContext, useContext, useEffect, useRef, useState } from "react";
import {
  DndContext,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useDndContext,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";

const Words = createContext({});
const Row = createContext(null);
const FOCUS_RETURNS_FOR = 2000;

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function edge(container, rects) {
  const rect = rects.get(container.id);
  if (!rect) return null;
  return container.data.current.isEnd ? rect.bottom : rect.top;
}

function fitting(containers, kind) {
  return containers.filter((one) => one.data.current?.kind === kind && !one.disabled);
}

function nearestEdge({ active, collisionRect, droppableContainers, droppableRects, pointerCoordinates }) {
  const at = pointerCoordinates?.y ?? collisionRect.top;
  return fitting(droppableContainers, active.data.current.kind)
    .map((one) => ({ id: one.id, away: Math.abs((edge(one, droppableRects) ?? Infinity) - at) }))
    .filter((one) => one.away < Infinity)
    .sort((a, b) => a.away - b.away)
    .slice(0, 1);
}

function nextEdge(event, { currentCoordinates, context }) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  if (!step || !context.active) return undefined;
  event.preventDefault();
  const { droppableContainers, droppableRects, collisionRect, active } = context;
  const here = collisionRect.top;
  // To land right after where it stands would move nothing.
  const own = droppableRects.get(`before:${active.id}`);
  const edges = fitting(droppableContainers.getEnabled(), active.data.current.kind)
    .map((one) => edge(one, droppableRects))
    .filter((y) => y !== null && (y - here) * step > 2 && !(own && Math.abs(y - own.bottom) <= 2))
    .sort((a, b) => (a - b) * step);
  if (!edges.length) return currentCoordinates;
  return { x: currentCoordinates.x, y: currentCoordinates.y + edges[0] - here };
}

function placeWords(words, item, place) {
  const text = place.isEnd ? words.end : words.before;
  return filled(text, { item, target: place.label });
}

export function Board({ words, onMove, children }) {
  const root = useRef(null);
  const [said, say] = useState("");
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 250, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: nextEdge }),
  );
  const move = (item, place) => {
    if (place.before === item.id) return;
    returnFocus(root.current, item.id);
    onMove?.(item.kind, item.id, place.parent || null, place.before || null);
  };
  const byAlt = (event) => {
    const step = event.altKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = step && event.target.closest("[data-lift]");
    if (!row) return;
    event.preventDefault();
    const item = { kind: row.dataset.lift, id: row.dataset.liftId };
    const place = neighbour(root.current, item, step);
    if (!place) return;
    move(item, place);
    say(filled(words.moved, { item: row.dataset.liftLabel }) + " " + placeWords(words, row.dataset.liftLabel, place));
  };
  const label = (one) => one.data.current?.label ?? "";
  const isAway = useRef(false);
  const landing = (active, over) => {
    if (!over) return undefined;
    if (over.data.current.before === active.data.current.id) {
      // Lifted and not yet moved: what was said of it stands.
      return isAway.current ? filled(words.cancelled, { item: label(active) }) : undefined;
    }
    isAway.current = true;
    return placeWords(words, label(active), over.data.current);
  };
  const announcements = {
    onDragStart: ({ active }) => {
      isAway.current = false;
      return filled(words.lifted, { item: label(active) });
    },
    onDragOver: ({ active, over }) => landing(active, over),
    onDragEnd: ({ active }) => filled(words.dropped, { item: label(active) }),
    onDragCancel: ({ active }) => filled(words.cancelled, { item: label(active) }),
  };
  return (
    <Words.Provider value={words}>
      <DndContext
        sensors={sensors}
        collisionDetection={nearestEdge}
        accessibility={{ announcements, screenReaderInstructions: { draggable: words.how } }}
        onDragEnd={({ active, over }) => over && move(active.data.current, over.data.current)}
      >
        <div ref={root} onKeyDown={byAlt} className="board">
          {children}
        </div>
      </DndContext>
      <div role="status" className="vh">
        {said}
      </div>
    </Words.Provider>
  );
}

export function Liftable({ element: Tag = "li", kind, liftId, parent, label, fixed, className, children, ...rest }) {
  const words = useContext(Words);
  const data = { kind, id: liftId, label };
  const drag = useDraggable({ id: `${kind}:${liftId}`, data, disabled: fixed, attributes: { roleDescription: words.role } });
  const place = { kind, parent, before: liftId, label };
  const drop = useDroppable({ id: `before:${kind}:${liftId}`, data: place, disabled: fixed });
  const ref = (node) => {
    drag.setNodeRef(node);
    drop.setNodeRef(node);
  };
  // A section is taller than the screen: it stays in its place, only paler.
  const shift = drag.transform && kind !== "section" ? { transform: `translate3d(0, ${drag.transform.y}px, 0)`, zIndex: 5 } : undefined;
  return (
    <Row.Provider value={{ drag, fixed }}>
      <Tag
        ref={ref}
        className={drag.isDragging ? `${className} lifted` : className}
        style={shift && { ...shift, position: "relative" }}
        onTouchStart={drag.listeners?.onTouchStart}
        data-lift={kind}
        data-lift-id={liftId}
        data-lift-label={label}
        data-gap={fixed ? undefined : kind}
        data-gap-parent={parent}
        data-gap-before={liftId}
        {...rest}
      >
        {drop.isOver && !drag.isDragging && <span className="drop lands" aria-hidden="true" />}
        {children}
      </Tag>
    </Row.Provider>
  );
}

export function Grip({ label, children }) {
  const { drag, fixed } = useContext(Row);
  if (fixed) return <span />;
  const { onMouseDown, onKeyDown } = drag.listeners ?? {};
  return (
    <button
      type="button"
      className="grip"
      ref={drag.setActivatorNodeRef}
      {...drag.attributes}
      aria-label={label}
      data-grip=""
      onMouseDown={onMouseDown}
      onKeyDown={onKeyDown}
    >
      {children}
    </button>
  );
}

export function ListEnd({ element: Tag = "li", kind, parent, label }) {
  const place = { kind, parent, before: "", label, isEnd: true };
  const drop = useDroppable({ id: `end:${kind}:${parent}`, data: place });
  const { active } = useDndContext();
  const isNear = drop.isOver && active;
  return (
    <Tag
      ref={drop.setNodeRef}
      className={isNear ? "list-end drop" : "list-end"}
      aria-hidden="true"
      data-gap={kind}
      data-gap-parent={parent}
      data-gap-before=""
      data-gap-label={label}
    />
  );
}

// The place one step up or down from where the row stands, across lists; null at either end.
function neighbour(board, item, step) {
  const gaps = [...board.querySelectorAll(`[data-gap="${item.kind}"]`)];
  const at = gaps.findIndex((gap) => gap.dataset.gapBefore === item.id);
  const gap = gaps[step < 0 ? at - 1 : at + 2];
  if (at < 0 || !gap) return null;
  const before = gap.dataset.gapBefore;
  return {
    parent: gap.dataset.gapParent,
    before,
    isEnd: !before,
    label: gap.dataset.liftLabel ?? gap.dataset.gapLabel,
  };
}

// A row that the server moved is drawn anew elsewhere: whoever moved it by keyboard stays on its grip.
function returnFocus(board, id) {
  if (!board.contains(document.activeElement)) return;
  const back = () => {
    const grip = board.querySelector(`[data-lift-id="${CSS.escape(id)}"] [data-grip]`);
    if (grip && !board.contains(document.activeElement)) grip.focus();
  };
  const watch = new MutationObserver(back);
  watch.observe(board, { childList: true, subtree: true });
  setTimeout(() => watch.disconnect(), FOCUS_RETURNS_FOR);
}

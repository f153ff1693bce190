// The point of an image that stays in sight: by pressing on it, or by two sliders that a keyboard moves. Beside it
// what a phone and a desktop cut out, at once; the point is kept once it rests.
import { useEffect, useRef, useState } from "react";

const RESTS = 500; // ms

export function FocalPoint({ src, width, height, x, y, words, onPlace }) {
  const [at, setAt] = useState([x, y]);
  const timer = useRef(0);
  const isHeld = useRef(false);
  useEffect(() => setAt([x, y]), [x, y, src]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const move = (to) => {
    setAt(to);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onPlace?.(to[0], to[1]), RESTS);
  };
  const press = (event) => {
    if (!isHeld.current) return;
    const box = event.currentTarget.getBoundingClientRect();
    const share = (value, from, whole) => Math.round(Math.min(1, Math.max(0, (value - from) / whole)) * 100);
    move([share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)]);
  };
  const slider = (name, index) => (
    <label>
      {words[name]}
      <input
        type="range"
        min="0"
        max="100"
        value={at[index]}
        aria-valuetext={`${at[index]} %`}
        onChange={(event) => move(index ? [at[0], Number(event.target.value)] : [Number(event.target.value), at[1]])}
      />
    </label>
  );
  const cut = (name) => (
    <figure className={`cut ${name}`}>
      <img src={src} alt="" style={{ objectPosition: `${at[0]}% ${at[1]}%` }} />
      <figcaption className="hint">{words[name]}</figcaption>
    </figure>
  );

  return (
    <div className="focal" role="group" aria-label={words.group}>
      <div
        className="whole"
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          isHeld.current = true;
          press(event);
        }}
        onPointerMove={press}
        onPointerUp={() => { isHeld.current = false; }}
        onPointerCancel={() => { isHeld.current = false; }}
      >
        <img src={src} width={width} height={height} alt={words.image} draggable="false" />
        <span className="dot" style={{ left: `${at[0]}%`, top: `${at[1]}%` }} aria-hidden="true" />
      </div>
      <div className="sliders">{slider("across", 0)}{slider("down", 1)}</div>
      <div className="cuts">{cut("phone")}{cut("desktop")}</div>
    </div>
  );
}

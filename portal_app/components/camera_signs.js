/* The drawings of the photos' buttons, 20 by 20 like the page's own. */
import { createElement as h } from "react";

const LINES = {
  cam: "M2.5 6h4l1.5-2h4l1.5 2h4v10h-15zM10 7.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  file: "M5 2.5h6.5L15.5 6.5V17.5H5zM11.5 2.5v4h4",
  late: "M10 2.5 18.5 17h-17zM10 8v4.5M10 14.7v.1",
  no: "m5 5 10 10M15 5 5 15",
  earlier: "M10 16.5v-13M5 8.5l5-5 5 5",
  later: "M10 3.5v13M5 11.5l5 5 5-5",
  turn: "M16.5 10a6.5 6.5 0 1 1-2-4.7L17 7.5M17 3v4.5h-4.5",
  crop: "M5.5 1.5v13h13M1.5 5.5h13v13",
  bin: "M3.5 5.5h13M8 5.5v-3h4v3M5.5 5.5l.8 12h7.4l.8-12M8.5 8.5v6M11.5 8.5v6",
  grip: "M4 7h12M4 10h12M4 13h12",
};

export const Glyph = ({ name }) => h("svg", { viewBox: "0 0 20 20", "aria-hidden": true }, h("path", { d: LINES[name] }));

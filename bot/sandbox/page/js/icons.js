/** Line icons drawn on a 24 by 24 field. */

const PATHS = {
  add: "M12 5v14M5 12h14",
  attach: "M20 11.5l-8 8a5.2 5.2 0 0 1-7.4-7.4l8.3-8.3a3.5 3.5 0 0 1 5 5l-8.2 8.2a1.7 1.7 0 0 1-2.5-2.5l7.5-7.5",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.7 5.7l12.6 12.6",
  check: "M4.5 12.5l5 5 10-11",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  close: "M6 6l12 12M18 6L6 18",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-4 3.8-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M6 9.5l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18z",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3z",
  link: "M8 16L17 7M9.5 7H17v7.5",
  list: "M4 7h16M4 12h16M4 17h10",
  location: "M12 21c4-4.5 6.5-7.5 6.5-11a6.5 6.5 0 0 0-13 0c0 3.5 2.5 6.5 6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  microphone: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  people: "M7 4.5h10v15H7zM11 16.5h2M3.5 7v10M20.5 7v10",
  photo: "M4 6h16v13H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5v.01",
  plane: "M10.5 14L3.5 11.5v-2l8 1 4.5-5c1-1.2 3.5-2 4.5-1s.2 3.5-1 4.5l-5 4.5 1 8h-2L11 14.5 7.5 17l.5 2.5-1.5 1L4 17.5 1.5 15l1-1.5L5 14z",
  read: "M2.5 12.5l4.5 4.5L16 7M11.5 16.5l.5.5L21.5 7",
  reply: "M10 6l-6 5.5 6 5.5v-3.5c5 0 8 1 10 4.5-.5-6-4-8.5-10-8.5z",
  send: "M4 12L20 4.5 15.5 20l-4-6z M11.5 14L20 4.5",
  slash: "M15.5 5l-7 14",
  sticker: "M20 12.5a8 8 0 1 0-7.5 7.5zM12.5 20c0-5 2.5-7.5 7.5-7.5M9 10v.01M15 9v.01",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  terminal: "M5 8l4 4-4 4M12 17h7",
};

const SVG = "http://www.w3.org/2000/svg";

/** An icon as decoration: the element around it carries the label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

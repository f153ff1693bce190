/* What is done to one photo: looked at on a small copy, turned, cut, made a JPEG of. Runs in a worker, or on the page
   where the browser has no canvas for workers (10.9). One photo at a time, so that a cheap phone has room for it. */

const SMALL = 640; // pixels of the longer side of the copy that is shown and measured
const LONGEST = 2480; // of a page: A4 at 212 dots an inch, small print stays readable
const QUALITY = 0.85;
const TILE = 32;

export const WHOLE = { left: 0, top: 0, right: 0, bottom: 0 };

/** The photo upright, as its camera held it. Rejects what this browser cannot decode. */
async function decoded(blob) {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    return createImageBitmap(blob);
  }
}

const canvasOf = () =>
  typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);

/** Draws `image` turned and cut, at most so long. `cut` is shares of the turned photo. */
export function drawInto(canvas, image, { turn, cut }, longest) {
  const isAside = turn % 180 !== 0;
  const [wide, high] = isAside ? [image.height, image.width] : [image.width, image.height];
  const width = wide * (1 - cut.left - cut.right), height = high * (1 - cut.top - cut.bottom);
  const share = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * share));
  canvas.height = Math.max(1, Math.round(height * share));
  const ink = canvas.getContext("2d", { alpha: false, willReadFrequently: longest === SMALL });
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.imageSmoothingQuality = "high";
  ink.scale(share, share);
  ink.translate(wide * (0.5 - cut.left), high * (0.5 - cut.top));
  ink.rotate((turn * Math.PI) / 180);
  ink.drawImage(image, -image.width / 2, -image.height / 2);
  return ink;
}

function grey({ data }) {
  const light = new Float32Array(data.length / 4);
  for (let i = 0; i < light.length; i += 1) {
    light[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  }
  return light;
}

/** How much the Laplacian varies in one tile: high where there are edges. */
function edges(light, width, left, top) {
  let sum = 0, squares = 0, count = 0;
  for (let y = top + 1; y < top + TILE - 1; y += 1) {
    for (let x = left + 1; x < left + TILE - 1; x += 1) {
      const at = y * width + x;
      const value = light[at - 1] + light[at + 1] + light[at - width] + light[at + width] - 4 * light[at];
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  return squares / count - (sum / count) ** 2;
}

/** Mean light, 0 to 255, and the sharpness of the sharpest twentieth: paper is empty for the most part. */
export function measured(pixels) {
  const { width, height } = pixels, light = grey(pixels), tiles = [];
  for (let top = 0; top + TILE <= height; top += TILE) {
    for (let left = 0; left + TILE <= width; left += TILE) tiles.push(edges(light, width, left, top));
  }
  tiles.sort((one, other) => other - one);
  const mean = light.reduce((sum, value) => sum + value, 0) / light.length;
  return { light: mean, sharpness: tiles[Math.floor(tiles.length / 20)] ?? 0 };
}

async function asJpeg(canvas) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new Promise((then) => { canvas.toBlob(then, "image/jpeg", QUALITY); });
}

const verbs = {
  async look({ blob }) {
    const image = await decoded(blob), canvas = canvasOf();
    const ink = drawInto(canvas, image, { turn: 0, cut: WHOLE }, SMALL);
    image.close();
    const found = measured(ink.getImageData(0, 0, canvas.width, canvas.height));
    return { ...found, small: await createImageBitmap(canvas) };
  },
  async page({ blob, turn, cut }) {
    const image = await decoded(blob), canvas = canvasOf();
    drawInto(canvas, image, { turn, cut }, LONGEST);
    image.close();
    const made = { blob: await asJpeg(canvas), width: canvas.width, height: canvas.height };
    canvas.width = canvas.height = 1; // some browsers keep the pixels until they are collected
    return made;
  },
};

export const work = (verb, given) => verbs[verb](given);

/* A PDF of JPEGs, one a page, as they are: nothing is decoded or packed anew (PDF 1.4, DCTDecode). */

const LONG_SIDE = 842; // points: A4 in its longer side, whatever the shape

const hex = (number, digits) => number.toString(16).padStart(digits, "0");
/** Text as PDF takes it in any script: UTF-16 in figures. */
const text = (words) => `<feff${[...Array(words.length).keys()].map((at) => hex(words.charCodeAt(at), 4)).join("")}>`;

function moment(date) {
  const [day, time] = date.toISOString().split("T");
  return `(D:${day.replaceAll("-", "")}${time.slice(0, 8).replaceAll(":", "")}Z)`;
}

/** The file; every object begins where the table at its end says. */
class Writing {
  parts = [];
  size = 0;
  starts = [];

  put(part) {
    this.parts.push(part);
    this.size += part.size ?? part.length; // what is a string here has one byte a character
  }

  object(number, facts, stream) {
    this.starts[number] = this.size;
    this.put(`${number} 0 obj\n${facts}\n`);
    if (stream) ["stream\n", stream, "\nendstream\n"].forEach((part) => this.put(part));
    this.put("endobj\n");
  }

  end(trailer) {
    const at = this.size, count = this.starts.length;
    const lines = this.starts.slice(1).map((start) => `${String(start).padStart(10, "0")} 00000 n \n`);
    this.put(`xref\n0 ${count}\n0000000000 65535 f \n${lines.join("")}`);
    this.put(`trailer\n<< /Size ${count} ${trailer} >>\nstartxref\n${at}\n%%EOF\n`);
    return new Blob(this.parts, { type: "application/pdf" });
  }
}

/** `pages` are `{ blob, width, height }` in pixels, in their order; colours as a canvas writes them, RGB. */
export function pdfOf(pages, title, language) {
  const file = new Writing(), first = (index) => 4 + 3 * index;
  file.put("%PDF-1.4\n");
  file.put(new Blob([new Uint8Array([37, 226, 227, 207, 211, 10])])); // a comment that says: not only text
  file.object(1, `<< /Type /Catalog /Pages 2 0 R /Lang (${language}) >>`);
  const kids = pages.map((_page, index) => `${first(index)} 0 R`).join(" ");
  file.object(2, `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  file.object(3, `<< /Title ${text(title)} /CreationDate ${moment(new Date())} >>`);
  pages.forEach(({ blob, width, height }, index) => {
    const number = first(index), share = LONG_SIDE / Math.max(width, height);
    const wide = (width * share).toFixed(2), high = (height * share).toFixed(2);
    const drawing = `q ${wide} 0 0 ${high} 0 0 cm /P Do Q`;
    file.object(number, `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide} ${high}] /Contents ${number + 1} 0 R `
      + `/Resources << /XObject << /P ${number + 2} 0 R >> >> >>`);
    file.object(number + 1, `<< /Length ${drawing.length} >>`, drawing);
    file.object(number + 2, `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB `
      + `/BitsPerComponent 8 /Filter /DCTDecode /Length ${blob.size} >>`, blob);
  });
  return file.end("/Root 1 0 R /Info 3 0 R");
}

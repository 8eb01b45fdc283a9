// Draws what a program wrote to a terminal as SVG: `program | screen.mjs PROMPT LINES`. Text stays text, and each piece of it
// stands at its column, so that any monospaced font will do.
import { readFileSync } from "node:fs";

const [prompt, most] = process.argv.slice(2);
const [advance, height, pad, bar] = [8.43, 19, 20, 38];
const colours = { 30: "#6b7688", 31: "#ff8f8f", 32: "#8fd19e", 33: "#f2b75f", 34: "#8db4ff", 35: "#c9a6ff", 36: "#7fd0d8", 37: "#e9ecf2" };
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const written = readFileSync(0, "utf8").replace(/\x1b\]8;[^\x07\x1b]*(\x07|\x1b\\)/g, "").trimEnd().split("\n");
const cut = written.length > Number(most);
const lines = [`\x1b[2m${prompt}\x1b[0m`, "", ...written.slice(0, Number(most)), ...(cut ? ["\x1b[2m…\x1b[0m"] : [])];

let style = {};
function applied(codes) {
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 0) style = {};
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.under = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 39) style.colour = undefined;
    else if (code === 38 && codes[at + 1] === 5) at += 2;
    else if (code === 38 && codes[at + 1] === 2) {
      style.colour = `rgb(${codes.slice(at + 2, at + 5).join(",")})`;
      at += 4;
    } else if (code >= 90 && code <= 97) style.colour = colours[code - 60];
    else if (colours[code]) style.colour = colours[code];
  }
}

function drawn(line, row) {
  let column = 0;
  let pieces = "";
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part);
    if (codes) {
      applied(codes[1].split(";").map(Number));
      continue;
    }
    // Words apart from each other stand by themselves, so that no font moves what follows.
    for (const word of part.matchAll(/\S+(?: \S+)*/gu)) {
      const before = [...part.slice(0, word.index)].length;
      const attributes = [
        `x="${(pad + (column + before) * advance).toFixed(1)}"`,
        `textLength="${([...word[0]].length * advance).toFixed(1)}"`,
        style.colour ? `fill="${style.colour}"` : "",
        style.bold ? 'font-weight="700"' : "",
        style.italic ? 'font-style="italic"' : "",
        style.under ? 'text-decoration="underline"' : "",
        style.dim ? 'fill-opacity="0.66"' : "",
      ];
      pieces += `<tspan ${attributes.filter(Boolean).join(" ")}>${escaped(word[0])}</tspan>`;
    }
    column += [...part].length;
  }
  return pieces && `<text y="${bar + pad + row * height}">${pieces}</text>`;
}

const columns = Math.max(...lines.map((line) => [...line.replace(/\x1b\[[0-9;]*m/g, "")].length));
const [wide, high] = [Math.ceil(columns * advance + 2 * pad), bar + pad + lines.length * height + 6];
const dots = ["#ff6b60", "#f5bf4f", "#61c554"].map((fill, at) => `<circle cx="${pad + 4 + at * 20}" cy="20" r="6" fill="${fill}"/>`);
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-label="${escaped(prompt)}">
<rect width="${wide}" height="${high}" rx="10" fill="#12161e"/>${dots.join("")}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="#e3e7ee" xml:space="preserve">
${lines.map(drawn).filter(Boolean).join("\n")}
</g></svg>`);

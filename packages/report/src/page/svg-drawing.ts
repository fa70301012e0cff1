import { createRequire } from "node:module";
import { visible } from "@sebench/spec";
import type * as Echarts from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import { html, type Html, trusted } from "./html.ts";

/** By this way in, echarts is one file; by `import` it is 585, which take a second to load. */
const require = createRequire(import.meta.url);

export interface SvgDrawing {
  /** The id of the drawing, unique in the page. */
  readonly id: string;
  readonly className: string;
  readonly title: string;
  readonly description: string;
  /** The width in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * Text of somebody else as a chart may have it. zrender 6.1 keeps the widths of texts in a plain
 * object by the texts themselves, so a text must not be the name of what every object has.
 */
export function chartText(text: string): string {
  return text in {} ? `${text}\u00A0` : text;
}

/** Draws a chart as SVG, with a name and a description, and without what only a live chart needs. */
export function drawSvg(option: EChartsCoreOption, drawing: SvgDrawing): Html {
  const { width, height } = drawing;
  // Most commands draw nothing, and need not load it.
  const echarts = require("echarts") as typeof Echarts;
  const instance = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    instance.setOption(option);
    return accessible(instance.renderToSVGString(), drawing);
  } finally {
    instance.dispose();
  }
}

function accessible(svg: string, drawing: SvgDrawing): Html {
  const { id, className, width, height } = drawing;
  const content = svg
    .replace(/^<svg[^>]*>/, "")
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(
      / (?:class="zr[^"]*"|ecmeta_[a-z_]+="[^"]*"|xml:space="preserve"|pointer-events="[^"]*")/g,
      "",
    );
  return html`<svg
    class="${className}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-labelledby="${id}-title"
    aria-describedby="${id}-description"
  >
    <title id="${id}-title">${drawing.title}</title>
    <desc id="${id}-description">${drawing.description}</desc>
    ${trusted(visible(content))}
   `;
}

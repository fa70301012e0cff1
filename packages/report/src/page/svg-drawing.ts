import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { html, type Html, trusted } from "./html.ts";

echarts.use([SVGRenderer]);

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

/** Draws a chart as SVG, with a name and a description, and without what only a live chart needs. */
export function drawSvg(option: echarts.EChartsCoreOption, drawing: SvgDrawing): Html {
  const { width, height } = drawing;
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
    ${trusted(content)}
   `;
}

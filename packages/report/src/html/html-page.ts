import { html, type Html, trusted } from "./html.ts";
import { style } from "./style.ts";

/**
 * A page that needs nothing but itself: no script, no network. The policy in its
 * head has the browser hold it to that.
 *
 * @param ownStyle what this page needs beyond the style that all share
 */
export function htmlPage(title: string, body: Html, ownStyle = ""): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${trusted(style + ownStyle)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.markup;
}

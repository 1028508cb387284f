/** The picture's own paper under it, so that it reads on every page; dark where the reader's system is. */
export const style = `
    text { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
    .title { font-size: 17px; font-weight: 600; }
    .strong { font-weight: 600; }
    .faint { fill: #59636e; }
    .paper { fill: #ffffff; stroke: #d1d9e0; }
    .grid { stroke: #d1d9e0; }
    .bar { fill: #54aeff; stroke: #0969da; }
    .overlap { fill: #1a7f37; fill-opacity: 0.18; stroke: #1a7f37; stroke-dasharray: 4 3; }
    .warning { fill: #eac54f; stroke: #9a6700; }
    .fetch { fill: #8250df; fill-opacity: 0.22; stroke: #8250df; stroke-dasharray: 4 3; }
    .today { stroke: #cf222e; stroke-width: 2; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .faint { fill: #9198a1; }
      .paper { fill: #0d1117; stroke: #3d444d; }
      .grid { stroke: #3d444d; }
      .bar { fill: #1158c7; stroke: #58a6ff; }
      .overlap { fill: #3fb950; stroke: #3fb950; }
      .warning { fill: #9e6a03; stroke: #e3b341; }
      .fetch { fill: #ab7df8; stroke: #ab7df8; }
      .today { stroke: #f85149; }
    }
  `;

// Draws the metric that #chart names in data-url, and fetches it again on every tick.
(() => {
  let plot, drawn, busy = false;
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = value => value == null ? "–" : value.toLocaleString(undefined, { maximumSignificantDigits: 4 });

  const clock = time => new Date(time * 1000).toLocaleTimeString([], { hour12: false });

  const build = (element, data) => {
    const colours = [0, 1, 2, 3, 4, 5, 6, 7].map(i => style(`--hue-${i}`));
    const axis = { stroke: style("--chart-text"), grid: { stroke: style("--chart-grid"), width: 1 }, ticks: { stroke: style("--chart-grid"), width: 1 } };
    plot?.destroy();
    element.replaceChildren();
    plot = new uPlot({
      width: element.clientWidth,
      height: 340,
      series: [{ value: (_, t) => t == null ? "–" : clock(t) },
        ...data.lines.map((line, i) => ({ label: line.label, stroke: colours[i % colours.length], width: 2, value: (_, v) => number(v), points: { show: false } }))],
      axes: [{ ...axis, space: 90, values: (_, times) => times.map(clock) }, { ...axis, size: 76, label: data.unit || undefined, values: (_, ticks) => ticks.map(number) }],
      scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? high * 1.1 : 1] } },
      legend: { live: true },
    }, values(data), element);
    drawn = signature(element, data);
  };
  const values = data => [data.times, ...data.lines.map(line => line.values)];
  const signature = (element, data) => [element.dataset.url, document.documentElement.dataset.bsTheme, ...data.lines.map(line => line.label)].join("\n");

  const refresh = async () => {
    const element = document.getElementById("chart");
    if (!element || busy) return;
    busy = true;
    try {
      const response = await fetch(element.dataset.url);
      if (response.redirected || response.status === 401) location.reload();
      if (!response.ok) return;
      const data = await response.json();
      if (!element.isConnected) return;
      if (!plot || !element.contains(plot.root) || drawn !== signature(element, data)) build(element, data);
      else plot.setData(values(data));
    } catch {
      // The dashboard was stopped; the next tick asks again.
    } finally {
      busy = false;
    }
  };

  addEventListener("resize", () => {
    const element = document.getElementById("chart");
    if (plot && element) plot.setSize({ width: element.clientWidth, height: 340 });
  });
  document.addEventListener("theme-changed", refresh);
  document.body.addEventListener("tick", refresh);
  document.body.addEventListener("htmx:afterSwap", refresh);
  refresh();
})();

"use strict";
// Draws every chart with the colours of the page, and anew when these or its width change.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colours = {
    false: ["#2a78d6", "#1baf7a", "#eda100", "#e34948", "#4a3aa7", "#e87ba4", "#eb6834", "#008300", "#0891b2", "#7c5c2e", "#64748b", "#a21caf", "#65a30d", "#be123c", "#0f766e"],
    true: ["#4a90e2", "#2cc08c", "#f0b429", "#ef6b6a", "#8b7ee0", "#f09bbb", "#f2885b", "#4caf50", "#22b8cf", "#b58f5a", "#94a3b8", "#d65fe0", "#9ccc3c", "#f4567f", "#35b5a8"],
  };
  const shown = [];
  function draw() {
    const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { axisLabel: { color: of("--faint") }, axisLine: { lineStyle: { color: of("--line") } }, splitLine: { lineStyle: { color: of("--line") } } };
    for (const chart of shown.splice(0)) chart.dispose();
    for (const div of document.querySelectorAll(".chart")) {
      const option = JSON.parse(div.nextElementSibling.textContent);
      const chart = echarts.init(div, null, { renderer: "svg" });
      for (const a of ["xAxis", "yAxis"]) for (const part in axis) option[a][part] = { ...axis[part], ...option[a][part] };
      option.xAxis.splitLine = { show: false };
      option.color = colours[dark.matches];
      option.legend.textStyle = { color: of("--text") };
      option.legend.pageTextStyle = { color: of("--text") };
      option.legend.pageIconColor = of("--text");
      option.tooltip.backgroundColor = of("--card");
      option.tooltip.borderColor = of("--line");
      option.tooltip.textStyle = { color: of("--text"), fontSize: 12 };
      chart.setOption(option);
      shown.push(chart);
    }
  }
  draw();
  dark.addEventListener("change", draw);
  addEventListener("resize", () => shown.forEach((chart) => chart.resize()));
})();

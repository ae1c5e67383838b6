/* Figures that answer: sliders, turning clouds, curves that tell their numbers.

   A widget is a <div class="lcip-widget" data-kind="…"> with its data as JSON inside, placed behind a
   still figure. With scripts on, it takes the place of that figure's picture, above the caption; with
   scripts off, the picture stays. No library, no request: all works from the file system. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  let count = 0;

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function shape(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /* A labelled range input; `told` is called with its value, at once and on every change. */
  function slider(root, label, least, most, step, start, words, told) {
    const id = "lcip-widget-" + ++count;
    const input = element("input", { type: "range", id, min: least, max: most, step, value: start });
    const change = () => {
      const value = Number(input.value);
      input.setAttribute("aria-valuetext", words(value));
      told(value);
    };
    input.addEventListener("input", change);
    root.append(element("div", { class: "lcip-control" }, element("label", { for: id }, label), input));
    change();
    return input;
  }

  function choice(root, label, names, told) {
    const id = "lcip-widget-" + ++count;
    const select = element("select", { id });
    names.forEach((name, k) => select.append(element("option", { value: k }, name)));
    select.addEventListener("change", () => told(Number(select.value)));
    if (names.length > 1) {
      root.append(element("div", { class: "lcip-control" }, element("label", { for: id }, label), select));
    }
    return select;
  }

  function note(root) {
    const made = element("p", { class: "lcip-note", "aria-live": "polite" });
    root.append(made);
    return made;
  }

  /* ---- pictures: one after the other along a slider ---- */
  function pictures(root, data) {
    const image = element("img", { class: "lcip-picture", alt: "" });
    root.append(image);
    const says = element("p", { class: "lcip-note", "aria-live": "polite" });
    slider(root, data.label, 0, data.steps.length - 1, 1, data.start, (k) => data.steps[k].label, (k) => {
      image.src = data.steps[k].src;
      image.alt = data.steps[k].alt;
      says.textContent = data.steps[k].note;
    });
    root.append(says);
  }

  /* ---- clouds: points that turn ---- */
  function decoded(text) {
    const bytes = atob(text);
    const values = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) values[i] = ((bytes.charCodeAt(i) << 24) >> 24) / 127;
    return values;
  }

  function clouds(root, data) {
    const canvas = element("canvas", {
      class: "lcip-cloud", width: 720, height: 540, tabindex: 0, role: "application",
      "aria-label": "Point cloud. Arrow keys turn it, plus and minus zoom.",
    });
    root.append(canvas);
    const pen = canvas.getContext("2d");
    let turn = 0.7, tilt = 0.35, zoom = 1, object = 0, step = data.start, points = null, pulled = null;

    function draw() {
      const colour = getComputedStyle(root).getPropertyValue("--lcip-cell") || "#00629b";
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = colour;
      const [c, s, ct, st] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
      const size = 0.42 * canvas.height * zoom;
      for (let i = 0; i < points.length; i += 3) {
        /* the third coordinate points up */
        const x = c * points[i] + s * points[i + 1], far = -s * points[i] + c * points[i + 1];
        const y = ct * points[i + 2] - st * far, depth = st * points[i + 2] + ct * far;
        pen.globalAlpha = 0.35 + 0.3 * (depth + 1);
        pen.beginPath();
        pen.arc(canvas.width / 2 + size * x, canvas.height / 2 - size * y, 2.2 + 1.3 * depth, 0, 7);
        pen.fill();
      }
    }
    const says = element("p", { class: "lcip-note", "aria-live": "polite" });
    function show() {
      const chosen = data.objects[object].steps[step];
      points = decoded(chosen.points);
      says.textContent = data.objects[object].name + ": " + chosen.note;
      draw();
    }
    choice(root, "object", data.objects.map((o) => o.name), (k) => { object = k; show(); });
    slider(root, data.label, 0, data.objects[0].steps.length - 1, 1, data.start,
      (k) => data.objects[object].steps[k].label, (k) => { step = k; show(); });
    root.append(says);
    const turns = { ArrowLeft: [-0.12, 0], ArrowRight: [0.12, 0], ArrowUp: [0, -0.12], ArrowDown: [0, 0.12] };
    canvas.addEventListener("keydown", (event) => {
      if (event.key in turns) { turn += turns[event.key][0]; tilt += turns[event.key][1]; }
      else if (event.key === "+" || event.key === "=") zoom = Math.min(3, zoom * 1.1);
      else if (event.key === "-") zoom = Math.max(0.4, zoom / 1.1);
      else return;
      event.preventDefault();
      draw();
    });
    canvas.addEventListener("pointerdown", (event) => {
      pulled = [event.clientX, event.clientY];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!pulled) return;
      turn += (event.clientX - pulled[0]) / 120;
      tilt += (event.clientY - pulled[1]) / 120;
      pulled = [event.clientX, event.clientY];
      draw();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { pulled = null; });
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /* ---- axes, for the plots below ---- */
  const BOX = { width: 720, height: 400, left: 64, right: 16, top: 14, bottom: 52 };

  function plane(root, label, x, y) {
    const svg = shape("svg", {
      viewBox: `0 0 ${BOX.width} ${BOX.height}`, class: "lcip-plot", role: "img", "aria-label": label,
    });
    const place = (axis, from, to) => {
      const on = axis.log ? Math.log10 : (v) => v;
      const [low, high] = [on(axis.low), on(axis.high)];
      return (value) => from + ((on(value) - low) / (high - low)) * (to - from);
    };
    const [px, py] = [place(x, BOX.left, BOX.width - BOX.right), place(y, BOX.height - BOX.bottom, BOX.top)];
    for (const tick of x.ticks) {
      svg.append(shape("line", { x1: px(tick), x2: px(tick), y1: BOX.top, y2: BOX.height - BOX.bottom, class: "grid" }));
      svg.append(shape("text", { x: px(tick), y: BOX.height - BOX.bottom + 20, "text-anchor": "middle" }, String(tick)));
    }
    for (const tick of y.ticks) {
      svg.append(shape("line", { x1: BOX.left, x2: BOX.width - BOX.right, y1: py(tick), y2: py(tick), class: "grid" }));
      svg.append(shape("text", { x: BOX.left - 8, y: py(tick) + 5, "text-anchor": "end" }, String(tick)));
    }
    svg.append(shape("text", { x: (BOX.left + BOX.width) / 2, y: BOX.height - 8, "text-anchor": "middle" }, x.label));
    svg.append(shape("text", {
      x: 0, y: 0, "text-anchor": "middle", transform: `translate(16 ${(BOX.height - BOX.bottom) / 2}) rotate(-90)`,
    }, y.label));
    root.append(svg);
    return { svg, px, py };
  }

  /* ---- curves: every point tells its numbers, to the pointer and to the keys ---- */
  function curves(root, data) {
    const { svg, px, py } = plane(root, data.title, data.x, data.y);
    const says = note(root);
    says.textContent = "Point at a curve, or click the plot and walk along with the arrow keys.";
    svg.setAttribute("tabindex", 0);
    svg.setAttribute("role", "application");
    const drawn = data.series.map((series, k) => {
      const line = series.points.map((p) => `${px(p[0])},${py(p[1])}`).join(" ");
      const style = `stroke:${series.colour}` + (series.dashed ? ";stroke-dasharray:6 4" : "");
      svg.append(shape("polyline", { points: line, class: "curve", style }));
      return series.points.map((p, i) => {
        const dot = shape("circle", { cx: px(p[0]), cy: py(p[1]), r: 4, style: `fill:${series.colour}` });
        dot.addEventListener("pointerenter", () => tell(k, i));
        svg.append(dot);
        return dot;
      });
    });
    let [series, point] = [0, 0];
    function tell(k, i) {
      drawn[series][point].classList.remove("told");
      [series, point] = [k, i];
      drawn[k][i].classList.add("told");
      says.textContent = data.series[k].name + ": " + data.series[k].points[i][2];
    }
    svg.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const [dk, di] = steps[event.key];
      const k = (series + dk + drawn.length) % drawn.length;
      const i = dk ? Math.min(point, drawn[k].length - 1) : Math.max(0, Math.min(drawn[k].length - 1, point + di));
      tell(k, i);
    });
    const legend = element("ul", { class: "lcip-legend" });
    data.series.forEach((s) => {
      const line = s.dashed ? "dashed" : "solid";
      legend.append(element("li", {}, element("span", { style: `border-top:3px ${line} ${s.colour}` }), s.name));
    });
    root.append(legend);
  }

  /* ---- blend: from one distribution to another, and what that does to the bits ---- */
  function blend(root, data) {
    let channel = 0, share = 0, plot = null;
    const holder = element("div", {});
    root.append(holder);
    const says = element("p", { class: "lcip-note", "aria-live": "polite" });
    function bits(p, counts) {
      let total = 0, all = 0;
      counts.forEach((n, i) => { if (n) { total -= n * Math.log2(p[i]); } all += n; });
      return [total, total / all];
    }
    function show() {
      const c = data.channels[channel];
      const p = c.from.map((v, i) => (1 - share) * v + share * c.to[i]);
      const seen = c.counts.reduce((a, b) => a + b, 0);
      holder.replaceChildren();
      const ticks = [0, 0.25, 0.5, 0.75, 1].map((t) => Math.round(t * c.top * 100) / 100);
      plot = plane(holder, data.title, { label: "symbol", low: c.lowest - 1, high: c.lowest + p.length, ticks: c.ticks },
        { label: "probability", low: 0, high: c.top, ticks });
      const width = (plot.px(1) - plot.px(0)) * 0.8;
      p.forEach((v, i) => {
        const x = plot.px(c.lowest + i) - width / 2, floor = plot.py(0);
        const height = floor - plot.py(Math.min(c.top, c.counts[i] / seen));
        plot.svg.append(shape("rect", { x, y: floor - height, width, height, class: "seen" }));
      });
      const line = p.map((v, i) => `${plot.px(c.lowest + i)},${plot.py(Math.min(c.top, v))}`).join(" ");
      plot.svg.append(shape("polyline", { points: line, class: "curve model" }));
      const [total, each] = bits(p, c.counts);
      const [before] = bits(c.from, c.counts);
      const change = (100 * (total / before - 1)).toFixed(1);
      says.textContent = `${c.name}: ${total.toFixed(0)} bits for ${seen} symbols, ${each.toFixed(3)} each; ` +
        `${change} % against static.`;
    }
    choice(root, "channel", data.channels.map((c) => c.name), (k) => { channel = k; show(); });
    slider(root, "from static to adaptive", 0, 100, 5, 0, (v) => v + " % adaptive", (v) => { share = v / 100; show(); });
    root.append(says);
  }

  /* ---- loss: which point a weight chooses ---- */
  function loss(root, data) {
    const { svg, px, py } = plane(root, data.title, data.x, data.y);
    const line = shape("line", { class: "curve model" });
    svg.append(line);
    const dots = data.points.map((p) => {
      const dot = shape("circle", { cx: px(p.rate), cy: py(p.distortion), r: 5, class: "choice" });
      svg.append(dot);
      return dot;
    });
    const says = element("p", { class: "lcip-note", "aria-live": "polite" });
    const weight = (v) => Math.pow(10, v);
    slider(root, "weight λ of the distortion", data.low, data.high, 0.05, data.start,
      (v) => "lambda " + weight(v).toPrecision(2), (v) => {
        const lmbda = weight(v);
        const costs = data.points.map((p) => p.rate + lmbda * p.distortion);
        const best = costs.indexOf(Math.min(...costs));
        dots.forEach((dot, k) => dot.classList.toggle("told", k === best));
        /* all points of the line R + λ·D = least cost the same; it touches the hull from below */
        const at = (rate) => (costs[best] - rate) / lmbda;
        const ends = [data.x.low, data.x.high];
        const clip = ends.map((rate) => Math.min(Math.max(at(rate), data.y.low), data.y.high));
        const back = clip.map((d) => costs[best] - lmbda * d);
        [["x1", px(back[0])], ["y1", py(clip[0])], ["x2", px(back[1])], ["y2", py(clip[1])]].forEach(
          ([name, value]) => line.setAttribute(name, value));
        const p = data.points[best];
        says.textContent = `λ = ${lmbda.toPrecision(2)}: the least R + λ·D is ${costs[best].toPrecision(4)}, ` +
          `with ${p.name}: ${p.note}.`;
      });
    root.append(says);
  }

  const KINDS = { pictures, clouds, curves, blend, loss };

  function upgrade(widget) {
    const data = JSON.parse(widget.querySelector("script").textContent);
    const all = [...document.querySelectorAll("figure")];
    const before = all.filter((f) => f.compareDocumentPosition(widget) & Node.DOCUMENT_POSITION_FOLLOWING);
    const figure = before[before.length - 1];
    KINDS[widget.dataset.kind](widget, data);
    if (!figure) return;
    const still = figure.querySelector("img, svg, object");
    if (still) {
      const holder = still.closest("a, div.output, p") || still;
      (figure.contains(holder) && holder !== figure ? holder : still).classList.add("lcip-still");
    }
    figure.insertBefore(widget, figure.querySelector("figcaption"));
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".lcip-widget").forEach(upgrade);
  });
})();

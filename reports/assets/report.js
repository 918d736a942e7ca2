"use strict";
// Everything here is a comfort: the page says the same without it.
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const text = (key, facts) => Object.entries(facts || {}).reduce((t, [k, v]) => t.replace(new RegExp("{" + k + "(?:\\|([^{}|]+)\\|([^{}|]+))?}"), (_, one, many) => v + (many ? " " + (v === 1 ? one : many) : "")), page.texts[key] || key);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const svg = (name, attributes) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    return e;
  };
  const html = (name, className, content) => {
    const e = document.createElement(name);
    if (className) e.className = className;
    if (content !== undefined) e.textContent = content;
    return e;
  };
  document.documentElement.classList.add("js");
  all(".copy[hidden],.more[hidden],.js-only[hidden]").forEach((e) => (e.hidden = false));

  // numbers, as the page prints them
  const bytes = (n) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let left = Math.abs(n), u = 0;
    while (left >= 999.5 && u < 5) { left /= 1024; u++; }
    return (n < 0 ? "−" : "") + left.toFixed(u === 0 || left >= 99.5 ? 0 : left >= 9.95 ? 1 : 2) + "\u00a0" + units[u];
  };
  const signed = (n) => (n > 0 ? "+" : "") + bytes(n);

  // copy
  all(".copy").forEach((button) => button.addEventListener("click", async () => {
    const line = button.dataset.copy, was = button.textContent;
    try {
      await navigator.clipboard.writeText(line);
    } catch (e) {
      const field = html("textarea", "sr");
      field.value = line;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = text("js.copied");
    setTimeout(() => (button.textContent = was), 1400);
  }));

  // long commands and stacks: two lines until asked for
  document.addEventListener("click", (event) => {
    const cell = event.target.closest(".c");
    if (cell && !String(getSelection())) cell.classList.toggle("open");
  });

  // tables: fold, sort
  all("table").forEach((table) => {
    const body = table.tBodies[0], open = +table.dataset.open;
    const fold = () => {
      if (open) Array.from(body.rows).forEach((row, i) => row.classList.toggle("rest", i >= open));
    };
    const more = table.dataset.open && table.closest(".panel")?.querySelector(".more");
    if (more) more.addEventListener("click", () => {
      const now = table.classList.toggle("all");
      more.textContent = now ? text("js.less") : more.dataset.more;
      more.setAttribute("aria-expanded", now);
    });
    all("th[data-sort]", table).forEach((head) => {
      const button = html("button", "", head.textContent);
      button.type = "button";
      if (head.title) button.title = head.title;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const column = head.cellIndex, numeric = head.dataset.sort === "number";
        const order = (head.getAttribute("aria-sort") || (numeric ? "ascending" : "descending")) === "ascending" ? "descending" : "ascending";
        all("th", table).forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const key = (row) => { const c = row.cells[column]; return c.dataset.v !== undefined ? c.dataset.v : c.textContent; };
        const number = (k) => (k === "" || k === "–" ? -Infinity : Number(k));
        Array.from(body.rows)
          .map((row, i) => [key(row), i, row])
          .sort((a, b) => sign * (numeric ? number(a[0]) - number(b[0]) || 0 : a[0].localeCompare(b[0])) || a[1] - b[1])
          .forEach((entry) => body.append(entry[2]));
        fold();
      });
    });
  });

  // the balance sheet
  const sums = (d) => { let v = 0; return d.map((x) => (v += x)); };
  all(".chart").forEach((figure) => {
    const data = page.hosts[+figure.dataset.host];
    const ms = sums(data.ms), n = ms.length, span = ms[n - 1] - ms[0] || 1, unit = data.unit;
    const bands = data.bands.map((b) => ({ ...b, v: sums(b.v), on: true }));
    const owners = data.owners.map((o) => ({ ...o, v: sums(o.v) }));
    const available = sums(data.available);
    const stack = figure.querySelector(".stack"), plot = figure.querySelector(".plot"), live = figure.querySelector(".live");
    const legend = figure.querySelector(".legend"), readout = figure.querySelector(".readout");
    const fall = document.querySelector('.fall[data-host="' + figure.dataset.host + '"]');
    const paths = new Map(all("path", plot).map((p) => [p.dataset.band, p]));
    const two = (x) => String(x).padStart(2, "0");
    const clock = (i) => {
      const d = new Date(data.start + ms[i] + data.offset * 1000);
      return (data.days ? d.getUTCFullYear() + "-" + two(d.getUTCMonth() + 1) + "-" + two(d.getUTCDate()) + " " : "") +
        two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
    };
    const x = (i) => ((ms[i] - ms[0]) / span) * 1000;

    function draw() {
      let base = new Array(n).fill(0);
      for (const band of bands) {
        const path = paths.get(band.id);
        path.style.display = band.on ? "" : "none";
        if (!band.on) continue;
        const top = base.map((b, i) => b + Math.max(0, band.v[i]) * unit);
        const y = (v) => (1000 - Math.min(1, v / data.total) * 1000).toFixed(1);
        let d = "M";
        for (let i = 0; i < n; i++) d += x(i).toFixed(1) + " " + y(top[i]) + " ";
        for (let i = n - 1; i >= 0; i--) d += x(i).toFixed(1) + " " + y(base[i]) + " ";
        path.setAttribute("d", d + "Z");
        base = top;
      }
    }

    // legend: toggles and values
    const values = new Map();
    all("li", legend).forEach((item) => {
      const band = bands.find((b) => b.id === item.dataset.band);
      const button = html("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(item.querySelector(".key"), item.querySelector(".n"));
      item.prepend(button);
      button.addEventListener("click", () => {
        band.on = !band.on;
        button.setAttribute("aria-pressed", band.on);
        draw();
      });
      values.set(band, item.querySelector(".val"));
    });
    const when = html("li", "when");
    legend.prepend(when);

    let at = -1, from = -1, to = -1, dragging = false;
    const show = (i) => {
      at = i;
      const k = i < 0 ? n - 1 : i;
      values.forEach((e, band) => { e.textContent = bytes(band.v[k] * unit); e.title = (band.v[k] * unit).toLocaleString("en") + " B"; });
      when.textContent = clock(k) + (available[k] >= 0 ? " · MemAvailable " + bytes(available[k] * 1024) : "");
      paint();
    };
    const paint = () => {
      live.replaceChildren();
      if (from >= 0 && to >= 0 && from !== to) {
        const a = Math.min(from, to), b = Math.max(from, to);
        live.append(svg("rect", { class: "sel", x: x(a) / 10 + "%", width: (x(b) - x(a)) / 10 + "%", y: 0, height: 300 }));
      }
      if (at >= 0) live.append(svg("line", { class: "cross", x1: x(at) / 10 + "%", x2: x(at) / 10 + "%", y1: 0, y2: 300 }));
      if (map) map.paint();
    };

    // growth between two moments, by owner
    const caption = fall.querySelector("caption"), rows = fall.querySelector("tbody"), sum = fall.querySelector(".sum"), whole = fall.querySelector(".whole");
    const map = heatMap();
    const initial = [caption.textContent, Array.from(rows.children), sum.textContent];
    function growth(a, b) {
      let steps = [];
      for (const band of bands) {
        if (band.id === "free") continue;
        let left = (band.v[b] - band.v[a]) * unit, owned = false;
        for (const owner of owners) if (owner.b === band.id) {
          owned = true;
          const grown = (owner.v[b] - owner.v[a]) * unit;
          left -= grown;
          steps.push({ label: owner.o, band: band.id, bytes: grown });
        }
        steps.push({ label: band.label + (owned ? text("waterfall.rest") : ""), band: band.id, bytes: left });
      }
      steps = steps.filter((s) => s.bytes !== 0).sort((p, q) => Math.abs(q.bytes) - Math.abs(p.bytes));
      const small = steps.splice(10);
      if (small.length) steps.push({ label: text("waterfall.smaller", { n: small.length }), band: "rest", bytes: small.reduce((t, s) => t + s.bytes, 0) });
      let low = 0, high = 0, total = 0;
      for (const s of steps) { total += s.bytes; low = Math.min(low, total); high = Math.max(high, total); }
      const scale = high === low ? 0 : 100 / (high - low);
      let before = 0;
      rows.replaceChildren(...steps.map((s) => {
        const row = html("tr"), cell = html("td", "bar"), box = svg("svg", { "aria-hidden": "true" }), value = html("td", "n", signed(s.bytes));
        value.title = s.bytes.toLocaleString("en") + " B";
        box.append(svg("rect", {
          class: "b-" + s.band + (s.band === data.hot ? " hot" : "") + (s.bytes < 0 ? " back" : ""),
          x: (Math.min(before, before + s.bytes) - low) * scale + "%", width: Math.max(0.4, Math.abs(s.bytes) * scale) + "%", y: 3, height: 14,
        }));
        before += s.bytes;
        cell.append(box);
        row.append(html("td", "l", s.label), cell, value);
        row.firstChild.title = s.label;
        return row;
      }));
      caption.textContent = text("js.range", { from: clock(a), to: clock(b) });
      sum.textContent = steps.length ? text(data.sum, { bytes: signed(total) }) : text("js.none");
      readout.textContent = caption.textContent + ": " + steps.slice(0, 3).map((s) => s.label + " " + signed(s.bytes)).join(", ");
      whole.textContent = text("js.whole");
      whole.hidden = false;
    }
    const clear = () => {
      from = to = -1;
      caption.textContent = initial[0];
      rows.replaceChildren(...initial[1]);
      sum.textContent = initial[2];
      whole.hidden = true;
      paint();
    };
    whole.addEventListener("click", clear);

    const nearest = (event, box) => {
      const wanted = ms[0] + ((event.clientX - box.left) / box.width) * span;
      let low = 0, high = n - 1;
      while (high - low > 1) { const mid = (low + high) >> 1; if (ms[mid] <= wanted) low = mid; else high = mid; }
      return wanted - ms[low] <= ms[high] - wanted ? low : high;
    };
    // Dragging means the same on the chart and on the heat map: both have the same time axis.
    function draggable(area, boxOf) {
      area.addEventListener("pointermove", (event) => {
        const box = boxOf(event);
        if (!box) return;
        const i = nearest(event, box);
        if (dragging) { to = i; if (from !== to) growth(Math.min(from, to), Math.max(from, to)); }
        show(i);
      });
      area.addEventListener("pointerleave", () => { if (!dragging) show(-1); });
      area.addEventListener("pointerdown", (event) => {
        const box = boxOf(event);
        if (event.button || !box) return;
        dragging = true;
        from = to = nearest(event, box);
        area.setPointerCapture(event.pointerId);
        event.preventDefault();
        area.focus({ preventScroll: true });
      });
      const end = () => { if (dragging) { dragging = false; if (from === to) clear(); } };
      area.addEventListener("pointerup", end);
      area.addEventListener("pointercancel", end);
    }
    draggable(stack, () => stack.getBoundingClientRect());
    const moved = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -Math.ceil(n / 12), PageDown: Math.ceil(n / 12), Home: -n, End: n }[event.key];
      if (event.key === "Escape") { clear(); show(-1); return -1; }
      if (!step) return -1;
      event.preventDefault();
      const was = at < 0 ? (step > 0 ? 0 : n - 1) : at;
      const next = Math.max(0, Math.min(n - 1, was + step));
      if (event.shiftKey) {
        if (from < 0) from = was;
        to = next;
        if (from !== to) growth(Math.min(from, to), Math.max(from, to));
      }
      show(next);
      return next;
    };

    // who held how much when
    function heatMap() {
      const panel = document.querySelector('.heatmap[data-host="' + figure.dataset.host + '"]');
      if (!panel || !data.heat) return null;
      const unit = data.heat.unit, count = data.heat.stretches, body = panel.querySelector("tbody"), area = panel.querySelector(".scroll");
      const over = panel.querySelector(".over"), says = panel.querySelector(".readout"), note = says.textContent;
      const held = new Map(data.heat.rows.map((r, i) => [body.rows[i], { least: r.least, v: sums(r.v) }]));
      const sel = over.querySelector(".sel"), cross = over.querySelector(".cross");
      let row = null;
      over.hidden = false;
      const place = (e, left, width) => { e.style.left = left * 100 + "%"; e.style.width = width * 100 + "%"; };
      const fit = () => {
        const cell = body.querySelector(".cells"), box = cell.getBoundingClientRect(), outer = area.getBoundingClientRect(), rows = body.getBoundingClientRect();
        over.style.left = box.left - outer.left + area.scrollLeft + "px";
        over.style.width = box.width + "px";
        over.style.top = rows.top - outer.top + "px";
        over.style.height = rows.height + "px";
      };
      const at0 = (i) => (ms[i] - ms[0]) / span;
      const api = {
        paint() {
          fit();
          const ranged = from >= 0 && to >= 0 && from !== to;
          sel.hidden = !ranged;
          if (ranged) { const a = Math.min(from, to), b = Math.max(from, to); place(sel, at0(a), at0(b) - at0(a)); }
          cross.hidden = at < 0;
          if (at >= 0) cross.style.left = at0(at) * 100 + "%";
          held.forEach((r, tr) => tr.classList.toggle("at", tr === row && at >= 0));
          const r = held.get(row);
          if (at < 0 || !r) { says.textContent = note; return; }
          const above = r.v[Math.min(count - 1, Math.floor(at0(at) * count))];
          says.textContent = text("js.heat", { owner: row.cells[0].textContent, at: clock(at), held: bytes((r.least + above) * unit), above: bytes(above * unit) });
        },
      };
      area.tabIndex = 0;
      area.setAttribute("role", "group");
      area.setAttribute("aria-label", panel.querySelector("caption").firstChild.textContent.trim());
      setTimeout(() => draggable(area, (event) => {
        const tr = event.target.closest?.("tbody tr");
        if (tr) row = tr;
        if (!dragging && !event.target.closest?.("tbody .cells")) return null;
        return body.querySelector(".cells").getBoundingClientRect();
      }));
      area.addEventListener("keydown", (event) => {
        if (event.target !== area) return;
        const up = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (up) {
          event.preventDefault();
          const rows = Array.from(body.rows).filter((tr) => tr.offsetParent);
          row = rows[Math.max(0, Math.min(rows.length - 1, (row ? rows.indexOf(row) : -1) + up))];
          show(at < 0 ? n - 1 : at);
          return;
        }
        row = row || body.rows[0];
        moved(event);
      });
      addEventListener("resize", () => api.paint());
      return api;
    }

    stack.setAttribute("tabindex", "0");
    stack.addEventListener("keydown", (event) => {
      const next = moved(event);
      if (next >= 0 && !event.shiftKey) readout.textContent = when.textContent + ". " + bands.map((b) => b.label + " " + bytes(b.v[next] * unit)).join(", ");
    });
    draw();
    show(-1);
  });
})();

// The heartbeat of the pages and their few switches. Everything else is markup that htmx reads.
(() => {
  const body = document.body;
  const period = 2000;
  const maxConsoleLines = 5000;

  // Pause stops the picture, not the recording.
  const pause = document.getElementById("pause");
  let paused = sessionStorage.getItem("dashboard-paused") === "true";
  const showPause = () => {
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? "Resume" : "Pause";
    body.classList.toggle("is-paused", paused);
  };
  const tick = () => { if (!paused && !document.hidden) body.dispatchEvent(new CustomEvent("tick")); };
  pause.addEventListener("click", () => {
    paused = !paused;
    sessionStorage.setItem("dashboard-paused", paused);
    showPause();
    tick();
  });
  showPause();
  setInterval(tick, period);
  document.addEventListener("visibilitychange", tick);

  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("dashboard-theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("theme-changed"));
  });

  // A select whose options are addresses.
  body.addEventListener("change", event => {
    if (event.target.matches("select[data-navigate]")) location.href = event.target.value;
    else if (event.target.closest("form[data-filter]") && event.target.matches("select, input:not([type=search])"))
      event.target.form.requestSubmit();
  });

  // Console: stay at the end while "Follow" is on; looking further up switches it off.
  const output = document.getElementById("console");
  const follow = document.getElementById("follow");
  if (output && follow) {
    const toEnd = () => { if (follow.checked) output.scrollTop = output.scrollHeight; };
    const atEnd = () => output.scrollHeight - output.scrollTop - output.clientHeight < 40;
    toEnd();
    follow.addEventListener("change", toEnd);
    output.addEventListener("scroll", () => { if (!atEnd()) follow.checked = false; });
    body.addEventListener("htmx:afterSwap", () => {
      const lines = output.querySelectorAll(".line");
      if (lines.length > 0) output.querySelector(".console-empty")?.remove();
      for (let i = 0; i < lines.length - maxConsoleLines; i++) lines[i].remove();
      toEnd();
    });
  }

  // Waterfall: folding is the browser's business, so it has to be done again after every refresh.
  const folded = new Set();
  const applyFolds = () => {
    let hiddenBelow = Infinity;
    for (const row of document.querySelectorAll("#waterfall tbody tr")) {
      const depth = Number(row.dataset.depth);
      if (depth <= hiddenBelow) hiddenBelow = Infinity;
      row.hidden = depth > hiddenBelow;
      const button = row.querySelector(".fold");
      if (!button) continue;
      const isFolded = folded.has(button.id);
      button.setAttribute("aria-expanded", !isFolded);
      if (isFolded && hiddenBelow === Infinity) hiddenBelow = depth;
    }
  };
  body.addEventListener("click", event => {
    const button = event.target.closest(".fold");
    if (!button) return;
    if (!folded.delete(button.id)) folded.add(button.id);
    applyFolds();
  });
  body.addEventListener("htmx:afterSwap", applyFolds);
})();

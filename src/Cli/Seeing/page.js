(() => {
  // Pan by dragging, zoom by the wheel, both by the picture's view box.
  const box = document.getElementById('graph'), svg = box && box.querySelector('svg');
  const find = document.getElementById('find'), found = document.getElementById('found'), detail = document.getElementById('detail');
  if (svg) {
    let [x, y, w, h] = svg.getAttribute('viewBox').split(' ').map(Number), held = null;
    const scale = () => Math.max(w / box.clientWidth, h / box.clientHeight);
    const show = () => svg.setAttribute('viewBox', [x, y, w, h].join(' '));
    // At first the top of the graph at a size that can be read.
    const whole = w; w = box.clientWidth; h = w * box.clientHeight / box.clientWidth; x = (whole - w) / 2; y = 0; show();
    box.addEventListener('pointerdown', e => { held = [e.clientX, e.clientY]; });
    addEventListener('pointerup', () => { held = null; });
    box.addEventListener('pointermove', e => {
      if (!held) return;
      x -= (e.clientX - held[0]) * scale(); y -= (e.clientY - held[1]) * scale(); held = [e.clientX, e.clientY]; show();
    });
    box.addEventListener('wheel', e => {
      e.preventDefault();
      const by = Math.exp(e.deltaY / 500), at = box.getBoundingClientRect(), px = (e.clientX - at.left) / at.width, py = (e.clientY - at.top) / at.height;
      x += w * px * (1 - by); y += h * py * (1 - by); w *= by; h *= by; show();
    }, { passive: false });
    const steps = [...svg.querySelectorAll('.step')];
    const tell = step => {
      steps.forEach(s => s.classList.toggle('shown', s === step));
      detail.textContent = step.querySelector('title').textContent;
    };
    steps.forEach(step => step.addEventListener('click', () => tell(step)));
    let place = 0;
    const search = next => {
      const text = find.value.toLowerCase(), hits = steps.filter(s => text && s.querySelector('title').textContent.toLowerCase().includes(text));
      steps.forEach(s => s.classList.toggle('hit', hits.includes(s)));
      found.textContent = text ? hits.length + ' found' : '';
      if (!hits.length) return;
      place = next ? (place + 1) % hits.length : 0;
      const rect = hits[place].querySelector('rect');
      x = +rect.getAttribute('x') + rect.getAttribute('width') / 2 - w / 2; y = +rect.getAttribute('y') - h / 2; show(); tell(hits[place]);
    };
    find.addEventListener('input', () => search(false));
    find.addEventListener('keydown', e => { if (e.key === 'Enter') search(true); });
  }
  document.querySelectorAll('th[data-sort]').forEach(head => head.addEventListener('click', () => {
    const body = head.closest('table').tBodies[0], column = [...head.parentNode.children].indexOf(head), down = head.dataset.sort !== 'down';
    const key = row => row.cells[column].dataset.v ?? row.cells[column].textContent;
    const number = head.classList.contains('n') || [...body.rows].every(r => r.cells[column].dataset.v !== undefined);
    const rows = [...body.rows].sort((a, b) => (number ? key(a) - key(b) : key(a).localeCompare(key(b))) * (down ? -1 : 1));
    head.dataset.sort = down ? 'down' : 'up';
    body.append(...rows);
  }));
})();

// Every text on the page with less contrast than 4.5 to 1 (WCAG 2, 1.4.3), as "tag.class: ratio".
() => {
  const parts = (text) => [...text.matchAll(/rgba?\(([^)]*)\)/g)].map((found) => found[1].split(",").map(Number));
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, two) => {
    const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      const drawn = parts(style.backgroundImage);
      if (drawn.length) return drawn;
      const plain = parts(style.backgroundColor);
      if (plain.length && plain[0][3] !== 0) return plain;
    }
    throw new Error("nothing is behind a text");
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    texts += 1;
    const [colour] = parts(getComputedStyle(element).color);
    const least = Math.min(...behind(element).map((each) => ratio(colour, each)));
    if (least < 4.5) found.add(`${element.tagName}.${element.className}: ${least.toFixed(2)}`);
  }
  if (texts < 100) found.add(`only ${texts} texts were seen`);
  return [...found].sort();
}

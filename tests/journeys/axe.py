"""axe, looking at a page in a browser for what keeps somebody from using it (WCAG 2.2, levels A and AA)."""

from dataclasses import dataclass

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": WCAG},
    "resultTypes": ["violations", "incomplete"],
    "elementRef": True,
}
# A look is all that the contrast of a text or field comes from: its colour, size and weight, and each layer behind it; axe judges a field
# without a text as well. What axe judges in no page (a disabled field, what is unseen) has no look, or one of its own. A look that axe
# found insufficient, or could not decide for another reason than a drawing that belongs to it, is judged again on each page. All of axe's
# other rules are always asked.
EXAMINATION = """async ([options, known]) => {
    globalThis.axe ?? loadAxe()
    const looks = new Map(), behind = new Map()
    const drawn = (each, part) => getComputedStyle(each, part).content !== "none"
    for (const each of document.querySelectorAll("html, body, body *")) {
        const style = getComputedStyle(each)
        const layer = [style.backgroundColor, style.backgroundImage, style.opacity, style.position, style.clipPath, style.filter,
            drawn(each, "::before"), drawn(each, "::after")].join()
        const stack = behind.get(each.parentElement) ?? ""
        behind.set(each, layer === "rgba(0, 0, 0, 0),none,1,static,none,none,false,false" ? stack : `${stack}|${layer}`)
        const written = each.matches("input, textarea, select") || [...each.childNodes]
            .some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
        if (!written || each.matches("option, input:is([type=checkbox], [type=radio], [type=hidden])")) continue
        if (each.closest(":disabled, [aria-disabled=true]") || each.closest("label")?.control?.disabled) continue
        if (!each.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue
        const own = [style.color, style.fontSize, style.fontWeight, style.textShadow].join()
        looks.set(each, own + behind.get(each))
    }
    const before = new Set(known), fresh = new Set([...looks.values()].filter(each => !before.has(each)))
    const judged = [...looks.keys()].filter(each => fresh.has(looks.get(each)))
    axe.configure({rules: [{id: "color-contrast", selector: "[data-fresh]"}]})
    judged.forEach(each => each.setAttribute("data-fresh", ""))
    const rules = fresh.size ? {} : {"color-contrast": {enabled: false}}
    const found = await axe.run({...options, rules})
    judged.forEach(each => each.removeAttribute("data-fresh"))
    const doubtful = new Set([...found.violations, ...found.incomplete].filter(each => each.id === "color-contrast")
        .flatMap(each => each.nodes).filter(node => !node.any.some(each => each.data?.messageKey === "pseudoContent"))
        .map(node => looks.get(node.element)))
    return {
        violations: found.violations.map(each => ({help: each.help, nodes: each.nodes.map(node => node.html)})),
        looks: [...fresh].filter(each => !doubtful.has(each)),
    }
}"""
# Those that are known in this process. Three quarters of its time go to contrast, and most pages show only looks that others have shown.
_looks: set[str] = set()


@dataclass(frozen=True)
class Violation:
    """`nodes` are the elements, as HTML."""

    help: str
    nodes: tuple[str, ...]


def prepare(context: BrowserContext) -> None:
    """Give axe to each page that the context opens from now on: to send half a megabyte at each look takes as long as the look. It is read
    where a page is looked at."""
    context.add_init_script(f"globalThis.loadAxe = () => {{{AXE_SCRIPT}}}")


def violations(page: Page) -> list[Violation]:
    """Return what axe finds on the page of a prepared context; contrast is judged where a text or field looks as none before it did."""
    found = page.evaluate(EXAMINATION, [OPTIONS, sorted(_looks)])
    _looks.update(found["looks"])
    return [Violation(each["help"], tuple(each["nodes"])) for each in found["violations"]]

"""What axe-core finds on a page: https://github.com/dequelabs/axe-core, fetched from npm at test time."""

import pytest

from tests.fetched import npm

PACKAGE = "axe-core@4.14.1"
WIDTHS = ((390, 2400), (1280, 2400))
"""A phone and a desk, in pixels; high, because what is scrolled away cannot be measured."""
SCHEMES = ("light", "dark")
STILL = {"name": "prefers-reduced-motion", "value": "reduce"}
"""What is still moving has no colour yet that could be measured."""
LOOK = """
  axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map((node) =>
      `${id} (${help}): ${node.target.flat().join(" ")} ${node.html.slice(0, 160)}` +
      `${node.any.concat(node.all, node.none).map((one) => ` [${one.message}]`).join("")}`)))
"""


@pytest.fixture(scope="session", name="axe")
def axe_fixture():
    """The script; a machine that cannot fetch it skips the test."""
    return (npm(PACKAGE) / "axe-core" / "axe.min.js").read_text()


class Sight:
    """Looks at pages as axe does, at each width and in each scheme, and keeps what it found."""

    def __init__(self, axe):
        self._axe = axe
        self.found = {}
        self.looked = 0

    async def look(self, page, what, *, schemes=SCHEMES, widths=WIDTHS):
        """Look at what a page shows now; `what` names it in the report."""
        if not await page.run("typeof axe !== 'undefined'"):
            await page.run(f"{self._axe};0")
        for width, height in widths:
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            await page.call("Emulation.setDeviceMetricsOverride", **size)
            for scheme in schemes:
                media = [{"name": "prefers-color-scheme", "value": scheme}, STILL]
                await page.call("Emulation.setEmulatedMedia", features=media)
                await page.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
                for one in await page.run(LOOK):
                    self.found.setdefault(one, []).append(f"{what}, {width} px, {scheme}")
                self.looked += 1

    async def go(self, page, url, ready, what):
        """Go to another address, and look once the new page is `ready`."""
        await page.run("window.left = true")
        await page.goto(url)
        await page.until(f"!window.left && !!({ready})")
        await self.look(page, what)

    def must_be_clean(self):
        """Fail with everything that was found, each once, with the places where it was."""
        assert self.looked, "nothing was looked at"
        report = [f"{one}\n    seen: {'; '.join(places)}" for one, places in self.found.items()]
        assert not self.found, f"{len(self.found)} violations:\n" + "\n".join(report)


@pytest.fixture
def sight(axe):
    """Looks at pages; what it found fails the test at its end."""
    one = Sight(axe)
    yield one
    one.must_be_clean()

import uPlot from 'uplot'

/** A canvas knows no custom properties: the colour that the theme gives is read from a real element. */
function colour(host: HTMLElement, name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(--${name})`
  host.append(probe)
  const resolved = getComputedStyle(probe).color
  probe.remove()
  return resolved
}

const bars = uPlot.paths.bars!({ size: [0.85, 8, 1] })

/** Whole minutes where the labels are that far apart, seconds where they are not. */
const utc = (seconds: number, apart: number) => new Date(seconds * 1_000).toISOString().slice(11, apart < 60 ? 19 : 16)

export function chartOptions(host: HTMLElement, height: number, point: (index: number | null) => void): uPlot.Options {
  const muted = colour(host, 'muted')
  const line = colour(host, 'line')
  const font = `11px ${getComputedStyle(host).fontFamily}`
  const axis = { stroke: muted, font, ticks: { show: false } }
  return {
    width: Math.max(host.clientWidth, 10),
    height,
    padding: [14, 26, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: true },
      // Never less than ten high, so that one payment does not look like a flood.
      y: { range: (_, __, most) => [0, Math.max(10, Math.ceil(most * 1.1))] },
    },
    axes: [
      { ...axis, size: 28, grid: { show: false }, space: 90, values: (_, splits, __, ___, apart) => splits.map((second) => utc(second, apart)) },
      { ...axis, size: 48, grid: { stroke: line, width: 1 }, space: 44, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? value.toLocaleString('en') : '')) },
    ],
    series: [
      {},
      // Stacked: all payments in the colour of the rejected, and the settled drawn over them.
      { label: 'all', fill: colour(host, 'rejected'), width: 0, paths: bars, points: { show: false } },
      { label: 'settled', fill: colour(host, 'settled'), width: 0, paths: bars, points: { show: false } },
    ],
    hooks: { setCursor: [(plot) => point(plot.cursor.idx ?? null)] },
  }
}
